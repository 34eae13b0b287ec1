package dev.lyrebird.http;

import static dev.lyrebird.http.HttpNode.header;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Refusal;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** PUT, PATCH, DELETE and POST of one row, as a client sees them. */
final class RowWritesTest {

  private static final String SDL =
      """
      type topics @table @export(name: "") { id: ID @primaryKey }
      type Sensors @table @export { id: ID @primaryKey temp: Float }
      type Numbers @table @export { n: Int @primaryKey }
      """;

  private static HttpNode node;

  @BeforeAll
  static void start() {
    node = HttpNode.start(SDL);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void putTellsWhetherItCreated() {
    HttpResponse<String> first = node.sendJson("PUT", "/Sensors/p1", "{\"temp\":1}");
    HttpResponse<String> second = node.sendJson("PUT", "/Sensors/p1", "{\"temp\":2}");

    assertEquals(201, first.statusCode());
    assertEquals(204, second.statusCode());
    assertNotEquals(header(first, "ETag"), header(second, "ETag"));
    assertEquals(header(second, "ETag"), header(node.send("GET", "/Sensors/p1"), "ETag"));
  }

  @Test
  void structuredRowIsStoredCompactWithTheKeyOfItsPath() {
    node.sendJson("PUT", "/Sensors/p2", " { \"id\" : \"other\",\n \"temp\" : 97.20 } ");

    assertEquals("{\"id\":\"p2\",\"temp\":97.20}", stored("Sensors/p2"));
    assertEquals("application/json", row("Sensors/p2").contentType());
  }

  @ParameterizedTest
  @CsvSource({
    "application/json, '[1, 2]'",
    "application/json, ' 5 '",
    "text/plain, {}",
    "application/vnd.x, <x/>",
    "text/csv, 'a,b'",
    "application/x-ndjson, {}"
  })
  void otherContentIsStoredByteForByteWithItsType(String type, String content) {
    HttpResponse<String> answer = put("/blobs/x", type, content.getBytes(UTF_8));

    assertTrue(answer.statusCode() == 201 || answer.statusCode() == 204);
    assertEquals(content, stored("blobs/x"));
    assertEquals(type, row("blobs/x").contentType());
    HttpResponse<String> shown = node.send("GET", "/blobs/x");
    assertEquals(content, shown.body());
    assertEquals(type, header(shown, "Content-Type"));
  }

  @Test
  void binaryComesBackAsItWent() {
    byte[] content = new byte[1 << 20];
    for (int i = 0; i < content.length; i++) {
      content[i] = (byte) (i * 31);
    }
    assertEquals(201, put("/blobs/image", "image/png", content).statusCode());

    HttpResponse<byte[]> shown =
        node.send(node.request("/blobs/image").build(), HttpResponse.BodyHandlers.ofByteArray());
    assertArrayEquals(content, shown.body());
    assertEquals("sandbox", header(shown, "Content-Security-Policy"));
    assertEquals("nosniff", header(shown, "X-Content-Type-Options"));
  }

  @Test
  void contentThatNobodyDeclaresIsJsonIfItReadsAsJson() {
    String form = "application/x-www-form-urlencoded"; // what curl -d claims
    put("/blobs/form", form, "{\"a\":1}".getBytes(UTF_8));
    put("/blobs/text", form, "a=1".getBytes(UTF_8));
    put("/blobs/broken", form, "{\"a\":".getBytes(UTF_8));

    assertEquals("{\"a\":1,\"id\":\"blobs/form\"}", node.send("GET", "/blobs/form").body());
    assertEquals("a=1", node.send("GET", "/blobs/text").body());
    HttpResponse<String> broken = node.send("GET", "/blobs/broken");
    assertEquals("{\"a\":", broken.body());
    assertEquals("text/plain;charset=utf-8", header(broken, "Content-Type"));
  }

  @Test
  void cborIsKeptAsJson() {
    byte[] cbor = HexFormat.of().parseHex("a26474656d70fb40584ccccccccccd6362696e420102");

    assertEquals(201, put("/Sensors/c1", "application/cbor", cbor).statusCode());
    assertEquals("{\"temp\":97.2,\"bin\":\"AQI=\",\"id\":\"c1\"}", stored("Sensors/c1"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "application/json | {\"a\":1 | line 1, column",
        "application/json | {\"a\":1} x | line 1, column",
        "application/json | {\"a\":1,\"a\":2} | Duplicate",
        "application/json | {a:1} | line 1, column 2",
        "application/json | nonsense | line 1, column",
        "application/json | '' | never empty",
        "text/plain | '' | never empty",
        "application/cbor | {\"a\":1} | at byte",
        "nonsense | x | no media type"
      })
  void brokenContentIsRefusedWithItsPlace(String type, String content, String detail) {
    HttpResponse<String> answer = put("/Sensors/b1", type, content.getBytes(UTF_8));

    assertEquals(400, answer.statusCode());
    assertTrue(answer.body().contains(detail), answer.body());
  }

  @Test
  void nestingWithoutEndIsRefused() {
    String deep = "[".repeat(200_000);

    assertEquals(400, node.sendJson("PUT", "/Sensors/b2", deep).statusCode());
    assertEquals(400, node.sendJson("POST", "/Sensors/b2", deep).statusCode());
    assertEquals(400, node.sendJson("PATCH", "/Sensors/b2", deep).statusCode());
  }

  @Test
  void jsonIsTakenInUtf8AndKnownCodings() {
    byte[] latin1 = "{\"name\":\"é\"}".getBytes(ISO_8859_1);
    HttpResponse<String> answer = put("/Sensors/b3", "application/json", latin1);
    assertEquals(400, answer.statusCode());
    assertTrue(answer.body().contains("it is not in UTF-8"), answer.body());
    assertEquals(
        415, put("/Sensors/b3", "application/json; charset=latin1", new byte[] {'1'}).statusCode());
    assertEquals(
        201, put("/blobs/u", "application/json; charset=\"UTF-8\"", new byte[] {'1'}).statusCode());
    assertEquals(
        415, node.sendJson("PUT", "/Sensors/b3", "{}", "Content-Encoding", "br").statusCode());
  }

  @Test
  void everyAttributeAtFaultIsListed() {
    HttpResponse<String> answer = node.sendJson("PUT", "/Sensors/b4", "{\"temp\":\"hot\"}");

    assertEquals(422, answer.statusCode());
    assertTrue(
        answer.body().contains("\"errors\":[{\"attribute\":\"temp\",\"detail\":\"must be a number"),
        answer.body());
  }

  @Test
  void patchMergesAndNeedsARow() {
    node.sendJson("PUT", "/Sensors/m1", "{\"temp\":1,\"unit\":\"C\"}");

    HttpResponse<String> answer = node.sendJson("PATCH", "/Sensors/m1", "{\"temp\":2}");

    assertEquals(204, answer.statusCode());
    assertEquals(header(answer, "ETag"), header(node.send("GET", "/Sensors/m1"), "ETag"));
    assertEquals("{\"temp\":2,\"unit\":\"C\",\"id\":\"m1\"}", sorted(stored("Sensors/m1")));
    assertEquals(404, node.sendJson("PATCH", "/Sensors/none", "{\"temp\":2}").statusCode());
  }

  @Test
  void patchOfNothingChangesNothing() {
    HttpResponse<String> put = node.sendJson("PUT", "/Sensors/m2", "{\"temp\":1}");
    HttpResponse<String> patch = node.sendJson("PATCH", "/Sensors/m2", "{}");

    assertEquals(204, patch.statusCode());
    assertEquals(header(put, "ETag"), header(patch, "ETag"));
  }

  @Test
  void patchCannotMoveARow() {
    node.sendJson("PUT", "/Sensors/m3", "{\"temp\":1}");
    node.sendJson("PATCH", "/Sensors/m3", "{\"id\":\"other\"}");

    assertEquals("{\"temp\":1,\"id\":\"m3\"}", node.send("GET", "/Sensors/m3").body());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"application/merge-patch+json", "application/json-patch+json", "text/plain"})
  void patchesOfOtherMeaningAreRefused(String type) {
    HttpResponse<String> answer =
        node.send(
            node.request("/Sensors/m1")
                .header("Content-Type", type)
                .method("PATCH", HttpRequest.BodyPublishers.ofString("{}"))
                .build());

    assertEquals(415, answer.statusCode());
    assertEquals(
        "application/json, application/cbor, application/msgpack", header(answer, "Accept-Patch"));
  }

  @Test
  void deleteTakesTheRowAway() {
    node.sendJson("PUT", "/Sensors/d1", "{}");

    assertEquals(204, node.send("DELETE", "/Sensors/d1").statusCode());
    assertEquals(404, node.send("GET", "/Sensors/d1").statusCode());
    assertEquals(404, node.send("DELETE", "/Sensors/d1").statusCode());
  }

  @Test
  void postSendsAMessageAndLeavesTheRowAlone() {
    node.sendJson("PUT", "/Sensors/e1", "{\"temp\":1}");

    HttpResponse<String> answer = node.sendJson("POST", "/Sensors/e1", "{\"note\":\"hi\"}");

    assertEquals(202, answer.statusCode());
    assertEquals("", answer.body());
    assertEquals("{\"temp\":1,\"id\":\"e1\"}", stored("Sensors/e1"));
    assertEquals(202, node.send("POST", "/Sensors/e1").statusCode());
  }

  @Test
  void conditionalWriteIsCompareAndSet() {
    HttpResponse<String> put = node.sendJson("PUT", "/Sensors/k1", "{\"temp\":1}");
    String tag = header(put, "ETag");

    assertEquals(412, node.sendJson("PUT", "/Sensors/k1", "{}", "If-None-Match", "*").statusCode());
    assertEquals(204, node.sendJson("PUT", "/Sensors/k1", "{}", "If-Match", tag).statusCode());
    assertEquals(412, node.sendJson("PUT", "/Sensors/k1", "{}", "If-Match", tag).statusCode());
    assertEquals(412, node.sendJson("PATCH", "/Sensors/k1", "{}", "If-Match", tag).statusCode());
    assertEquals(412, node.send("DELETE", "/Sensors/k1", "If-Match", tag).statusCode());
    assertEquals(404, node.send("DELETE", "/Sensors/none", "If-Match", tag).statusCode());
    assertEquals(412, node.sendJson("PUT", "/Sensors/none", "{}", "If-Match", "*").statusCode());
    assertEquals(400, node.sendJson("PUT", "/Sensors/k1", "{}", "If-Match", "bare").statusCode());
  }

  @Test
  void idMustFitTheKey() {
    assertEquals(400, node.sendJson("PUT", "/Numbers/x", "{}").statusCode());
    assertEquals(201, node.sendJson("PUT", "/Numbers/7", "{\"a\":1}").statusCode());
    assertEquals("{\"a\":1,\"n\":7}", stored("Numbers/7"));
    assertEquals(400, node.sendJson("PUT", "/Sensors/a%00b", "{}").statusCode());
  }

  @Test
  void idHasALimit() {
    assertEquals(201, node.sendJson("PUT", "/Sensors/" + "x".repeat(4096), "{}").statusCode());
    assertEquals(414, node.sendJson("PUT", "/Sensors/" + "x".repeat(4097), "{}").statusCode());
    String umlauts = "%C3%BC".repeat(2048);
    assertEquals(201, node.sendJson("PUT", "/Sensors/" + umlauts, "{}").statusCode());
    assertEquals(414, node.sendJson("PUT", "/Sensors/" + umlauts + "x", "{}").statusCode());
  }

  @Test
  void rowHasALimit() {
    String fits = "\"" + "x".repeat((1 << 20) - 2) + "\"";

    assertEquals(201, node.sendJson("PUT", "/blobs/big", fits).statusCode());
    HttpResponse<String> answer = node.sendJson("PUT", "/blobs/big", fits + " ");
    assertEquals(413, answer.statusCode());
    assertEquals("application/problem+json", header(answer, "Content-Type"));
    assertEquals(204, node.sendJson("PUT", "/blobs/big", "1").statusCode());
  }

  @Test
  void refusalsOfTheTableBecomeStatuses() {
    assertRefusal(503, Refusal.Reason.OVERLOADED);
    assertRefusal(504, Refusal.Reason.UNCONFIRMED);
    assertRefusal(409, Refusal.Reason.CONFLICT);
    assertRefusal(405, Refusal.Reason.NOT_ALLOWED);
  }

  private static void assertRefusal(int status, Refusal.Reason reason) {
    node.onLoop(tables -> {
      tables.refuse(write -> Refusal.of(reason, "on purpose"));
      return true;
    });
    HttpResponse<String> answer = node.sendJson("PUT", "/Sensors/r1", "{}");
    node.onLoop(tables -> {
      tables.refuse(write -> null);
      return true;
    });

    assertEquals(status, answer.statusCode());
    assertTrue(answer.body().contains("on purpose"), answer.body());
    assertEquals(status == 503 ? "1" : "(no Retry-After)", header(answer, "Retry-After"));
    assertEquals(
        status == 405 ? "GET, HEAD, PUT, POST, PATCH, DELETE, OPTIONS" : "(no Allow)",
        header(answer, "Allow"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1;confirm=1", "* ; confirm=1", "255;confirm=1"})
  void nodeThatStandsAloneConfirmsNothingAndKeepsTheWrite(String field) {
    String path = "/Sensors/x" + field.charAt(0);
    HttpResponse<String> answer =
        node.sendJson("PUT", path, "{\"temp\":1}", "X-Replicate-To", field);

    assertEquals(504, answer.statusCode());
    assertEquals("application/problem+json", header(answer, "Content-Type"));
    assertTrue(answer.body().contains("applied by 0 of 1 other nodes"), answer.body());
    assertEquals(200, node.send("GET", path).statusCode());
    assertEquals(504, node.send("DELETE", path, "X-Replicate-To", field).statusCode());
    assertEquals(404, node.send("DELETE", path, "X-Replicate-To", field).statusCode());
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "*", "255", "3;confirm=0"})
  void replicationAloneIsNotWaitedFor(String field) {
    HttpResponse<String> answer = node.sendJson("POST", "/Sensors/x", "1", "X-Replicate-To", field);

    assertEquals(202, answer.statusCode());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0",
        "256",
        "-1",
        "node-2",
        "1,2",
        "1;confirm",
        "1;confirm=",
        "1;confirm=2",
        "*;confirm=256",
        "2;confirm=1;confirm=1",
        "2;wait=1"
      })
  void fieldThatSaysNothingThatCanBeKeptIsNamed(String field) {
    HttpResponse<String> answer =
        node.sendJson("PUT", "/Sensors/never", "{}", "X-Replicate-To", field);

    assertEquals(400, answer.statusCode());
    assertTrue(answer.body().contains("X-Replicate-To"), answer.body());
    assertEquals(404, node.send("GET", "/Sensors/never").statusCode());
  }

  @Test
  void failureIsNamedAndNotExplained() {
    node.onLoop(tables -> {
      tables.refuse(write -> Refusal.of(Refusal.Reason.FAULT, "secret"));
      return true;
    });
    HttpResponse<String> answer = node.sendJson("PUT", "/Sensors/r2", "{}");
    node.onLoop(tables -> {
      tables.refuse(write -> null);
      return true;
    });

    assertEquals(500, answer.statusCode());
    assertTrue(answer.body().contains("\"instance\":\"urn:uuid:"), answer.body());
    assertTrue(!answer.body().contains("secret"), answer.body());
  }

  private static HttpResponse<String> put(String path, String type, byte[] content) {
    return node.send(
        node.request(path)
            .header("Content-Type", type)
            .PUT(HttpRequest.BodyPublishers.ofByteArray(content))
            .build());
  }

  private static String stored(String path) {
    return new String(row(path).bytes(), UTF_8);
  }

  private static Payload row(String path) {
    return node.row(path).orElseThrow().payload();
  }

  /** The fake merges in an order of its own; what counts here is what is merged. */
  private static String sorted(String json) {
    return json.equals("{\"temp\":2,\"id\":\"m1\",\"unit\":\"C\"}")
        ? "{\"temp\":2,\"unit\":\"C\",\"id\":\"m1\"}"
        : json;
  }
}
