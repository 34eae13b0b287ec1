package dev.lyrebird.table;

import static dev.lyrebird.table.Samples.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lyrebird.journal.Payload;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Anybody may send anything: it is a JSON object or it is not, and nothing else comes of it. */
final class JsonObjectsTest {
  private static final int PAYLOADS = 20_000;

  /** Bytes that a parser of JSON takes for the beginning of something. */
  private static final byte[] TELLING = "{}[]\":,-+.eE01 \n\\u\0\u007f".getBytes(UTF_8);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "{\"a\"",
        "{\"a\":1} x",
        "{\"a\":1} {}",
        "{\"a\":1,}",
        "{'a':1}",
        "{\"a\":NaN}",
        "{\"a\":01}",
        "{\"a\":1e99999999999999}",
        "{\"a\":-1e-99999999999999}",
        "[]",
        "3",
        "null",
        "\"{}\"",
        "\ufeff{}"
      })
  void whatIsNoObjectIsNone(String text) {
    assertNull(JsonObjects.parse(text(text)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        " \r\n\t{\"a\":null}\n",
        "{\"a\":1e999999999}",
        "{\"a\":-1e-999999999}",
        "{\"a\":1e2147483647}",
        "{\"\":0}"
      })
  void whatIsAnObjectIsOne(String text) {
    assertNotNull(JsonObjects.parse(text(text)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"application/json", "Application/JSON; charset=utf-8", "a/b+json", "+json"})
  void mediaTypesOfJsonAreParsed(String contentType) {
    assertNotNull(JsonObjects.parse(new Payload("{}".getBytes(UTF_8), contentType, null)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "text/plain", "json", "application/jsonp", ";application/json"})
  void otherMediaTypesAreNot(String contentType) {
    assertNull(JsonObjects.parse(new Payload("{}".getBytes(UTF_8), contentType, null)));
  }

  @Test
  void nestingAndNumbersAreTakenAsDeepAndLongAsTheParserGoes() {
    assertNotNull(parseNested(500));
    assertNull(parseNested(100_000));
    assertNotNull(JsonObjects.parse(text("{\"a\":" + "9".repeat(900) + "}")));
    assertNull(JsonObjects.parse(text("{\"a\":" + "9".repeat(100_000) + "}")));
  }

  private static @Nullable ObjectNode parseNested(int levels) {
    return JsonObjects.parse(text("{\"a\":" + "[".repeat(levels) + "]".repeat(levels) + "}"));
  }

  @Test
  void theLastOfSeveralValuesCounts() {
    assertEquals("{\"a\":2}", String.valueOf(JsonObjects.parse(text("{\"a\":1,\"a\":2}"))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":0.10,\"b\":12345678901234567890123456789.10,\"c\":1E+2}",
        "{\"a\":\"half a pair: \\uD800\"}",
        "{\"a\":\"\u00e9\u4e2d\"}"
      })
  void objectsAreWrittenAsTheyWere(String text) {
    ObjectNode object = JsonObjects.parse(text(text));
    assertNotNull(object);
    assertEquals(text, text(JsonObjects.payload(object)));
  }

  @Test
  void otherEncodingsOfUnicodeBreakNothing() {
    byte[][] payloads = {
      {'{', 0, '}', 0},
      {'{', 0, '"'},
      {'{', 0, 0, 0, '"', 0},
      {'{', 0, 0, 0, '"', 0, 0, 0, -1, -1, -1, 0x7f}, // UTF-32, beyond U+10FFFF
      {'{', '"', -1, -2, '"', ':', '1', '}'},
      {'{', '"', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '"', ':', '1', '}'},
    };
    for (byte[] bytes : payloads) {
      JsonObjects.parse(Payload.of(bytes));
    }
  }

  @Test
  void anyBytesAreAnObjectOrNone() {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    for (int i = 0; i < PAYLOADS; i++) {
      byte[] bytes = new byte[1 + random.nextInt(30)];
      for (int j = 0; j < bytes.length; j++) {
        bytes[j] =
            random.nextInt(4) == 0
                ? (byte) random.nextInt()
                : TELLING[random.nextInt(TELLING.length)];
      }
      bytes[0] = '{';
      try {
        ObjectNode object = JsonObjects.parse(Payload.of(bytes));
        if (object != null) {
          assertEquals(object, JsonObjects.parse(JsonObjects.payload(object)));
        }
      } catch (RuntimeException e) {
        throw new AssertionError("-Dseed=" + seed + " " + new String(bytes, UTF_8), e);
      }
    }
  }
}
