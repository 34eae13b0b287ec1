package dev.lyrebird.client;

/**
 * One connection of a public MQTT library, as tests use it: it subscribes, it publishes and waits
 * for the acknowledgement, and what is delivered to it lies in its inbox.
 */
public interface MqttClient extends AutoCloseable {

  /** Subscribes with QoS 1; returns when the server has granted it. */
  void subscribe(String filter);

  /** Publishes with QoS 1; returns when the server has acknowledged it, and fails if it refuses. */
  void publish(String topic, byte[] payload, boolean retained);

  Inbox<Delivery> inbox();

  /** Disconnects. A client whose server is gone just ends. */
  @Override
  void close();
}
