package dev.lyrebird.convergence;

import dev.lyrebird.client.HiveMqttClient;
import dev.lyrebird.client.Inbox;
import dev.lyrebird.client.SseClient;
import dev.lyrebird.client.WebSocketClient;
import dev.lyrebird.harness.Addresses;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A subscriber to a whole table that writes down when it is told of the end of a row. Its client's
 * thread tells; any thread may read.
 */
final class EndsWatch implements AutoCloseable {

  private static final String PATH = "/" + Scene.TABLE + "/?ready=true";
  private static final Pattern DELETE =
      Pattern.compile("\\{\"id\":\"([^\"]+)\",.*\"type\":\"delete\".*");

  private final String name;
  private final Runnable leave;
  private final Map<String, List<Long>> told = new HashMap<>();

  private <T> EndsWatch(
      String name, Runnable leave, Inbox<T> inbox, Function<T, String> endedOrEmpty) {
    this.name = name;
    this.leave = leave;
    var _ = inbox.follow(event -> note(endedOrEmpty.apply(event)));
  }

  /** One of each kind at a node, subscribed. */
  static List<EndsWatch> everyKindAt(Addresses node) {
    SseClient events = SseClient.open(node.http(PATH));
    WebSocketClient socket = WebSocketClient.open(node.webSocket(PATH));
    HiveMqttClient mqtt = HiveMqttClient.overTcp(node);
    mqtt.subscribe(Scene.TABLE + "/#");
    var _ = events.inbox().awaitAny(event -> event.data().contains(Subscription.READY));
    var _ = socket.inbox().awaitAny(frame -> frame.contains(Subscription.READY));
    return List.of(
        new EndsWatch(
            "SSE at " + node.node(),
            events::close,
            events.inbox(),
            event -> deletedIn(event.data())),
        new EndsWatch(
            "WebSocket at " + node.node(), socket::close, socket.inbox(), EndsWatch::deletedIn),
        new EndsWatch(
            "MQTT at " + node.node(),
            mqtt::close,
            mqtt.inbox(),
            delivery ->
                delivery.bytes().length == 0
                    ? delivery.topic().substring(Scene.TABLE.length() + 1)
                    : ""));
  }

  private static String deletedIn(String event) {
    Matcher delete = DELETE.matcher(event);
    return delete.matches() ? delete.group(1) : "";
  }

  private synchronized void note(String id) {
    if (!id.isEmpty()) {
      told.computeIfAbsent(id, any -> new ArrayList<>()).add(System.currentTimeMillis());
    }
  }

  String name() {
    return name;
  }

  /** When it was told that a row is gone, ms since the epoch, each time. */
  synchronized List<Long> told(String id) {
    return List.copyOf(told.getOrDefault(id, List.of()));
  }

  @Override
  public void close() {
    leave.run();
  }
}
