package dev.lyrebird.client;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.message.disconnect.Mqtt5DisconnectReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import dev.lyrebird.harness.Addresses;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.stream.Collectors;

/** MQTT 5 by HiveMQ's library. */
public final class HiveMqttSession implements SessionClient {

  private final Inbox<String> inbox = new Inbox<>();
  private final String id;
  private final Mqtt5BlockingClient client;

  /** Creates a client that is not connected; its will is its id. */
  public HiveMqttSession(Addresses node, String id, String willTopic) {
    this.id = id;
    this.client =
        Mqtt5Client.builder()
            .identifier(id)
            .serverHost(node.host())
            .serverPort(node.mqtt())
            .willPublish()
            .topic(willTopic)
            .qos(MqttQos.EXACTLY_ONCE)
            .payload(id.getBytes(StandardCharsets.UTF_8))
            .applyWillPublish()
            .buildBlocking();
    client.toAsync().publishes(MqttGlobalPublishFilter.ALL, publish -> inbox.add(line(publish)));
  }

  @Override
  public boolean connect() {
    return client
        .connectWith()
        .cleanStart(false)
        .sessionExpiryInterval(EXPIRY_SECONDS)
        .send()
        .isSessionPresent();
  }

  @Override
  public void subscribe(String filter, int qos) {
    var _ = client.subscribeWith().topicFilter(filter).qos(qos(qos)).send();
  }

  @Override
  public void publish(String topic, String text, int qos, boolean retained) {
    var _ =
        client.publish(
            Mqtt5Publish.builder()
                .topic(topic)
                .payload(text.getBytes(StandardCharsets.UTF_8))
                .qos(qos(qos))
                .retain(retained)
                .userProperties()
                .add("by", id)
                .applyUserProperties()
                .build());
  }

  @Override
  public Inbox<String> inbox() {
    return inbox;
  }

  @Override
  public void disconnect() {
    client.disconnect();
  }

  /** The library cannot leave without a word; this one asks for the will ([MQTT-3.14.2.1]). */
  @Override
  public void breakOff() {
    client
        .disconnectWith()
        .reasonCode(Mqtt5DisconnectReasonCode.DISCONNECT_WITH_WILL_MESSAGE)
        .send();
  }

  @Override
  public void close() {
    client.toAsync().disconnect().handle((done, notConnected) -> true).join();
  }

  private static MqttQos qos(int code) {
    return Objects.requireNonNull(MqttQos.fromCode(code), () -> "no QoS " + code);
  }

  private static String line(Mqtt5Publish publish) {
    return SessionClient.line(
        publish.getTopic().toString(),
        publish.getQos().getCode(),
        publish.getPayloadAsBytes(),
        publish.isRetain(),
        publish.getUserProperties().asList().stream()
            .map(property -> " " + property.getName() + "=" + property.getValue())
            .collect(Collectors.joining()));
  }
}
