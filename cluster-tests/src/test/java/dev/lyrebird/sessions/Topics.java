package dev.lyrebird.sessions;

import com.hivemq.client.mqtt.datatypes.MqttQos;

/** Topics of each QoS: a table for each, which sessions have a place of their own in. */
final class Topics {

  static final String SCHEMA =
      """
      type Once @table @export { id: ID @primaryKey }
      type Least @table @export { id: ID @primaryKey }
      """;

  private static final String ONCE = "Once/";
  private static final String AT_LEAST_ONCE = "Least/";

  private Topics() {}

  /** The topic of this number whose publishes have QoS 2. */
  static String once(int number) {
    return ONCE + number;
  }

  /** The topic of this number whose publishes have QoS 1. */
  static String atLeastOnce(int number) {
    return AT_LEAST_ONCE + number;
  }

  /** The filter of all of these. */
  static String allOnce() {
    return ONCE + "+";
  }

  /** The filter of all topics whose publishes have QoS 1. */
  static String allAtLeastOnce() {
    return AT_LEAST_ONCE + "+";
  }

  /** With what a topic is published and subscribed to. */
  static MqttQos qos(String topic) {
    return topic.startsWith(ONCE) ? MqttQos.EXACTLY_ONCE : MqttQos.AT_LEAST_ONCE;
  }
}
