package dev.lyrebird.mqtt;

/** What {@link MqttCounters} counts. */
enum Count {
  CONNECTED("connected", true, "Clients that are connected"),
  SUBSCRIPTIONS("subscriptions", true, "Subscriptions of clients that are connected"),
  SHARED_SUBSCRIPTIONS("subscriptions.shared", true, "Shared ones among them"),
  SOCKETS("sockets", false, "Connections that were made"),
  CONNECTS("connects", false, "CONNECT packets received"),
  CONNECTIONS("connections", false, "Clients that were let in"),
  PACKETS_RECEIVED("packets.received", false, "Control packets received"),
  PACKETS_SENT("packets.sent", false, "Control packets sent"),
  BYTES_RECEIVED("bytes.received", false, "Bytes of control packets received"),
  BYTES_SENT("bytes.sent", false, "Bytes of control packets sent"),
  PUBLISHES_RECEIVED("publish.received", false, "PUBLISH packets received"),
  PUBLISHES_SENT("publish.sent", false, "PUBLISH packets sent"),
  PUBLISH_BYTES_RECEIVED("publish.bytes.received", false, "Bytes of payloads received"),
  PUBLISH_BYTES_SENT("publish.bytes.sent", false, "Bytes of payloads sent"),
  REFUSED("publish.refused", false, "Publications of clients that were refused"),
  DROPPED("publish.dropped", false, "Publications larger than their subscriber takes"),
  QUEUE_DROPPED("queue.dropped", false, "Messages that a session did not keep for its client"),
  RESETS("subscriber.resets", false, "Subscribers for whom the journal no longer reached back"),
  LOGINS_REFUSED("logins.refused", false, "Clients that did not prove who they are"),
  ENDED("connections.ended", false, "Connections that the node ended");

  private final String meter;
  private final boolean goesDown;
  private final String description;

  Count(String meter, boolean goesDown, String description) {
    this.meter = meter;
    this.goesDown = goesDown;
    this.description = description;
  }

  /** Returns the name among the node's metrics. */
  String meter() {
    return "lyrebird.mqtt." + meter;
  }

  /** Tells whether this is a state, not a sum. */
  boolean goesDown() {
    return goesDown;
  }

  String description() {
    return description;
  }
}
