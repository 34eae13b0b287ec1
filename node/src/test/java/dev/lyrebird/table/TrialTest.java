package dev.lyrebird.table;

import static dev.lyrebird.table.Samples.json;
import static dev.lyrebird.table.Samples.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Outcome;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.journal.Write;
import dev.lyrebird.query.Access;
import dev.lyrebird.query.QueryBounds;
import dev.lyrebird.query.QueryParser;
import dev.lyrebird.query.QueryReport;
import dev.lyrebird.query.RowQuery;
import dev.lyrebird.schema.DefinitionText;
import dev.lyrebird.schema.TableDefinition;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Definitions that follow another while the table serves. */
final class TrialTest {

  private static final String BEFORE = "type T @table { id: ID @primaryKey  a: Float  b: Any }";
  private static final TableDefinition NARROWER =
      Samples.table("type T @table { id: ID @primaryKey  a: Int  b: Any }");
  private static final TableDefinition INDEXED =
      Samples.table("type T @table { id: ID @primaryKey  a: Float @indexed  b: Any  c: Int }");

  private static final int RUNS = 100;

  /** Several slices of reading. */
  private static final int ROWS = 3000;

  private final TableInMemory running = new TableInMemory(BEFORE);

  @Test
  void definitionThatAllRowsFitIsPutInForceAndKept() {
    put("x", "{\"a\":1,\"c\":2}");
    put("y", "{\"a\":2}");
    List<Row> rows = running.rows();
    redefine(INDEXED);

    assertEquals(rows, running.rows());
    assertInstanceOf(Access.Index.class, asked("a=2", INDEXED).plan());
    assertEquals(Refusal.Reason.SCHEMA, reason(put("z", "{\"c\":\"two\"}")));
    byte[] kept = running.store.definition();
    assertNotNull(kept);
    assertEquals(DefinitionText.of(INDEXED), new String(kept, StandardCharsets.UTF_8));
  }

  @Test
  void indexThatIsGoneIsDropped() {
    put("x", "{\"a\":1}");
    redefine(INDEXED);
    redefine(Samples.table(BEFORE));

    assertEquals(List.of(), running.store.indexes());
    assertInstanceOf(Access.Scan.class, asked("a=1", Samples.table(BEFORE)).plan());
  }

  @Test
  void rowsThatDoNotFitAreTold() {
    put("x", "{\"a\":0.5}");
    put("y", "{\"a\":1}");
    Trial trial = running.table.tryOut(NARROWER);
    readAll(trial);

    assertEquals(
        Map.of(
            "a",
            "must be a whole number of 32 bits (Int), but is a number with a fraction (1 row: x)"),
        trial.unfit());
    running.table.endTrial();
    assertInstanceOf(Outcome.Applied.class, put("z", "{\"a\":0.5}"));
  }

  @Test
  void rowThatIsMendedBeforeItIsReadIsNoObstacle() {
    put("x", "{\"a\":0.5}");
    Trial trial = running.table.tryOut(NARROWER);
    put("x", "{\"a\":1}");
    readAll(trial);

    assertEquals(Map.of(), trial.unfit());
  }

  @Test
  void rowThatComesWhenAllAreReadIsToldBeforeTheTrialBinds() {
    Trial trial = running.table.tryOut(NARROWER);
    readAll(trial);
    assertEquals(Map.of(), trial.unfit());
    put("x", "{\"a\":0.5}");
    put("x", "{\"a\":0.25}");

    assertTrue(trial.unfit().toString().contains("(1 row: x)"), trial.unfit().toString());
  }

  @Test
  void writesHaveToFitBothDefinitionsWhileATrialBinds() {
    put("x", "{\"a\":1}");
    Trial trial = running.table.tryOut(NARROWER);
    readAll(trial);
    trial.bind();

    assertEquals(Refusal.Reason.SCHEMA, reason(put("y", "{\"a\":0.5}")));
    assertEquals(Refusal.Reason.SCHEMA, reason(patch("x", "{\"a\":0.5}")));
    assertEquals(
        Refusal.Reason.SCHEMA, reason(patch("x", "{\"a\":{\"__op__\":\"add\",\"value\":0.5}}")));
    assertInstanceOf(Outcome.Applied.class, put("y", "{\"a\":2}"));
    running.table.endTrial();
    assertInstanceOf(Outcome.Applied.class, put("y", "{\"a\":0.5}"));
  }

  @Test
  void nothingIsPutInForceThatDoesNotBind() {
    Trial trial = running.table.tryOut(NARROWER);
    assertThrows(IllegalStateException.class, () -> running.table.redefine(trial));
    trial.bind();
    running.table.endTrial();
    assertThrows(IllegalStateException.class, () -> running.table.redefine(trial));
  }

  @Test
  void queryUnderWayEndsByTheDefinitionBefore() {
    put("x", "{\"a\":1}");
    put("y", "{\"a\":2}");
    QueryReading reading =
        running.table.query(RowQuery.all(""), Samples.table(BEFORE), new QueryBounds(9, 9, 9, 9));
    redefine(INDEXED);
    put("z", "{\"a\":3}");

    try (reading) {
      assertEquals(List.of("x", "y"), reading.next().rows().stream().map(Row::id).toList());
    }
  }

  /** No row is missed, whatever is written meanwhile here and elsewhere; and none is made up. */
  @Test
  void rowsThatForbidADefinitionAreFoundWhateverIsWrittenMeanwhile() {
    long seed = Long.getLong("seed", System.nanoTime());
    for (int i = 0; i < RUNS; i++) {
      new Interleaving(seed + i).run();
    }
  }

  /** One trial, between the slices of which rows are written. */
  private static final class Interleaving {

    private final TableInMemory running = new TableInMemory(BEFORE);
    private final Table elsewhere =
        new Table(
            Samples.table(BEFORE),
            new MemoryTableStore(),
            new HybridClock(() -> running.wall, 60_000, 0),
            TableInMemory.NODE + 1);
    private final Random random;
    private final String replay;

    /** Rows that are written often, so that some are unfit for a while. */
    private final List<String> busy;

    private final int writesBetween;
    private boolean wasUnfit;

    Interleaving(long seed) {
      this.replay = "-Dseed=" + seed;
      this.random = new Random(seed);
      this.busy = random.ints(5, 0, ROWS + 1).mapToObj(Interleaving::id).toList();
      this.writesBetween = 1 + random.nextInt(20);
    }

    void run() {
      for (int i = 0; i < ROWS; i++) {
        running.apply(Write.put(id(i), json("{\"a\":1}")));
      }
      for (int i = random.nextInt(3); i > 0; i--) {
        write();
      }
      Trial trial = running.table.tryOut(NARROWER);
      do {
        for (int i = random.nextInt(writesBetween); i > 0; i--) {
          write();
        }
      } while (trial.next());
      for (int i = random.nextInt(writesBetween); i > 0; i--) {
        write();
      }
      if (trial.unfit().isEmpty()) {
        assertFalse(isAnyUnfit(), replay);
        trial.bind();
        assertEquals(
            Refusal.Reason.SCHEMA,
            reason(running.write(Write.put("r1", json("{\"a\":0.5}")), Condition.NONE)),
            replay);
        running.table.redefine(trial);
        assertFalse(isAnyUnfit(), replay);
      } else {
        assertTrue(wasUnfit, replay);
        running.table.endTrial();
      }
    }

    private static String id(int row) {
      return "r%04d".formatted(row);
    }

    private void write() {
      String id = busy.get(random.nextInt(busy.size()));
      switch (random.nextInt(4)) {
        case 0 -> running.write(Write.delete(id), Condition.NONE);
        case 1 -> running.write(Write.patch(id, json(row())), Condition.NONE);
        case 2 -> receive(Write.put(id, json(row())));
        default -> running.write(Write.put(id, json(row())), Condition.NONE);
      }
      if (random.nextInt(10) == 0) {
        running.table.settle();
      }
    }

    private void receive(Write write) {
      Table.Commit commit = elsewhere.write(List.of(new Table.Request(write, Condition.NONE)));
      assertNotNull(running.table.receive(VersionVector.EMPTY, commit.pages()), replay);
    }

    private String row() {
      boolean isUnfit = random.nextInt(10) == 0;
      wasUnfit |= isUnfit;
      return isUnfit ? "{\"a\":0.5}" : "{\"a\":" + random.nextInt() + "}";
    }

    private boolean isAnyUnfit() {
      return running.rows().stream().anyMatch(row -> text(row.payload()).contains("0.5"));
    }
  }

  private void redefine(TableDefinition next) {
    Trial trial = running.table.tryOut(next);
    readAll(trial);
    assertEquals(Map.of(), trial.unfit());
    trial.bind();
    running.table.redefine(trial);
  }

  private static void readAll(Trial trial) {
    boolean more = true;
    while (more) {
      more = trial.next();
    }
  }

  private QueryReport asked(String condition, TableDefinition typing) {
    RowQuery query = RowQuery.of("", QueryParser.parse(condition, Set.of()).query(), typing);
    try (QueryReading reading =
        running.table.query(query, typing, new QueryBounds(100, 100, 1 << 20, 1))) {
      QueryReading.Slice slice = reading.next();
      while (slice.report() == null) {
        slice = reading.next();
      }
      return slice.report();
    }
  }

  private Outcome put(String id, String row) {
    return running.write(Write.put(id, json(row)), Condition.NONE);
  }

  private Outcome patch(String id, String row) {
    return running.write(Write.patch(id, json(row)), Condition.NONE);
  }

  private static Refusal.Reason reason(Outcome outcome) {
    return assertInstanceOf(Outcome.Refused.class, outcome).refusal().reason();
  }
}
