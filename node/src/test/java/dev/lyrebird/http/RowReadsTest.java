package dev.lyrebird.http;

import static dev.lyrebird.http.HttpNode.header;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.format.Format;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Write;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** GET and HEAD of rows and their attributes, as a client sees them. */
final class RowReadsTest {

  private static final String SDL =
      """
      type topics @table @export(name: "") { id: ID @primaryKey }
      type Sensors @table @export { id: ID @primaryKey temp: Float }
      type Numbers @table @export { n: Int @primaryKey }
      type Silent @table @export(rest: false) { id: ID @primaryKey }
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
  void rowIsShownWithItsKey() {
    put("Sensors/w1", "{ \"temp\": 97.20 }");

    HttpResponse<String> answer = node.send("GET", "/Sensors/w1");

    assertEquals(200, answer.statusCode());
    assertEquals("{\"temp\":97.20,\"id\":\"w1\"}", answer.body());
    assertEquals("application/json", header(answer, "Content-Type"));
    assertEquals("24", header(answer, "Content-Length"));
    assertEquals("no-cache", header(answer, "Cache-Control"));
    assertEquals("Accept, Accept-Encoding", header(answer, "Vary"));
    assertTrue(header(answer, "ETag").matches("\"[0-9a-f]+-[0-9a-f]+\""));
    assertTrue(header(answer, "Last-Modified").endsWith("GMT"));
    assertTrue(header(answer, "Date").endsWith("GMT"));
  }

  @Test
  void absentRowIsNotFound() {
    HttpResponse<String> answer = node.send("GET", "/Sensors/none");

    assertEquals(404, answer.statusCode());
    assertEquals("application/problem+json", header(answer, "Content-Type"));
    assertEquals(
        "{\"title\":\"Not Found\",\"status\":404,\"detail\":\"there is no row none\"}",
        answer.body());
  }

  @Test
  void headTellsWhatGetWouldSend() {
    put("Sensors/h1", "{\"temp\":1}");
    HttpResponse<String> get = node.send("GET", "/Sensors/h1");
    HttpResponse<String> head = node.send("HEAD", "/Sensors/h1");

    assertEquals(200, head.statusCode());
    assertEquals("", head.body());
    for (String name : new String[] {"ETag", "Content-Length", "Content-Type", "Last-Modified"}) {
      assertEquals(header(get, name), header(head, name), name);
    }
    assertEquals(404, node.send("HEAD", "/Sensors/none").statusCode());
  }

  @Test
  void knownRowIsNotSentAgain() {
    put("Sensors/k1", "{\"temp\":1}");
    HttpResponse<String> first = node.send("GET", "/Sensors/k1");
    String tag = header(first, "ETag");

    HttpResponse<String> again = node.send("GET", "/Sensors/k1", "If-None-Match", tag);

    assertEquals(304, again.statusCode());
    assertEquals("", again.body());
    assertEquals(tag, header(again, "ETag"));
    String modified = header(first, "Last-Modified");
    assertEquals(304, node.send("GET", "/Sensors/k1", "If-Modified-Since", modified).statusCode());
    assertEquals(412, node.send("GET", "/Sensors/k1", "If-Match", "\"x\"").statusCode());
    assertEquals(404, node.send("GET", "/Sensors/none", "If-None-Match", "*").statusCode());
  }

  @Test
  void cborIsAnotherFormWithAnotherTag() {
    put("Sensors/c1", "{\"temp\":97.2}");

    HttpResponse<byte[]> cbor =
        node.send(
            node.request("/Sensors/c1", "Accept", "application/cbor").build(),
            HttpResponse.BodyHandlers.ofByteArray());

    assertEquals("application/cbor", header(cbor, "Content-Type"));
    assertEquals(
        "{\"temp\":97.2,\"id\":\"c1\"}", new String(Format.CBOR.toJson(cbor.body()), UTF_8));
    String plain = header(node.send("GET", "/Sensors/c1"), "ETag");
    assertEquals(plain.replaceFirst("\"$", ".cbor\""), header(cbor, "ETag"));
    assertEquals(
        200, node.send("GET", "/Sensors/c1", "If-None-Match", header(cbor, "ETag")).statusCode());
  }

  @Test
  void formThatNobodyHasIsNotAcceptable() {
    put("Sensors/a1", "{}");

    assertEquals(406, node.send("GET", "/Sensors/a1", "Accept", "text/html").statusCode());
  }

  @Test
  void opaqueRowIsSentAsItIsOrWrapped() {
    node.write(
        "notes/n1", id -> Write.put(id, new Payload("hi".getBytes(UTF_8), "text/x-note", null)));

    assertEquals("hi", node.send("GET", "/notes/n1").body());
    assertEquals("hi", node.send("GET", "/notes/n1", "Accept", "text/*").body());
    HttpResponse<String> wrapped = node.send("GET", "/notes/n1", "Accept", "application/json");
    assertEquals(
        "{\"contentType\":\"text/x-note\",\"data\":\"hi\",\"id\":\"notes/n1\"}", wrapped.body());
    assertTrue(header(wrapped, "ETag").endsWith(".json\""));
    assertEquals(wrapped.body(), node.send("GET", "/notes/n1.json").body());
    assertEquals(406, node.send("GET", "/notes/n1", "Accept", "image/png").statusCode());
  }

  @Test
  void mediaTypeThatNoHeaderMayHoldIsNotSent() {
    node.write(
        "notes/evil",
        id -> Write.put(id, new Payload("x".getBytes(UTF_8), "text/html\r\nX-Evil: 1", null)));

    HttpResponse<String> answer = node.send("GET", "/notes/evil");

    assertEquals(200, answer.statusCode());
    assertEquals("application/octet-stream", header(answer, "Content-Type"));
    assertEquals("(no X-Evil)", header(answer, "X-Evil"));
  }

  @Test
  void longContentIsCompressedForWhoTakesIt() throws IOException {
    String text = "{\"text\":\"" + "lyre ".repeat(1000) + "\",\"id\":\"g1\"}";
    put("Sensors/g1", text);

    HttpResponse<byte[]> answer =
        node.send(
            node.request("/Sensors/g1", "Accept-Encoding", "gzip").build(),
            HttpResponse.BodyHandlers.ofByteArray());

    assertEquals("gzip", header(answer, "Content-Encoding"));
    assertTrue(answer.body().length < 500);
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(answer.body()))) {
      assertArrayEquals(text.getBytes(UTF_8), in.readAllBytes());
    }
    String tag = header(answer, "ETag");
    assertTrue(tag.endsWith(".gzip\""), tag);
    assertEquals(304, node.send("GET", "/Sensors/g1", "If-None-Match", tag).statusCode());
    put("Sensors/g2", "{}");
    HttpResponse<String> small = node.send("GET", "/Sensors/g2", "Accept-Encoding", "gzip");
    assertEquals("(no Content-Encoding)", header(small, "Content-Encoding"));
  }

  @Test
  void declaredAttributeCanBeHadAlone() {
    put("Sensors/t1", "{\"temp\":97.20,\"other\":1}");

    assertEquals("97.20", node.send("GET", "/Sensors/t1.temp").body());
    assertEquals("\"t1\"", node.send("GET", "/Sensors/t1.id.json").body());
    assertEquals(404, node.send("GET", "/Sensors/t1.other").statusCode());
    put("Sensors/t2", "{}");
    assertEquals(404, node.send("GET", "/Sensors/t2.temp").statusCode());
    assertEquals(404, node.send("GET", "/Sensors/none.temp").statusCode());
  }

  @Test
  void rowWhoseIdHasADotGoesFirst() {
    put("Sensors/x", "{\"temp\":1}");
    put("Sensors/x.temp", "{\"temp\":2}");
    put("Sensors/x.json", "{\"temp\":3}");

    assertEquals("{\"temp\":2,\"id\":\"x.temp\"}", node.send("GET", "/Sensors/x.temp").body());
    assertEquals("{\"temp\":3,\"id\":\"x.json\"}", node.send("GET", "/Sensors/x.json").body());
    assertEquals("{\"temp\":1,\"id\":\"x\"}", node.send("GET", "/Sensors/x").body());
    assertEquals("application/cbor", header(node.send("GET", "/Sensors/x.cbor"), "Content-Type"));
  }

  @Test
  void numericKeyTakesExtensionsToo() {
    node.sendJson("PUT", "/Numbers/5", "{}");

    assertEquals("{\"n\":5}", node.send("GET", "/Numbers/5.json").body());
    assertEquals(400, node.send("GET", "/Numbers/five").statusCode());
  }

  @Test
  void idsAreTakenAsTheyAre() {
    for (String path : new String[] {"/odd//", "/odd/../up", "/odd/a%20b", "/odd/%C3%BC/+/%23"}) {
      String row = path.equals("/odd//") ? "/odd//x" : path;
      assertEquals(201, node.sendJson("PUT", row, "{\"at\":1}").statusCode(), row);
      assertEquals(200, node.send("GET", row).statusCode(), row);
    }
    assertTrue(node.row("odd//x").isPresent());
    assertTrue(node.row("odd/../up").isPresent());
    assertTrue(node.row("odd/ü/+/#").isPresent());
    assertEquals(400, node.send("GET", "/odd/%C3").statusCode());
  }

  @Test
  void queryThatNobodyUnderstandsIsRefused() {
    HttpResponse<String> answer = node.send("GET", "/Sensors/w1?temp=gt=1");

    assertEquals(400, answer.statusCode());
    assertTrue(answer.body().contains("temp=gt=1"), answer.body());
    assertEquals(400, node.sendJson("PUT", "/Sensors/w1?x", "{}").statusCode());
    assertEquals(400, node.send("DELETE", "/Sensors/w1?temp=1").statusCode());
    put("Sensors/w1", "{}");
    assertEquals(200, node.send("GET", "/Sensors/w1?").statusCode());
  }

  @Test
  void pathMissedByCaseGoesToTheRootTable() {
    put("sensors/lost", "{\"a\":1}");

    assertEquals("{\"a\":1,\"id\":\"sensors/lost\"}", node.send("GET", "/sensors/lost").body());
  }

  @Test
  void tableThatIsNotExportedOnRestIsNotFound() {
    assertEquals(404, node.send("GET", "/Silent/x").statusCode());
    assertEquals(404, node.send("GET", "/Silent/").statusCode());
    assertEquals(404, node.send("GET", "/Silent").statusCode());
  }

  static void put(String path, String content) {
    node.write(path, id -> Write.put(id, Payload.of(content.getBytes(UTF_8))));
  }
}
