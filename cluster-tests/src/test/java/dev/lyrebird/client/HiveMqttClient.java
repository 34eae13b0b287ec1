package dev.lyrebird.client;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.Mqtt5ClientBuilder;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PublishResult;
import dev.lyrebird.harness.Addresses;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** MQTT 5 by HiveMQ's library, over TCP or over WebSocket on the HTTP port. */
public final class HiveMqttClient implements MqttClient {

  private static final int LIMIT_SECONDS = 30;

  private final Inbox<Delivery> inbox = new Inbox<>();
  private final Inbox<Mqtt5Publish> publishes = new Inbox<>();
  private final Mqtt5AsyncClient client;

  private HiveMqttClient(Mqtt5ClientBuilder builder) {
    client =
        builder
            .addDisconnectedListener(
                context -> inbox.end(String.valueOf(context.getCause().getMessage())))
            .buildAsync();
    client.publishes(MqttGlobalPublishFilter.ALL, this::receive);
    await(client.connectWith().cleanStart(true).keepAlive(30).send());
  }

  public static HiveMqttClient overTcp(Addresses node) {
    return new HiveMqttClient(
        Mqtt5Client.builder().serverHost(node.host()).serverPort(node.mqtt()));
  }

  public static HiveMqttClient overWebSocket(Addresses node) {
    return new HiveMqttClient(
        Mqtt5Client.builder()
            .serverHost(node.host())
            .serverPort(node.http())
            .webSocketConfig()
            .serverPath("mqtt")
            .applyWebSocketConfig());
  }

  @Override
  public void subscribe(String filter) {
    await(client.subscribeWith().topicFilter(filter).qos(MqttQos.AT_LEAST_ONCE).send());
  }

  @Override
  public void publish(String topic, byte[] payload, boolean retained) {
    Mqtt5PublishResult result =
        await(
            send(
                Mqtt5Publish.builder()
                    .topic(topic)
                    .payload(payload)
                    .qos(MqttQos.AT_LEAST_ONCE)
                    .retain(retained)
                    .build()));
    result
        .getError()
        .ifPresent(refusal -> {
          throw new AssertionError("the publish was refused: " + refusal.getMessage());
        });
  }

  /** Publishes anything that MQTT 5 knows; the future ends with the acknowledgement. */
  public CompletableFuture<Mqtt5PublishResult> send(Mqtt5Publish publish) {
    return client.publish(publish);
  }

  @Override
  public Inbox<Delivery> inbox() {
    return inbox;
  }

  /** The same deliveries with all that MQTT 5 carries. */
  public Inbox<Mqtt5Publish> publishes() {
    return publishes;
  }

  @Override
  public void close() {
    client.disconnect().handle((done, failure) -> true).join();
  }

  private void receive(Mqtt5Publish publish) {
    publishes.add(publish);
    inbox.add(
        Delivery.of(
            publish.getTopic().toString(),
            publish.getPayloadAsBytes(),
            publish.getQos().getCode(),
            publish.isRetain()));
  }

  private static <T> T await(CompletableFuture<T> future) {
    return future.orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS).join();
  }
}
