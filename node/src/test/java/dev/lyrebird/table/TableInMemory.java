package dev.lyrebird.table;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Outcome;
import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.Write;
import dev.lyrebird.schema.TableDefinition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A table on the heap with a wall clock that stands where a test puts it. */
final class TableInMemory {
  static final long NODE = 7;

  private static final long MAX_SKEW_MILLIS = 60_000;

  final MemoryTableStore store = new MemoryTableStore();
  private final TableDefinition definition;
  Instant wall = Instant.parse("2026-11-21T10:00:00Z");

  /** Whether the journal can be written. */
  boolean isBroken;

  Table table;

  TableInMemory(String sdl) {
    definition = Samples.table(sdl);
    table = opened();
  }

  /** Opens the table anew, as a process does after the last one has died. */
  void reopen() {
    table = opened();
  }

  private Table opened() {
    HybridClock clock = new HybridClock(() -> wall, MAX_SKEW_MILLIS, 0);
    return new Table(definition, new UnreliableStore(store, () -> isBroken), clock, NODE);
  }

  Outcome write(Write write, Condition condition) {
    return table.write(List.of(new Table.Request(write, condition))).outcomes().getFirst();
  }

  Outcome.Applied apply(Write write) {
    return assertInstanceOf(Outcome.Applied.class, write(write, Condition.KNOWING));
  }

  /** Returns all rows, in the order in which they are read. */
  List<Row> rows() {
    return rows(table);
  }

  static List<Row> rows(Table table) {
    List<Row> rows = new ArrayList<>();
    try (Table.RowReading reading = table.scan("")) {
      while (reading.next()) {
        Row row = reading.row();
        if (row != null) {
          rows.add(row);
        }
      }
    }
    return rows;
  }

  /** Returns what the journal holds behind a place. */
  List<Entry> journal(Place from) {
    Table.Page page = table.read(from, entry -> true, Table.Limit.ofBytes(Integer.MAX_VALUE));
    if (page == null) {
      throw new AssertionError("the journal no longer reaches back to " + from);
    }
    return page.entries();
  }
}
