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
    implements Subscription {}
