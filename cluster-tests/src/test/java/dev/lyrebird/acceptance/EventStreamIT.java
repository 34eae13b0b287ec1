package dev.lyrebird.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.client.RawSocket;
import dev.lyrebird.client.Rest;
import dev.lyrebird.client.ServerSentEvent;
import dev.lyrebird.client.SseClient;
import dev.lyrebird.harness.NodeProcess;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Server-Sent Events as they stand on the wire, and their resume by {@code Last-Event-ID}. */
@TestInstance(Lifecycle.PER_CLASS)
final class EventStreamIT {

  private final NodeProcess node =
      NodeProcess.start(
          Nodes.named("event-stream").schema("type Rows @table @export { id: ID @primaryKey }"));
  private final Rest rest = new Rest(node.addresses());

  @AfterAll
  void stop() {
    rest.close();
    node.close();
  }

  @Test
  void headAndFirstCommentComeAtOnceThoughThereIsNothingToTell() {
    try (RawSocket socket = open("/Rows/none", "text/event-stream")) {
      String head = socket.readThrough("\r\n\r\n").toLowerCase(Locale.ROOT);
      assertTrue(head.startsWith("http/1.1 200 "), head);
      assertTrue(head.contains("content-type: text/event-stream"), head);
      assertTrue(head.contains("cache-control: no-store\r\n"), head);
      assertTrue(head.contains("x-accel-buffering: no\r\n"), head);
      String first = body(socket, "\n\n");
      assertTrue(first.matches(": ready\nretry: [0-9]+\n\n"), first);
    }
  }

  @Test
  void anEventHasAnIdAndDataAndNoType() {
    try (RawSocket socket = open("/Rows/wire", "text/event-stream")) {
      var _ = socket.readThrough("\r\n\r\n");
      var _ = body(socket, "\n\n");
      String place = body(socket, "\n\n");
      assertTrue(place.matches("id: [^\n]+\n\n"), () -> "where it stands without a row: " + place);
      assertEquals(201, rest.put("/Rows/wire", "{\"a\":1}").statusCode());
      String event = body(socket, "\n\n");
      assertTrue(event.matches("id: [^\n]+\ndata: [^\n]+\n\n"), event);
      String data = event.substring(event.indexOf("data: ") + 6).strip();
      assertEquals(Events.put("wire", "{\"a\":1,\"id\":\"wire\"}"), Events.unstamped(data));
    }
  }

  @Test
  void retryDiffersSoThatARestartBringsNoHerd() {
    Set<String> retries = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      try (RawSocket socket = open("/Rows/none", "text/event-stream")) {
        var _ = socket.readThrough("\r\n\r\n");
        retries.add(body(socket, "\n\n"));
      }
    }
    assertTrue(retries.size() > 1, () -> "always " + retries);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/event-stream",
        "TEXT/Event-Stream ; q=0.9",
        "text/event-stream, */*;q=0.1",
        "application/json;q=0.2, text/event-stream;q=0.8"
      })
  void anyAcceptThatWantsEventsGetsThem(String accept) {
    try (RawSocket socket = open("/Rows/none", accept)) {
      String head = socket.readThrough("\r\n\r\n").toLowerCase(Locale.ROOT);
      assertTrue(head.contains("content-type: text/event-stream"), head);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"*/*", "application/json", "text/event-stream;q=0, */*"})
  void whoDoesNotAskForEventsGetsTheRow(String accept) {
    assertEquals(204 / 100, rest.put("/Rows/plain", "{\"a\":1}").statusCode() / 100);
    try (RawSocket socket = open("/Rows/plain", accept)) {
      String head = socket.readThrough("\r\n\r\n").toLowerCase(Locale.ROOT);
      assertTrue(head.contains("content-type: application/json"), head);
    }
  }

  @Test
  void lastEventIdContinuesBehindThatEvent() {
    assertContinues(
        "by-header", lastId -> SseClient.resume(node.addresses().http("/Rows/by-header"), lastId));
  }

  @Test
  void sinceContinuesBehindThatEvent() {
    assertContinues(
        "by-query",
        lastId ->
            SseClient.open(
                node.addresses()
                    .http(
                        "/Rows/by-query?since="
                            + URLEncoder.encode(lastId, StandardCharsets.UTF_8))));
  }

  /** How a client comes back with the id of the last event it saw. */
  private interface Return {
    SseClient after(String lastId);
  }

  private void assertContinues(String id, Return comesBack) {
    String path = "/Rows/" + id;
    String seen;
    try (SseClient first = SseClient.open(node.addresses().http(path))) {
      for (int n = 1; n <= 3; n++) {
        assertEquals(2, rest.put(path, "{\"n\":" + n + "}").statusCode() / 100);
      }
      ServerSentEvent second = first.inbox().awaitAny(event -> event.data().contains("\"n\":2"));
      seen = second.id();
      assertFalse(seen.isEmpty());
    }
    assertEquals(202, rest.post(path, "{\"n\":4}").statusCode());
    assertEquals(204, rest.delete(path).statusCode());
    try (SseClient back = comesBack.after(seen)) {
      assertEquals(202, rest.post(path, "{\"n\":5}").statusCode());
      assertEquals(
          List.of(
              Events.put(id, "{\"n\":3,\"id\":\"" + id + "\"}"),
              Events.message(id, "{\"n\":4}"),
              Events.delete(id),
              Events.message(id, "{\"n\":5}")),
          back.inbox().await(4).stream().map(event -> Events.unstamped(event.data())).toList());
    }
  }

  private RawSocket open(String path, String accept) {
    RawSocket socket = new RawSocket(node.addresses().host(), node.addresses().http());
    socket.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAccept: " + accept + "\r\n\r\n");
    return socket;
  }

  /** The body up to and including {@code end}, freed of its chunks (RFC 9112 §7.1). */
  private static String body(RawSocket socket, String end) {
    StringBuilder body = new StringBuilder();
    while (body.indexOf(end) < 0) {
      int length = Integer.parseInt(socket.readThrough("\r\n").strip(), 16);
      body.append(new String(socket.read(length), StandardCharsets.UTF_8));
      var _ = socket.read(2);
    }
    return body.toString();
  }
}
