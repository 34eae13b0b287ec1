package dev.lyrebird.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Write;
import dev.lyrebird.schema.Schema;
import dev.lyrebird.schema.Source;
import dev.lyrebird.schema.TableDefinition;
import dev.lyrebird.table.HybridClock;
import dev.lyrebird.table.MemoryTableStore;
import dev.lyrebird.table.Table;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two replicas that hand each other their messages; chance has {@link ReplicaSimulationTest}. */
final class ReplicaTest {

  static final ReplicaSettings SETTINGS =
      new ReplicaSettings(500, 2000, 1 << 20, 1 << 16, 3_600_000, 1000);

  static final TableDefinition DEFINITION =
      Schema.parse(List.of(new Source("s", "type T @table @export { id: ID @primaryKey }")))
          .tables()
          .getFirst();

  private final Deque<Runnable> letters = new ArrayDeque<>();
  private final Node one = new Node(1);
  private final Node other = new Node(2);
  private long millis = 1_795_219_619_000L;
  private boolean isCut;

  private final class Node {
    private final long id;
    private final Table table;
    private final Replica replica;
    private int resets;

    Node(long id) {
      this.id = id;
      InstantSource wall = () -> Instant.ofEpochMilli(millis);
      HybridClock clock = new HybridClock(wall, 60_000, 0);
      this.table = new Table(DEFINITION, new MemoryTableStore(), clock, id);
      this.replica = new Replica(id, table, clock, () -> millis, () -> millis + id, SETTINGS);
    }

    void write(Write write) {
      Table.Commit commit = table.write(List.of(new Table.Request(write, Condition.NONE)));
      perform(replica.committed(commit, false));
    }

    void perform(List<Effect> effects) {
      for (Effect effect : effects) {
        switch (effect) {
          case Effect.Send send when isCut -> {}
          case Effect.Send(var to, var message) -> {
            Node peer = equals(one) ? other : one;
            letters.add(() -> peer.perform(peer.replica.receive(id, message)));
          }
          case Effect.Deliver deliver -> {}
          case Effect.Reset reset -> resets++;
        }
      }
    }
  }

  @BeforeEach
  void meet() {
    one.perform(one.replica.start(List.of(2L)));
    other.perform(other.replica.start(List.of(1L)));
    pass();
  }

  /** Lets time pass until nothing is under way any more. */
  private void pass() {
    for (int i = 0; i < 50; i++) {
      millis += 250;
      one.perform(one.replica.tick());
      other.perform(other.replica.tick());
      while (!letters.isEmpty()) {
        letters.remove().run();
      }
    }
  }

  @Test
  void whereNeitherJournalReachesBackBothTakeOverRowsAndSayThatMessagesAreLost() {
    isCut = true;
    for (Node node : List.of(one, other)) {
      node.write(Write.put("row" + node.id, Payload.json(new byte[] {'{', '}'})));
      node.write(Write.message("a", Payload.EMPTY));
      node.table.trim(Long.MAX_VALUE, 0);
    }
    isCut = false;
    pass();
    assertEquals(one.table.head().vector(), other.table.head().vector());
    for (Node node : List.of(one, other)) {
      assertTrue(node.table.read("row1") != null && node.table.read("row2") != null);
      assertEquals(1, node.resets, "of " + node.id);
      assertEquals(node.id, node.replica.report().origin(), "in a new name");
    }
  }
}
