package dev.lyrebird.acceptance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.lyrebird.client.Delivery;
import dev.lyrebird.client.HiveMqttClient;
import dev.lyrebird.client.MqttClient;
import dev.lyrebird.client.PahoMqttClient;
import dev.lyrebird.client.Rest;
import dev.lyrebird.client.SseClient;
import dev.lyrebird.client.WebSocketClient;
import dev.lyrebird.harness.NodeProcess;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/**
 * Payloads of every kind, published as rows and as messages: byte for byte the same to MQTT,
 * restorable from what events and REST show, and no harm to any connection.
 */
@TestInstance(Lifecycle.PER_CLASS)
final class PayloadIT {

  private static final byte[] LAST = "last".getBytes(StandardCharsets.UTF_8);

  private final NodeProcess node =
      NodeProcess.start(
          Nodes.named("payloads").schema("type Rows @table @export { id: ID @primaryKey }"));
  private final HiveMqttClient publisher = HiveMqttClient.overTcp(node.addresses());
  private final Rest rest = new Rest(node.addresses());

  @AfterAll
  void stop() {
    publisher.close();
    rest.close();
    node.close();
  }

  @TestFactory
  Stream<DynamicContainer> everyPayloadArrivesAsItWasPublished() {
    return payloads()
        .map(payload ->
            dynamicContainer(
                payload.getKey(),
                Stream.of(
                    dynamicTest("as a row", () -> assertArrives(payload.getValue(), true)),
                    dynamicTest("as a message", () -> assertArrives(payload.getValue(), false)))));
  }

  private static Stream<Map.Entry<String, byte[]>> payloads() {
    return Stream.of(
        payload("an object", "{\"a\":[1,{\"b\":null}],\"c\":true}"),
        payload("an object with spaces", " { \"a\" : 1 ,\r\n\t\"b\" : \"x y\" }\n"),
        payload("an empty object", "{}"),
        payload("an object with another id", "{\"id\":\"someone else\",\"a\":1}"),
        payload("an object with an id of another type", "{\"id\":{\"a\":1}}"),
        payload("an object with one name twice", "{\"a\":1,\"a\":2}"),
        payload("numbers beyond double", "{\"n\":12345678901234567890123,\"x\":0.1000}"),
        payload("a number with a huge exponent", "{\"n\":1e999999999}"),
        payload("escapes", "{\"a\":\"\\u0000\\n\\u2028\\\"\\/\\ud83d\\ude00\",\"\":1}"),
        payload("half a surrogate pair", "{\"a\":\"\\ud800\"}"),
        payload("names that mean something elsewhere", "{\"__proto__\":1,\"__op__\":\"add\"}"),
        payload("an array", "[1,2,{\"a\":3}]"),
        payload("a number", "97.20"),
        payload("a string", "\"text\""),
        payload("a literal", "null"),
        payload("broken JSON", "{\"a\":1"),
        payload("an object and more", "{\"a\":1}{\"b\":2}"),
        payload("text", "two\nlines, \u00fc and \ud83d\ude00\r\nand a third\r"),
        payload("text with a byte order mark", "\ufeff{\"a\":1}"),
        payload("spaces", "   "),
        payload("one zero byte", new byte[1]),
        payload("binary", random(300)),
        payload("not UTF-8", new byte[] {'{', '"', 'a', '"', ':', '"', (byte) 0xff, '"', '}'}),
        payload("an overlong encoding", new byte[] {(byte) 0xc0, (byte) 0xaf}),
        payload("1 MiB of text", "x".repeat(1 << 20)),
        payload("1 MiB of binary", random(1 << 20)),
        payload("an object of 1 MiB", "{\"a\":\"" + "y".repeat((1 << 20) - 8) + "\"}"),
        payload("arrays 100,000 deep", "[".repeat(100_000) + "]".repeat(100_000)),
        payload("objects 900 deep", "{\"a\":".repeat(900) + "1" + "}".repeat(900)),
        payload("objects 50,000 deep", "{\"a\":".repeat(50_000) + "1" + "}".repeat(50_000)));
  }

  @Test
  void anEmptyMessageArrives() throws Exception {
    assertArrives(new byte[0], false);
  }

  private void assertArrives(byte[] payload, boolean retained) throws Exception {
    String id = "p-" + System.nanoTime();
    String topic = "Rows/" + id;
    try (MqttClient mqtt5 = HiveMqttClient.overTcp(node.addresses());
        MqttClient mqtt311 = PahoMqttClient.overTcp(node.addresses());
        SseClient events = SseClient.open(node.addresses().http("/" + topic + "?ready=true"));
        WebSocketClient socket =
            WebSocketClient.open(node.addresses().webSocket("/" + topic + "?ready=true"))) {
      mqtt5.subscribe(topic);
      mqtt311.subscribe(topic);
      var _ = events.inbox().awaitAny(event -> event.data().equals(Events.READY));
      var _ = socket.inbox().awaitAny(Events.READY::equals);

      publisher.publish(topic, payload, retained);
      publisher.publish(topic, LAST, false);

      assertDelivered(payload, mqtt5);
      assertDelivered(payload, mqtt311);
      ShownValue shown = retained ? ShownValue.ofRow(payload, id) : ShownValue.ofMessage(payload);
      List<String> frames = socket.inbox().await(3);
      List<String> data = events.inbox().await(3).stream().map(event -> event.data()).toList();
      shown.assertShownBy(frames.get(1));
      shown.assertShownBy(data.get(1));
      ShownValue.ofMessage(LAST).assertShownBy(frames.get(2));
      ShownValue.ofMessage(LAST).assertShownBy(data.get(2));
      if (retained) {
        assertKept(payload, topic, id);
      } else {
        assertEquals(404, rest.get("/" + topic).statusCode());
      }
    }
  }

  private static void assertDelivered(byte[] payload, MqttClient client) {
    List<Delivery> deliveries = client.inbox().await(2);
    assertArrayEquals(payload, deliveries.getFirst().bytes());
    assertArrayEquals(LAST, deliveries.getLast().bytes());
  }

  private void assertKept(byte[] payload, String topic, String id) throws Exception {
    try (MqttClient later = HiveMqttClient.overTcp(node.addresses())) {
      later.subscribe(topic);
      Delivery kept = later.inbox().await(1).getFirst();
      assertArrayEquals(payload, kept.bytes());
      assertTrue(kept.retained());
    }
    HttpResponse<byte[]> row = rest.get("/" + topic);
    assertEquals(200, row.statusCode());
    ShownValue.ofRow(payload, id).assertBody(row.body());
    Predicate<String> isPut = frame -> frame.endsWith("\"type\":\"put\"}");
    try (WebSocketClient later = WebSocketClient.open(node.addresses().webSocket("/" + topic))) {
      ShownValue.ofRow(payload, id).assertShownBy(later.inbox().awaitAny(isPut));
    }
  }

  private static Map.Entry<String, byte[]> payload(String name, String text) {
    return payload(name, text.getBytes(StandardCharsets.UTF_8));
  }

  private static Map.Entry<String, byte[]> payload(String name, byte[] bytes) {
    return Map.entry(name, bytes);
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    bytes[0] = (byte) 0xff;
    return bytes;
  }
}
