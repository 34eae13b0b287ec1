package dev.lyrebird.http;

import static dev.lyrebird.http.SseTest.assertEvent;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lyrebird.format.Format;
import dev.lyrebird.http.RawWebSocket.Frame;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.Write;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** WebSockets that subscribe to tables and publish to them, as their clients see them. */
final class WebSocketTest {

  private static final String SDL =
      """
      type topics @table @export(name: "") { id: ID @primaryKey }
      type Sensors @table @export { id: ID @primaryKey temp: Float }
      type Numbers @table @export { n: Int @primaryKey }
      type Names @table @export { name: String @primaryKey }
      type Confirmed @table(confirm: 1) @export { id: ID @primaryKey }
      type Silent @table @export(ws: false) { id: ID @primaryKey }
      """;

  private HttpNode node;

  @BeforeEach
  void start() {
    node = HttpNode.start(SDL);
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void rowsComeFirstThenReadyThenChanges() {
    put("Sensors/w1", "{\"temp\": 1}");
    try (RawWebSocket client = open("/Sensors/?ready=true")) {
      assertEvent("\"w1\"", "{\"temp\":1,\"id\":\"w1\"}", "put", client.readText());
      assertEquals("{\"type\":\"ready\"}", client.readText());
      node.write("Sensors/w1", Write::delete);
      assertEvent("\"w1\"", null, "delete", client.readText());
    }
  }

  @Test
  void cursorOfAFrameContinuesBehindIt() throws IOException {
    String cursor;
    try (RawWebSocket client = open("/Sensors/?cursor=true")) {
      put("Sensors/s1", "1");
      JsonNode event = new ObjectMapper().readTree(client.readText());
      cursor = event.get("cursor").textValue();
      assertEquals("cursor", lastKey(event));
    }
    put("Sensors/s1", "2");
    try (RawWebSocket client = open("/Sensors/?cursor=true&since=" + cursor)) {
      assertTrue(client.readText().contains("\"value\":2,"));
    }
    node.onLoop(tables -> {
      tables.trim();
      return true;
    });
    try (RawWebSocket client = open("/Sensors/?since=" + cursor)) {
      assertTrue(client.readText().startsWith("{\"type\":\"reset\",\"reason\":\""));
      assertTrue(client.readText().contains("\"value\":2,"));
    }
  }

  private static String lastKey(JsonNode object) {
    String last = "";
    for (Map.Entry<String, JsonNode> property : object.properties()) {
      last = property.getKey();
    }
    return last;
  }

  @Test
  void frameOnARowIsAMessageToItsTopic() {
    try (RawWebSocket client = open("/Sensors/s1?ready=true");
        RawWebSocket other = open("/Sensors/?ready=true")) {
      client.readText();
      other.readText();
      client.text("{ \"temp\": \"any\" }");
      client.text("[1]");
      client.text("no {JSON");
      client.send(RawWebSocket.frame(RawWebSocket.FIN | RawWebSocket.BINARY, new byte[] {-1}));
      for (RawWebSocket each : new RawWebSocket[] {client, other}) {
        assertEvent("\"s1\"", "{\"temp\":\"any\"}", "message", each.readText());
        assertEvent("\"s1\"", "[1]", "message", each.readText());
        assertEvent(
            "\"s1\"",
            "{\"contentType\":\"text/plain\",\"data\":\"no {JSON\"}",
            "message",
            each.readText());
        assertEvent(
            "\"s1\"",
            "{\"contentType\":\"application/octet-stream\",\"data\":\"/w==\","
                + "\"encoding\":\"base64\"}",
            "message",
            each.readText());
      }
    }
  }

  @Test
  void frameOnATableNamesItsRow() {
    try (RawWebSocket client = open("/Sensors/?ready=true")) {
      client.readText();
      client.text("{\"id\":\"s1\",\"value\":{\"temp\": 1.50},\"type\":\"put\"}");
      assertEvent("\"s1\"", "{\"temp\":1.50,\"id\":\"s1\"}", "put", client.readText());
      client.text("{\"type\":\"patch\",\"value\":{\"b\":2},\"id\":\"s1\"}");
      assertEvent("\"s1\"", "{\"temp\":1.5,\"id\":\"s1\",\"b\":2}", "put", client.readText());
      client.text("{\"id\":\"s1\",\"value\":null}");
      assertEvent("\"s1\"", "null", "message", client.readText());
      client.text("{\"id\":\"s1\",\"type\":\"delete\"}");
      assertEvent("\"s1\"", null, "delete", client.readText());
    }
  }

  @Test
  void frameOnAFilterNamesItsTopic() {
    try (RawWebSocket client = open("/%2B/s1?ready=true")) {
      client.readText();
      client.text("{\"id\":\"Sensors/s1\",\"value\":1}");
      assertEvent("\"s1\"", "1", "message", client.readText());
      client.text("{\"id\":\"Sensors/s2\",\"value\":1}");
      assertError(400, "not among those of this path", client.readText());
      client.text("{\"id\":\"Sensors/\",\"value\":1}");
      assertError(400, "is none", client.readText());
    }
  }

  @Test
  void idsAreTypedByTheKeyOfTheTable() {
    try (RawWebSocket numbers = open("/Numbers/");
        RawWebSocket names = open("/Names/")) {
      numbers.text("{\"id\":7,\"value\":1}");
      assertEvent("7", "1", "message", numbers.readText());
      numbers.text("{\"id\":\"8\",\"value\":1}");
      assertEvent("8", "1", "message", numbers.readText());
      numbers.text("{\"id\":7.5,\"value\":1}");
      assertError(400, "whole number", numbers.readText());
      numbers.text("{\"id\":\"x\",\"value\":1}");
      assertError(400, "whole number", numbers.readText());
      names.text("{\"id\":7,\"value\":1}");
      assertError(400, "key of this table is a string", names.readText());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no JSON",
        "[]",
        "{\"id\":\"s1\"",
        "{\"id\":\"s1\",\"value\":1}{}",
        "{\"value\":1}",
        "{\"id\":\"s1\"}",
        "{\"id\":\"s1\",\"value\":1,\"type\":\"delete\"}",
        "{\"id\":\"s1\",\"value\":1,\"type\":\"post\"}",
        "{\"id\":\"s1\",\"value\":1,\"retain\":true}",
        "{\"id\":true,\"value\":1}",
        "{\"id\":\"\",\"value\":1}",
        "{\"id\":\"s1\",\"value\":1,\"type\":{}}"
      })
  void faultyFrameIsAnsweredAndTheSocketStaysOpen(String frame) {
    try (RawWebSocket client = open("/Sensors/")) {
      client.text(frame);
      assertError(400, "", client.readText());
      client.text("{\"id\":\"s1\",\"value\":1}");
      assertEvent("\"s1\"", "1", "message", client.readText());
    }
  }

  @Test
  void refusalOfTheTableIsTold() {
    node.onLoop(tables -> {
      tables.refuse(write ->
          new Refusal(Refusal.Reason.SCHEMA, "does not fit", Map.of("temp", "is no number")));
      return true;
    });
    try (RawWebSocket client = open("/Sensors/s1")) {
      client.text("{\"temp\":\"hot\"}");
      String error = client.readText();
      assertError(422, "does not fit", error);
      assertTrue(
          error.contains("\"errors\":[{\"attribute\":\"temp\",\"detail\":\"is no number\"}]"));
    }
  }

  @Test
  void messageThatNoOtherNodeConfirmsIsToldSoAndDelivered() {
    try (RawWebSocket client = open("/Confirmed/c1")) {
      client.text("1");
      assertEvent("\"c1\"", "1", "message", client.readText());
      assertError(504, "applied by 0 of 1 other nodes", client.readText());
    }
  }

  @Test
  void writesKeepTheirOrderPastTheBoundOfThoseUnderWay() {
    int count = 5_000;
    try (RawWebSocket client = open("/Sensors/s1")) {
      for (int i = 0; i < count; i++) {
        client.text("" + i);
      }
      for (int i = 0; i < count; i++) {
        assertTrue(client.readText().contains("\"value\":" + i + ","));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"application/cbor, CBOR", "application/x-msgpack, MSGPACK"})
  void clientOfABinaryFormatIsSentAndSendsIt(String type, Format format) throws IOException {
    try (RawWebSocket client = RawWebSocket.connect(node.port())) {
      client.request("/Sensors/?ready=true", RawWebSocket.KEY + "Accept: " + type + "\r\n");
      assertTrue(client.head().startsWith("HTTP/1.1 101 "));
      assertEquals("ready", value(client.read(), format).get("type").textValue());
      byte[] frame = "{\"id\":\"s1\",\"value\":{\"temp\":1.5}}".getBytes(UTF_8);
      client.send(
          RawWebSocket.frame(RawWebSocket.FIN | RawWebSocket.BINARY, format.fromJson(frame)));
      JsonNode event = value(client.read(), format);
      assertEquals(1.5, event.get("value").get("temp").doubleValue());
      assertTrue(event.get("version").isDouble());
      client.send(
          RawWebSocket.frame(RawWebSocket.FIN | RawWebSocket.BINARY, new byte[] {(byte) 0xc1}));
      assertEquals(400, value(client.read(), format).get("status").intValue());
    }
  }

  private static JsonNode value(Frame frame, Format format) throws IOException {
    assertEquals(RawWebSocket.FIN | RawWebSocket.BINARY, frame.first());
    return new ObjectMapper().readTree(format.toJson(frame.body()));
  }

  @Test
  void whatIsNotUnderstoodIsRefusedBeforeTheUpgrade() {
    assertRefused(404, "/Silent/x", "");
    assertRefused(400, "/Sensors/?previousCount=none", "");
    assertRefused(400, "/Numbers/x", "");
    assertRefused(400, "/%zz", "");
    assertRefused(406, "/Sensors/", "Accept: text/csv\r\n");
    assertRefused(403, "/Sensors/", "Origin: https://elsewhere.example\r\n");
  }

  private void assertRefused(int status, String path, String headers) {
    try (RawWebSocket client = RawWebSocket.connect(node.port())) {
      client.request(path, RawWebSocket.KEY + headers);
      String head = client.head();
      assertTrue(head.startsWith("HTTP/1.1 " + status + " "), head);
    }
  }

  @Test
  void handshakeOfOtherKindsIsRefused() {
    String upgrade = "Upgrade: websocket";
    String connection = "Connection: Upgrade";
    String version = "Sec-WebSocket-Version: 13";
    assertHandshake(426, upgrade, connection, "Sec-WebSocket-Version: 8");
    assertHandshake(426, upgrade, connection);
    assertHandshake(426, connection, version);
    assertHandshake(426, "Upgrade: other", connection, version);
    assertHandshake(400, upgrade, version);
    assertHandshake(101, "Upgrade: h2c, WebSocket", "Connection: keep-alive, upgrade", version);
  }

  private void assertHandshake(int status, String... fields) {
    try (RawWebSocket client = RawWebSocket.connect(node.port())) {
      String request =
          "GET /x HTTP/1.1\r\nHost: h\r\n"
              + RawWebSocket.KEY
              + String.join("\r\n", fields)
              + "\r\n\r\n";
      client.send(request.getBytes(StandardCharsets.ISO_8859_1));
      String head = client.head();
      assertTrue(head.startsWith("HTTP/1.1 " + status + " "), head);
      assertEquals(status == 426, head.contains("Sec-WebSocket-Version: 13"), head);
    }
  }

  @Test
  void doorsThatAreTurnedOffAreClosed() {
    try (HttpNode quiet = HttpNode.start(SDL, without(HttpNode.SETTINGS));
        RawWebSocket client = RawWebSocket.connect(quiet.port())) {
      client.request("/Sensors/", RawWebSocket.KEY);
      assertTrue(client.head().startsWith("HTTP/1.1 404 "));
      assertEquals(404, quiet.send("GET", "/Sensors/").statusCode());
      assertEquals(404, quiet.send("GET", "/Sensors/", "Accept", "text/event-stream").statusCode());
    }
  }

  private static HttpSettings without(HttpSettings all) {
    return new HttpSettings(
        all.host(),
        all.port(),
        all.requestTimeoutSeconds(),
        all.bodyTimeoutSeconds(),
        all.corsOrigins(),
        all.consolePort(),
        all.maxBodyBytes(),
        all.maxRowBytes(),
        all.maxRows(),
        all.maxFrameBytes(),
        all.maxFramesPerSecond(),
        all.pingSeconds(),
        all.commentSeconds(),
        all.socketBytes(),
        all.connectionWrites(),
        false,
        false,
        false,
        false);
  }

  @Test
  void nodeThatStopsSaysThatItGoesAway() {
    try (RawWebSocket client = open("/Sensors/?ready=true")) {
      client.readText();
      node.close();
      assertEquals(1001, client.readClose());
    }
  }

  @Test
  void messageThatFillsAFrameComesBackWhole() {
    String text = "x".repeat(1 << 20);
    try (RawWebSocket client = open("/Sensors/s1")) {
      client.text(text);
      String event = client.readText();
      assertTrue(event.contains("\"data\":\"" + text + "\""));
      assertFalse(event.contains("base64"));
    }
  }

  private RawWebSocket open(String path) {
    return RawWebSocket.open(node.port(), path);
  }

  private void put(String path, String row) {
    node.write(path, id -> Write.put(id, Payload.json(row.getBytes(StandardCharsets.UTF_8))));
  }

  private static void assertError(int status, String detail, String frame) {
    assertTrue(
        frame.startsWith("{\"type\":\"error\",\"status\":%d,\"title\":\"".formatted(status)),
        frame);
    assertTrue(frame.contains(detail), frame);
  }
}
