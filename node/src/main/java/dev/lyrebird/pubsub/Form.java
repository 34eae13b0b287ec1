package dev.lyrebird.pubsub;

/**
 * A wire form of events, such as "PUBLISH of MQTT 5 at QoS 1", or what else is made of an event for
 * many subscribers alike. A form is told apart by identity: keep one object for each and share it,
 * and {@link Event#as} encodes once for all subscribers.
 *
 * @param <T> what the form produces; shared, so never changed after it was made
 */
@FunctionalInterface
public interface Form<T> {

  /** Encodes an event. */
  T encode(Event event);
}
