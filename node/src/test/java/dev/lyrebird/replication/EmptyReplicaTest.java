package dev.lyrebird.replication;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.journal.Write;
import dev.lyrebird.table.HybridClock;
import dev.lyrebird.table.MemoryTableStore;
import dev.lyrebird.table.Table;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A replica that began long ago, has nothing, and knows nobody: those with old changes are met. */
final class EmptyReplicaTest {

  private static final long NEWCOMER = 2;
  private static final long EARLIER_WRITER = 3;
  private static final long LATER_WRITER = 4;

  private long millis = 1_795_219_619_000L;
  private final HybridClock clock = clock();
  private final Table table = table(1, clock);
  private final Replica replica =
      new Replica(1, table, clock, () -> millis, () -> millis, ReplicaTest.SETTINGS);

  /**
   * The newcomer is let in while it has nothing either. What it then brings from others is older
   * than all the time that this replica was alone, and comes in any order.
   */
  @Test
  void takesWhatIsOlderThanItsTimeAlone() {
    Table earlier = added(EARLIER_WRITER, 7);
    Table later = added(LATER_WRITER, 2);
    beAlone();
    replica.peerJoined(NEWCOMER);
    replica.receive(NEWCOMER, newcomer(now(), VersionVector.EMPTY, Set.of()));
    VersionVector all = earlier.head().vector().join(later.head().vector());
    replica.receive(NEWCOMER, newcomer(now(), all, Set.of(1L, EARLIER_WRITER, LATER_WRITER)));
    for (Table writer : List.of(later, earlier)) {
      replica.receive(NEWCOMER, changesOf(writer, all));
    }
    Row row = table.read("a");
    assertNotNull(row);
    assertEquals("{\"n\":9,\"id\":\"a\"}", new String(row.payload().bytes(), UTF_8));
  }

  /** What it has, it folds, also where it is the only one for ever. */
  @Test
  void foldsAloneOnceItHasSomething() {
    beAlone();
    assertEquals(0, table.stable());
    Table.Commit commit = add(table, 1);
    replica.committed(commit, false);
    beAlone();
    assertTrue(table.stable() >= commit.entries().getFirst().change().rankTime());
  }

  private void beAlone() {
    replica.start(List.of());
    for (int i = 0; i < 40; i++) {
      millis += 250;
      replica.tick();
    }
  }

  private Table added(long node, int amount) {
    millis += 10;
    Table writer = table(node, clock());
    add(writer, amount);
    return writer;
  }

  private static Table.Commit add(Table table, int amount) {
    String patch = "{\"n\":{\"__op__\":\"add\",\"value\":%d}}".formatted(amount);
    Write write = Write.patch("a", Payload.json(patch.getBytes(UTF_8)));
    return table.write(List.of(new Table.Request(write, Condition.NONE)));
  }

  private static Message.Delta changesOf(Table writer, VersionVector head) {
    List<byte[]> pages = Objects.requireNonNull(writer.uncovered(VersionVector.EMPTY, 1 << 16));
    return new Message.Delta(VersionVector.EMPTY, pages, head, false, false);
  }

  private Message.Status newcomer(long since, VersionVector vector, Set<Long> known) {
    return new Message.Status(
        NEWCOMER,
        vector,
        now(),
        now(),
        0,
        0,
        since,
        VersionVector.EMPTY,
        false,
        known,
        known.size(),
        true,
        false);
  }

  private HybridClock clock() {
    return new HybridClock(() -> Instant.ofEpochMilli(millis), 60_000, 0);
  }

  private static Table table(long node, HybridClock clock) {
    return new Table(ReplicaTest.DEFINITION, new MemoryTableStore(), clock, node);
  }

  private long now() {
    return Timestamp.timeOfMillis(millis);
  }
}
