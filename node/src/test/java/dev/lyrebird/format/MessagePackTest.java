package dev.lyrebird.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.view.Columns;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** JSON to MessagePack and back, held against the bytes of its specification. */
final class MessagePackTest {

  private static final HexFormat HEX = HexFormat.of();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"a\":[1,\"x\"]} | 81a1619201a178",
        "[] | 90",
        "-500 | d1fe0c",
        "97.2 | cb40584ccccccccccd",
        "18446744073709551615 | cfffffffffffffffff",
        "-9223372036854775808 | d38000000000000000",
        "18446744073709551616 | cb43f0000000000000",
        "1.2345678901234567890123 | cb3ff3c0ca428c59fb",
        "1e400 | a53165343030",
        "\"\\u00fc\" | a2c3bc",
        "true | c3",
        "null | c0"
      })
  void jsonBecomesTheMessagePackClosestToIt(String json, String hex) {
    assertEquals(hex, HEX.formatHex(Format.MSGPACK.fromJson(json.getBytes(UTF_8))));
  }

  @ParameterizedTest
  @CsvSource({
    "81a16101, '{\"a\":1}'",
    "810102, '{\"1\":2}'", // a key that is a number
    "c40401020304, '\"AQIDBA==\"'", // bytes
    "ca3fc00000, 1.5", // a single float
    "cfffffffffffffffff, 18446744073709551615",
    "dd0000000201c0, '[1,null]'"
  })
  void messagePackBecomesTheJsonClosestToIt(String hex, String json) {
    assertEquals(json, new String(Format.MSGPACK.toJson(HEX.parseHex(hex)), UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", // nothing
        "93", // an array that ends too early
        "0102", // two values
        "01c405", // a value and a broken one
        "c1", // what is never used
        "ca7fc00000", // no number
        "cb7ff0000000000000", // an infinite one
        "d6ff5a4af6a5", // a time, as an extension
        "81c0c0", // a key that is null
        "c67fffffff", // 2 GiB, so it says
        "db7fffffff",
        "c97fffffff01"
      })
  void whatJsonCannotTellIsRefused(String hex) {
    RefusedException refused =
        assertThrows(RefusedException.class, () -> Format.MSGPACK.toJson(HEX.parseHex(hex)));

    assertEquals(Refusal.Reason.BAD_REQUEST, refused.refusal().reason());
  }

  @Test
  void listBeginsWithItsLengthOnceThatIsKnown() {
    ListWriter list = Format.MSGPACK.list(Columns.named(), 100);

    assertEquals(0, list.page(List.of(new byte[] {'1'}), false).length);
    assertEquals("dd000000020102", HEX.formatHex(list.page(List.of(new byte[] {'2'}), true)));
  }

  @Test
  void listThatWouldTakeTooMuchMemoryIsRefused() {
    ListWriter list = Format.MSGPACK.list(Columns.named(), 3);
    List<byte[]> rows = List.of("[1,2]".getBytes(UTF_8), "3".getBytes(UTF_8));

    RefusedException refused = assertThrows(RefusedException.class, () -> list.page(rows, false));
    assertEquals(Refusal.Reason.BAD_REQUEST, refused.refusal().reason());
  }
}
