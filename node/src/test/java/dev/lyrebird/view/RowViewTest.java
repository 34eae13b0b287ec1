package dev.lyrebird.view;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.query.RowTree;
import dev.lyrebird.schema.Schema;
import dev.lyrebird.schema.Source;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How rows and messages are shown, payload by payload. */
final class RowViewTest {

  private static final long MILLIS = 1_795_219_619_331L;
  private static final Timestamp VERSION = new Timestamp(Timestamp.timeOfMillis(MILLIS) + 2048, 7);

  private static final int MUTATIONS = 20_000;
  private static final String PARTS =
      "{\"a\":[1,\"\\ud83d\\ude00\",{\"n\":2}],\"n\":5,\"s\":\"é€😀\\n\",\"n\":6.50,\"t\":true}";

  /** Bytes that UTF-8 and JSON have no or little use for. */
  private static final byte[] ODD = {
    0,
    31,
    (byte) 0x80,
    (byte) 0xBF,
    (byte) 0xC0,
    (byte) 0xED,
    (byte) 0xF5,
    (byte) 0xFF,
    'u',
    'd',
    'e',
    '.',
    '-',
    '"',
    '\\'
  };

  private final RowView view = view("type T @table { id: ID @primaryKey }");

  @Test
  void keyFollowsTheRowsOwnAttributes() {
    assertRow("{\"temp\":1,\"id\":\"w1\"}", "w1", "{\"temp\":1}");
    assertRow("{\"id\":\"w1\"}", "w1", "{}");
  }

  @Test
  void partOfARowShowsWhatTheWholeShowsOfIt() {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] payload = utf8(PARTS);
      for (int j = random.nextInt(4); j > 0; j--) {
        byte[] octets = random.nextBoolean() ? utf8(PARTS) : ODD;
        payload[random.nextInt(payload.length)] = octets[random.nextInt(octets.length)];
      }
      Row row = row("w1", Payload.json(payload));
      JsonNode whole = RowTree.read(view.rowObject(row));
      JsonNode part =
          RowTree.read(view.rowObject(row, name -> name.equals("n") || name.equals("data")));
      for (String name : whole.isMissingNode() ? List.<String>of() : List.of("id", "n", "data")) {
        assertEquals(whole.path(name), part.path(name), () -> "-Dseed=" + seed + text(payload));
      }
    }
  }

  @Test
  void keyStaysWhereTheRowHasIt() {
    assertRow("{\"id\":\"w1\",\"temp\":1}", "w1", "{\"id\":\"w1\",\"temp\":1}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"other\"", "null", "7", "[\"w1\"]", "{\"id\":\"w1\"}", "true", "1.0"})
  void pathWinsOverTheRowsOwnKey(String own) {
    assertRow("{\"id\":\"w1\",\"a\":2}", "w1", "{\"id\":" + own + ",\"a\":2}");
  }

  @Test
  void numberMaySpellAnIdOfTypeId() {
    assertRow("{\"id\":5}", "5", "{\"id\":5}");
    assertRow("{\"id\":\"05\"}", "05", "{\"id\":5}");
  }

  @Test
  void keyHasTheTypeThatTheTableDeclares() {
    RowView numbers = view("type N @table { n: Long @primaryKey }");
    RowView strings = view("type S @table { s: String @primaryKey }");

    assertEquals(
        "{\"a\":1,\"n\":5}", text(numbers.rowValue(row("5", Payload.of(utf8("{\"a\":1}"))))));
    assertEquals("{\"n\":5}", text(numbers.rowValue(row("5", Payload.of(utf8("{\"n\":\"5\"}"))))));
    assertEquals("{\"s\":\"5\"}", text(strings.rowValue(row("5", Payload.of(utf8("{\"s\":5}"))))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "97.20",
        "1e400",
        "-0.0",
        "123456789012345678901234567890",
        "0.1000000000000000055511151231257827021181583404541015625",
        "\"\\u0000\"",
        "\"é😀\"",
        "[[],{},null,true,false]"
      })
  void valuesKeepEveryDigitAndCharacter(String value) {
    assertRow("{\"v\":" + value + ",\"id\":\"w1\"}", "w1", "{ \"v\" :\n\t" + value + " }\r\n");
    assertEquals(value, text(view.messageValue(Payload.of(utf8(" " + value)))));
  }

  @Test
  void halfOfASurrogatePairStaysAnEscape() {
    assertRow("{\"v\":\"\\uD800\",\"id\":\"w1\"}", "w1", "{\"v\":\"\\ud800\"}");
  }

  @Test
  void stampsAreTheTablesOwn() {
    RowView stamped =
        view(
            "type T @table { id: ID @primaryKey made: Float @createdTime"
                + " changed: Float @updatedTime }");
    RowView whole = view("type T @table { id: ID @primaryKey changed: Long @updatedTime }");
    Row row =
        new Row("w", VERSION, Payload.of(utf8("{\"made\":1,\"changed\":{},\"a\":2}")), 0, 0, 123);

    assertEquals(
        "{\"a\":2,\"id\":\"w\",\"made\":123,\"changed\":1795219619331.5}",
        text(stamped.rowValue(row)));
    assertEquals(
        "{\"made\":1,\"a\":2,\"id\":\"w\",\"changed\":1795219619331}", text(whole.rowValue(row)));
  }

  @Test
  void messagesAreShownWithoutAKey() {
    assertEquals("{\"a\":1}", text(view.messageValue(Payload.of(utf8("{ \"a\": 1 }")))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[1, 2]", "5", "\"text\"", "null", " true "})
  void otherJsonIsSentToReadersAsItIs(String json) {
    RowView.Shown shown = view.show(row("w1", Payload.of(utf8(json))));

    assertArrayEquals(utf8(json), assertInstanceOf(RowView.Shown.Value.class, shown).json());
    assertEquals(json.replace(" ", ""), text(view.rowValue(row("w1", Payload.of(utf8(json))))));
    assertEquals(
        "{\"contentType\":\"application/json\",\"data\":"
            + json.replace(" ", "")
            + ",\"id\":\"w1\"}",
        text(view.rowObject(row("w1", Payload.of(utf8(json))))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "hello",
        "{\"a\":",
        "{\"a\":1}}",
        "{a:1}",
        "[1,]",
        "true false",
        "nul",
        "01",
        "-",
        "\uFEFFx",
        "\"a\nb\""
      })
  void whatIsNoJsonIsText(String content) {
    RowView.Shown shown = view.show(row("w1", Payload.of(utf8(content))));

    RowView.Shown.Opaque opaque = assertInstanceOf(RowView.Shown.Opaque.class, shown);
    assertArrayEquals(utf8(content), opaque.content());
    assertEquals("text/plain;charset=utf-8", opaque.mediaType());
  }

  @Test
  void textAndBytesAreWrappedInEvents() {
    assertEquals(
        "{\"contentType\":\"text/plain;charset=utf-8\",\"data\":\"say \\\"hi\\\"\"}",
        text(view.messageValue(Payload.of(utf8("say \"hi\"")))));
    assertEquals(
        "{\"contentType\":\"application/octet-stream\",\"data\":\"/wA=\",\"encoding\":\"base64\"}",
        text(view.messageValue(Payload.of(new byte[] {(byte) 0xff, 0}))));
    assertEquals(
        "{\"contentType\":\"application/octet-stream\",\"data\":\"/wA=\",\"encoding\":\"base64\","
            + "\"id\":\"w1\"}",
        text(view.rowObject(row("w1", Payload.of(new byte[] {(byte) 0xff, 0})))));
  }

  @ParameterizedTest
  @CsvSource({
    "application/json, true",
    "Application/JSON; charset=utf-8, true",
    "application/geo+json, true",
    "text/plain, false",
    "application/jsonx, false",
    "json, false"
  })
  void declaredTypeDecidesWhetherContentMayBeJson(String contentType, boolean isRow) {
    Payload payload = new Payload(utf8("{\"a\":1}"), contentType, null);

    assertEquals(isRow, view.show(row("w1", payload)) instanceof RowView.Shown.Structured);
  }

  @Test
  void jsonIsUtf8Alone() {
    assertInstanceOf(
        RowView.Shown.Opaque.class, view.show(row("w1", Payload.of("{\"a\":1}".getBytes(UTF_16)))));
    assertInstanceOf(
        RowView.Shown.Opaque.class,
        view.show(row("w1", Payload.of("{\"a\":\"é\"}".getBytes(ISO_8859_1)))));
  }

  /** An overlong slash, both ends of the surrogates, what lies above U+10FFFF, and a stray byte. */
  @ParameterizedTest
  @ValueSource(strings = {"c0af", "e080af", "eda080", "edbfbf", "f4908080", "80", "e282"})
  void malformedCharactersAreNoJsonWhereverTheyStand(String octets) {
    byte[] malformed = HexFormat.of().parseHex(octets);
    for (String json : List.of("{\"n\":1,\"s\":\"?\"}", "{\"n\":1,\"?\":2}")) {
      int at = json.indexOf('?');
      byte[] content =
          ByteBuffer.allocate(json.length() - 1 + malformed.length)
              .put(utf8(json.substring(0, at)))
              .put(malformed)
              .put(utf8(json.substring(at + 1)))
              .array();
      Row row = row("w1", Payload.json(content));

      assertInstanceOf(RowView.Shown.Opaque.class, view.show(row));
      assertEquals("(none)", text(view.attribute(row, "n")));
      assertArrayEquals(view.rowObject(row), view.rowObject(row, name -> name.equals("n")));
    }
  }

  @Test
  void nestingBeyondTheParsersLimitIsText() {
    String deep = "[".repeat(100_000) + "]".repeat(100_000);

    assertInstanceOf(RowView.Shown.Opaque.class, view.show(row("w1", Payload.of(utf8(deep)))));
    String number = "{\"n\":" + "1".repeat(100_000) + "}";
    assertInstanceOf(RowView.Shown.Opaque.class, view.show(row("w1", Payload.of(utf8(number)))));
  }

  @Test
  void oneAttributeIsFoundAtTheTopAlone() {
    Row row = row("w1", Payload.of(utf8("{\"a\":{\"b\":1},\"b\":[ 2.50 ]}")));

    assertEquals("[2.50]", text(view.attribute(row, "b")));
    assertEquals("\"w1\"", text(view.attribute(row, "id")));
    assertEquals("(none)", text(view.attribute(row, "c")));
    assertEquals("(none)", text(view.attribute(row("w1", Payload.of(utf8("[1]"))), "b")));
  }

  private void assertRow(String expected, String id, String content) {
    assertEquals(expected, text(view.rowValue(row(id, Payload.of(utf8(content))))));
  }

  private static RowView view(String sdl) {
    return new RowView(Schema.parse(List.of(new Source("test.graphql", sdl))).tables().getFirst());
  }

  private static Row row(String id, Payload payload) {
    return new Row(id, VERSION, payload, 0, 0, 0);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(UTF_8);
  }

  private static String text(byte @Nullable [] bytes) {
    return bytes == null ? "(none)" : new String(bytes, UTF_8);
  }
}
