package dev.lyrebird.table;

import static dev.lyrebird.table.Samples.json;
import static dev.lyrebird.table.Samples.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.Write;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tables that are opened under another schema than the last time. */
final class OpeningTest {

  private static final String BEFORE = "type T @table { id: ID @primaryKey  a: Float }";

  private final MemoryTableStore store = new MemoryTableStore();

  @Test
  void rowsThatFitStayAsTheyAre() {
    Table table = opened(BEFORE);
    put(table, "x", "{\"a\":1,\"b\":\"c\"}");
    put(table, "y", "{\"a\":null}");
    table.settle();
    List<Row> rows = TableInMemory.rows(table);
    for (String sdl :
        List.of(
            "type T @table { id: ID @primaryKey  a: Int  b: String }",
            "type T @table @sealed { id: ID @primaryKey  a: Int  b: String }",
            "type T @table { id: ID @primaryKey  a: Any  b: String @indexed }",
            BEFORE)) {
      assertEquals(rows, TableInMemory.rows(opened(sdl)), sdl);
    }
  }

  @Test
  void aDefinitionThatForbidsRowsIsRefusedAndTellsWhich() {
    Table table = opened(BEFORE);
    IntStream.range(0, 12).forEach(i -> put(table, "r" + (10 + i), "{\"a\":0.5}"));
    put(table, "s", "{\"a\":1,\"remark\":true}");
    table.settle();
    List<Row> rows = TableInMemory.rows(table);
    UnfitRowsException refused =
        assertThrows(
            UnfitRowsException.class,
            () -> opened("type T @table @sealed { id: ID @primaryKey  a: Int }"));
    assertEquals(
        "type T does not fit rows that its table data/T holds: a must be a whole number of 32 bits"
            + " (Int), but is a number with a fraction (12 rows: the first of them r10, r11, r12,"
            + " r13, r14, r15, r16, r17, r18, r19); remark is not declared by the sealed type T (1 row:"
            + " s). Nothing was changed: mend or delete these rows under the schema before, or let"
            + " the schema admit them",
        refused.getMessage());
    assertEquals(rows, TableInMemory.rows(opened(BEFORE)));
  }

  @Test
  void rowsThatLieBehindTheJournalAreHeldAgainstItToo() {
    put(opened(BEFORE), "x", "{\"a\":0.5}");
    assertThrows(
        UnfitRowsException.class, () -> opened("type T @table { id: ID @primaryKey  a: Int }"));
  }

  @Test
  void anotherTypeOfTheKeyIsHeldAgainstTheIds() {
    Table table = opened(BEFORE);
    put(table, "7", "{}");
    table.settle();
    assertEquals(1, TableInMemory.rows(opened("type T @table { id: Int @primaryKey }")).size());
    put(opened("type T @table { id: ID @primaryKey }"), "seven", "{}");
    assertThrows(UnfitRowsException.class, () -> opened("type T @table { id: Int @primaryKey }"));
  }

  @Test
  void whatIsNoObjectFitsAnySchema() {
    Table table = opened(BEFORE);
    table.write(List.of(new Table.Request(Write.put("x", text("warm")), Condition.NONE)));
    table.settle();
    assertEquals(
        1, TableInMemory.rows(opened("type T @table @sealed { id: ID @primaryKey }")).size());
  }

  private Table opened(String sdl) {
    return Opening.of(
        Samples.table(sdl),
        store,
        new HybridClock(InstantSource.system(), 60_000, 0),
        TableInMemory.NODE);
  }

  private static void put(Table table, String id, String row) {
    table.write(List.of(new Table.Request(Write.put(id, json(row)), Condition.NONE)));
  }
}
