package dev.lyrebird.mqtt;

import dev.lyrebird.mqtt.GroupPost.Effect;
import java.util.List;

/** What the {@link Groups} of nodes tell one another. */
sealed interface GroupMail {

  /**
   * Where the sender stands.
   *
   * @param isReady whether it can hold groups
   * @param wantsAnswer whether the receiver is to say the same
   */
  record Hello(boolean isReady, boolean wantsAnswer) implements GroupMail {}

  /**
   * The sender has taken a group up and asks who takes part in it.
   *
   * @param group its whole filter
   */
  record RollCall(String group) implements GroupMail {}

  /** All consumers of the sender have joined that were there when they were called. */
  record Counted(String group) implements GroupMail {}

  /**
   * A consumer tells the holder of its group something.
   *
   * @param group its whole filter
   * @param number of the consumer on the sender's node
   */
  record ToHolder(String group, long number, GroupLetter.ToHolder letter) implements GroupMail {}

  /**
   * A holder tells consumers something.
   *
   * @param letters to consumers of the receiver's node, in this order
   */
  record ToConsumers(String group, List<Effect> letters) implements GroupMail {

    public ToConsumers {
      letters = List.copyOf(letters);
    }
  }
}
