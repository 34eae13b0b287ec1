package dev.lyrebird.client;

import java.nio.charset.StandardCharsets;

/**
 * One durable session of a public MQTT library, as tests use it. It may be connected again and
 * again; what is delivered to it lies in its inbox, over all connections, as lines such as {@code
 * a/b q1 text retained key=value}.
 */
public interface SessionClient extends AutoCloseable {

  /** For how long the server is to keep the session, where the protocol can say it. */
  int EXPIRY_SECONDS = 60;

  /** Connects; returns whether the server had the session. */
  boolean connect();

  void subscribe(String filter, int qos);

  /**
   * Publishes, from MQTT 5 on with the user property {@code by} that names this client; returns
   * when the server has taken it for good.
   */
  void publish(String topic, String text, int qos, boolean retained);

  Inbox<String> inbox();

  /** Says goodbye; the session stays. */
  void disconnect();

  /** Ends the connection in a way that makes the server publish the will; the session stays. */
  void breakOff();

  /** Lets go of everything on this side. */
  @Override
  void close();

  /** What is delivered, as a line; {@code properties} begin with a space each. */
  static String line(String topic, int qos, byte[] payload, boolean retained, String properties) {
    return topic
        + " q"
        + qos
        + " "
        + new String(payload, StandardCharsets.UTF_8)
        + (retained ? " retained" : "")
        + properties;
  }
}
