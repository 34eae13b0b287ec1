package dev.lyrebird.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that no well-behaved client sends, byte by byte. */
final class RawRequestsTest {

  private static final String HOST = "Host: 127.0.0.1\r\n";
  private static final String MIB = "x".repeat(1 << 20);

  private static HttpNode node;

  @BeforeAll
  static void start() {
    node = HttpNode.start("type topics @table @export(name: \"\") { id: ID @primaryKey }");
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "NONSENSE\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "PUT /x HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n",
        "PUT /x HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "PUT /x HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "GET x HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /x HTTP/1.1\r\nHost: x\r\nBad Name: x\r\n\r\n",
        "GET /x HTTP/1.1\r\nHost: x\r\nNo colon\r\n\r\n"
      })
  void brokenRequestIsToldSo(String request) {
    try (RawHttp client = new RawHttp(node.port())) {
      String answer = client.send(request).answer();

      assertTrue(answer.matches("(?s)HTTP/1\\.[01] 400 .*"), answer);
      assertTrue(answer.contains("application/problem+json"), answer);
    }
  }

  @Test
  void requestLineAndHeaderHaveLimits() {
    try (RawHttp client = new RawHttp(node.port())) {
      String answer = client.send("GET /" + "x".repeat(20_000) + " HTTP/1.1\r\n\r\n").answer();
      assertTrue(answer.startsWith("HTTP/1.0 414 "), answer); // its version was not read
      assertEquals("", client.rest());
    }
    try (RawHttp client = new RawHttp(node.port())) {
      String answer =
          client.send("GET /x HTTP/1.1\r\nX: " + "x".repeat(20_000) + "\r\n\r\n").answer();
      assertTrue(answer.startsWith("HTTP/1.1 431 "), answer);
    }
  }

  @Test
  void requestsInOneBreathAreAnsweredInOrder() {
    try (RawHttp client = new RawHttp(node.port())) {
      client.send(put("/pipe", "1") + put("/pipe", "2") + "GET /pipe HTTP/1.1\r\n" + HOST + "\r\n");

      assertTrue(client.answer().startsWith("HTTP/1.1 201 "));
      assertTrue(client.answer().startsWith("HTTP/1.1 204 "));
      assertTrue(client.answer().endsWith("\r\n\r\n2"));
    }
  }

  @Test
  void targetMayNameTheHost() {
    try (RawHttp client = new RawHttp(node.port())) {
      client.send(put("/absolute", "1")).answer();

      String answer =
          client.send("GET http://127.0.0.1/absolute HTTP/1.1\r\n" + HOST + "\r\n").answer();
      assertTrue(answer.endsWith("\r\n\r\n1"), answer);
    }
  }

  @Test
  void optionsMayAskOfTheServerAsAWhole() {
    try (RawHttp client = new RawHttp(node.port())) {
      String answer = client.send("OPTIONS * HTTP/1.1\r\n" + HOST + "\r\n").answer();

      assertTrue(answer.startsWith("HTTP/1.1 204 "), answer);
    }
  }

  @Test
  void chunksAreTakenUpToTheLimit() {
    try (RawHttp client = new RawHttp(node.port())) {
      client.send("PUT /chunks HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n");
      client.send("2\r\n[1\r\n4\r\n, 2]\r\n0\r\n\r\n");
      assertTrue(client.answer().startsWith("HTTP/1.1 201 "));
      assertEquals("[1, 2]", node.send("GET", "/chunks").body());

      client.send("PUT /chunks HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n");
      client.send("100000\r\n" + MIB + "\r\n1\r\nx\r\n");
      assertTrue(client.answer().startsWith("HTTP/1.1 413 "));
      client.send("0\r\n\r\n" + put("/chunks", "3"));
      assertTrue(client.answer().startsWith("HTTP/1.1 204 "));
    }
  }

  @Test
  void contentTooLongIsRefusedBeforeItComes() {
    try (RawHttp client = new RawHttp(node.port())) {
      client.send("PUT /x HTTP/1.1\r\n" + HOST + "Content-Length: 1048577\r\n\r\n");

      assertTrue(client.answer().startsWith("HTTP/1.1 413 "));
      client.send(MIB + 'x' + put("/after", "1"));
      assertTrue(client.answer().startsWith("HTTP/1.1 201 "));
    }
  }

  @Test
  void contentWithoutEndEndsTheConnection() {
    try (RawHttp client = new RawHttp(node.port())) {
      client.send("PUT /x HTTP/1.1\r\n" + HOST + "Content-Length: 99999999\r\n\r\n");

      assertTrue(client.answer().startsWith("HTTP/1.1 413 "));
      client.send(MIB + MIB + 'x');
      assertTrue(client.rest().matches("|\\(reset\\)"));
    }
  }

  @Test
  void clientThatAsksFirstIsTold() {
    String expecting = "Expect: 100-continue\r\n";
    try (RawHttp client = new RawHttp(node.port())) {
      client.send("PUT /expect HTTP/1.1\r\n" + HOST + expecting + "Content-Length: 1\r\n\r\n");
      assertTrue(client.answer().startsWith("HTTP/1.1 100 "));
      client.send("1");
      assertTrue(client.answer().startsWith("HTTP/1.1 201 "));

      client.send("PUT /x HTTP/1.1\r\n" + HOST + expecting + "Content-Length: 1048577\r\n\r\n");
      assertTrue(client.answer().startsWith("HTTP/1.1 413 "));
      assertEquals("", client.rest());
    }
    try (RawHttp client = new RawHttp(node.port())) {
      client.send("PATCH /x HTTP/1.1\r\n" + HOST + expecting + "Content-Type: text/plain\r\n");
      client.send("Content-Length: 1\r\n\r\n");
      assertTrue(client.answer().startsWith("HTTP/1.1 415 "));
    }
  }

  @Test
  void clientThatLeavesInTheMiddleHarmsNobody() {
    try (RawHttp client = new RawHttp(node.port())) {
      client.send("PUT /half HTTP/1.1\r\n" + HOST + "Content-Length: 10\r\n\r\n12345");
    }
    assertEquals(404, node.send("GET", "/half").statusCode());
  }

  @Test
  void oldestClientsAreServedToo() {
    try (RawHttp client = new RawHttp(node.port())) {
      client.send("PUT /old HTTP/1.0\r\nContent-Length: 1\r\n\r\n1");
      assertTrue(client.rest().contains(" 201 "));
    }
    try (RawHttp client = new RawHttp(node.port())) {
      client.send("GET /old HTTP/1.0\r\n\r\n");
      assertTrue(client.rest().endsWith("\r\n\r\n1"));
    }
  }

  private static String put(String path, String content) {
    return "PUT %s HTTP/1.1\r\n%sContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
        .formatted(path, HOST, content.length(), content);
  }
}
