package dev.lyrebird.cluster;

import dev.lyrebird.journal.Payload;
import dev.lyrebird.pubsub.Channel;
import dev.lyrebird.query.QueryBounds;
import dev.lyrebird.replication.PeerProgress;
import dev.lyrebird.schema.Schema;
import dev.lyrebird.schema.Source;
import dev.lyrebird.schema.TableDefinition;
import dev.lyrebird.table.HybridClock;
import dev.lyrebird.table.MemoryTableStore;
import dev.lyrebird.table.Table;
import dev.lyrebird.table.UnreliableStore;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** A table in memory on a thread of its own, and event loops that reach it. */
final class RunningTable implements AutoCloseable {
  private static final long WAIT_SECONDS = 30;

  /** Few enough that tests reach them. */
  private static final QueryBounds QUERY_BOUNDS = new QueryBounds(2000, 1000, 100_000, 3);

  final TableDefinition definition;
  final MemoryTableStore store = new MemoryTableStore();
  final AtomicInteger commits = new AtomicInteger();
  final BlockingQueue<Throwable> faults = new LinkedBlockingQueue<>();
  private final Vertx vertx = Vertx.vertx();
  private final AtomicInteger loops = new AtomicInteger();
  private final AtomicLong millis = new AtomicLong(1_795_219_619_331L);

  /** What happens on the table's thread before its journal is written. */
  volatile Runnable beforeCommit = () -> {};

  /** Whether the journal can be written. */
  volatile boolean isBroken;

  private final TableVerticle verticle;
  private volatile @Nullable Table table;
  private volatile @Nullable Context owner;

  RunningTable(String sdl) {
    this(sdl, 0);
  }

  /**
   * Starts a table.
   *
   * @param confirmMillis how long its outcomes may wait for other nodes
   */
  RunningTable(String sdl, long confirmMillis) {
    this(Schema.parse(List.of(new Source("test.graphql", sdl))).tables().getFirst(), confirmMillis);
  }

  RunningTable(TableDefinition definition, long confirmMillis) {
    this.definition = definition;
    ByReference.register(vertx.eventBus());
    TableVerticle.Upkeep upkeep =
        new TableVerticle.Upkeep(20, Long.MAX_VALUE >> 13, Long.MAX_VALUE, confirmMillis);
    verticle = new TableVerticle(0, channel(), this::open, upkeep, QUERY_BOUNDS, null, faults::add);
    await(
        vertx.deployVerticle(
            verticle,
            new DeploymentOptions()
                .setThreadingModel(ThreadingModel.WORKER)
                .setWorkerPoolName("table")
                .setWorkerPoolSize(1)));
  }

  private Table open() {
    owner = Vertx.currentContext();
    Table opened =
        new Table(
            definition,
            new UnreliableStore(store, this::isBroken),
            new HybridClock(() -> Instant.ofEpochMilli(millis.get()), 0, 0),
            1);
    table = opened;
    return opened;
  }

  /** Asked by the store before each commit. */
  private boolean isBroken() {
    commits.incrementAndGet();
    beforeCommit.run();
    return isBroken;
  }

  Channel channel() {
    return TableClient.channel(definition);
  }

  /** Does something with the table on its own thread, behind what is waiting there. */
  void onTable(Consumer<Table> work) {
    Promise<Void> done = Promise.promise();
    Objects.requireNonNull(owner)
        .runOnContext(turn -> {
          work.accept(Objects.requireNonNull(table));
          done.complete();
        });
    await(done.future());
  }

  /** Returns what brings the table under other definitions. */
  Redefinition redefinition() {
    return new Redefinition(vertx);
  }

  /** Returns the time of day as the table sees it, which passes when a test says so. */
  long wallMillis() {
    return millis.get();
  }

  /** Lets time pass for what ends by the time of day. */
  void passMillis(long more) {
    millis.addAndGet(more);
  }

  /** Waits until the table has done what it does by itself within a second from now. */
  void awaitSecond() {
    Promise<Void> over = Promise.promise();
    Objects.requireNonNull(owner)
        .runOnContext(turn -> vertx.setTimer(1000, timer -> over.complete()));
    await(over.future());
  }

  /** Has other nodes apply all that this one has written so far. */
  void applyOnPeers(int peers) {
    onTable(written ->
        verticle.confirm(
            LongStream.rangeClosed(1, peers)
                .mapToObj(node -> new PeerProgress(node, true, true, written.head().vector()))
                .toList()));
  }

  /** Returns a new event loop with a client of the table. */
  TestLoop loop() {
    return loop(0);
  }

  /**
   * Returns a new event loop with a client of the table.
   *
   * @param leastConfirmations how many other nodes its node has confirm every write
   */
  TestLoop loop(int leastConfirmations) {
    TestLoop loop = new TestLoop("loop." + loops.incrementAndGet(), definition, leastConfirmations);
    await(vertx.deployVerticle(loop));
    return loop;
  }

  /** Returns a new event loop that speaks to the table without a client. */
  BareLoop bareLoop() {
    return new BareLoop(vertx, "loop." + loops.incrementAndGet());
  }

  /** Takes the table down, as a node that stops. */
  @Override
  public void close() {
    await(vertx.close());
  }

  static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("nothing within " + WAIT_SECONDS + " seconds", e);
    }
  }

  static <T> T await(BlockingQueue<T> queue) {
    try {
      T next = queue.poll(WAIT_SECONDS, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("nothing within " + WAIT_SECONDS + " seconds");
      }
      return next;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  static Payload text(String text) {
    return Payload.of(text.getBytes(StandardCharsets.UTF_8));
  }
}
