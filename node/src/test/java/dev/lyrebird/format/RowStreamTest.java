package dev.lyrebird.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.lyrebird.view.Columns;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Rows are read one by one, wherever the content is cut. */
final class RowStreamTest {

  private static final Columns COLUMNS = Columns.named("id", "a");

  /** What a sink is told, a line each. */
  private static final class Told implements RowStream.Sink {

    private final List<String> lines = new ArrayList<>();

    @Override
    public void row(int line, byte[] json) {
      lines.add(line + " " + new String(json, UTF_8));
    }

    @Override
    public void fault(int line, String detail) {
      lines.add(line + " " + detail);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "NDJSON | `{\"id\":1}\n{}\r\n\n[2]` | `1 {\"id\":1};2 {};4 [2]`",
        "NDJSON | `\uFEFF{\"id\":\"\u00fc\"}\n` | `1 {\"id\":\"\u00fc\"}`",
        "NDJSON | `{\"id\":\"0123456789012345678901234567890\"}\n{}` | `1 has more than 30 bytes;2 {}`",
        "NDJSON | `\"\n\"` | `1 \";2 \"`",
        "CSV | `id,a\r\nx,\"1\n2\"\r\n\r\ny,3\r\n` | `2 {\"id\":\"x\",\"a\":\"1\\n2\"};5 {\"id\":\"y\",\"a\":3}`",
        "CSV | `\uFEFFid,a\nx\ny,\"a\"\"b\"` | `2 has 1 cells below a header of 2;3 {\"id\":\"y\",\"a\":\"a\\\"b\"}`",
        "CSV | `id\n0123456789012345678901234567890\n2` | `2 has more than 30 bytes;3 {\"id\":2}`"
      })
  void piecesMakeNoDifference(Format format, String content, String told) {
    byte[] whole = content.getBytes(UTF_8);
    for (int size = 1; size <= whole.length; size++) {
      Told sink = new Told();
      RowStream rows = Objects.requireNonNull(format.rows(COLUMNS, 30, sink));
      for (int from = 0; from < whole.length; from += size) {
        rows.take(Arrays.copyOfRange(whole, from, Math.min(whole.length, from + size)));
      }
      rows.end();
      assertEquals(told, String.join(";", sink.lines), "in pieces of " + size);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"JSON", "CBOR", "MSGPACK"})
  void valueIsNotReadRowByRow(Format format) {
    assertNull(format.rows(COLUMNS, 30, new Told()));
  }
}
