package dev.lyrebird.http;

import static dev.lyrebird.http.HttpNode.header;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.format.Format;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Write;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Queries of a table's rows, as a client sees them. */
final class QueriedRowsTest {

  private static final String SDL =
      """
      type Sensors @table @export { id: ID @primaryKey temp: Float room: String }
      type Closed @table @sealed @export { id: ID @primaryKey temp: Float }
      """;

  private HttpNode node = HttpNode.start(SDL);

  @BeforeEach
  void fill() {
    put("a/1", "{\"temp\":21.50,\"room\":\"hall\"}");
    put("a/2", "{\"temp\":5,\"room\":\"cellar\"}");
    put("a/3", "{\"temp\":null,\"room\":\"hall\",\"window\":{\"open\":true}}");
    put("b", "text");
    put("c", "{\"temp\":30,\"room\":\"kitchen\"}");
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void conditionPicksTheRows() {
    assertFinds(
        "temp=gt=20",
        "[{\"temp\":21.50,\"room\":\"hall\",\"id\":\"a/1\"},"
            + "{\"temp\":30,\"room\":\"kitchen\",\"id\":\"c\"}]");
    assertFinds("temp=5&room=hall", "[]");
    assertEquals("[\"a/2\",\"c\"]", raw("(temp=5|room=kitchen)&select(id)"));
    assertFinds("contentType=sw=text&select(data)", "[\"text\"]");
    assertFinds("window.open=true&select(id)", "[\"a/3\"]");
  }

  @Test
  void pathNarrowsTheQuery() {
    assertEquals("[\"a/1\",\"a/3\"]", node.send("GET", "/Sensors/a/?room=hall&select(id)").body());
    assertEquals("[]", node.send("GET", "/Sensors/a/?room=kitchen").body());
  }

  @Test
  void selectionShapesTheRows() {
    assertFinds("select(room,temp)&limit(1)", "[{\"room\":\"hall\",\"temp\":21.50}]");
    assertFinds("select(temp,)&limit(2,4)", "[{\"temp\":null},{}]");
    assertFinds("select([temp,room])&limit(2,4)", "[[null,\"hall\"],[null,null]]");
    assertEquals(
        "[{\"id\":\"a/1\"},{\"id\":\"a/3\",\"window\":{\"open\":true}}]",
        raw("room=hall&select(id,window{open})"));
  }

  @Test
  void sortedRowsComeWithThoseThatLackTheValueLast() {
    assertFinds("sort(temp)&select(id)", "[\"a/2\",\"a/1\",\"c\",\"a/3\",\"b\"]");
    assertFinds("sort(-temp)&select(id)", "[\"c\",\"a/1\",\"a/2\",\"a/3\",\"b\"]");
    assertFinds("sort(+room,-temp)&select(id)", "[\"a/2\",\"a/1\",\"a/3\",\"c\",\"b\"]");
    assertFinds("sort(-id)&select(id)&limit(2)", "[\"c\",\"b\"]");
    assertFinds("sort(-id)&select(id)&limit(1,3)", "[\"b\",\"a/3\"]");
    assertFinds("sort(window.open)&select(id)&limit(1)", "[\"a/3\"]");
  }

  @Test
  void limitCutsWhatIsFound() {
    assertFinds("limit(2)&select(id)", "[\"a/1\",\"a/2\"]");
    assertFinds("limit(1,4)&select(id)", "[\"a/2\",\"a/3\",\"b\"]");
    assertFinds("limit(4,99)&select(id)", "[\"c\"]");
    assertFinds("limit(9,99)&select(id)", "[]");
    assertFinds("limit(0)", "[]");
  }

  @Test
  void formatOfThePathHoldsForQueriesToo() {
    HttpResponse<byte[]> cbor =
        node.send(
            node.request("/Sensors/a/.cbor?temp=5&select(room,)").build(),
            HttpResponse.BodyHandlers.ofByteArray());

    assertEquals("application/cbor", header(cbor, "Content-Type"));
    assertEquals("[{\"room\":\"cellar\"}]", new String(Format.CBOR.toJson(cbor.body()), UTF_8));
    assertEquals("[\"a/2\"]", node.send("GET", "/Sensors/.json?temp=5&select(id)").body());
  }

  @Test
  void oneRowIsShownAsSelected() {
    HttpResponse<String> whole = node.send("GET", "/Sensors/c");
    HttpResponse<String> part = node.send("GET", "/Sensors/c?select(room,)");

    assertEquals("{\"room\":\"kitchen\"}", part.body());
    assertEquals(header(whole, "ETag"), header(part, "ETag"));
    assertEquals("30", node.send("GET", "/Sensors/c?select(temp)").body());
    assertEquals("null", node.send("GET", "/Sensors/c?select(nothing)").body());
    assertEquals("\"text\"", node.send("GET", "/Sensors/b?select(data)").body());
    assertEquals("\"kitchen\"", node.send("GET", "/Sensors/c.json?select(room)").body());
    assertEquals(404, node.send("GET", "/Sensors/none?select(room)").statusCode());
  }

  @Test
  void explanationTellsHowInPlaceOfWhat() {
    HttpResponse<String> answer = node.send("GET", "/Sensors/a/?temp=gt=20&explain");

    assertEquals(200, answer.statusCode());
    assertEquals("application/json", header(answer, "Content-Type"));
    assertTrue(answer.body().startsWith("{\"plan\":{\"access\":\"scan\""), answer.body());
    assertTrue(answer.body().contains("\"rowsReturned\":"), answer.body());
    assertEquals("[]", node.send("GET", "/Sensors/?(explain=1)").body());
    assertEquals("[]", node.send("GET", "/Sensors/?temp=99&explain=false").body());
  }

  @Test
  void whatIsNotUnderstoodIsRefusedWithItsPlace() {
    assertRefused("GET", "/Sensors/?temp=gt=warm", "at character 9 of the query");
    assertRefused("GET", "/Sensors/?temp", "at character 5 of the query");
    assertRefused("GET", "/Sensors/?temp=gt=5&lmit(5)", "did you mean limit?");
    assertRefused("GET", "/Sensors/?explain=maybe", "true or false");
    assertRefused("GET", "/Sensors/?room=ct=%ff", "at character");
    assertRefused("GET", "/Closed/?tmp=5", "did you mean temp?");
    assertRefused("GET", "/Closed/?sort(tmp)", "did you mean temp?");
    assertRefused("GET", "/Closed/?select(tmp)", "did you mean temp?");
    assertRefused("HEAD", "/Sensors/?temp=gt=warm", "");
    assertRefused("GET", "/Sensors?temp=5", "the description of a table takes no query");
    assertRefused("GET", "/Sensors/c?temp=5", "the path names one row");
    assertRefused("GET", "/Sensors/c?select(temp)&limit(1)", "the path names one row");
    assertRefused("GET", "/Sensors/c?select(temp)&explain", "the path names one row");
    assertRefused("GET", "/Sensors/c.temp?select(temp)", "nothing to select");
    assertRefused("GET", "/Closed/c?select(temp)&unknown", "at character 21");
    assertRefused("PUT", "/Sensors/c?temp=5", "a write of one row takes no query");
    assertRefused("PATCH", "/Sensors/c?select(temp)", "a write of one row takes no query");
    assertRefused("DELETE", "/Sensors/c?temp=5", "a write of one row takes no query");
    assertRefused("POST", "/Sensors/?temp=5", "takes no query");
    assertRefused("PUT", "/Sensors/?temp=5", "takes no query");
    assertEquals("[\"c\"]", node.send("GET", "/Sensors/?temp=30&select(id)").body());
  }

  @Test
  void rowsThatPassAreDeleted() {
    HttpResponse<String> answer = node.send("DELETE", "/Sensors/?room=hall");

    assertEquals(200, answer.statusCode());
    assertEquals("{\"deleted\":2}", answer.body());
    assertFinds("select(id)", "[\"a/2\",\"b\",\"c\"]");
    assertEquals("{\"deleted\":0}", node.send("DELETE", "/Sensors/?room=hall").body());
    assertEquals("{\"deleted\":1}", node.send("DELETE", "/Sensors/a/?temp=gt=0").body());
    assertFinds("select(id)", "[\"b\",\"c\"]");
  }

  @Test
  void manyRowsAreDeletedPageByPage() {
    for (int i = 0; i < 50; i++) {
      put("m/" + i, "{\"temp\":" + i + "}");
    }

    assertEquals(
        "{\"deleted\":10}",
        node.send("DELETE", "/Sensors/m/?id=sw=m&sort(-temp)&limit(10)").body());
    assertEquals("{\"deleted\":40}", node.send("DELETE", "/Sensors/m/?temp=lt=40").body());
    assertEquals("[]", node.send("GET", "/Sensors/m/").body());
  }

  @Test
  void nobodyEmptiesATableByAccident() {
    assertRefused("DELETE", "/Sensors/", "a condition behind '?'");
    assertRefused("DELETE", "/Sensors/?", "a condition behind '?'");
    assertRefused("DELETE", "/Sensors/a/", "a condition behind '?'");
    assertRefused("DELETE", "/Sensors/?limit(1)", "a condition behind '?'");
    assertRefused("DELETE", "/Sensors/?sort(temp)", "a condition behind '?'");
    assertRefused("DELETE", "/Sensors/?temp=5&select(id)", "it takes no select(...)");
    assertRefused("DELETE", "/Sensors/?temp=5&explain", "no explain");
    assertRefused("DELETE", "/Sensors/?tmp=gt=x&", "at character");
    assertRefused("DELETE", "/Sensors/?temp=gt=x", "at character");
    assertEquals(400, node.send("DELETE", "/Sensors/?temp=5", "If-Match", "\"1\"").statusCode());
    assertFinds("select(id)", "[\"a/1\",\"a/2\",\"a/3\",\"b\",\"c\"]");
  }

  private void assertFinds(String query, String expected) {
    HttpResponse<String> answer = node.send("GET", "/Sensors/?" + query);
    assertEquals(expected, answer.body(), query);
    assertEquals(200, answer.statusCode());
  }

  /** Sends a query as it stands: the other client takes no | and no {. */
  private String raw(String query) {
    try (RawHttp client = new RawHttp(node.port())) {
      String answer =
          client
              .send("GET /Sensors/?" + query + " HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n\r\n")
              .answer();
      return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }
  }

  private void assertRefused(String method, String path, String detail) {
    HttpResponse<String> answer = node.sendJson(method, path, "{}");
    assertEquals(400, answer.statusCode(), method + ' ' + path + ": " + answer.body());
    assertEquals("application/problem+json", header(answer, "Content-Type"));
    assertTrue(answer.body().contains(detail), answer.body());
  }

  private void put(String id, String content) {
    node.write("Sensors/" + id, row -> Write.put(row, Payload.of(content.getBytes(UTF_8))));
  }
}
