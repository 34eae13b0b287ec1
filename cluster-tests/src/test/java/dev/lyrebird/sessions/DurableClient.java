package dev.lyrebird.sessions;

import com.hivemq.client.mqtt.MqttClientTransportConfig;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.lifecycle.MqttClientConnectedContext;
import com.hivemq.client.mqtt.lifecycle.MqttClientDisconnectedContext;
import com.hivemq.client.mqtt.lifecycle.MqttDisconnectSource;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5DisconnectException;
import com.hivemq.client.mqtt.mqtt5.lifecycle.Mqtt5ClientConnectedContext;
import com.hivemq.client.mqtt.mqtt5.lifecycle.Mqtt5ClientDisconnectedContext;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import dev.lyrebird.harness.Addresses;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One MQTT 5 session of HiveMQ's library that outlives its connections: whenever it loses one, or
 * is told to leave, it connects again, where and when its itinerary says.
 *
 * <p>The library watches what the server does and breaks off where that is not MQTT, such as a QoS
 * 2 message that comes again and does not say so; that and a session that is not there any more are
 * faults. Listeners run on the client's event loop; any thread may ask.
 */
final class DurableClient implements AutoCloseable {

  private static final int EXPIRY_SECONDS = 86_400;
  private static final int KEEP_ALIVE_SECONDS = 10;

  /** Few, so that a message waits for the acknowledgement of another. */
  private static final int RECEIVE_MAXIMUM = 20;

  private final String id;
  private final Supplier<Step> itinerary;
  private final Mqtt5AsyncClient client;
  private final List<String> story = new ArrayList<>();
  private final List<String> faults = new ArrayList<>();
  private Addresses node;
  private int connections;
  private volatile boolean over;

  /** Where to connect next, and how long to stay away before. */
  record Step(Addresses node, Duration pause) {}

  /** Creates a client that is not connected. */
  DurableClient(String id, Supplier<Step> itinerary) {
    this.id = id;
    this.itinerary = itinerary;
    this.node = itinerary.get().node();
    this.client =
        Mqtt5Client.builder()
            .identifier(id)
            .transportConfig(transport(node))
            .addConnectedListener(this::connected)
            .addDisconnectedListener(this::disconnected)
            .buildAsync();
  }

  /** Connects; the future ends with the first connection, however many attempts it takes. */
  CompletableFuture<?> connect(Consumer<Mqtt5Publish> receiver) {
    client.publishes(MqttGlobalPublishFilter.ALL, receiver);
    return client
        .connectWith()
        .cleanStart(false)
        .sessionExpiryInterval(EXPIRY_SECONDS)
        .keepAlive(KEEP_ALIVE_SECONDS)
        .restrictions()
        .receiveMaximum(RECEIVE_MAXIMUM)
        .applyRestrictions()
        .send();
  }

  String id() {
    return id;
  }

  Mqtt5AsyncClient mqtt() {
    return client;
  }

  /** Breaks its connection off, if it has one; its itinerary brings it back. */
  void leave() {
    var _ = client.disconnect().exceptionally(notConnected -> null);
  }

  /** The server did what it must not do. */
  synchronized void blame(String fault) {
    faults.add(id + " at " + node.node() + ": " + fault);
    tell(fault);
  }

  /** What the server did wrong: a line for each fault. */
  synchronized List<String> faults() {
    return List.copyOf(faults);
  }

  synchronized int connections() {
    return connections;
  }

  /** Every connection it had and how each ended: what a failure should show. */
  synchronized String story() {
    return id + ":\n  " + String.join("\n  ", story);
  }

  /** The name of the node that it connects to, or has connected to. */
  synchronized String node() {
    return node.node();
  }

  /** One more line of its story. */
  synchronized void tell(String line) {
    story.add(System.currentTimeMillis() + " " + line);
  }

  @Override
  public void close() {
    over = true;
    client.disconnect().handle((done, failure) -> true).join();
  }

  private synchronized void connected(MqttClientConnectedContext context) {
    boolean isPresent = ((Mqtt5ClientConnectedContext) context).getConnAck().isSessionPresent();
    connections++;
    tell("connected to " + node.node() + (isPresent ? ", goes on" : ", new session"));
    if (isPresent != connections > 1) {
      blame(isPresent ? "there was a session" : "the session is gone");
    }
  }

  private synchronized void disconnected(MqttClientDisconnectedContext context) {
    tell("lost " + node.node() + ", " + context.getSource() + ": " + context.getCause());
    if (isFault(context)) {
      blame("the connection ended by " + context.getCause());
    }
    if (!over) {
      Step next = itinerary.get();
      node = next.node();
      ((Mqtt5ClientDisconnectedContext) context)
          .getReconnector()
          .reconnect(true)
          .resubscribeIfSessionExpired(false)
          .delay(next.pause().toMillis(), TimeUnit.MILLISECONDS)
          .transportConfig(transport(node));
    }
  }

  /** A node that dies says nothing: who is refused or told of an error was served badly. */
  private static boolean isFault(MqttClientDisconnectedContext context) {
    return context.getCause() instanceof Mqtt5ConnAckException
        || (context.getCause() instanceof Mqtt5DisconnectException
            && context.getSource() != MqttDisconnectSource.USER);
  }

  private static MqttClientTransportConfig transport(Addresses node) {
    return MqttClientTransportConfig.builder()
        .serverHost(node.host())
        .serverPort(node.mqtt())
        .build();
  }
}
