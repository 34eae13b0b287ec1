package dev.lyrebird.mqtt;

import java.util.HashMap;
import java.util.Map;

/**
 * The topic aliases under which a client is sent its topics. The first topics get the aliases that
 * the client allows; later ones are spelled out. Pure.
 */
final class OutboundAliases {

  private final Map<String, Integer> aliases = new HashMap<>();
  private final int maximum;

  /**
   * Creates an empty mapping.
   *
   * @param maximum the client's Topic Alias Maximum; 0 for a client that takes none
   */
  OutboundAliases(int maximum) {
    this.maximum = maximum;
  }

  /** Tells whether this client takes aliases at all. */
  boolean isEnabled() {
    return maximum > 0;
  }

  /** Returns the alias under which the client knows the topic, or 0 where there is none. */
  int known(String topic) {
    return aliases.getOrDefault(topic, 0);
  }

  /** Returns an alias that stands for nothing yet, or 0 where none is left. */
  int next() {
    return aliases.size() == maximum ? 0 : aliases.size() + 1;
  }

  /** Notes that the client was sent the topic with the alias that {@link #next} gave. */
  void learn(String topic, int alias) {
    aliases.put(topic, alias);
  }
}
