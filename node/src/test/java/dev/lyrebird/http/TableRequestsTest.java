package dev.lyrebird.http;

import static dev.lyrebird.http.HttpNode.header;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.format.Format;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Write;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests to a whole table, as a client sees them. */
final class TableRequestsTest {

  private static final String SDL =
      """
      type Confirmed @table(confirm: 1) @export { id: ID @primaryKey }
      type Sensors @table @export { id: ID @primaryKey temp: Float }
      type Numbers @table @export(name: "a/numbers") { n: Int @primaryKey }
      """;

  private HttpNode node = HttpNode.start(SDL);

  @BeforeEach
  void fill() {
    put("Sensors/a/1", "{\"temp\":1}");
    put("Sensors/a/2", "[1, 2]");
    put("Sensors/b", "text");
    put("Sensors/c", "{\"temp\":3}");
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void rowsThatNoOtherNodeConfirmsAreToldSoAndStay() {
    for (String rows : new String[] {"{\"id\":\"1\"}", "[{\"id\":\"2\"},{\"id\":\"3\"}]"}) {
      HttpResponse<String> answer = node.sendJson("POST", "/Confirmed/", rows);
      assertEquals(504, answer.statusCode());
      assertTrue(answer.body().contains("applied by 0 of 1 other nodes"), answer.body());
    }
    assertEquals(504, node.sendJson("PUT", "/Confirmed/", "[{\"id\":\"1\"}]").statusCode());
    assertEquals(
        504,
        node.sendJson("PUT", "/Sensors/", "[{\"id\":\"d\"}]", "X-Replicate-To", "1;confirm=1")
            .statusCode());
    assertEquals(
        400, node.sendJson("PUT", "/Sensors/", "[]", "X-Replicate-To", "one").statusCode());
    assertEquals(
        "[{\"id\":\"1\"},{\"id\":\"2\"},{\"id\":\"3\"}]", node.send("GET", "/Confirmed/").body());
  }

  @Test
  void rowsComeAsOneArrayInTheOrderOfTheirIds() {
    HttpResponse<String> answer = node.send("GET", "/Sensors/");

    assertEquals(200, answer.statusCode());
    assertEquals("application/json", header(answer, "Content-Type"));
    assertEquals(
        "[{\"temp\":1,\"id\":\"a/1\"},"
            + "{\"contentType\":\"application/json\",\"data\":[1,2],\"id\":\"a/2\"},"
            + "{\"contentType\":\"text/plain;charset=utf-8\",\"data\":\"text\",\"id\":\"b\"},"
            + "{\"temp\":3,\"id\":\"c\"}]",
        answer.body());
  }

  @Test
  void prefixTakesTheRowsBelowIt() {
    assertEquals(
        "[{\"temp\":1,\"id\":\"a/1\"},"
            + "{\"contentType\":\"application/json\",\"data\":[1,2],\"id\":\"a/2\"}]",
        node.send("GET", "/Sensors/a/").body());
    assertEquals("[]", node.send("GET", "/Sensors/none/").body());
  }

  @Test
  void arrayComesAsCborToo() {
    byte[] cbor =
        node.send(node.request("/Sensors/a/.cbor").build(), HttpResponse.BodyHandlers.ofByteArray())
            .body();

    assertEquals(
        node.send("GET", "/Sensors/a/").body(), new String(Format.CBOR.toJson(cbor), UTF_8));
  }

  @Test
  void manyRowsComePageByPageAndCompressed() throws IOException {
    for (int i = 0; i < 1000; i++) {
      put("Sensors/m/" + (1000 + i), "{\"temp\":" + i + "}");
    }
    String plain = node.send("GET", "/Sensors/m/").body();
    HttpResponse<byte[]> compressed =
        node.send(
            node.request("/Sensors/m/", "Accept-Encoding", "gzip").build(),
            HttpResponse.BodyHandlers.ofByteArray());

    assertTrue(plain.startsWith("[{\"temp\":0,\"id\":\"m/1000\"},{\"temp\":1,"));
    assertTrue(plain.endsWith(",{\"temp\":999,\"id\":\"m/1999\"}]"));
    assertEquals("gzip", header(compressed, "Content-Encoding"));
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(compressed.body()))) {
      assertEquals(plain, new String(in.readAllBytes(), UTF_8));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"identity", "gzip", "br"})
  void headTellsTheTrueLength(String coding) {
    for (int i = 0; i < 1000; i++) {
      put("Sensors/m/" + i, "{\"temp\":" + i + "}");
    }
    for (String path : List.of("/Sensors/", "/Sensors/a/", "/Sensors/.csv", "/Sensors/?history")) {
      HttpResponse<byte[]> answer =
          node.send(
              node.request(path, "Accept-Encoding", coding).build(),
              HttpResponse.BodyHandlers.ofByteArray());
      HttpResponse<String> head = node.send("HEAD", path, "Accept-Encoding", coding);

      assertEquals(200, head.statusCode());
      assertEquals(Integer.toString(answer.body().length), header(head, "Content-Length"), path);
      assertEquals(header(answer, "Content-Type"), header(head, "Content-Type"));
      assertEquals(header(answer, "Content-Encoding"), header(head, "Content-Encoding"));
    }
  }

  @Test
  void descriptionTellsAttributesAndCount() {
    assertEquals(
        "{\"name\":\"Numbers\",\"database\":\"data\",\"table\":\"Numbers\","
            + "\"path\":\"a/numbers\",\"primaryKey\":\"n\",\"sealed\":false,"
            + "\"attributes\":[{\"name\":\"n\",\"type\":\"Int\",\"required\":true,"
            + "\"primaryKey\":true}],\"records\":{\"count\":0,\"exact\":true}}",
        node.send("GET", "/a/numbers").body());
    assertTrue(
        node.send("GET", "/Sensors").body().endsWith("\"records\":{\"count\":4,\"exact\":true}}"));
    assertEquals("", node.send("HEAD", "/Sensors").body());
  }

  @Test
  void postCreatesARowWithAFreshId() {
    HttpResponse<String> answer = node.sendJson("POST", "/Sensors/", "{\"temp\":5}");

    assertEquals(201, answer.statusCode());
    String id = answer.body().replace("\"", "");
    assertEquals(id, UUID.fromString(id).toString());
    assertEquals("/Sensors/" + id, header(answer, "Location"));
    HttpResponse<String> row = node.send("GET", header(answer, "Location"));
    assertEquals("{\"temp\":5,\"id\":\"" + id + "\"}", row.body());
    assertEquals(header(row, "ETag"), header(answer, "ETag"));
  }

  @Test
  void postTakesTheRowsOwnKeyOnce() {
    HttpResponse<String> first = node.sendJson("POST", "/Sensors/", "{\"id\":\"x y\"}");
    HttpResponse<String> second = node.sendJson("POST", "/Sensors/", "{\"id\":\"x y\"}");

    assertEquals(201, first.statusCode());
    assertEquals("\"x y\"", first.body());
    assertEquals("/Sensors/x%20y", header(first, "Location"));
    assertEquals(409, second.statusCode());
  }

  @Test
  void numericKeysCountUp() {
    assertEquals("1", node.sendJson("POST", "/a/numbers/", "{}").body());
    assertEquals("2", node.sendJson("POST", "/a/numbers/", "{\"n\":null}").body());
    assertEquals("7", node.sendJson("POST", "/a/numbers/", "{\"n\":7.0}").body());
    assertEquals(400, node.sendJson("POST", "/a/numbers/", "{\"n\":1.5}").statusCode());
    assertEquals(400, node.sendJson("POST", "/a/numbers/", "{\"n\":\"x\"}").statusCode());
    assertEquals(400, node.sendJson("POST", "/a/numbers/", "{\"n\":[1]}").statusCode());
  }

  @Test
  void otherJsonGetsAFreshIdAsWell() {
    HttpResponse<String> answer = node.sendJson("POST", "/Sensors/", "5");

    assertEquals(201, answer.statusCode());
    assertEquals("5", node.send("GET", header(answer, "Location")).body());
  }

  @Test
  void arrayIsPutAsAWhole() {
    HttpResponse<String> answer =
        node.sendJson("PUT", "/Sensors/", "[{\"id\":\"c\",\"temp\":4},{\"id\":\"d\"}]");

    assertEquals(204, answer.statusCode());
    assertEquals("{\"id\":\"c\",\"temp\":4}", node.send("GET", "/Sensors/c").body());
    assertEquals("{\"id\":\"d\"}", node.send("GET", "/Sensors/d").body());
    assertEquals(204, node.sendJson("PUT", "/Sensors/", "[]").statusCode());
  }

  @Test
  void arrayWithAFaultIsNotWrittenAtAll() {
    HttpResponse<String> answer =
        node.sendJson(
            "PUT",
            "/Sensors/",
            "[{\"id\":\"n1\"},{\"id\":\"n2\",\"temp\":\"hot\"},{\"id\":\"n3\",\"temp\":[]}]");

    assertEquals(422, answer.statusCode());
    assertTrue(answer.body().contains("{\"index\":1,\"attribute\":\"temp\","), answer.body());
    assertTrue(answer.body().contains("{\"index\":2,\"attribute\":\"temp\","), answer.body());
    assertFalse(answer.body().contains("\"index\":0"), answer.body());
    assertEquals(404, node.send("GET", "/Sensors/n1").statusCode());
  }

  @Test
  void rowsThatCannotBeRowsAreListed() {
    HttpResponse<String> answer =
        node.sendJson(
            "PUT", "/Sensors/", "[{\"id\":\"n1\"},5,{},{\"id\":[]},{\"id\":\"n1\"},{\"id\":\"\"}]");

    assertEquals(422, answer.statusCode());
    for (int index : new int[] {1, 2, 3, 4, 5}) {
      assertTrue(answer.body().contains("{\"index\":" + index + ","), answer.body());
    }
    assertFalse(answer.body().contains("\"index\":0"), answer.body());
    assertEquals(404, node.send("GET", "/Sensors/n1").statusCode());
  }

  @Test
  void postOfAnArrayCreatesEachRow() {
    HttpResponse<String> answer =
        node.sendJson("POST", "/a/numbers/", "[{\"a\":1},{\"n\":9},{\"a\":3}]");

    assertEquals(201, answer.statusCode());
    assertEquals("[1,9,2]", answer.body());
    HttpResponse<String> again = node.sendJson("POST", "/a/numbers/", "[{\"n\":10},{\"n\":9}]");
    assertEquals(409, again.statusCode());
    assertTrue(again.body().contains("{\"index\":1,"), again.body());
    assertEquals(404, node.send("GET", "/a/numbers/10").statusCode());
  }

  @Test
  void numberOfRowsHasALimit() {
    String rows = '[' + String.join(",", Collections.nCopies(10_001, "{}")) + ']';

    HttpResponse<String> answer = node.sendJson("POST", "/Sensors/", rows);

    assertEquals(413, answer.statusCode());
    assertEquals(413, node.sendJson("POST", "/Sensors/", " ".repeat(9 << 20)).statusCode());
  }

  @Test
  void tableTakesRowsInKnownFormatsAlone() {
    HttpResponse<String> answer =
        node.send(
            node.request("/Sensors/")
                .header("Content-Type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofString("id,temp"))
                .build());

    assertEquals(415, answer.statusCode());
    assertEquals(400, node.sendJson("PUT", "/Sensors/", "{\"id\":\"x\"}").statusCode());
    assertEquals(400, node.sendJson("POST", "/Sensors/", "{}", "If-None-Match", "*").statusCode());
  }

  @Test
  void methodThatIsNotTakenIsToldTheOthers() {
    assertMethods("/Sensors", "GET, HEAD, OPTIONS", "PUT", "POST", "PATCH", "DELETE");
    assertMethods("/Sensors/", "GET, HEAD, PUT, POST, DELETE, OPTIONS", "PATCH");
    assertMethods("/Sensors/a/", "GET, HEAD, DELETE, OPTIONS", "PUT", "POST", "PATCH");
    assertMethods(
        "/Sensors/a", "GET, HEAD, PUT, POST, PATCH, DELETE, OPTIONS", "TRACE", "PROPFIND");
  }

  private void assertMethods(String path, String allowed, String... refused) {
    for (String method : refused) {
      HttpResponse<String> answer = node.sendJson(method, path, "{}");
      assertEquals(405, answer.statusCode(), method + ' ' + path);
      assertEquals(allowed, header(answer, "Allow"));
    }
    HttpResponse<String> options = node.send("OPTIONS", path);
    assertEquals(204, options.statusCode());
    assertEquals(allowed, header(options, "Allow"));
  }

  @Test
  void withoutARootTableOtherPathsAreNotFound() {
    assertEquals(404, node.send("GET", "/").statusCode());
    assertEquals(404, node.send("GET", "/nothing/here").statusCode());
    HttpResponse<String> near = node.send("GET", "/sensors/a");
    assertEquals(404, near.statusCode());
    assertTrue(near.body().contains("did you mean Sensors?"), near.body());
  }

  private void put(String path, String content) {
    node.write(path, id -> Write.put(id, Payload.of(content.getBytes(UTF_8))));
  }
}
