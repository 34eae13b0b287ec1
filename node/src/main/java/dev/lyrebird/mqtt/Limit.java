package dev.lyrebird.mqtt;

/** A bound that the operator has set, and that clients may run into. */
enum Limit {
  CONNECTIONS("mqtt.limits.maxConnections", ReasonCode.QUOTA_EXCEEDED),
  CONNECTIONS_OF_ADDRESS("mqtt.limits.maxConnectionsPerAddress", ReasonCode.QUOTA_EXCEEDED),
  CONNECT_RATE("mqtt.limits.maxConnectsPerSecond", ReasonCode.CONNECTION_RATE_EXCEEDED),
  MEMORY("memory.maxHeapPercent", ReasonCode.QUOTA_EXCEEDED),
  SUBSCRIPTIONS("mqtt.limits.maxSubscriptions", ReasonCode.QUOTA_EXCEEDED),
  PUBLISH_RATE("mqtt.limits.maxPublishesPerSecond", ReasonCode.MESSAGE_RATE_TOO_HIGH);

  private final String key;
  private final ReasonCode code;

  Limit(String key, ReasonCode code) {
    this.key = key;
    this.code = code;
  }

  /** Returns by what key of the configuration it is set. */
  String key() {
    return key;
  }

  /** Returns what a client is told that is refused because of it. */
  ReasonCode code() {
    return code;
  }
}
