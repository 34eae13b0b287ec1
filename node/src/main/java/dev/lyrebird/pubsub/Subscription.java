package dev.lyrebird.pubsub;

/** One filter of a subscriber, with whatever options its protocol attaches. Immutable. */
public interface Subscription {

  /** Returns what the subscriber wants to hear of. */
  TopicFilter filter();
}
