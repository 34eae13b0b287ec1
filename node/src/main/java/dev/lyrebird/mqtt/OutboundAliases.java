package dev.lyrebird.mqtt;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The topic aliases under which a client is sent its topics. They go to the topics that are sent
 * most: each use of an alias counts for it, and each topic that finds none free takes a use from
 * one of them, in turn. An alias without a use left is given to the topic that came then, which
 * MQTT 5.0 §3.3.2.3.4 allows at any time. A thousand topics that are sent once so take no alias
 * from one that is sent every second time.
 *
 * <p>Its memory is that of the aliases that the client allows. Pure.
 */
final class OutboundAliases {

  /** More uses count for nothing, so that what was sent often long ago makes room in time. */
  private static final int MOST_USES = 32;

  private final Map<String, Slot> byTopic;
  private final List<Slot> slots;
  private final int maximum;

  /** The slot that loses the next use. */
  private int hand;

  /** What an alias stands for. */
  private static final class Slot {
    private String topic;
    private final int alias;
    private int uses;

    Slot(String topic, int alias) {
      this.topic = topic;
      this.alias = alias;
    }
  }

  /**
   * Creates an empty mapping.
   *
   * @param maximum the client's Topic Alias Maximum; 0 for a client that takes none
   */
  OutboundAliases(int maximum) {
    this.maximum = maximum;
    this.byTopic = maximum == 0 ? Map.of() : new HashMap<>();
    this.slots = maximum == 0 ? List.of() : new ArrayList<>();
  }

  /** Tells whether this client takes aliases at all. */
  boolean isEnabled() {
    return maximum > 0;
  }

  /** Returns the alias under which the client knows the topic, or 0 where there is none. */
  int known(String topic) {
    Slot slot = byTopic.get(topic);
    if (slot == null) {
      return 0;
    }
    slot.uses = Math.min(slot.uses + 1, MOST_USES);
    return slot.alias;
  }

  /** Returns an alias for a topic that has none, or 0 where others are used too much. */
  int next() {
    if (slots.size() < maximum) {
      return slots.size() + 1;
    }
    if (maximum == 0) {
      return 0;
    }
    Slot slot = slots.get(hand);
    if (slot.uses == 0) {
      return slot.alias;
    }
    slot.uses--;
    hand = (hand + 1) % maximum;
    return 0;
  }

  /** Notes that the client was sent the topic with the alias that {@link #next} gave. */
  void learn(String topic, int alias) {
    if (alias > slots.size()) {
      slots.add(new Slot(topic, alias));
    } else {
      Slot slot = slots.get(alias - 1);
      byTopic.remove(slot.topic);
      slot.topic = topic;
      hand = (hand + 1) % maximum;
    }
    byTopic.put(topic, slots.get(alias - 1));
  }
}
