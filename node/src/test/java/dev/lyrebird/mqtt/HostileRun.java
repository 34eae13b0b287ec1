package dev.lyrebird.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lyrebird.Warnings;
import dev.lyrebird.auth.ScramCredential;
import dev.lyrebird.auth.Users;
import dev.lyrebird.journal.Refusal;
import io.netty.buffer.PoolArenaMetric;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoop;
import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A node that many {@link HostileClient}s set upon at once, and a {@link HealthyPair} beside them
 * on the same event loop. In every round the clients come, do their worst and go; then nothing may
 * be left of them.
 *
 * <p>Rounds are replayed by their seeds. Owned by the thread that made it; the clients live on the
 * event loop.
 */
final class HostileRun implements AutoCloseable {

  /** Where clients publish behind faulty packets, which nothing may come of. */
  static final String CANARY = "canary/";

  /** What becomes of publications to a topic of that name. */
  static final Refusal REFUSAL = Refusal.of(Refusal.Reason.OVERLOADED, "too much of it");

  private static final int CLIENTS = 32;
  private static final int REMEMBERED_CLIENTS = 3 * CLIENTS;
  private static final int ROUND_SECONDS = 120;

  /** How long what is left of clients may take to go, where the machine is busy. */
  static final int QUIET_SECONDS = 20;

  private static final long POLL_NANOS = 1_000_000;
  private static final int PAGE_BYTES = 8192;
  private static final int CHUNK_ORDER = 7;

  private static final Users USERS =
      Users.parse(
          List.of(Users.line("anna", ScramCredential.of("secret", "salt".getBytes(UTF_8), 4096))));

  private final Sabotage sabotage;
  private final int quietSeconds;

  /** But for logins that fail, topics that are misspelt and limits that are reached. */
  private final Warnings warnings =
      new Warnings(Login.class.getName(), Routes.class.getName(), LimitAlarm.class.getName());

  private final TestServer server = new TestServer(TestServer.IMPATIENT, USERS, false);
  private final MqttDoor door = server.anotherDoor();
  private final EventLoop loop = server.eventLoop();
  private final HealthyPair healthy;

  /** Without caches, so that it tells exactly what is in use. */
  private final PooledByteBufAllocator allocator =
      new PooledByteBufAllocator(true, 1, 1, PAGE_BYTES, CHUNK_ORDER, 0, 0, false);

  private final List<Object> clutched = new ArrayList<>();
  private final List<WeakReference<MqttConnection>> connections = new ArrayList<>();
  private volatile @Nullable String takenBehindFault;
  private long inputs;
  private int clients;

  /**
   * Starts a node.
   *
   * @param sabotage what is wrong with it
   * @param quietSeconds how long what is left of clients may take to go
   */
  HostileRun(Sabotage sabotage, int quietSeconds) {
    this.sabotage = sabotage;
    this.quietSeconds = quietSeconds;
    server.onLoop(() -> {
      server
          .tables()
          .refuse(write -> {
            if (write.id().startsWith(CANARY)) {
              takenBehindFault = write.id();
            }
            return write.id().equals("refused") ? REFUSAL : null;
          });
      sabotage.plant(server.tables());
    });
    this.healthy = new HealthyPair(server);
  }

  /** Returns how many inputs were made. */
  long inputs() {
    return inputs;
  }

  /** Returns how many messages have come from one healthy client to the other. */
  int delivered() {
    return healthy.delivered();
  }

  /** Has clients make about so many inputs, sees them go, and looks at what is left. */
  void round(long seed, int inputs) {
    connections.clear();
    Round round = new Round(new SplittableRandom(seed), inputs);
    loop.execute(round::begin);
    try {
      this.inputs += round.done.get(ROUND_SECONDS, TimeUnit.SECONDS);
      awaitQuiet();
      server.onLoop(() -> {
        server.tables().clear();
        server.tables().trim();
      });
    } catch (ExecutionException e) {
      throw new AssertionError("-Dseed=%d: %s".formatted(seed, round.story()), e.getCause());
    } catch (TimeoutException | InterruptedException | AssertionError e) {
      throw new AssertionError("-Dseed=%d: %s".formatted(seed, round.story()), e);
    }
  }

  /**
   * Has clients hand over what once did harm, one connection after the other and each piece in a
   * read of its own, and go together; then looks at what is left.
   */
  void replay(List<List<byte[]>> streams) {
    connections.clear();
    List<HostileClient> come = new ArrayList<>();
    for (List<byte[]> stream : streams) {
      server.onLoop(() -> come.add(client(new SplittableRandom(0))));
      for (byte[] piece : stream) {
        server.onLoop(() -> come.getLast().replay(piece));
      }
    }
    server.onLoop(() -> come.forEach(HostileClient::leave));
    come.clear();
    awaitQuiet();
    var _ = collect();
  }

  private HostileClient client(RandomGenerator random) {
    HostileClient client =
        new HostileClient(++clients, random, door, allocator, sabotage, clutched, quietSeconds);
    connections.add(new WeakReference<>(client.connection()));
    return client;
  }

  /** All clients are gone, and so is all that the node did for them. */
  private void awaitQuiet() {
    await(Law.NOTHING_LEFT, "a client", () -> meter("connected") == HealthyPair.CLIENTS);
    await(
        Law.NOTHING_LEFT,
        "a subscription",
        () -> meter("subscriptions") == HealthyPair.SUBSCRIPTIONS);
    await(Law.NO_BUFFER_LEFT, "one", () -> server.onLoop(() -> buffersInUse()) == 0);
    await(
        Law.NOTHING_LEFT,
        "a reader of rows",
        () -> server.onLoop(() -> server.tables().openScans()) == 0);
    await(
        Law.NOTHING_LEFT,
        "a publish of QoS 2",
        () -> server.onLoop(() -> server.tables().receptions()) == 0);
    lookAround();
  }

  private double meter(String name) {
    return server.meter("lyrebird.mqtt." + name);
  }

  private long buffersInUse() {
    return Stream.of(allocator.metric().directArenas(), allocator.metric().heapArenas())
        .flatMap(List::stream)
        .mapToLong(PoolArenaMetric::numActiveAllocations)
        .sum();
  }

  /**
   * Looks whether the node still knows any connection of the last round, which are all closed.
   *
   * @return bytes of the heap in use
   */
  long collect() {
    Runtime runtime = Runtime.getRuntime();
    await(
        Law.NOTHING_LEFT,
        "a connection",
        () -> {
          System.gc();
          return connections.stream().allMatch(one -> one.refersTo(null));
        });
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private void await(Law law, String otherwise, BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(quietSeconds);
    while (!condition.getAsBoolean()) {
      lookAround();
      law.hold(System.nanoTime() < deadline, otherwise + " is left");
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  /** Looks for what no connection can be blamed for. */
  private void lookAround() {
    String warning = warnings.first();
    Law.NO_EXCEPTION.hold(warning == null, String.valueOf(warning));
    String taken = takenBehindFault;
    Law.NOTHING_BEHIND.hold(taken == null, String.valueOf(taken));
    Throwable harm = healthy.failure();
    if (harm != null) {
      throw new Law.Broken(Law.NO_HARM, "it did not", harm);
    }
  }

  @Override
  public void close() {
    healthy.close();
    server.close();
    warnings.close();
  }

  /** One round, on the event loop: some clients at a time, and others when they are gone. */
  private final class Round {
    private final SplittableRandom random;
    private final int mostInputs;
    private final List<HostileClient> clients = new ArrayList<>();

    /** Who came last, and may have done what shows later. */
    private final Deque<HostileClient> recent = new ArrayDeque<>();

    private final CompletableFuture<Integer> done = new CompletableFuture<>();
    private int made;
    private @Nullable HostileClient guilty;

    Round(SplittableRandom random, int mostInputs) {
      this.random = random;
      this.mostInputs = mostInputs;
    }

    void begin() {
      try {
        while (clients.size() < CLIENTS) {
          come();
        }
        step();
      } catch (RuntimeException | AssertionError e) {
        done.completeExceptionally(e);
      }
    }

    private void come() {
      HostileClient client = client(random.split());
      clients.add(client);
      recent.add(client);
      if (recent.size() > REMEMBERED_CLIENTS) {
        recent.remove();
      }
    }

    /** Sockets are looked after between steps, as when it was they that brought all this. */
    private void step() {
      try {
        for (int i = clients.size() - 1; i >= 0; i--) {
          HostileClient client = clients.get(i);
          guilty = client;
          if (!client.step()) {
            made += client.inputs();
            clients.remove(i);
          }
        }
        guilty = null;
        server.passMillis(1);
        lookAround();
        while (made < mostInputs && clients.size() < CLIENTS) {
          come();
        }
        if (clients.isEmpty()) {
          done.complete(made);
        } else {
          var _ = loop.schedule(this::step, 0, TimeUnit.NANOSECONDS);
        }
      } catch (RuntimeException | AssertionError e) {
        done.completeExceptionally(e);
      }
    }

    /** Returns what the guilty client has sent, or else what the last ones have. */
    String story() {
      List<HostileClient> told = guilty == null ? List.copyOf(recent) : List.of(guilty);
      StringBuilder story = new StringBuilder();
      told.forEach(client -> story.append('\n').append(client.sent()));
      return story.append('\n').toString();
    }
  }
}
