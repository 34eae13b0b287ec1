package dev.lyrebird.history;

import java.util.Optional;

/**
 * What an observer subscribed to, and what that promises.
 *
 * @param topic the one topic; empty for all
 * @param mayRepeat whether what was told may be told again, as MQTT's QoS 1 allows
 */
public record Interest(Optional<String> topic, boolean mayRepeat) {

  /** Every topic, each event once. */
  public static final Interest EVERYTHING_ONCE = new Interest(Optional.empty(), false);

  /** One topic, each event once. */
  public static Interest once(String topic) {
    return new Interest(Optional.of(topic), false);
  }

  /** One topic, each event at least once. */
  public static Interest atLeastOnce(String topic) {
    return new Interest(Optional.of(topic), true);
  }

  boolean covers(String other) {
    return topic.isEmpty() || topic.get().equals(other);
  }
}
