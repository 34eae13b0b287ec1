package dev.lyrebird.convergence;

import dev.lyrebird.client.Delivery;
import dev.lyrebird.client.HiveMqttClient;
import dev.lyrebird.client.Inbox;
import dev.lyrebird.client.ServerSentEvent;
import dev.lyrebird.client.SseClient;
import dev.lyrebird.client.WebSocketClient;
import dev.lyrebird.harness.Addresses;
import dev.lyrebird.history.EventJson;
import dev.lyrebird.history.Kind;
import dev.lyrebird.history.Recorder;
import dev.lyrebird.history.Sent;
import dev.lyrebird.history.Sighting;
import dev.lyrebird.history.Write;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How a {@link Watcher} subscribes to the whole table, and where in it the watcher is. */
sealed interface Subscription {

  String READY = "\"type\":\"ready\"";

  /** Subscribes, where it can behind what it was told last, and writes to {@code log} from then. */
  Connection connect(Addresses node, Recorder.Log log);

  /** Whether the next connection misses nothing; otherwise it is a new subscription. */
  boolean goesOnWhereItWas();

  /** A client that is subscribed, and the end of what it is told. */
  record Connection(Runnable close, Inbox<?> inbox, CompletableFuture<Void> told) {

    static <T> Connection of(Runnable close, Inbox<T> inbox, Consumer<T> note) {
      return new Connection(close, inbox, inbox.follow(note));
    }

    /** Closes the client and waits until all that came is written down. */
    void leave() {
      close.run();
      inbox.end("the watcher left");
      told.join();
    }
  }

  /** By MQTT 5; ends with its connection. */
  record ByMqtt(Recorder recorder) implements Subscription {
    @Override
    public Connection connect(Addresses node, Recorder.Log log) {
      HiveMqttClient client = HiveMqttClient.overTcp(node);
      client.subscribe(Scene.TABLE + "/#");
      return Connection.of(client::close, client.inbox(), delivery -> note(delivery, log));
    }

    @Override
    public boolean goesOnWhereItWas() {
      return false;
    }

    /** A payload tells no kind: that of its writer's word. What is replayed is no event. */
    private void note(Delivery delivery, Recorder.Log log) {
      if (!delivery.retained()) {
        String topic = delivery.topic().substring(Scene.TABLE.length() + 1);
        Optional<Write> write = Write.in(delivery.text());
        Kind kind = write.flatMap(recorder::sent).map(Sent::kind).orElse(Kind.DELETE);
        log.add(new Sighting(kind, topic, write, 0));
      }
    }
  }

  /** By Server-Sent Events; goes on by the last event id. */
  final class ByEvents implements Subscription {
    private volatile String lastEventId = "";

    @Override
    public Connection connect(Addresses node, Recorder.Log log) {
      SseClient client =
          SseClient.resume(node.http("/" + Scene.TABLE + "/?ready=true"), lastEventId);
      if (lastEventId.isEmpty()) {
        var _ = client.inbox().awaitAny(event -> event.data().contains(READY));
      }
      return Connection.of(client::close, client.inbox(), event -> note(event, log));
    }

    @Override
    public boolean goesOnWhereItWas() {
      return true;
    }

    private void note(ServerSentEvent event, Recorder.Log log) {
      lastEventId = event.id();
      if (event.event().equals("reset")) {
        log.reset(event.data());
      } else {
        EventJson.sighting(event.data()).ifPresent(log::add);
      }
    }
  }

  /** By WebSocket; goes on by the cursor of the last frame. */
  final class ByFrames implements Subscription {
    private static final Pattern CURSOR = Pattern.compile(",\"cursor\":\"([^\"]*)\"}$");

    private volatile String cursor = "";

    @Override
    public Connection connect(Addresses node, Recorder.Log log) {
      String since =
          cursor.isEmpty() ? "" : "&since=" + URLEncoder.encode(cursor, StandardCharsets.UTF_8);
      WebSocketClient client =
          WebSocketClient.open(
              node.webSocket("/" + Scene.TABLE + "/?ready=true&cursor=true" + since));
      if (cursor.isEmpty()) {
        var _ = client.inbox().awaitAny(frame -> frame.contains(READY));
      }
      return Connection.of(client::close, client.inbox(), frame -> note(frame, log));
    }

    @Override
    public boolean goesOnWhereItWas() {
      return true;
    }

    private void note(String frame, Recorder.Log log) {
      Matcher match = CURSOR.matcher(frame);
      if (match.find()) {
        cursor = match.group(1);
      }
      if (frame.startsWith("{\"type\":\"reset\"")) {
        log.reset(frame);
      } else {
        EventJson.sighting(frame).ifPresent(log::add);
      }
    }
  }
}
