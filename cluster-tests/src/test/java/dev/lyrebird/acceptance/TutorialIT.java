package dev.lyrebird.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lyrebird.client.HiveMqttClient;
import dev.lyrebird.client.Rest;
import dev.lyrebird.client.SseClient;
import dev.lyrebird.client.Tool;
import dev.lyrebird.client.WebSocketClient;
import dev.lyrebird.harness.Addresses;
import dev.lyrebird.harness.NodeProcess;
import dev.lyrebird.harness.NodeSetup;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The first minutes of a user: one retained message from the command line is seen by every
 * protocol, at once and later, and outlives {@code kill -9}.
 */
final class TutorialIT {

  private static final String PAYLOAD = "{\"location\":\"lab\",\"temperature\":97.2}";

  /**
   * A schema, and what the sensor is called by it.
   *
   * @param topic also the path
   */
  record Tutorial(String name, NodeSetup setup, String topic, String id) {

    String row() {
      return "{\"location\":\"lab\",\"temperature\":97.2,\"id\":\"" + id + "\"}";
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Tutorial> tutorials() {
    String exportsAlone =
        "type topics @export { id: ID! }"
            + "  type sensors @export { id: ID! location: String temperature: Float }";
    String asWritten =
        "type topics @export { id: ID! }"
            + "  type sensors { id: ID! location: String temperature: Float }";
    String withRootTable =
        "type Topics @table @export(name: \"\") { id: ID @primaryKey data: Any }"
            + "  type Sensors @table @export { id: ID @primaryKey location: String temp: Float }";
    return Stream.of(
        new Tutorial(
            "the shipped schema",
            Nodes.named("tutorial-shipped"),
            "sensors/sensor-101",
            "sensor-101"),
        new Tutorial(
            "types without @table",
            Nodes.named("tutorial-plain").schema(asWritten),
            "sensors/sensor-101",
            "sensor-101"),
        new Tutorial(
            "types with @export alone",
            Nodes.named("tutorial-export").schema(exportsAlone),
            "sensors/sensor-101",
            "sensor-101"),
        new Tutorial(
            "a root table takes what differs by case",
            Nodes.named("tutorial-root").schema(withRootTable),
            "sensors/sensor-101",
            "sensors/sensor-101"),
        new Tutorial(
            "an export with a capital",
            Nodes.named("tutorial-capital").schema(withRootTable),
            "Sensors/sensor-101",
            "sensor-101"));
  }

  @ParameterizedTest
  @MethodSource("tutorials")
  void everyProtocolSeesTheSensorNowLaterAndAfterACrash(Tutorial tutorial) {
    Tool mosquittoPub = Tool.require("mosquitto_pub");
    Tool mosquittoSub = Tool.require("mosquitto_sub");
    try (NodeProcess node = NodeProcess.start(tutorial.setup())) {
      Addresses at = node.addresses();
      try (Watchers live = new Watchers(at, tutorial)) {
        var _ =
            mosquittoPub.run(
                "-p",
                Integer.toString(at.mqtt()),
                "-q",
                "1",
                "-r",
                "-t",
                tutorial.topic(),
                "-m",
                PAYLOAD);
        live.assertSeen(tutorial, "live");
      }
      assertKept(at, tutorial, mosquittoSub);

      node.kill();
      node.restart();
      assertKept(node.addresses(), tutorial, mosquittoSub);
    }
  }

  /** What subscribers that come later see. */
  private static void assertKept(Addresses at, Tutorial tutorial, Tool mosquittoSub) {
    try (Watchers later = new Watchers(at, tutorial);
        Rest rest = new Rest(at)) {
      later.assertSeen(tutorial, "retained");
      HttpResponse<byte[]> row = rest.get("/" + tutorial.topic());
      assertEquals(200, row.statusCode());
      assertEquals(tutorial.row(), Rest.text(row));
    }
    assertEquals(
        "1 " + tutorial.topic() + " " + PAYLOAD + "\n",
        mosquittoSub.run(
            "-p",
            Integer.toString(at.mqtt()),
            "-t",
            wildcard(tutorial),
            "-C",
            "1",
            "-F",
            "%r %t %p"));
  }

  /** {@code sensors/#}. */
  private static String wildcard(Tutorial tutorial) {
    return tutorial.topic().substring(0, tutorial.topic().indexOf('/')) + "/#";
  }

  /** A WebSocket, an event stream, and an MQTT client with a wildcard. */
  private static final class Watchers implements AutoCloseable {

    private final WebSocketClient webSocket;
    private final SseClient events;
    private final HiveMqttClient mqtt;

    Watchers(Addresses at, Tutorial tutorial) {
      String path = "/" + tutorial.topic();
      webSocket = WebSocketClient.open(at.webSocket(path));
      events = SseClient.open(at.http(path));
      mqtt = HiveMqttClient.overTcp(at);
      mqtt.subscribe(wildcard(tutorial));
    }

    void assertSeen(Tutorial tutorial, String how) {
      String put = Events.put(tutorial.id(), tutorial.row());
      assertEquals(
          List.of(put), webSocket.inbox().await(1).stream().map(Events::unstamped).toList());
      assertEquals(
          List.of(put),
          events.inbox().await(1).stream().map(event -> Events.unstamped(event.data())).toList());
      assertEquals(
          List.of(how + " " + PAYLOAD),
          mqtt.inbox().await(1).stream()
              .map(delivery -> (delivery.retained() ? "retained " : "live ") + delivery.text())
              .toList());
    }

    @Override
    public void close() {
      webSocket.close();
      events.close();
      mqtt.close();
    }
  }
}
