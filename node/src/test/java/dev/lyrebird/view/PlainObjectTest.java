package dev.lyrebird.view;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.query.RowTree;
import dev.lyrebird.schema.Schema;
import dev.lyrebird.schema.Source;
import dev.lyrebird.schema.TableDefinition;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What needs no parser is what a parser would have made of it. */
final class PlainObjectTest {

  private static final int ROUNDS = 100_000;

  private static final JsonFactory STRICT =
      JsonCopy.FACTORY.rebuild().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private static final List<String> VALUES =
      List.of(
          "1",
          "0",
          "-0",
          "-7",
          "2147483648",
          "-2147483648",
          "999999999999999999",
          "1.50",
          "-0.0",
          "01",
          "1.",
          ".5",
          "-",
          "+1",
          "1e3",
          "NaN",
          "1234567890123456789",
          "\"\"",
          "\"w1\"",
          "\"w 1\"",
          "\"5\"",
          "5",
          "\"\\u0041\"",
          "\"é\"",
          "\"\u007f\"",
          "true",
          "false",
          "null",
          "tru",
          "nullx",
          "[]",
          "[1,\"a\",[null]]",
          "[1,]",
          "{}",
          "{\"a\":1}",
          "{\"a\":1,\"a\":2}",
          "{\"a\":{\"b\":[{}]}}",
          "");

  private static final List<String> NAMES =
      List.of("id", "a", "b", "created", "updated", "", "é", "x y");

  private static final byte[] ODD = utf8("{}[],:\"\\ \n\t\u0001é0-.etn/*#'");

  @Test
  void parserWritesItAgainByteForByteAndReadsTheSameTree() throws IOException {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    int plain = 0;
    for (int i = 0; i < ROUNDS; i++) {
      byte[] json = document(random);
      PlainObject object = PlainObject.of(json);
      if (object != null) {
        plain++;
        String replay = "-Dseed=" + seed + ": " + new String(json, UTF_8);
        assertArrayEquals(json, JsonCopy.compact(json), replay);
        ObjectNode tree = object.tree();
        assertTrue(tree == null || tree.equals(RowTree.read(json)), replay);
        if (object.hasDistinctNames()) {
          assertNull(JsonCopy.document(STRICT, json, PlainObjectTest::skip), replay);
        }
      }
    }
    assertTrue(plain > ROUNDS / 10, "only " + plain + " are plain");
  }

  private static boolean skip(JsonParser in, JsonGenerator out) throws IOException {
    in.skipChildren();
    return false;
  }

  /** A blank more makes a row need the parser, and changes nothing of what is shown. */
  @Test
  void rowIsShownAsTheParserShowsIt() {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    List<RowView> views =
        List.of(
            view("id: ID @primaryKey"),
            view("id: Long @primaryKey"),
            view("id: ID @primaryKey created: Long @createdTime updated: Float @updatedTime"));
    int plain = 0;
    for (int i = 0; i < ROUNDS; i++) {
      byte[] json = document(random);
      boolean isNumbered = random.nextBoolean();
      Row row = row(isNumbered ? "5" : "w1", json);
      Row spaced = row(row.id(), spaced(json));
      RowView view = views.get(isNumbered ? random.nextInt(views.size()) : 2 * random.nextInt(2));
      String replay = "-Dseed=" + seed + ": " + new String(json, UTF_8);
      if (PlainObject.of(json) != null) {
        assertArrayEquals(view.rowObject(spaced), view.rowObject(row), replay);
      }
      Set<String> wanted = Set.copyOf(List.of("id", any(NAMES, random)));
      ObjectNode part = view.plainTree(row, wanted::contains);
      if (part != null) {
        plain++;
        ObjectNode whole = (ObjectNode) RowTree.read(view.rowObject(spaced));
        assertEquals(whole.retain(wanted), part, replay);
      }
    }
    assertTrue(plain > ROUNDS / 100, "only " + plain + " are plain");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        " {}",
        "{} ",
        "{\"a\": 1}",
        "{\"a\":\"\\n\"}",
        "{\"a\":\"é\"}",
        "{\"a\":1e5}",
        "{\"a\":01}",
        "{\"a\":1,}",
        "{\"a\"}",
        "{\"a\":}",
        "{,}",
        "{",
        "",
        "[]",
        "1",
        "{}{}",
        "{\"a\":nul",
        "{\"a"
      })
  void whatIsWrittenOtherwiseIsForTheParser(String json) {
    assertNull(PlainObject.of(utf8(json)));
  }

  @Test
  void whatIsTooLargeIsForTheParser() {
    assertNull(PlainObject.of(utf8("{\"a\":" + "[".repeat(20) + "]".repeat(20) + "}")));
    assertNull(PlainObject.of(utf8("{\"" + "a".repeat(201) + "\":1}")));
    assertNull(PlainObject.of(utf8("{\"a\":" + "1".repeat(19) + "}")));
    assertNull(PlainObject.of(utf8("{\"a\":\"" + "a".repeat(1 << 20) + "\"}")));
    StringBuilder many = new StringBuilder("{\"a0\":0");
    for (int i = 1; i < 32; i++) {
      many.append(",\"a%d\":0".formatted(i));
    }
    assertNotNull(PlainObject.of(utf8(many + "}")));
    assertNull(PlainObject.of(utf8(many + ",\"a32\":0}")));
  }

  @Test
  void nameThatStandsTwiceIsFound() {
    assertFalse(plain("{\"a\":1,\"b\":2,\"a\":3}").hasDistinctNames());
    assertFalse(plain("{\"a\":{\"b\":1,\"b\":2}}").hasDistinctNames());
    assertFalse(plain("{\"a\":[{\"b\":1,\"b\":2}]}").hasDistinctNames());
    assertTrue(plain("{\"a\":1,\"b\":[2],\"ab\":3}").hasDistinctNames());
  }

  private static PlainObject plain(String json) {
    PlainObject object = PlainObject.of(utf8(json));
    assertNotNull(object, json);
    return object;
  }

  private static byte[] document(Random random) {
    StringBuilder json = new StringBuilder("{");
    for (int left = random.nextInt(4); left > 0; left--) {
      json.append('"').append(any(NAMES, random)).append("\":");
      int value = random.nextInt(8);
      json.append(value == 0 ? any(VALUES, random) : value < 4 ? "\"w1\"" : "5");
      json.append(left == 1 ? "" : ",");
    }
    byte[] document = utf8(json + "}");
    if (random.nextInt(8) == 0) {
      document[random.nextInt(document.length)] = ODD[random.nextInt(ODD.length)];
    }
    return document;
  }

  private static String any(List<String> texts, Random random) {
    return texts.get(random.nextInt(texts.size()));
  }

  private static byte[] spaced(byte[] json) {
    return utf8(' ' + new String(json, UTF_8));
  }

  private static Row row(String id, byte[] json) {
    return new Row(id, new Timestamp(1L << 50, 7), Payload.json(json), 0, 0, 1000);
  }

  private static RowView view(String attributes) {
    TableDefinition table =
        Schema.parse(List.of(new Source("test", "type T @table { %s }".formatted(attributes))))
            .tables()
            .getFirst();
    return new RowView(table);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(UTF_8);
  }
}
