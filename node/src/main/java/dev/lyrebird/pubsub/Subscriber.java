package dev.lyrebird.pubsub;

import java.util.List;

/**
 * A connection that hears of events. Its hub calls it on the event loop that owns both.
 *
 * @param <S> the subscriptions of its protocol
 */
public interface Subscriber<S extends Subscription> {

  /**
   * Tells whether there is room for another event. While there is not, the hub remembers only the
   * place in the journal; the subscriber calls {@link Member#resume} when there is room again.
   */
  boolean isWritable();

  /**
   * Tells whether, of what there was no room for, it wants only how each row stands, and not each
   * change on the way there. Messages it is told all the same. Never changes.
   */
  default boolean conflates() {
    return false;
  }

  /**
   * Tells whether it keeps the rows that it is told, and begins anew with those that follow a
   * {@link #reset}. It is not told of a change then that is in the rows it was told; who takes each
   * change for a message is. Never changes.
   */
  boolean keepsRows();

  /**
   * Takes an event, after {@link #isWritable} said that there is room.
   *
   * @param event what happened
   * @param subscriptions those of this subscriber that match, at least one
   */
  void deliver(Event event, List<S> subscriptions);

  /** Ends a run of deliveries: now write to the socket, once for all of them. */
  void flush();

  /**
   * Tells that a subscription has had its current rows, and whatever it missed since its cursor,
   * and is fed live from now on.
   */
  void caughtUp(S subscription);

  /**
   * Tells that the journal no longer reaches back to where the subscriber stood. What follows are
   * the current rows of its subscriptions, and then changes.
   *
   * @param reason for the client
   */
  void reset(String reason);
}
