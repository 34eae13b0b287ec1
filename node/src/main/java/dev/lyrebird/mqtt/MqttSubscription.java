package dev.lyrebird.mqtt;

import dev.lyrebird.pubsub.Subscription;
import dev.lyrebird.pubsub.TopicFilter;

/**
 * A topic filter with the options of MQTT 5.0 §3.8.3.1.
 *
 * @param filter which topics
 * @param qos the maximum quality of service that was granted
 * @param noLocal leave out what this very client publishes
 * @param retainAsPublished keep the RETAIN flag of what arrives while the subscription stands
 * @param identifier what each delivery is to carry, or 0 for nothing
 */
record MqttSubscription(
    TopicFilter filter, int qos, boolean noLocal, boolean retainAsPublished, int identifier)
    implements Subscription {

  /** Tells whether its messages are shared with other clients (MQTT 5.0 §4.8.2). */
  boolean isShared() {
    return SharedFilter.isMeant(filter.text());
  }

  /** Returns a subscription that a session has kept. */
  static MqttSubscription of(SessionState.Subscription kept) {
    return new MqttSubscription(
        TopicFilter.of(kept.filter()),
        kept.qos(),
        kept.noLocal(),
        kept.retainAsPublished(),
        kept.identifier());
  }

  /**
   * Returns what a session keeps of it.
   *
   * @param isFresh whether its current rows are still to come
   */
  SessionState.Subscription kept(boolean isFresh) {
    return new SessionState.Subscription(
        filter.text(), qos, noLocal, retainAsPublished, identifier, isFresh);
  }
}
