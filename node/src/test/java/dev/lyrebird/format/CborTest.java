package dev.lyrebird.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** JSON to CBOR and back, held against the bytes of RFC 8949. */
final class CborTest {

  private static final HexFormat HEX = HexFormat.of();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"a\":1} | bf616101ff",
        "[] | 9fff",
        "-500 | 3901f3",
        "97.2 | fb40584ccccccccccd",
        "97.20 | fb40584ccccccccccd",
        "18446744073709551616 | c249010000000000000000",
        "\"\\u00fc\" | 62c3bc",
        "\"a\\ud800\" | 6461efbfbd", // half of a pair
        "\"\\udc00\\ud83d\\ude00\" | 67efbfbdf09f9880",
        "true | f5",
        "null | f6"
      })
  void jsonBecomesThePlainCborOfItsKind(String json, String hex) {
    assertEquals(hex, HEX.formatHex(Format.CBOR.fromJson(json.getBytes(UTF_8))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":[1,-2,3.5],\"b\":{\"c\":\"d\"}}",
        "123456789012345678901234567890",
        "1.2345678901234567890123",
        "9007199254740993",
        "-0.0",
        "\"\\uD83D\\uDE00\""
      })
  void numbersComeBackWithEveryDigit(String json) {
    assertEquals(
        plain(json),
        plain(new String(Format.CBOR.toJson(Format.CBOR.fromJson(json.getBytes(UTF_8))), UTF_8)));
  }

  private static String plain(String json) {
    return json.replace("\\uD83D\\uDE00", "\uD83D\uDE00");
  }

  @ParameterizedTest
  @CsvSource({
    "a10102, '{\"1\":2}'", // a key that is a number
    "4401020304, '\"AQIDBA==\"'", // bytes
    "f93e00, 1.5", // half a float
    "fa42c26666, 97.2", // a single float keeps its own digits
    "c11a514b67b0, 1363896240", // a tag says nothing to JSON
    "9f018202039fff, '[1,[2,3],[]]'"
  })
  void cborBecomesTheJsonClosestToIt(String hex, String json) {
    String whole = hex.equals("9f018202039fff") ? hex + "ff" : hex;
    assertEquals(json, new String(Format.CBOR.toJson(HEX.parseHex(whole)), UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "a1", "62c3", "62c328", "ff", "0102", "1c", "f97c00", "fb7ff8000000000000"})
  void whatJsonCannotTellIsRefused(String hex) {
    RefusedException refused =
        assertThrows(RefusedException.class, () -> Format.CBOR.toJson(HEX.parseHex(hex)));

    assertEquals(Refusal.Reason.BAD_REQUEST, refused.refusal().reason());
  }
}
