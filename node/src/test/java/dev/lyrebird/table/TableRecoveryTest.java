package dev.lyrebird.table;

import static dev.lyrebird.table.Samples.text;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Rows lie behind the journal: whenever the process dies, they are what the journal says. */
final class TableRecoveryTest {
  private static final int RUNS = 80;
  private static final int STEPS = 60;
  private static final int MANY = 2000;

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final RandomWrites writes = new RandomWrites(random);

  @Test
  void aTableThatDiesAtAnyMomentComesBackAsItWas() {
    for (int i = 0; i < RUNS; i++) {
      new Run().go();
    }
  }

  @Test
  void aTableOfMessagesAloneComesBackAfterATrim() {
    TableInMemory memory = new TableInMemory("type T @table { id: ID @primaryKey }");
    for (int written = MANY; written <= 3 * MANY; written += MANY) {
      memory.table.write(messages(MANY));
      memory.table.trim(Long.MAX_VALUE, 0);
      memory.reopen();
      assertEquals(written, memory.table.head().position());
    }
  }

  private static List<Table.Request> messages(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> new Table.Request(Write.message("t", text("m" + i)), Condition.NONE))
        .toList();
  }

  /** One table and an oracle that simply believes the entries it was handed. */
  private final class Run {
    final TableInMemory memory =
        new TableInMemory("type T @table { id: ID @primaryKey made: Date @createdTime }");
    final Map<String, Row> rows = new TreeMap<>();
    final List<Entry> journal = new ArrayList<>();
    long trimmed;

    void go() {
      for (int i = 0; i < STEPS; i++) {
        memory.wall = memory.wall.plusMillis(random.nextInt(-5, 20));
        switch (random.nextInt(10)) {
          case 0 -> memory.table.settle();
          case 1 -> trim();
          case 2 -> take(memory.table.expire(millis(), random.nextInt(1, 4)));
          case 3 -> {
            memory.reopen();
            check();
          }
          case 4 -> take(memory.table.writeAll(writes.some(millis()), Condition.NONE));
          default -> take(memory.table.write(requests()));
        }
      }
      check();
      memory.reopen();
      check();
    }

    /** Most batches are small; some bring the next checkpoint of the journal. */
    private List<Table.Request> requests() {
      return random.nextInt(10) == 0
          ? messages(500 + random.nextInt(1000))
          : writes.some(millis()).stream()
              .map(write -> new Table.Request(write, Condition.NONE))
              .toList();
    }

    private long millis() {
      return memory.wall.toEpochMilli();
    }

    private void take(Table.Commit commit) {
      assertEquals(journal.size(), commit.before().position(), Run.this::replay);
      for (Entry entry : commit.entries()) {
        journal.add(entry);
        switch (entry.type()) {
          case PUT -> rows.put(entry.id(), row(entry));
          case DELETE -> rows.remove(entry.id());
          case MESSAGE -> {}
        }
      }
    }

    private Row row(Entry entry) {
      Write write = entry.change().write();
      boolean patches = write.kind() == Write.Kind.PATCH;
      Row before = patches ? rows.get(entry.id()) : null;
      long end = write.expiresAtMillis();
      return new Row(
          entry.id(),
          entry.version(),
          entry.payload(),
          before != null ? before.qos() : patches ? Write.ANY_QOS : write.qos(),
          before != null && end == 0 ? before.expiresAtMillis() : end,
          entry.createdMillis());
    }

    private void trim() {
      memory.table.trim(Timestamp.timeOfMillis(millis() - 100), 20_000);
      trimmed = memory.store.progress().trimmed().position();
    }

    private void check() {
      assertEquals(List.copyOf(rows.values()), memory.rows(), this::replay);
      rows.forEach((id, row) -> assertEquals(row, memory.table.read(id), this::replay));
      Place from = memory.store.progress().trimmed();
      assertEquals(
          journal.subList((int) trimmed, journal.size()), memory.journal(from), this::replay);
      assertEquals(journal.size(), memory.table.head().position(), this::replay);
    }

    private String replay() {
      return "-Dseed=" + seed;
    }
  }
}
