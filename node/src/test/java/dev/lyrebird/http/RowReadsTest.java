package dev.lyrebird.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Write;
import java.net.http.HttpResponse;
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
    assertTrue(header(answer, "ETag").matches("\"[0-9a-z]+-[0-9a-z]+\""));
    assertTrue(header(answer, "Last-Modified").endsWith("GMT"));
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

  static void put(String path, String content) {
    node.write(path, id -> Write.put(id, Payload.of(content.getBytes(UTF_8))));
  }

  static String header(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElse("(no " + name + ")");
  }
}
