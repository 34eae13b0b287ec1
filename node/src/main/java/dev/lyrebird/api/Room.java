package dev.lyrebird.api;

import org.jspecify.annotations.Nullable;

/**
 * Connections of one route that are told something together. A room is there as soon as it is
 * named, on all nodes; it costs nothing while nobody is in it. Any thread may call.
 *
 * <p>All in a room on one node hear its messages in one order. What one thread broadcasts they hear
 * in its order; what several do, members on different nodes may hear in different orders.
 */
public interface Room {

  /** Returns its name. */
  String name();

  /**
   * Sends a message to all in the room, on all nodes. Whoever broadcasts faster than members on
   * this node take it waits for them, here. A client that takes nothing while too much waits for it
   * holds up the room for half a second, or {@link Limits#sendTime} if that is shorter, all times
   * together until half of that is gone; then it is closed with 1008 rather than spared a message.
   * Such waiting is no {@link Limits#callTime}. An event loop does not wait: where one broadcasts,
   * members for whom too much waits are closed at once.
   *
   * <p>To a node for which 4 MiB are under way nothing is sent: its members miss messages, and
   * {@code lyrebird_rooms_dropped} counts them. What waits for members there is under way too. One
   * that is not connected to this node misses them too.
   *
   * @param message a {@link Message}, text, bytes, or what Jackson writes as JSON
   * @throws ConnectionClosedException where the thread is interrupted while it would wait, as the
   *     time of its code is up; nobody has been sent the message then
   */
  void broadcast(@Nullable Object message);

  /** Sends a message to all in the room on this node; otherwise as {@link #broadcast}. */
  void broadcastHere(@Nullable Object message);

  /** Returns how many are in the room on this node. */
  int size();
}
