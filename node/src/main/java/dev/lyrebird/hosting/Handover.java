package dev.lyrebird.hosting;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Where an event loop hands over what another thread takes, without ever waiting: when it is full
 * the loop stops, and is told when half of it is free again.
 *
 * <p>Guarded by this object, under whose lock nothing else is called.
 *
 * @param <T> what is handed over
 */
final class Handover<T> {

  /** So little, because what does not fit here is not lost: it stays in the journal. */
  static final int MOST_ITEMS = 64;

  static final int MOST_BYTES = 128 << 10;

  private final ToIntFunction<T> sizes;
  private final Runnable whenFree;
  private final Queue<T> items = new ArrayDeque<>(0);
  private int bytes;

  /** Whether the loop was told that there is no room, and not yet that there is. */
  private boolean isRoomOwed;

  /** Whether a thread takes items until none is left. */
  private boolean isTaking;

  private boolean hasEnded;

  /**
   * @param sizes of items, in bytes
   * @param whenFree is run on the thread that takes, once the loop may go on
   */
  Handover(ToIntFunction<T> sizes, Runnable whenFree) {
    this.sizes = sizes;
    this.whenFree = whenFree;
  }

  /** Tells whether there is room for another item; if not, the loop is told when there is. */
  synchronized boolean hasRoom() {
    boolean hasRoom = items.size() < MOST_ITEMS && bytes < MOST_BYTES;
    isRoomOwed |= !hasRoom;
    return hasRoom;
  }

  /** Hands an item over. */
  synchronized void add(T item) {
    if (!hasEnded) {
      items.add(item);
      bytes += sizes.applyAsInt(item);
      notifyAll();
    }
  }

  /** Tells whether somebody is to begin to {@link #poll}: there are items that nobody takes. */
  synchronized boolean beginsTaking() {
    boolean begins = !isTaking && !hasEnded && !items.isEmpty();
    isTaking |= begins;
    return begins;
  }

  /** Takes an item; null where there is none, and whoever took is to stop. */
  @Nullable T poll() {
    T item;
    boolean isFree;
    synchronized (this) {
      item = hasEnded ? null : items.poll();
      isTaking = item != null;
      isFree = took(item);
    }
    return freed(item, isFree);
  }

  /**
   * Waits for an item, and takes it.
   *
   * @return null where none came in time, or this has ended
   */
  @Nullable T take(Duration limit) throws InterruptedException {
    Deadline deadline = new Deadline(limit);
    T item;
    boolean isFree;
    synchronized (this) {
      while (items.isEmpty() && !hasEnded && !deadline.isOver()) {
        deadline.awaitInterruptibly(this);
      }
      item = hasEnded ? null : items.poll();
      isFree = took(item);
    }
    return freed(item, isFree);
  }

  /** Tells whether the loop may go on now that an item was taken. */
  private boolean took(@Nullable T item) {
    if (item == null) {
      return false;
    }
    bytes -= sizes.applyAsInt(item);
    boolean isFree = isRoomOwed && items.size() <= MOST_ITEMS / 2 && bytes <= MOST_BYTES / 2;
    isRoomOwed &= !isFree;
    return isFree;
  }

  private @Nullable T freed(@Nullable T item, boolean isFree) {
    if (isFree) {
      whenFree.run();
    }
    return item;
  }

  /** Takes nothing any more, and hands nothing out. */
  synchronized void end() {
    hasEnded = true;
    items.clear();
    bytes = 0;
    notifyAll();
  }
}
