package dev.lyrebird.mqtt;

import dev.lyrebird.pubsub.TopicFilter;
import java.util.HashMap;
import java.util.Map;

/**
 * What MQTT calls the session state of one client: its subscriptions, and what was sent to it and
 * not acknowledged yet. It ends with the connection. Pure.
 */
final class Session {

  private final Inflight inflight;
  private final Map<TopicFilter, MqttSubscription> subscriptions = new HashMap<>(4);

  /**
   * Creates the state of a clean session.
   *
   * @param window how many publishes may be in flight to the client
   */
  Session(int window) {
    this.inflight = new Inflight(window);
  }

  Inflight inflight() {
    return inflight;
  }

  int subscriptionCount() {
    return subscriptions.size();
  }

  /** Adds a subscription or replaces it ([MQTT-3.8.4-3]); returns whether there was one before. */
  boolean subscribe(MqttSubscription subscription) {
    return subscriptions.put(subscription.filter(), subscription) != null;
  }

  /** Takes a subscription back; returns whether there was one ([MQTT-3.10.4-1]). */
  boolean unsubscribe(TopicFilter filter) {
    return subscriptions.remove(filter) != null;
  }
}
