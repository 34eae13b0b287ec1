package dev.lyrebird.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of connections that say nothing, or come when there is no memory for them. */
final class NewcomersTest {

  private static final String REQUEST = "GET /T/none HTTP/1.1\r\nHost: x\r\n\r\n";

  private static final String SDL = "type T @table @export { id: ID }";

  private HttpNode node = HttpNode.start(SDL);

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void newcomersAreRefusedWhileMemoryIsShort() throws Exception {
    try (RawHttp old = new RawHttp(node.port())) {
      assertTrue(old.send(REQUEST).answer().startsWith("HTTP/1.1 404"));
      node.memoryIsShort(true);
      try (RawHttp newcomer = new RawHttp(node.port())) {
        String answer = newcomer.send(REQUEST).answer();
        assertTrue(answer.startsWith("HTTP/1.1 503"), answer);
        assertTrue(answer.contains("Retry-After: 30"), answer);
        assertEquals("", newcomer.rest());
      }
      assertTrue(old.send(REQUEST).answer().startsWith("HTTP/1.1 404"));
    }
    node.memoryIsShort(false);
    try (RawHttp newcomer = new RawHttp(node.port())) {
      assertTrue(newcomer.send(REQUEST).answer().startsWith("HTTP/1.1 404"));
    }
  }

  @Test
  void newWebSocketIsToldToTryAgainLater() {
    try (RawWebSocket old = RawWebSocket.open(node.port(), "/T/a")) {
      node.memoryIsShort(true);
      try (RawWebSocket newcomer = RawWebSocket.open(node.port(), "/T/a")) {
        assertEquals(1013, newcomer.readClose());
      }
      old.text("{\"n\":1}");
      assertTrue(old.readText().contains("\"n\":1"));
    }
  }

  @Test
  void connectionWithoutARequestIsClosed() {
    startImpatient();
    try (RawHttp silent = new RawHttp(node.port());
        RawHttp half = new RawHttp(node.port()).send("GET / HTTP/1.1\r\n")) {
      assertEquals("", silent.rest());
      assertEquals("", half.rest());
    }
  }

  @Test
  void connectionThatHasBroughtARequestStays() throws Exception {
    startImpatient();
    try (RawHttp client = new RawHttp(node.port()).send(REQUEST);
        RawHttp silent = new RawHttp(node.port())) {
      client.answer();
      assertEquals("", silent.rest());
      assertTrue(client.send(REQUEST).answer().startsWith("HTTP/1.1 404"));
    }
  }

  /** Replaces the node by one to which a connection has to bring a request within two seconds. */
  private void startImpatient() {
    node.close();
    node = HttpNode.start(SDL, HttpNode.settings(2));
  }
}
