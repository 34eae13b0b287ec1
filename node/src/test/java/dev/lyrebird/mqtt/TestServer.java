package dev.lyrebird.mqtt;

import dev.lyrebird.auth.Users;
import dev.lyrebird.hosting.Host;
import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Write;
import dev.lyrebird.resource.LoneNode;
import dev.lyrebird.resource.MemoryTables;
import dev.lyrebird.resource.Nodes;
import dev.lyrebird.schema.Target;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.EventLoop;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.NetServerOptions;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A listening MQTT door over tables in memory. Each event loop has tables of its own. */
final class TestServer implements AutoCloseable {

  static final MqttLimits LIMITS = limits(64, 0);

  /** Likewise, but who is not let in soon has to go. */
  static final MqttLimits IMPATIENT = limits(2, 64, 0);

  /** Returns limits that leave everybody longer to be let in than any test takes. */
  static MqttLimits limits(int maxSubscriptions, int maxPublishesPerSecond) {
    return limits(600, maxSubscriptions, maxPublishesPerSecond);
  }

  private static MqttLimits limits(
      int connectTimeoutSeconds, int maxSubscriptions, int maxPublishesPerSecond) {
    return new MqttLimits(
        65_536,
        connectTimeoutSeconds,
        600,
        new TopicBounds(8, 4096),
        16,
        64,
        4,
        256,
        65_536,
        maxSubscriptions,
        maxPublishesPerSecond,
        60);
  }

  private static final Admission.Bounds NO_BOUNDS = new Admission.Bounds(0, 0, 0);

  private static final String SCHEMA =
      """
      type topics @table @export(name: "") { id: ID @primaryKey }
      type sensors @table @export { id: ID @primaryKey temperature: Float }
      type confirmed @table(confirm: 1) @export { id: ID @primaryKey }
      type Hidden @table @export(mqtt: false) { id: ID @primaryKey }
      """;

  private static final int LIMIT_SECONDS = 30;

  /** Vert.x takes a port below 0 for one free port that all who name that number share. */
  private static final int SHARED_FREE_PORT = -1883;

  private final Vertx vertx = Vertx.vertx();
  private final MeterRegistry meters = new SimpleMeterRegistry();
  private final List<Context> contexts = new CopyOnWriteArrayList<>();
  private final List<MemoryTables> tables = new CopyOnWriteArrayList<>();
  private final AtomicInteger freshIds = new AtomicInteger();
  private final AtomicLong millis = new AtomicLong(1_795_219_619_331L);
  private final Broker broker;
  private final int port;

  TestServer() {
    this(LIMITS, 1);
  }

  /**
   * Starts a server on which everybody is taken at his word.
   *
   * @param loops how many event loops share the port
   */
  TestServer(MqttLimits limits, int loops) {
    this(limits, loops, null, false, NO_BOUNDS, () -> false, "", new LoneNode(1), Host.ofNothing());
  }

  /** Starts a server of one event loop that does not take every connection. */
  TestServer(MqttLimits limits, Admission.Bounds bounds, BooleanSupplier memoryIsShort) {
    this(limits, 1, null, false, bounds, memoryIsShort, "", new LoneNode(1), Host.ofNothing());
  }

  /** Starts a server of one event loop with users. */
  TestServer(MqttLimits limits, Users users, boolean isLoginRequired) {
    this(
        limits,
        1,
        users,
        isLoginRequired,
        NO_BOUNDS,
        () -> false,
        "",
        new LoneNode(1),
        Host.ofNothing());
  }

  /** Starts a server of one event loop that sends its clients elsewhere when it stops. */
  TestServer(Users users, String serverReference) {
    this(
        LIMITS,
        1,
        users,
        false,
        NO_BOUNDS,
        () -> false,
        serverReference,
        new LoneNode(1),
        Host.ofNothing());
  }

  /** Starts a server of one event loop on a node among others. */
  TestServer(Nodes nodes) {
    this(LIMITS, 1, null, false, NO_BOUNDS, () -> false, "", nodes, Host.ofNothing());
  }

  /** Starts a server of one event loop with users' code behind topics. */
  TestServer(MqttLimits limits, Host host) {
    this(limits, 1, null, false, NO_BOUNDS, () -> false, "", new LoneNode(1), host);
  }

  private TestServer(
      MqttLimits limits,
      int loops,
      @Nullable Users users,
      boolean isLoginRequired,
      Admission.Bounds bounds,
      BooleanSupplier memoryIsShort,
      String serverReference,
      Nodes nodes,
      Host host) {
    InstantSource clock = () -> Instant.ofEpochMilli(millis.get());
    MqttCounters counters = new MqttCounters(meters);
    ClientIds clientIds = new ClientIds(new LoneNode(1), clock, 3000);
    vertx.setPeriodic(ClientIds.TICK_MILLIS, timer -> clientIds.tick());
    broker =
        new Broker(
            limits,
            SessionLimits.NONE,
            new Admission(bounds, memoryIsShort, clock, meters),
            new Logins(
                users,
                isLoginRequired,
                () -> "server-" + freshIds.incrementAndGet(),
                vertx.createSharedWorkerExecutor("passwords", 1),
                clock),
            clientIds,
            new SessionFinder(nodes, 3000),
            new PendingWills(),
            new Groups(new LoneNode(1), false, clock),
            host,
            new SplittableRandom(1),
            counters,
            clock,
            () -> "fresh-" + freshIds.incrementAndGet(),
            serverReference,
            new SysTree(counters, clock, "test", clock.instant()));
    int listening = -1;
    for (int i = 0; i < loops; i++) {
      NetServerOptions options =
          new NetServerOptions().setHost("127.0.0.1").setPort(loops == 1 ? 0 : SHARED_FREE_PORT);
      MqttVerticle verticle = new MqttVerticle(options, broker, this::openTables);
      await(vertx.deployVerticle(verticle).toCompletionStage().toCompletableFuture());
      listening = verticle.port();
    }
    port = listening;
  }

  private MemoryTables openTables() {
    Context context = vertx.getOrCreateContext();
    MemoryTables opened = MemoryTables.of(SCHEMA, task -> context.runOnContext(v -> task.run()));
    contexts.add(context);
    tables.add(opened);
    return opened;
  }

  /** Opens a connection. */
  RawClient client() {
    return new RawClient(port);
  }

  /** Opens a connection whose socket takes little that is not read. */
  RawClient slowClient() {
    return new RawClient(port, 4096);
  }

  /** Opens a connection and has an MQTT 3.1.1 client let in. */
  RawClient client(String clientId) {
    return client().send(Packet.connect(clientId)).expect("20 02 00 00");
  }

  /** Opens a connection and has an MQTT 5 client let in. */
  RawClient client5(String clientId, String properties) {
    RawClient client = client().send(Packet.connect5(clientId, properties));
    client.packet();
    return client;
  }

  /** Opens another door on the first event loop, as the one of MQTT over WebSocket is. */
  MqttDoor anotherDoor() {
    return onLoop(() -> new MqttDoor(broker, tables(), vertx));
  }

  /** Returns the first event loop. */
  EventLoop eventLoop() {
    return ((ContextInternal) contexts.getFirst()).nettyEventLoop();
  }

  /** Returns the tables of the first event loop, to be used on it. */
  MemoryTables tables() {
    return tables.getFirst();
  }

  /** Runs something on the first event loop. */
  <T> T onLoop(Callable<T> call) {
    CompletableFuture<T> result = new CompletableFuture<>();
    contexts
        .getFirst()
        .runOnContext(v -> {
          try {
            result.complete(call.call());
          } catch (Exception e) {
            result.completeExceptionally(e);
          }
        });
    return await(result);
  }

  void onLoop(Runnable task) {
    onLoop(() -> {
      task.run();
      return true;
    });
  }

  /** Writes as another protocol would, and waits until it is done. */
  void write(String topic, Write.Kind kind, String payload) {
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    onLoop(() -> {
      if (!(tables().exports().topic(topic) instanceof Target.Row(var table, var id, _))) {
        throw new IllegalArgumentException(topic);
      }
      Payload json = Payload.json(payload.getBytes(StandardCharsets.UTF_8));
      tables()
          .write(
              table,
              new Write(kind, id, json, Write.ANY_QOS, 0, 0, null),
              Condition.NONE,
              (outcome, token) -> done.complete(true),
              0);
    });
    await(done);
  }

  /** Lets time pass for what expires. */
  void passMillis(long more) {
    millis.addAndGet(more);
  }

  /** Counts how often a limit of the configuration was reached. */
  double meter(String name, String limit) {
    return meters.get(name).tag("limit", limit).counter().count();
  }

  /** Waits until a limit of the configuration has been reached so often. */
  void awaitReached(String limit, int times) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (meter("lyrebird.mqtt.limit.reached", limit) < times) {
      if (System.nanoTime() > end) {
        throw new AssertionError(limit + " is still not reached");
      }
      Thread.onSpinWait();
    }
  }

  /** Has an MQTT 3.1.1 client let in as soon as there is room for it. */
  RawClient clientInTime(String clientId) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (true) {
      RawClient client = client().send(Packet.connect(clientId));
      if (client.packet()[3] == 0) {
        return client;
      }
      client.close();
      if (System.nanoTime() > end) {
        throw new AssertionError("there is still no room");
      }
    }
  }

  double meter(String name) {
    return meters.get(name).meter().measure().iterator().next().getValue();
  }

  private static <T> T await(CompletableFuture<T> future) {
    try {
      return future.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    await(vertx.close().toCompletionStage().toCompletableFuture());
  }
}
