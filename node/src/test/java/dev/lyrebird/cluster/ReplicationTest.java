package dev.lyrebird.cluster;

import static dev.lyrebird.cluster.RunningTable.await;
import static dev.lyrebird.cluster.RunningTable.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Outcome;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.Write;
import dev.lyrebird.query.QueryBounds;
import dev.lyrebird.replication.ReplicaReport;
import dev.lyrebird.replication.ReplicaSettings;
import dev.lyrebird.resource.Confirmation;
import dev.lyrebird.schema.Schema;
import dev.lyrebird.schema.Source;
import dev.lyrebird.schema.TableDefinition;
import dev.lyrebird.table.HybridClock;
import dev.lyrebird.table.MemoryTableStore;
import dev.lyrebird.table.Table;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Three nodes' copies of one table, each on a thread of its own, on one event bus. */
final class ReplicationTest {
  private static final int NODES = 3;
  private static final long ANSWER_MILLIS = 300;
  private static final long WAIT_MILLIS = 30_000;

  private final TableDefinition definition =
      Schema.parse(List.of(new Source("test.graphql", "type T @table @export { id: ID }")))
          .tables()
          .getFirst();
  private final Vertx vertx = Vertx.vertx();
  private final BlockingQueue<Throwable> faults = new LinkedBlockingQueue<>();
  private final List<MemoryTableStore> stores = new ArrayList<>();
  private final List<@Nullable String> deployments = new ArrayList<>();
  private final List<BareLoop> loops = new ArrayList<>();

  ReplicationTest() {
    ByReference.register(vertx.eventBus());
    for (int i = 0; i < NODES; i++) {
      stores.add(new MemoryTableStore());
      deployments.add(null);
      loops.add(new BareLoop(vertx, "loop." + i, i));
    }
    for (int i = 0; i < NODES; i++) {
      start(i);
    }
  }

  @AfterEach
  void close() {
    await(vertx.close());
    assertEquals(List.of(), List.copyOf(faults));
  }

  @Test
  void whatOneNodeTakesAllNodesHave() {
    write(0, Write.put("a", text("1")), 0);
    write(1, Write.put("b", text("2")), 0);
    for (int i = 0; i < NODES; i++) {
      awaitRow(i, "a", "1");
      awaitRow(i, "b", "2");
    }
  }

  @Test
  void messagesReachTheLoopsOfAllNodesOnceAndInOrder() {
    for (int i = 0; i < NODES; i++) {
      loops.get(i).ask(new TableRequest.Attach(loops.get(i).name));
      loops.get(i).await(TableAnswer.Attached.class);
    }
    for (int i = 0; i < 100; i++) {
      send(0, Write.message("m", text("" + i)), 0);
    }
    for (int node = 1; node < NODES; node++) {
      List<String> heard = new ArrayList<>();
      while (heard.size() < 100) {
        for (Entry entry : loops.get(node).await(TableAnswer.Changes.class).entries()) {
          heard.add(new String(entry.payload().bytes(), StandardCharsets.UTF_8));
        }
      }
      assertEquals(IntStream.range(0, 100).mapToObj(Integer::toString).toList(), heard);
    }
  }

  @Test
  void acknowledgementWaitsForSoManyNodesAsItAsks() {
    stop(2);
    TableAnswer.Outcomes two = write(0, Write.put("a", text("1")), 2);
    assertNotEquals(Confirmations.NOT_HELD, two.ticket());
    TableAnswer.Outcomes one = write(0, Write.put("b", text("1")), 1);
    TableAnswer.Confirmed confirmed = loops.get(0).await(TableAnswer.Confirmed.class);
    assertEquals(one.ticket(), confirmed.ticket());
    assertNull(confirmed.refusal());

    start(2);
    TableAnswer.Confirmed late = loops.get(0).await(TableAnswer.Confirmed.class);
    assertEquals(two.ticket(), late.ticket());
    assertNull(late.refusal());
  }

  @Test
  void acknowledgementByAllWaitsForWhoeverIsThere() {
    awaitUntil(() -> present(0) == NODES - 1);
    TableAnswer.Outcomes three = write(0, Write.put("a", text("1")), Confirmation.ALL);
    assertNotEquals(Confirmations.NOT_HELD, three.ticket());
    assertConfirmed(three);
    for (int i = 1; i < NODES; i++) {
      assertEquals(text("1"), Objects.requireNonNull(read(i, "a")).payload());
    }

    stop(2);
    assertConfirmed(write(0, Write.put("a", text("2")), Confirmation.ALL));
    stop(1);
    awaitUntil(() -> present(0) == 0);
    TableAnswer.Outcomes alone = write(0, Write.put("a", text("3")), Confirmation.ALL);
    assertEquals(Confirmations.NOT_HELD, alone.ticket());
  }

  private void assertConfirmed(TableAnswer.Outcomes outcomes) {
    TableAnswer.Confirmed confirmed = loops.get(0).await(TableAnswer.Confirmed.class);
    assertEquals(outcomes.ticket(), confirmed.ticket());
    assertNull(confirmed.refusal());
  }

  @Test
  void nodeThatWasAwayHasWhatItMissed() {
    write(0, Write.put("a", text("old")), 0);
    awaitRow(2, "a", "old");
    stop(2);
    write(1, Write.put("a", text("new")), 0);
    write(1, Write.put("b", text("new")), 0);
    start(2);
    awaitRow(2, "a", "new");
    awaitRow(2, "b", "new");
  }

  @Test
  void loopsOfANodeThatTakesRowsOverAreToldToBeginAnew() {
    write(0, Write.put("gone", text("1")), 0);
    awaitRow(2, "gone", "1");
    stop(2);
    for (int i = 0; i < 2100; i++) { // more than two checkpoints of the journal
      write(0, Write.put("a", text("" + i)), 0);
    }
    assertInstanceOf(
        Outcome.Applied.class, write(0, Write.delete("gone"), 0).outcomes().getFirst());
    for (int i = 0; i < 2; i++) {
      awaitRow(i, "a", "2099");
      stop(i);
      stores.get(i).trim(Long.MAX_VALUE, 0);
      start(i);
    }
    start(2);
    loops.get(2).ask(new TableRequest.Attach(loops.get(2).name));
    awaitRow(2, "a", "2099");
    assertNull(read(2, "gone"));
  }

  @Test
  void damagedMessageHarmsNobodyAndIsReported() {
    String address = "replica.%x.%x".formatted(1, TableClient.channel(definition).cursorKey());
    vertx.eventBus().send(address, Buffer.buffer(new byte[] {1, 2, 3}));
    vertx.eventBus().send(address, Buffer.buffer(new byte[] {9, 0, 0, 0, 0, 0, 0, 0, 2}));
    write(1, Write.put("a", text("1")), 0);
    awaitRow(0, "a", "1");
    awaitUntil(() ->
        report(0).peers().stream().allMatch(peer -> peer.isKnown() && peer.entriesBehind() == 0));
  }

  private void start(int node) {
    Random random = new Random(node);
    List<Long> others = new ArrayList<>();
    for (int i = 0; i < NODES; i++) {
      if (i != node && deployments.get(i) != null) {
        others.add(i + 1L);
      }
    }
    HybridClock clock = new HybridClock(InstantSource.system(), 60_000, 0);
    Cluster cluster =
        new Cluster(
            node + 1L,
            clock,
            new ReplicaSettings(50, ANSWER_MILLIS, 1 << 20, 1 << 16, 3_600_000, 5000),
            random::nextLong,
            vertx.getOrCreateContext(),
            Long::toHexString,
            () -> others);
    TableVerticle verticle =
        new TableVerticle(
            node,
            TableClient.channel(definition),
            () -> new Table(definition, stores.get(node), clock, node + 1L),
            new TableVerticle.Upkeep(20, Long.MAX_VALUE >> 13, Long.MAX_VALUE, 3_600_000),
            new QueryBounds(1_000_000, 100_000, 1 << 24, 256),
            cluster,
            faults::add);
    deployments.set(
        node,
        await(
            vertx.deployVerticle(
                verticle,
                new DeploymentOptions()
                    .setThreadingModel(ThreadingModel.WORKER)
                    .setWorkerPoolName("table-" + node)
                    .setWorkerPoolSize(1))));
    tell(node, new TableRequest.PeerJoined(node + 1L));
  }

  private void stop(int node) {
    String deployed = deployments.set(node, null);
    if (deployed != null) {
      await(vertx.undeploy(deployed));
      tell(node, new TableRequest.PeerLeft(node + 1L));
    }
  }

  /** Tells all other nodes that run. */
  private void tell(int node, TableRequest news) {
    for (int i = 0; i < NODES; i++) {
      if (i != node && deployments.get(i) != null) {
        loops.get(i).ask(news);
      }
    }
  }

  private void send(int node, Write write, int confirmations) {
    Table.Request request = new Table.Request(write, Condition.NONE);
    loops
        .get(node)
        .ask(
            new TableRequest.Writes(
                loops.get(node).name, List.of(request), confirmations > 0, confirmations));
  }

  private TableAnswer.Outcomes write(int node, Write write, int confirmations) {
    Table.Request request = new Table.Request(write, Condition.NONE);
    loops
        .get(node)
        .ask(new TableRequest.Writes(loops.get(node).name, List.of(request), true, confirmations));
    return loops.get(node).await(TableAnswer.Outcomes.class);
  }

  private @Nullable Row read(int node, String id) {
    BareLoop reader = new BareLoop(vertx, "reader." + System.nanoTime(), node);
    reader.ask(new TableRequest.ReadRows(reader.name, List.of(id)));
    return reader.await(TableAnswer.RowsRead.class).rows().getFirst();
  }

  private ReplicaReport report(int node) {
    return await(
            vertx
                .eventBus()
                .<ReplicaReport>request(
                    TableVerticle.address(node),
                    new TableRequest.AskReplica(),
                    ByReference.OPTIONS))
        .body();
  }

  /** Returns how many others a node takes for present. */
  private long present(int node) {
    return report(node).peers().stream().filter(ReplicaReport.PeerReport::isPresent).count();
  }

  private void awaitRow(int node, String id, String value) {
    awaitUntil(() -> {
      Row row = read(node, id);
      return row != null && row.payload().equals(text(value));
    });
  }

  private static void awaitUntil(BooleanSupplier condition) {
    long deadline = System.nanoTime() + WAIT_MILLIS * 1_000_000;
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "not within " + WAIT_MILLIS + " ms");
      Thread.onSpinWait();
    }
  }
}
