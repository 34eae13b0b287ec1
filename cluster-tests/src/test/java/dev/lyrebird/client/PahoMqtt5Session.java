package dev.lyrebird.client;

import dev.lyrebird.harness.Addresses;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.UserProperty;

/** MQTT 5 by Eclipse Paho. */
public final class PahoMqtt5Session implements SessionClient {

  private final Inbox<String> inbox = new Inbox<>();
  private final MqttConnectionOptions options = new MqttConnectionOptions();
  private final String id;
  private final org.eclipse.paho.mqttv5.client.MqttClient client;

  /** Creates a client that is not connected; its will is its id. */
  public PahoMqtt5Session(Addresses node, String id, String willTopic) {
    this.id = id;
    options.setCleanStart(false);
    options.setSessionExpiryInterval((long) EXPIRY_SECONDS);
    options.setWill(
        willTopic,
        new MqttMessage(id.getBytes(StandardCharsets.UTF_8), 2, false, new MqttProperties()));
    try {
      client =
          new org.eclipse.paho.mqttv5.client.MqttClient(
              "tcp://" + node.host() + ":" + node.mqtt(), id, new MemoryPersistence());
      client.setTimeToWait(20_000);
      client.setCallback(new Receiver(inbox));
    } catch (MqttException e) {
      throw failed("be created", e);
    }
  }

  @Override
  public boolean connect() {
    try {
      return client.connectWithResult(options).getSessionPresent();
    } catch (MqttException e) {
      throw failed("connect", e);
    }
  }

  @Override
  public void subscribe(String filter, int qos) {
    try {
      var _ = client.subscribe(filter, qos);
    } catch (MqttException e) {
      throw failed("subscribe to " + filter, e);
    }
  }

  @Override
  public void publish(String topic, String text, int qos, boolean retained) {
    MqttProperties properties = new MqttProperties();
    properties.setUserProperties(List.of(new UserProperty("by", id)));
    try {
      client.publish(
          topic, new MqttMessage(text.getBytes(StandardCharsets.UTF_8), qos, retained, properties));
    } catch (MqttException e) {
      throw failed("publish to " + topic, e);
    }
  }

  @Override
  public Inbox<String> inbox() {
    return inbox;
  }

  @Override
  public void disconnect() {
    try {
      client.disconnect();
    } catch (MqttException e) {
      throw failed("disconnect", e);
    }
  }

  @Override
  public void breakOff() {
    try {
      client.disconnectForcibly(0, 1000, false);
    } catch (MqttException e) {
      throw failed("break off", e);
    }
  }

  @Override
  public void close() {
    try {
      client.disconnectForcibly(0, 1000, client.isConnected());
      client.close(true);
    } catch (MqttException e) {
      // The connection is gone already, which is what was asked for.
    }
  }

  private static AssertionError failed(String what, MqttException e) {
    return new AssertionError("the client cannot " + what, e);
  }

  private record Receiver(Inbox<String> inbox) implements MqttCallback {

    @Override
    public void disconnected(MqttDisconnectResponse response) {}

    @Override
    public void mqttErrorOccurred(MqttException exception) {
      inbox.end(String.valueOf(exception.getMessage()));
    }

    @Override
    public void messageArrived(String topic, MqttMessage message) {
      String properties =
          message.getProperties().getUserProperties().stream()
              .map(property -> " " + property.getKey() + "=" + property.getValue())
              .collect(Collectors.joining());
      inbox.add(
          SessionClient.line(
              topic, message.getQos(), message.getPayload(), message.isRetained(), properties));
    }

    @Override
    public void deliveryComplete(IMqttToken token) {}

    @Override
    public void connectComplete(boolean reconnect, String serverUri) {}

    @Override
    public void authPacketArrived(int reasonCode, MqttProperties properties) {}
  }
}
