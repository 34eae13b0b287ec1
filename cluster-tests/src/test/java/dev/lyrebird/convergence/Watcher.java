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
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A subscriber to the whole table, which writes down what it is told. A virtual thread of its own
 * takes what its client has received; any thread may connect it to another node.
 */
sealed interface Watcher extends AutoCloseable {

  String READY = "\"type\":\"ready\"";

  /** Where it writes down what it is told. */
  Recorder.Log log();

  /** Leaves the node it was connected to and goes on at {@code node}. */
  void moveTo(Addresses node);

  /** Its connection is gone, or goes now; everything that came is written down. */
  @Override
  void close();

  /** One of each kind at a node, subscribed. */
  static List<Watcher> everyKindAt(Addresses node, Recorder recorder) {
    return List.of(
        new OfMqtt(recorder, "MQTT at " + node.node(), node),
        new OfEvents(recorder.observer("SSE at " + node.node(), node.node()), node),
        new OfFrames(recorder.observer("WebSocket at " + node.node(), node.node()), node));
  }

  /** By MQTT 5. Its subscription ends with its connection: what it makes next is a new one. */
  final class OfMqtt implements Watcher {
    private final Recorder recorder;
    private Recorder.Log log;
    private HiveMqttClient client;
    private CompletableFuture<Void> told;

    OfMqtt(Recorder recorder, String name, Addresses node) {
      this.recorder = recorder;
      this.log = recorder.observer(name, node.node());
      this.client = connected(node);
      this.told = client.inbox().follow(this::note);
    }

    @Override
    public Recorder.Log log() {
      return log;
    }

    @Override
    public void moveTo(Addresses node) {
      close();
      log.interrupt();
      log = recorder.observer(log.name() + ", then at " + node.node(), node.node());
      log.interrupt();
      client = connected(node);
      told = client.inbox().follow(this::note);
    }

    @Override
    public void close() {
      client.close();
      leave(client.inbox(), told);
    }

    private static HiveMqttClient connected(Addresses node) {
      HiveMqttClient client = HiveMqttClient.overTcp(node);
      client.subscribe(Scene.TABLE + "/#");
      return client;
    }

    /** A payload tells no kind: that of its writer's word. What is replayed is no event. */
    private void note(Delivery delivery) {
      if (!delivery.retained()) {
        String topic = delivery.topic().substring(Scene.TABLE.length() + 1);
        Optional<Write> write = Write.in(delivery.text());
        Kind kind = write.flatMap(recorder::sent).map(Sent::kind).orElse(Kind.DELETE);
        log.add(new Sighting(kind, topic, write, 0));
      }
    }
  }

  /** By Server-Sent Events; goes on by its last event id. */
  final class OfEvents implements Watcher {
    private final Recorder.Log log;
    private SseClient client;
    private CompletableFuture<Void> told;

    OfEvents(Recorder.Log log, Addresses node) {
      this.log = log;
      this.client = SseClient.open(address(node));
      var _ = client.inbox().awaitAny(event -> event.data().contains(READY));
      this.told = client.inbox().follow(this::note);
    }

    @Override
    public Recorder.Log log() {
      return log;
    }

    @Override
    public void moveTo(Addresses node) {
      close();
      log.moveTo(node.node());
      client = SseClient.resume(address(node), client.lastEventId());
      told = client.inbox().follow(this::note);
    }

    @Override
    public void close() {
      client.close();
      leave(client.inbox(), told);
    }

    private static URI address(Addresses node) {
      return node.http("/" + Scene.TABLE + "/?ready=true");
    }

    private void note(ServerSentEvent event) {
      if (event.event().equals("reset")) {
        log.reset(event.data());
      } else {
        EventJson.sighting(event.data()).ifPresent(log::add);
      }
    }
  }

  /** By WebSocket; goes on by the cursor of its last frame. */
  final class OfFrames implements Watcher {
    private static final Pattern CURSOR = Pattern.compile(",\"cursor\":\"([^\"]*)\"}$");

    private final Recorder.Log log;
    private volatile String cursor = "";
    private WebSocketClient client;
    private CompletableFuture<Void> told;

    OfFrames(Recorder.Log log, Addresses node) {
      this.log = log;
      this.client = WebSocketClient.open(address(node, ""));
      var _ = client.inbox().awaitAny(frame -> frame.contains(READY));
      this.told = client.inbox().follow(this::note);
    }

    @Override
    public Recorder.Log log() {
      return log;
    }

    @Override
    public void moveTo(Addresses node) {
      close();
      log.moveTo(node.node());
      String since =
          cursor.isEmpty() ? "" : "&since=" + URLEncoder.encode(cursor, StandardCharsets.UTF_8);
      client = WebSocketClient.open(address(node, since));
      told = client.inbox().follow(this::note);
    }

    @Override
    public void close() {
      client.close();
      leave(client.inbox(), told);
    }

    private static URI address(Addresses node, String more) {
      return node.webSocket("/" + Scene.TABLE + "/?ready=true&cursor=true" + more);
    }

    private void note(String frame) {
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

  /** Waits until all that came is written down. */
  private static void leave(Inbox<?> inbox, CompletableFuture<Void> told) {
    inbox.end("the watcher left");
    told.join();
  }
}
