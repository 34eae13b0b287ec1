package dev.lyrebird.mqtt;

import org.jspecify.annotations.Nullable;

/**
 * The topic aliases that a client has set in what it sends (MQTT 5.0 §3.3.2.3.4). They last as long
 * as the connection. Pure.
 */
final class InboundAliases {

  private @Nullable String[] topics = new String[0];
  private final int maximum;

  /**
   * Creates an empty mapping.
   *
   * @param maximum the Topic Alias Maximum that the server told
   */
  InboundAliases(int maximum) {
    this.maximum = maximum;
  }

  /** Tells whether a client may use this alias ([MQTT-3.3.2-9]). */
  boolean allows(int alias) {
    return alias >= 1 && alias <= maximum;
  }

  /** Sets what an alias stands for, in place of what it stood for ([MQTT-3.3.2-12]). */
  void set(int alias, String topic) {
    if (topics.length == 0) {
      topics = new String[maximum + 1];
    }
    topics[alias] = topic;
  }

  /** Returns what an alias stands for, or null where it was never set. */
  @Nullable String topic(int alias) {
    return topics.length == 0 ? null : topics[alias];
  }
}
