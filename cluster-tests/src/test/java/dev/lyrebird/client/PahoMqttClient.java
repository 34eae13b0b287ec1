package dev.lyrebird.client;

import dev.lyrebird.harness.Addresses;
import java.util.UUID;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/** MQTT 3.1.1 by Eclipse Paho, over TCP. */
public final class PahoMqttClient implements MqttClient {

  private final Inbox<Delivery> inbox = new Inbox<>();
  private final org.eclipse.paho.client.mqttv3.MqttClient client;

  private PahoMqttClient(String uri) {
    try {
      client =
          new org.eclipse.paho.client.mqttv3.MqttClient(
              uri, "paho-" + UUID.randomUUID(), new MemoryPersistence());
      client.setTimeToWait(20_000);
      client.setCallback(new Receiver(inbox));
      MqttConnectOptions options = new MqttConnectOptions();
      options.setMqttVersion(MqttConnectOptions.MQTT_VERSION_3_1_1);
      options.setCleanSession(true);
      client.connect(options);
    } catch (MqttException e) {
      throw new AssertionError("cannot connect to " + uri, e);
    }
  }

  public static PahoMqttClient overTcp(Addresses node) {
    return new PahoMqttClient("tcp://" + node.host() + ":" + node.mqtt());
  }

  @Override
  public void subscribe(String filter) {
    try {
      client.subscribe(filter, 1);
    } catch (MqttException e) {
      throw new AssertionError("cannot subscribe to " + filter, e);
    }
  }

  @Override
  public void publish(String topic, byte[] payload, boolean retained) {
    try {
      client.publish(topic, payload, 1, retained);
    } catch (MqttException e) {
      throw new AssertionError("cannot publish to " + topic, e);
    }
  }

  @Override
  public Inbox<Delivery> inbox() {
    return inbox;
  }

  @Override
  public void close() {
    try {
      client.disconnect(0);
      client.close(true);
    } catch (MqttException e) {
      // The connection is gone already, which is what was asked for.
    }
  }

  private record Receiver(Inbox<Delivery> inbox) implements MqttCallback {

    @Override
    public void connectionLost(Throwable cause) {
      inbox.end(String.valueOf(cause.getMessage()));
    }

    @Override
    public void messageArrived(String topic, MqttMessage message) {
      inbox.add(Delivery.of(topic, message.getPayload(), message.getQos(), message.isRetained()));
    }

    @Override
    public void deliveryComplete(IMqttDeliveryToken token) {}
  }
}
