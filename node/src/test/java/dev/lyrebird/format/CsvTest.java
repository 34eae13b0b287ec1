package dev.lyrebird.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.schema.Schema;
import dev.lyrebird.schema.Source;
import dev.lyrebird.view.Columns;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows as lines of CSV, and back. */
final class CsvTest {

  private static final Columns OPEN =
      columns(
          "type T @table { name: String id: ID @primaryKey n: Int when: Date any: Any tags: [String] }");

  private static final Columns SEALED =
      columns("type T @table @sealed { id: ID @primaryKey name: String }");

  private static Columns columns(String sdl) {
    return Columns.of(Schema.parse(List.of(new Source("test.graphql", sdl))).tables().getFirst());
  }

  private static String csv(Columns columns, String... rows) {
    List<byte[]> json = Stream.of(rows).map(row -> row.getBytes(UTF_8)).toList();
    return new String(Format.CSV.list(columns, 0).page(json, true), UTF_8);
  }

  private static String json(Columns columns, String csv) {
    return new String(Format.CSV.toJson(csv.getBytes(UTF_8), columns), UTF_8);
  }

  @Test
  void headerNamesTheKeyThenWhatIsDeclaredThenTheRest() {
    assertEquals("id,name,n,when,any,tags,*\r\n", csv(OPEN));
    assertEquals("id,name\r\n", csv(SEALED));
  }

  @Test
  void cellsAreQuotedWhereTheyMustBe() {
    assertEquals(
        "id,name\r\n\"a,b\",\"say \"\"hi\"\"\"\r\n\"two\nlines\", as it is \r\n",
        csv(
            SEALED,
            "{\"id\":\"a,b\",\"name\":\"say \\\"hi\\\"\"}",
            "{\"name\":\" as it is \",\"id\":\"two\\nlines\"}"));
  }

  @Test
  void halfOfASurrogatePairIsReplaced() {
    assertEquals("id,name\r\na,x\ufffdy\r\n", csv(SEALED, "{\"id\":\"a\",\"name\":\"x\\udc00y\"}"));
  }

  @Test
  void nothingAndEmptyTextDiffer() {
    assertEquals(
        "id,name\r\na,\r\nb,\r\nc,\"\"\r\n",
        csv(
            SEALED,
            "{\"id\":\"a\"}",
            "{\"id\":\"b\",\"name\":null}",
            "{\"id\":\"c\",\"name\":\"\"}"));
    assertEquals(
        "[{\"id\":\"a\"},{\"id\":\"c\",\"name\":\"\"}]",
        json(SEALED, "id,name\r\na,\r\nc,\"\"\r\n"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"id\":\"1\",\"name\":\"12\",\"n\":12}",
        "{\"id\":\"1\",\"when\":\"2026-11-21T19:00:00Z\"}",
        "{\"id\":\"1\",\"when\":1795219619332}",
        "{\"id\":\"1\",\"any\":\"12\"}",
        "{\"id\":\"1\",\"any\":\"true\"}",
        "{\"id\":\"1\",\"any\":\"null\"}",
        "{\"id\":\"1\",\"any\":\"{}\"}",
        "{\"id\":\"1\",\"any\":\"nonsense\"}",
        "{\"id\":\"1\",\"any\":97.20}",
        "{\"id\":\"1\",\"any\":{\"a\":[1,\"x,y\"]}}",
        "{\"id\":\"1\",\"tags\":[\"a\",\"b \\\"c\\\"\"]}",
        "{\"id\":\"1\",\"extra\":{\"a\":null},\"*\":2}",
        "{\"id\":\"1\",\"name\":\"\\u00fc\\uD83D\\uDE00\\r\\n\"}"
      })
  void rowComesBackAsItWas(String row) {
    String plain = row.replace("\\u00fc\\uD83D\\uDE00", "\u00fc\uD83D\uDE00");
    assertEquals("[" + plain + "]", json(OPEN, csv(OPEN, row)));
  }

  @ParameterizedTest
  @CsvSource({
    "ARRAYS, '[1,[2]]', '1,[2]'",
    "OBJECTS, '{\"b\":{\"c\":1}}', ',\"{\"\"c\"\":1}\"'",
    "VALUES, '[2]', '[2],'"
  })
  void selectionHasItsOwnColumns(Columns.Shape shape, String json, String line) {
    Columns columns = OPEN.select(List.of("a", "b"), shape);

    assertEquals("a,b\r\n" + line + "\r\n", csv(columns, json));
  }

  @Test
  void undeclaredColumnsAreReadAsWhatTheyLookLike() {
    assertEquals(
        "[{\"id\":\"007\",\"x\":1.50,\"y\":true,\"z\":\"007\"}]",
        json(OPEN, "id,x,y,z\n007,1.50,true,007"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`id,name\na` | line 2 has 1 cells below a header of 2",
        "`id,name\na,b,c` | line 2 has 3 cells below a header of 2",
        "`id,name\na,\"b\"c` | line 2 is no CSV: Unexpected character ('c' (code 99)): Expected column separator character (',' (code 44)) or end-of-line",
        "`id,name\na,\"b` | line 2 is no CSV: Missing closing quote for value",
        "`id,name\n\"a\nb\",c\n\nd` | line 5 has 1 cells below a header of 2",
        "`id,*\na,1` | line 2 is no row: the cell below * holds an object of JSON or nothing",
        "`id,\na,b` | each column of CSV has a name in the first line",
        "`id,id\na,b` | no two columns of CSV have the same name",
        "`\"id\na,b` | line 1, the header, is no CSV: Missing closing quote for value"
      })
  void whatIsNoRowIsRefusedWithItsLine(String csv, String detail) {
    RefusedException refused = assertThrows(RefusedException.class, () -> json(SEALED, csv));

    assertEquals(detail, refused.refusal().detail());
  }

  @Test
  void onlyUtf8IsText() {
    byte[] latin = {'i', 'd', '\n', (byte) 0xfc};

    RefusedException refused =
        assertThrows(RefusedException.class, () -> Format.CSV.toJson(latin, SEALED));
    assertEquals("line 2 is not in UTF-8", refused.refusal().detail());
  }
}
