package dev.lyrebird.mqtt;

import dev.lyrebird.mqtt.GroupLetter.ToConsumer;
import dev.lyrebird.mqtt.GroupMessage.Name;
import java.util.ArrayList;
import java.util.List;

/**
 * What a group has to tell its consumers: at once, or when the state of that moment is stored. What
 * is owed while a write is under way waits for the next. Pure.
 */
final class GroupPost {

  private List<Effect> effects = new ArrayList<>();
  private List<Owed> owed = new ArrayList<>();

  /** What of it a write under way stores. */
  private List<Owed> storing = new ArrayList<>();

  /** A letter to a consumer. */
  record Effect(ConsumerId to, ToConsumer letter) {}

  /** What is to be told once it is stored. */
  sealed interface Owed {

    /** That a consumer is in the group. */
    record ToJoin(GroupConsumer to, long number) implements Owed {}

    /** That a message is the consumer's. */
    record ToOffer(GroupConsumer to, Name name) implements Owed {}

    /** That nobody will be handed the messages again. */
    record ToForget(ConsumerId to, List<Name> names) implements Owed {}
  }

  void tell(ConsumerId to, ToConsumer letter) {
    effects.add(new Effect(to, letter));
  }

  void owe(Owed one) {
    owed.add(one);
  }

  /** Returns what is to be told now, in this order. */
  List<Effect> effects() {
    List<Effect> due = effects;
    effects = new ArrayList<>();
    return due;
  }

  /** Tells whether something waits for a write that has not begun. */
  boolean owes() {
    return !owed.isEmpty();
  }

  /** A write begins that stores all that is owed. */
  void store() {
    storing.addAll(owed);
    owed = new ArrayList<>();
  }

  /** The write has ended well; returns what waited for it. */
  List<Owed> stored() {
    List<Owed> due = storing;
    storing = new ArrayList<>();
    return due;
  }

  /** The write has failed; what waited for it waits for the next. */
  void notStored() {
    storing.addAll(owed);
    owed = storing;
    storing = new ArrayList<>();
  }
}
