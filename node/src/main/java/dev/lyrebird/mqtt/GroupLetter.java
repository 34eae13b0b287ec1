package dev.lyrebird.mqtt;

import dev.lyrebird.mqtt.GroupMessage.Name;
import java.util.List;

/**
 * What consumers and the holder of their group tell one another. Letters of one sender to one
 * receiver arrive in order, each once or not at all.
 *
 * <pre>
 *   consumer                                  holder
 *      |-- Join 1: here I am, and this I have -->|  also when something seems lost
 *      |<------------------------- Joined 1 -----|  the group's place is kept
 *      |<---------------- Offer 1, Offer 2 ------|
 *      |-- Done: 1 ----------------------------->|
 *      |<------------------------ Forget: 1 -----|  nobody will be handed it again
 *      |<------------- Check: you were told 2 ---|  every second
 *      |-- Leave, or Retire -------------------->|
 * </pre>
 */
sealed interface GroupLetter {

  /** What a consumer tells the holder. */
  sealed interface ToHolder extends GroupLetter {}

  /** What the holder tells a consumer. */
  sealed interface ToConsumer extends GroupLetter {}

  /**
   * A consumer is there, or says once more how it stands.
   *
   * @param number counts the letters of this kind that the consumer has sent
   * @param isFirst whether the client has only now subscribed, so that nothing waits for it
   * @param clientId of the client
   * @param expirySeconds how long its session outlives its connection; 0 for not at all
   * @param qos the maximum quality of service that it was granted
   * @param window how many messages it takes before it is done with the first
   * @param heard the number of the last offer that came, or would have
   * @param inFlight what it was offered and is not done with
   * @param done what it is done with and was not told to forget
   */
  record Join(
      long number,
      boolean isFirst,
      String clientId,
      long expirySeconds,
      int qos,
      int window,
      long heard,
      List<Name> inFlight,
      List<Name> done)
      implements ToHolder {

    public Join {
      inFlight = List.copyOf(inFlight);
      done = List.copyOf(done);
    }
  }

  /** A consumer is done with messages: its client has them, or does not want them. */
  record Done(List<Name> names) implements ToHolder {

    public Done {
      names = List.copyOf(names);
    }
  }

  /**
   * The client has unsubscribed: the consumer takes no more, and is gone when it is done.
   *
   * @param sent what the client was sent and has not acknowledged
   */
  record Retire(List<Name> sent) implements ToHolder {

    public Retire {
      sent = List.copyOf(sent);
    }
  }

  /**
   * The connection has ended.
   *
   * @param sent what the client was sent and has not acknowledged
   * @param keptUntilMillis when its session ends, ms since the epoch; 0 where it has ended or does
   *     not hold the subscription, {@link GroupState#FOR_EVER} for never
   */
  record Leave(List<Name> sent, long keptUntilMillis) implements ToHolder {

    public Leave {
      sent = List.copyOf(sent);
    }
  }

  /** The session of a client that was not there has ended. */
  record SessionEnded(String clientId) implements ToHolder {}

  /** There is no such consumer any more, and nobody knows what it was doing. */
  record Gone() implements ToHolder {}

  /**
   * From now on nothing is published that the group would miss.
   *
   * @param number of the letter that this answers; what follows takes account of it
   */
  record Joined(long number) implements ToConsumer {}

  /**
   * A message is the consumer's to deliver.
   *
   * @param number counts the offers to this consumer without gaps
   * @param qos at which it is delivered
   * @param isAgain whether a client may have been sent it before
   */
  record Offer(long number, GroupMessage message, int qos, boolean isAgain) implements ToConsumer {}

  /** Nobody will be offered these messages again. */
  record Forget(List<Name> names) implements ToConsumer {

    public Forget {
      names = List.copyOf(names);
    }
  }

  /** The holder is there, and the last offer was of that number. */
  record Check(long number) implements ToConsumer {}
}
