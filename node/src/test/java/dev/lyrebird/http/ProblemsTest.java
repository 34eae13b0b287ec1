package dev.lyrebird.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Write;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each way in which REST refuses a request, as it stands on the wire. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ProblemsTest {

  private static final String SDL =
      """
      type Sensors @table @export { id: ID @primaryKey temp: Float room: String! tags: [Int] }
      type Numbers @table @export { id: Long @primaryKey }
      type Sealed @table @sealed @export { id: ID @primaryKey temp: Float }
      """;

  private static final JsonMapper JSON = new JsonMapper();

  private HttpNode node = HttpNode.start(SDL);

  @BeforeAll
  void fill() {
    node.write(
        "Sensors/s1", id -> Write.put(id, Payload.of("{\"room\":\"hall\"}".getBytes(UTF_8))));
  }

  @AfterAll
  void stop() {
    node.close();
  }

  /**
   * A request that is refused.
   *
   * @param line of the request, without the version
   * @param fields lines of the head
   * @param content may be empty
   * @param words that the detail or a fault has in it
   */
  record Refused(String line, String fields, String content, int status, String words) {

    @Override
    public String toString() {
      return status + " " + line.substring(0, Math.min(60, line.length())) + ": " + words;
    }
  }

  static List<Refused> refused() {
    String json = "Content-Type: application/json\r\n";
    return List.of(
        // what is asked
        new Refused("GET /Sensors/?temp=gt=warm", "", "", 400, "at character 9 of the query"),
        new Refused("GET /Sensors/?(temp=1", "", "", 400, "at character"),
        new Refused("GET /Sensors/?temp=1&&room=a", "", "", 400, "at character 8"),
        new Refused("GET /Sensors/?temp=xx=1", "", "", 400, "at character"),
        new Refused("GET /Sensors/?limit(x)", "", "", 400, "at character 7"),
        new Refused("GET /Sensors/?sort()", "", "", 400, "at character"),
        new Refused("GET /Sensors/?frob(1)", "", "", 400, "at character"),
        new Refused("GET /Sensors/?room=%zz", "", "", 400, "at character"),
        new Refused("GET /Sealed/?tmp=1", "", "", 400, "did you mean temp?"),
        new Refused("GET /Sensors/s1?temp=1", "", "", 400, "select(...)"),
        new Refused("GET /Sensors?temp=1", "", "", 400, "takes no query"),
        new Refused("PUT /Sensors/s2?temp=1", json, "{\"room\":\"a\"}", 400, "takes no query"),
        new Refused("DELETE /Sensors/", "", "", 400, "DELETE of many rows says which"),
        new Refused("GET /Sensors/?history&limit=-1", "", "", 400, "limit"),
        new Refused("GET /Sensors/%zz", "", "", 400, "two hexadecimal digits"),
        // whom
        new Refused("PUT /Numbers/seven", json, "{}", 400, "seven"),
        new Refused("GET /Sensors/nobody", "", "", 404, "there is no row nobody"),
        new Refused("PATCH /Sensors/nobody", json, "{\"temp\":1}", 404, "no such row"),
        new Refused("DELETE /Sensors/nobody", "", "", 404, "no such row"),
        new Refused("GET /sensors/s1", "", "", 404, "Sensors"),
        new Refused("GET /Elsewhere/x", "", "", 404, "Elsewhere"),
        new Refused("GET /Sensors/s1.temp", "", "", 404, "no attribute temp"),
        new Refused("PUT /Sensors/" + "x".repeat(5000), json, "{}", 414, "4096"),
        // how
        new Refused("DELETE /Sensors", "", "", 405, "takes GET"),
        new Refused("TRACE /Sensors/s1", "", "", 405, "not TRACE"),
        new Refused("GET /Sensors/s1", "Accept: image/png\r\n", "", 406, "application/json"),
        new Refused("GET /Sensors/", "Accept: image/png\r\n", "", 406, "application/json"),
        new Refused("PUT /Sensors/s1", "Content-Type: json\r\n", "{}", 400, "no media type"),
        new Refused("POST /Sensors/", "Content-Type: image/png\r\n", "x", 415, "image/png"),
        new Refused("PUT /Sensors/s1", json + "Content-Encoding: x\r\n", "{}", 415, "x"),
        // what is sent
        new Refused("PUT /Sensors/s2", json, "{\"room\":", 400, "line 1, column 9"),
        new Refused("PUT /Sensors/s2", json, "{\"a\":1,\"a\":2}", 400, "a"),
        new Refused("POST /Sensors/", json, "[1]", 422, "is no JSON object"),
        new Refused("PUT /Sensors/s2", json, "{\"temp\":\"x\",\"tags\":[1,\"y\"]}", 422, "temp"),
        new Refused("PUT /Sealed/s2", json, "{\"tmp\":1}", 422, "did you mean temp"),
        new Refused("POST /Sensors/", json, "{\"id\":\"s1\",\"room\":\"b\"}", 409, "exists"),
        // whether it still is so
        new Refused("PUT /Sensors/s1", json + "If-Match: \"x\"\r\n", "{\"room\":\"b\"}", 412, ""),
        new Refused("DELETE /Sensors/s1", "If-Match: \"x\"\r\n", "", 412, ""),
        new Refused("GET /Sensors/s1", "If-Match: \"x\"\r\n", "", 412, "changed"));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void refusalSaysWhatIsWrongAndChangesNothing(Refused refused) throws IOException {
    String answer = send(refused.line(), refused.fields(), refused.content());
    JsonNode problem = problem(answer, refused.status());
    String told = problem.path("detail").asText() + problem.path("errors");
    assertTrue(told.contains(refused.words()), answer);
    if (refused.status() == 405) {
      assertTrue(answer.toLowerCase(Locale.ROOT).contains("\r\nallow: get, head"), answer);
    }
    assertEquals("[\"s1\"]", content(send("GET /Sensors/?select(id)", "", "")));
  }

  @Test
  void everyAttributeAtFaultIsListed() throws IOException {
    String json = "Content-Type: application/json\r\n";
    String answer = send("PUT /Sensors/s2", json, "{\"temp\":\"x\",\"tags\":[1,\"y\"]}");
    JsonNode faults = problem(answer, 422).path("errors");
    assertEquals(3, faults.size(), answer);
    assertEquals(
        "[\"temp\", \"room\", \"tags\"]", faults.findValues("attribute").toString(), answer);
  }

  @Test
  void nodeWithoutMemoryAsksToComeAgain() throws IOException {
    try {
      node.memoryIsShort(true);
      String answer = send("GET /Sensors/s1", "", "");
      problem(answer, 503);
      assertTrue(answer.toLowerCase(Locale.ROOT).contains("\r\nretry-after: "), answer);
    } finally {
      node.memoryIsShort(false);
    }
  }

  private static JsonNode problem(String answer, int status) throws IOException {
    assertTrue(answer.startsWith("HTTP/1.1 " + status + ' '), answer);
    assertTrue(
        answer.toLowerCase(Locale.ROOT).contains("content-type: application/problem+json"), answer);
    JsonNode problem = JSON.readTree(content(answer));
    assertEquals(status, problem.path("status").asInt());
    assertTrue(!problem.path("title").asText().isEmpty(), answer);
    return problem;
  }

  private String send(String line, String fields, String content) {
    try (RawHttp client = new RawHttp(node.port())) {
      return client
          .send(
              "%s HTTP/1.1\r\nHost: x\r\n%sContent-Length: %d\r\n\r\n%s"
                  .formatted(line, fields, content.length(), content))
          .answer();
    }
  }

  private static String content(String answer) {
    return answer.substring(answer.indexOf("\r\n\r\n") + 4);
  }
}
