package dev.lyrebird.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.Write;
import dev.lyrebird.query.Access;
import dev.lyrebird.query.QueryBounds;
import dev.lyrebird.query.QueryParser;
import dev.lyrebird.query.QueryReport;
import dev.lyrebird.query.RowQuery;
import dev.lyrebird.schema.TableDefinition;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a query reads of rows and indexes to find what it asks for. */
final class QueryReadingTest {

  private static final int ROWS = 1000;
  private static final String SDL =
      """
      type T @table @export {
        id: ID @primaryKey n: Int @indexed tenth: Int @indexed half: Boolean @indexed plain: Int
      }
      """;

  private final TableInMemory running = new TableInMemory(SDL);
  private QueryBounds bounds = new QueryBounds(ROWS, 600, 1 << 20, 1);
  private List<Row> found = new ArrayList<>();
  private @Nullable QueryReport report;

  @BeforeEach
  void fill() {
    for (int i = 0; i < ROWS; i++) {
      running.apply(row(i));
    }
  }

  private static Write row(int i) {
    String json =
        "{\"n\":%d,\"tenth\":%d,\"half\":%b,\"plain\":%d}".formatted(i, i / 10, i % 2 == 0, i);
    return Write.put("r%04d".formatted(i), Payload.json(json.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void equalityReadsNothingButWhatItFinds() {
    ask("tenth=7");

    assertEquals(10, found.size());
    assertRead(10, 10);
    assertInstanceOf(Access.Index.class, report().plan());
  }

  @Test
  void keyReadsItsRow() {
    ask("id=r0007");

    assertEquals(1, found.size());
    assertRead(0, 1);
  }

  @Test
  void fewestRowsDecideWhichIndexIsUsed() {
    ask("n=ge=0&tenth=gt=97");

    assertEquals(20, found.size());
    assertInstanceOf(Access.Index.class, report().plan());
    assertTrue(report().indexEntriesRead() < 400, () -> report().toString());
    assertEquals(30, report().rowsRead(), "the ends of a range belong to it until a row is seen");
  }

  @Test
  void indexesAreIntersectedWhereThatSavesRows() {
    ask("n=lt=100&tenth=ge=8&half=true");

    assertEquals(10, found.size());
    assertInstanceOf(Access.All.class, report().plan());
    assertTrue(report().rowsRead() < 100, () -> report().toString());
  }

  @Test
  void alternativesAreUnited() {
    ask("tenth=7|tenth=3|n=999");

    assertEquals(21, found.size());
    assertEquals("r0030", found.getFirst().id());
    assertRead(21, 21);
  }

  @Test
  void indexThatNamesTooManyRowsIsNotUsed() {
    ask("n=ge=0");

    assertEquals(ROWS, found.size());
    assertInstanceOf(Access.Scan.class, report().plan());
    bounds = new QueryBounds(ROWS - 1, 600, 1 << 20, 1);
    assertRefused("n=ge=0", "its indexes name too many");
    ask("half=true");
    assertEquals(ROWS / 2, found.size());
    ask("half=true&n=ge=0&tenth=ge=0");
    assertEquals(ROWS / 2, found.size(), "of one key however many stand by their ids");
  }

  @Test
  void orderOfAnIndexNeedsNoMoreRowsThanAreWanted() {
    ask("sort(-n)&limit(3)");

    assertEquals(List.of("r0999", "r0998", "r0997"), ids());
    assertInstanceOf(Access.InOrder.class, report().plan());
    assertTrue(report().rowsRead() <= 4, () -> report().toString());
    assertFalse(report().isSortedInMemory());
    ask("sort(tenth,-n)&limit(9,12)");
    assertEquals(List.of("r0000", "r0019", "r0018"), ids());
    assertTrue(report().rowsRead() <= 21, () -> report().toString());
  }

  @Test
  void scanIsBoundedAndSaysWhatToIndex() {
    ask("plain=5");
    assertRead(0, ROWS);
    assertEquals("plain is not @indexed", report().reason());
    bounds = new QueryBounds(ROWS - 1, 600, 1 << 20, 1);
    assertRefused("plain=5", "plain is not @indexed");
    assertRefused("plain=-5&limit(1)", "plain is not @indexed");
    assertRefused("sort(plain)", "no index has the rows in the order of plain");
    ask("plain=5&limit(1)");
    assertEquals(List.of("r0005"), ids());
    ask("id=ge=r0500&plain=505");
    assertRead(0, 500);
    ask("");
    assertEquals(ROWS, found.size());
  }

  @Test
  void rowsInARangeOfIdsAreReadAlone() {
    ask("id=ge=r0010&id=lt=r0020");

    assertEquals(10, found.size());
    assertEquals(11, report().rowsRead(), "the condition says that the last does not belong");
    ask("id==r001*&half=true");
    assertEquals(5, found.size());
    assertTrue(report().rowsRead() <= 10, () -> report().toString());
  }

  @Test
  void sortInMemoryKeepsNoMoreThanAreWanted() {
    bounds = new QueryBounds(ROWS, 600, 10_000, 1);
    ask("sort(-plain)&limit(5,7)");

    assertEquals(List.of("r0994", "r0993"), ids());
    assertTrue(report().isSortedInMemory());
    assertRefused("sort(-plain)", "add limit(...), or @indexed");
    ask("tenth=5&sort(-plain)");
    assertEquals("r0059", ids().getFirst());
    ask("limit(1)");
    assertFalse(report().isSortedInMemory());
  }

  private List<String> ids() {
    return found.stream().map(Row::id).toList();
  }

  private QueryReport report() {
    return Objects.requireNonNull(report);
  }

  private void assertRead(long entries, long rows) {
    assertEquals(entries, report().indexEntriesRead());
    assertEquals(rows, report().rowsRead());
  }

  @Test
  void queryWithTheTypesOfAnotherDefinitionUsesNoIndexOfAnotherType() {
    ask("tenth=7", Samples.table(SDL.replace("tenth: Int", "tenth: Any")));

    assertEquals(10, found.size());
    assertEquals(ROWS, report().rowsRead());
  }

  private void assertRefused(String text, String detail) {
    RefusedException refused = assertThrows(RefusedException.class, () -> ask(text));
    assertTrue(refused.refusal().detail().contains(detail), refused.refusal().detail());
  }

  private void ask(String text) {
    ask(text, Samples.table(SDL));
  }

  private void ask(String text, TableDefinition typing) {
    RowQuery query = RowQuery.of("", QueryParser.parse(text, Set.of()).query(), typing);
    found = new ArrayList<>();
    report = null;
    try (QueryReading reading = running.table.query(query, typing, bounds)) {
      while (report == null) {
        QueryReading.Slice slice = reading.next();
        found.addAll(slice.rows());
        report = slice.report();
      }
    }
  }
}
