package dev.lyrebird.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lyrebird.client.Delivery;
import dev.lyrebird.client.HiveMqttClient;
import dev.lyrebird.client.MqttClient;
import dev.lyrebird.client.PahoMqttClient;
import dev.lyrebird.client.Rest;
import dev.lyrebird.client.WebSocketClient;
import dev.lyrebird.harness.Addresses;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

/** One client of each kind that can write, and what each does to the row of a path. */
final class Writers implements AutoCloseable {

  private final Addresses node;
  private final Rest rest;
  private final MqttClient mqtt5;
  private final MqttClient mqtt311;
  private final MqttClient mqtt5OverWebSocket;

  Writers(Addresses node) {
    this.node = node;
    rest = new Rest(node);
    mqtt5 = HiveMqttClient.overTcp(node);
    mqtt311 = PahoMqttClient.overTcp(node);
    mqtt5OverWebSocket = HiveMqttClient.overWebSocket(node);
  }

  /**
   * One way to write to a row; returns when the node has acknowledged it. In what it writes {@code
   * $id} stands for the row's id.
   */
  @FunctionalInterface
  interface Act {
    void on(Writers writers, Place place);

    default Act then(Act next) {
      return (writers, place) -> {
        on(writers, place);
        next.on(writers, place);
      };
    }
  }

  /** A row's table and id. */
  record Place(String table, String id) {
    String path() {
      return table + "/" + id;
    }

    String fill(String text) {
      return text.replace("$id", id);
    }
  }

  static Act nothing() {
    return (_, _) -> {};
  }

  static Act rest(String method, String json, int status) {
    return (writers, place) ->
        assertStatus(
            status,
            writers.rest.send(
                method,
                "/" + place.path(),
                json.isEmpty() ? "" : "application/json",
                place.fill(json)));
  }

  static Act postToTable(String json) {
    return (writers, place) -> {
      HttpResponse<byte[]> answer = writers.rest.post("/" + place.table() + "/", place.fill(json));
      assertStatus(201, answer);
      assertEquals("/" + place.path(), answer.headers().firstValue("Location").orElse("none"));
    };
  }

  static Act mqtt5(String payload, boolean retained) {
    return (writers, place) -> publish(writers.mqtt5, place, payload, retained);
  }

  static Act mqtt311(String payload, boolean retained) {
    return (writers, place) -> publish(writers.mqtt311, place, payload, retained);
  }

  static Act mqtt5OverWebSocket(String payload, boolean retained) {
    return (writers, place) -> publish(writers.mqtt5OverWebSocket, place, payload, retained);
  }

  /** A frame on the row's own socket, which comes back to it as to every subscriber. */
  static Act frameOnRow(String frame) {
    return (writers, place) ->
        writers.sendFrame("/" + place.path() + "?omitCurrent=true", place.fill(frame), place.id());
  }

  /** A frame on the socket of the whole table. */
  static Act frameOnTable(String frame) {
    return (writers, place) ->
        writers.sendFrame(
            "/" + place.table() + "/?omitCurrent=true", place.fill(frame), place.id());
  }

  /** Waits until the row's subscribers are told that it is gone. */
  static Act expiry() {
    return (writers, place) -> {
      try (MqttClient watcher = HiveMqttClient.overTcp(writers.node)) {
        watcher.subscribe(place.path());
        Delivery gone = watcher.inbox().awaitAny(delivery -> delivery.bytes().length == 0);
        assertEquals(place.path(), gone.topic());
      }
    };
  }

  /** A message that stands between two moments in every subscriber's order. */
  void mark(Place place, String mark) {
    publish(mqtt5, place, "{\"mark\":\"" + mark + "\"}", false);
  }

  HttpResponse<byte[]> get(Place place) {
    return rest.get("/" + place.path());
  }

  @Override
  public void close() {
    rest.close();
    mqtt5.close();
    mqtt311.close();
    mqtt5OverWebSocket.close();
  }

  private static void publish(MqttClient client, Place place, String payload, boolean retained) {
    client.publish(place.path(), place.fill(payload).getBytes(StandardCharsets.UTF_8), retained);
  }

  private void sendFrame(String path, String frame, String id) {
    try (WebSocketClient socket = WebSocketClient.open(node.webSocket(path + "&ready=true"))) {
      var _ = socket.inbox().awaitAny(Events.READY::equals);
      socket.send(frame);
      String answer = socket.inbox().awaitAny(any -> !any.equals(Events.READY));
      if (!answer.startsWith("{\"id\":\"" + id + "\"")) {
        throw new AssertionError("the frame " + frame + " was answered by " + answer);
      }
    }
  }

  private static void assertStatus(int status, HttpResponse<byte[]> answer) {
    assertEquals(
        status,
        answer.statusCode(),
        () -> answer.request().method() + " " + answer.uri() + ": " + Rest.text(answer));
  }
}
