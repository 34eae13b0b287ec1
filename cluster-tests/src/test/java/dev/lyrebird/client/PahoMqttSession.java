package dev.lyrebird.client;

import dev.lyrebird.harness.Addresses;
import java.nio.charset.StandardCharsets;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/** MQTT 3.1.1 by Eclipse Paho. */
public final class PahoMqttSession implements SessionClient {

  private final Inbox<String> inbox = new Inbox<>();
  private final MqttConnectOptions options = new MqttConnectOptions();
  private final org.eclipse.paho.client.mqttv3.MqttClient client;

  /** Creates a client that is not connected; its will is its id. */
  public PahoMqttSession(Addresses node, String id, String willTopic) {
    options.setMqttVersion(MqttConnectOptions.MQTT_VERSION_3_1_1);
    options.setCleanSession(false);
    options.setWill(willTopic, id.getBytes(StandardCharsets.UTF_8), 2, false);
    try {
      client =
          new org.eclipse.paho.client.mqttv3.MqttClient(
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
      client.subscribe(filter, qos);
    } catch (MqttException e) {
      throw failed("subscribe to " + filter, e);
    }
  }

  @Override
  public void publish(String topic, String text, int qos, boolean retained) {
    try {
      client.publish(topic, text.getBytes(StandardCharsets.UTF_8), qos, retained);
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
    public void connectionLost(Throwable cause) {
      inbox.end(String.valueOf(cause.getMessage()));
    }

    @Override
    public void messageArrived(String topic, MqttMessage message) {
      inbox.add(
          SessionClient.line(
              topic, message.getQos(), message.getPayload(), message.isRetained(), ""));
    }

    @Override
    public void deliveryComplete(IMqttDeliveryToken token) {}
  }
}
