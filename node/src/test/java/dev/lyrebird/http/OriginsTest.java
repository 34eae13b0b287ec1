package dev.lyrebird.http;

import static dev.lyrebird.http.HttpNode.header;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which pages may call the node, as browsers ask (Fetch Standard §3.2). */
final class OriginsTest {

  private static final String SDL = "type topics @table @export(name: \"\") { id: ID @primaryKey }";
  private static final int CONSOLE_PORT = 9925;
  private static final String NAMED = "https://app.example.org";

  private HttpNode node = HttpNode.start(SDL, settings(List.of(NAMED)));

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void pagesOfTheNodeAndItsConsoleMay() {
    for (String own :
        new String[] {"http://127.0.0.1:" + node.port(), "http://127.0.0.1:" + CONSOLE_PORT}) {
      HttpResponse<String> answer = node.sendJson("PUT", "/x", "1", "Origin", own);

      assertTrue(answer.statusCode() < 300);
      assertEquals(own, header(answer, "Access-Control-Allow-Origin"));
    }
  }

  @Test
  void namedOriginMayWithCredentials() {
    HttpResponse<String> answer = node.sendJson("PUT", "/x", "1", "Origin", NAMED);

    assertEquals(201, answer.statusCode());
    assertEquals(NAMED, header(answer, "Access-Control-Allow-Origin"));
    assertEquals("true", header(answer, "Access-Control-Allow-Credentials"));
    assertEquals("ETag, Location, Retry-After", header(answer, "Access-Control-Expose-Headers"));
    assertEquals("Origin", header(answer, "Vary"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.example.org",
        "http://app.example.org",
        "https://app.example.org.evil.org",
        "http://127.0.0.1",
        "http://localhost:9925",
        "null",
        ""
      })
  void otherOriginMayNot(String origin) {
    HttpResponse<String> answer = node.sendJson("PUT", "/x", "1", "Origin", origin);

    assertEquals(403, answer.statusCode());
    assertEquals("(no Access-Control-Allow-Origin)", header(answer, "Access-Control-Allow-Origin"));
    assertEquals(404, node.send("GET", "/x").statusCode());
    assertEquals(403, preflight(origin).statusCode());
  }

  @Test
  void preflightTellsWhatIsAllowed() {
    HttpResponse<String> answer = preflight(NAMED);

    assertEquals(204, answer.statusCode());
    assertEquals(
        "GET, HEAD, PUT, POST, PATCH, DELETE", header(answer, "Access-Control-Allow-Methods"));
    assertTrue(header(answer, "Access-Control-Allow-Headers").contains("Content-Type"));
    assertEquals("600", header(answer, "Access-Control-Max-Age"));
  }

  @Test
  void anyOriginMayWithoutCredentials() {
    node.close();
    node = HttpNode.start(SDL, settings(List.of("*")));

    HttpResponse<String> answer =
        node.sendJson("PUT", "/x", "1", "Origin", "https://evil.example.org");

    assertEquals(201, answer.statusCode());
    assertEquals("*", header(answer, "Access-Control-Allow-Origin"));
    assertEquals(
        "(no Access-Control-Allow-Credentials)",
        header(answer, "Access-Control-Allow-Credentials"));
  }

  @Test
  void clientsThatAreNoPagesNeedNoOrigin() {
    HttpResponse<String> answer = node.sendJson("PUT", "/x", "1");

    assertEquals(201, answer.statusCode());
    assertEquals("(no Access-Control-Allow-Origin)", header(answer, "Access-Control-Allow-Origin"));
  }

  private HttpResponse<String> preflight(String origin) {
    return node.send("OPTIONS", "/x", "Origin", origin, "Access-Control-Request-Method", "PUT");
  }

  private static HttpSettings settings(List<String> origins) {
    HttpSettings usual = HttpNode.SETTINGS;
    return new HttpSettings(
        usual.host(),
        usual.port(),
        usual.requestTimeoutSeconds(),
        usual.bodyTimeoutSeconds(),
        origins,
        CONSOLE_PORT,
        usual.maxBodyBytes(),
        usual.maxRowBytes(),
        usual.maxRows(),
        usual.maxFrameBytes(),
        usual.maxFramesPerSecond(),
        usual.pingSeconds(),
        usual.commentSeconds(),
        usual.socketBytes(),
        usual.connectionWrites(),
        usual.rest(),
        usual.webSocket(),
        usual.sse(),
        usual.lastModified());
  }
}
