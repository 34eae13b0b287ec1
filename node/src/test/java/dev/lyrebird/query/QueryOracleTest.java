package dev.lyrebird.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
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
import dev.lyrebird.table.Table;
import dev.lyrebird.table.TableStore;
import dev.lyrebird.view.RowView;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A table answers queries made up at random as the oracle does. */
final class QueryOracleTest {

  private static final int TABLES = 20;
  private static final int ROWS = 200;
  private static final int QUERIES = 150;
  private static final QueryBounds BOUNDS = new QueryBounds(ROWS, 1 << 20, 1);

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final QueryOracle oracle = new QueryOracle(seed);

  @Test
  void tableFindsWhatTheOracleFinds() {
    int found = 0;
    for (int i = 0; i < TABLES; i++) {
      TableDefinition definition = table(QueryOracle.sdl(""));
      Table table = open(definition, filled(new MemoryTableStore()));
      for (int j = 0; j < QUERIES; j++) {
        found += check(table, definition);
      }
      oracle.removeAll(Set.copyOf(oracle.ids()));
    }
    assertTrue(found > TABLES * QUERIES, found + " rows found: queries that find none tell little");
  }

  /** The rows are written under a schema that takes anything. */
  private TableStore filled(TableStore store) {
    Table table = open(table(QueryOracle.laxSdl()), store);
    for (int i = 0; i < ROWS; i++) {
      String id = oracle.id();
      Write put = Write.put(id, oracle.put(id));
      Table.Commit commit = table.write(List.of(new Table.Request(put, Condition.NONE)));
      Outcome.Applied applied =
          assertInstanceOf(Outcome.Applied.class, commit.outcomes().getFirst());
      oracle.stamp(id, applied.version());
    }
    table.settle();
    return store;
  }

  private int check(Table table, TableDefinition definition) {
    String text = oracle.query().toString();
    String told = "-Dseed=" + seed + ": " + text;
    Query query = QueryParser.parse(text, Set.of()).query();
    List<JsonNode> expected = oracle.answer(query);
    List<Row> rows = new ArrayList<>();
    QueryReport report = null;
    try (QueryReading reading = table.query(RowQuery.of("", query, definition), BOUNDS)) {
      while (report == null) {
        QueryReading.Slice slice = reading.next();
        rows.addAll(slice.rows());
        report = slice.report();
      }
    }
    RowView view = new RowView(definition);
    List<JsonNode> answer =
        rows.stream()
            .map(row -> RowTree.read(view.rowObject(row)))
            .map(row -> query.select() == null ? row : new Projection(query.select()).of(row))
            .toList();
    assertEquals(expected, answer, told);
    assertEquals(expected.size(), report.rowsReturned(), told);
    return answer.size();
  }

  private static TableDefinition table(String sdl) {
    return Schema.parse(List.of(new Source("test.graphql", sdl))).tables().getFirst();
  }

  private static Table open(TableDefinition definition, TableStore store) {
    return new Table(definition, store, new HybridClock(InstantSource.system(), 0, 0), 1);
  }
}
