package dev.lyrebird.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Outcome;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.Write;
import dev.lyrebird.schema.Schema;
import dev.lyrebird.schema.Source;
import dev.lyrebird.schema.TableDefinition;
import dev.lyrebird.table.HybridClock;
import dev.lyrebird.table.MemoryTableStore;
import dev.lyrebird.table.QueryReading;
import dev.lyrebird.table.RocksStorage;
import dev.lyrebird.table.Table;
import dev.lyrebird.table.TableStore;
import dev.lyrebird.view.RowView;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A table answers queries made up at random as the oracle does. */
final class QueryOracleTest {

  private static final int TABLES = 20;
  private static final int QUERIES = 150;
  private static final int ROWS = 200;

  /** More than an index is built of when a table is opened. */
  private static final int MANY_ROWS = 1500;

  private static final QueryBounds BOUNDS = new QueryBounds(MANY_ROWS, MANY_ROWS, 1 << 20, 1);

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final QueryOracle oracle = new QueryOracle(seed);
  private final Set<Class<?>> plans = new HashSet<>();
  private int found;

  @Test
  void tableWithoutIndexesFindsWhatTheOracleFinds() {
    findsWhatTheOracleFinds("");

    assertEquals(Set.of(), used(Access.Index.class), "-Dseed=" + seed);
  }

  @Test
  void tableWithIndexesFindsWhatTheOracleFinds() {
    findsWhatTheOracleFinds("@indexed");

    assertEquals(Set.of(Access.class.getPermittedSubclasses()), plans, "-Dseed=" + seed);
  }

  private void findsWhatTheOracleFinds(String mark) {
    for (int i = 0; i < TABLES; i++) {
      TableDefinition definition = table(QueryOracle.sdl(mark));
      Table table = filled(definition, new MemoryTableStore(), ROWS);
      change(table);
      for (int j = 0; j < QUERIES; j++) {
        check(table, definition);
      }
      oracle.ids().forEach(oracle::remove);
    }
    assertTrue(found > TABLES * QUERIES, found + " rows found: queries that find none tell little");
  }

  @Test
  void tableOnDiskFindsWhatTheOracleFinds(@TempDir Path folder) {
    RocksStorage.Settings settings =
        new RocksStorage.Settings(RocksStorage.Sync.OS, 1 << 22, 1 << 22);
    try (RocksStorage storage = new RocksStorage(folder, settings, () -> 1)) {
      TableDefinition definition = table(QueryOracle.sdl("@indexed"));
      Table table = filled(definition, storage.table("things"), ROWS);
      for (int i = 0; i < QUERIES; i++) {
        check(table, definition);
        change(table);
      }
    }
  }

  @Test
  void tableFindsTheSameWhileItsIndexesAreBuilt() {
    TableDefinition definition = table(QueryOracle.sdl("@indexed"));
    Table table = filled(definition, new MemoryTableStore(), MANY_ROWS);
    boolean isBuilding = true;
    while (isBuilding) {
      for (int i = 0; i < 20; i++) {
        check(table, definition);
      }
      assertEquals(Set.of(), used(Access.Index.class), "-Dseed=" + seed);
      change(table);
      isBuilding = table.buildIndexes();
    }
    for (int i = 0; i < QUERIES; i++) {
      check(table, definition);
    }
    assertEquals(Set.of(Access.Index.class), used(Access.Index.class), "-Dseed=" + seed);
  }

  private Set<Class<?>> used(Class<?> access) {
    Set<Class<?>> used = new HashSet<>(plans);
    used.retainAll(Set.of(access));
    return used;
  }

  /** Writes rows under a schema that takes anything, and opens the table under its own. */
  private Table filled(TableDefinition definition, TableStore store, int rows) {
    Table lax = open(table(QueryOracle.laxSdl()), store);
    for (int i = 0; i < rows; i++) {
      put(lax, oracle.id());
    }
    lax.settle();
    return open(definition, store);
  }

  /** Writes rows that the schema may refuse, and deletes some. */
  private void change(Table table) {
    for (int i = 0; i < 5; i++) {
      put(table, oracle.id());
      String gone = oracle.id();
      write(table, Write.delete(gone));
      oracle.remove(gone);
    }
  }

  private void put(Table table, String id) {
    switch (write(table, Write.put(id, oracle.put(id)))) {
      case Outcome.Applied applied -> oracle.stamp(id, applied.version());
      case Outcome.Refused refused -> oracle.takeBack(id);
      case Outcome.Unchanged unchanged -> throw new AssertionError("a row was put");
    }
  }

  private static Outcome write(Table table, Write write) {
    return table.write(List.of(new Table.Request(write, Condition.NONE))).outcomes().getFirst();
  }

  private void check(Table table, TableDefinition definition) {
    String prefix = oracle.prefix();
    String text = oracle.query().toString();
    String told = "-Dseed=%d: %s?%s".formatted(seed, prefix, text);
    Query query = QueryParser.parse(text, Set.of()).query();
    List<JsonNode> expected = oracle.answer(prefix, query);
    List<Row> rows = new ArrayList<>();
    QueryReport report = null;
    try (QueryReading reading =
        table.query(RowQuery.of(prefix, query, definition), definition, BOUNDS)) {
      while (report == null) {
        QueryReading.Slice slice = reading.next();
        rows.addAll(slice.rows());
        report = slice.report();
      }
    }
    RowView view = new RowView(definition);
    Select select = query.select();
    List<JsonNode> answer =
        rows.stream()
            .map(row -> RowTree.read(view.rowObject(row)))
            .map(row -> select == null ? row : new Projection(select).of(row))
            .toList();
    assertEquals(expected, answer, told + " by " + report);
    assertEquals(expected.size(), report.rowsReturned(), told);
    plans.add(report.plan().getClass());
    found += rows.size();
  }

  private static TableDefinition table(String sdl) {
    return Schema.parse(List.of(new Source("test.graphql", sdl))).tables().getFirst();
  }

  private static Table open(TableDefinition definition, TableStore store) {
    return new Table(definition, store, new HybridClock(InstantSource.system(), 0, 0), 1);
  }
}
