package dev.lyrebird.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A journal keeps what is within its retention and its bound, and lets everything else go. */
final class TableTrimTest {
  private static final int STEPS = 400;
  private static final long RETENTION_MILLIS = 60_000;
  private static final int MAX_STEP_MILLIS = 5_000;
  private static final int MAX_PAYLOAD = 40_000;
  private static final long NO_BOUND = Long.MAX_VALUE;

  /** Entries go from checkpoint to checkpoint, and there is one in so many bytes and a page. */
  private static final long CHECKPOINT_BYTES = 256 << 10;

  private static final long PAGE_BYTES = 10 * MAX_PAYLOAD;

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final TableInMemory memory = new TableInMemory("type T @table { id: ID @primaryKey }");
  private final List<Entry> written = new ArrayList<>();

  @Test
  void nothingGoesThatIsWithinTheRetentionAndAllGoesThatIsNot() {
    for (int i = 0; i < STEPS; i++) {
      write();
      trim(NO_BOUND);
      Place beginning = memory.store.progress().trimmed();
      long young = firstSince(millis() - RETENTION_MILLIS + 1);
      assertTrue(beginning.position() < young, this::replay);
      assertEquals(
          written.subList((int) beginning.position(), written.size()),
          memory.journal(beginning),
          this::replay);
      long old = firstSince(millis() - RETENTION_MILLIS - 2 * MAX_STEP_MILLIS);
      assertTrue(beginning.position() >= old - 1, this::replay);
    }
    memory.wall = memory.wall.plusMillis(2 * RETENTION_MILLIS);
    trim(NO_BOUND);
    assertEquals(0, memory.table.journalBytes(), this::replay);
  }

  @Test
  void whatIsOverTheBoundGoesAndNoMoreThanThat() {
    long bound = 8 * CHECKPOINT_BYTES;
    for (int i = 0; i < STEPS; i++) {
      write();
      long before = memory.table.journalBytes();
      memory.table.trim(0, bound);
      long after = memory.table.journalBytes();
      assertTrue(after <= bound, this::replay);
      long least = Math.min(before, bound - CHECKPOINT_BYTES - PAGE_BYTES);
      assertTrue(after >= least, this::replay);
    }
  }

  @Test
  void whoStandsWhereTheJournalHasGoneIsTold() {
    Place start = memory.table.head();
    write();
    Place early = memory.table.head();
    trim(NO_BOUND);
    assertNotNull(memory.table.read(start, entry -> true, Table.Limit.ofBytes(1)));
    memory.wall = memory.wall.plusMillis(2 * RETENTION_MILLIS);
    trim(NO_BOUND);
    assertNull(memory.table.read(start, entry -> true, Table.Limit.ofBytes(1)));
    assertNull(memory.table.read(start.vector(), null, entry -> true, Table.Limit.ofBytes(1)));
    assertEquals(-1, memory.table.countUncovered(start.vector()));
    write();
    Table.Page page = memory.table.read(early, entry -> true, Table.Limit.ofBytes(1 << 30));
    assertNotNull(page, "who had seen all that has gone lacks nothing");
    assertEquals(written.subList((int) early.position(), written.size()), page.entries());
  }

  @Test
  void aJournalThatHasGoneEntirelyIsOpenedAgainWhereItEnded() {
    write();
    trim(NO_BOUND);
    memory.wall = memory.wall.plusMillis(2 * RETENTION_MILLIS);
    trim(NO_BOUND);
    Place head = memory.table.head();
    memory.reopen();
    assertEquals(head, memory.table.head());
    write();
    assertEquals(written.subList((int) head.position(), written.size()), memory.journal(head));
  }

  private void write() {
    memory.wall = memory.wall.plusMillis(random.nextInt(MAX_STEP_MILLIS));
    List<Table.Request> requests = new ArrayList<>();
    for (int i = random.nextInt(10); i >= 0; i--) {
      Payload payload = Payload.of(new byte[random.nextInt(MAX_PAYLOAD)]);
      requests.add(
          new Table.Request(Write.message("r" + random.nextInt(5), payload), Condition.NONE));
    }
    written.addAll(memory.table.write(requests).entries());
  }

  private void trim(long maxBytes) {
    memory.table.trim(Timestamp.timeOfMillis(millis() - RETENTION_MILLIS), maxBytes);
  }

  private long millis() {
    return memory.wall.toEpochMilli();
  }

  /** Returns the position of the first entry that was written at a time or later. */
  private long firstSince(long millis) {
    return written.stream()
        .filter(entry -> entry.localTime() >= Timestamp.timeOfMillis(millis))
        .mapToLong(Entry::position)
        .findFirst()
        .orElse(written.size() + 1);
  }

  private String replay() {
    return "-Dseed=" + seed;
  }
}
