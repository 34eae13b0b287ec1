package dev.lyrebird.hosting;

import dev.lyrebird.api.Limits;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be sent to one client: the code puts messages in, and the event loop of the wire
 * sends them while there is room.
 *
 * <p>Guarded by this object, under whose lock nothing else is called: nobody is woken who would
 * find it taken.
 */
final class Outbox {

  /** For how long a room waits for a client that takes nothing; see {@link Stall}. */
  static final Duration GRACE = Duration.ofMillis(500);

  private final Wire wire;
  private final Duration sendTime;
  private final long graceNanos;
  private final Runnable whenRoom;
  private final MessageQueue<Sent> waiting;

  private final Stall stall = new Stall();

  /** Whether the last look at the wire has shown that its client holds up a room for too long. */
  private boolean isTooSlow;

  /** Whether the event loop is about to send what waits. */
  private boolean isPumpDue;

  /** Whether the code has been told that there is no room, and not yet that there is. */
  private boolean isDrainOwed;

  /** How many messages the wire has taken; by it a sender sees that a client is not dead. */
  private int taken;

  /** Whether no more is put in. */
  private boolean isShut;

  /** How the wire is to be closed behind what waits; null while it is not to be, or has been. */
  private @Nullable Close close;

  /**
   * An end.
   *
   * @param isCut whether messages were lost before it
   */
  private record Close(int code, String reason, boolean isCut) {}

  /** What became of a message that was to be put in. */
  enum Put {
    DONE,

    /** There was no room. */
    FULL,

    /** No more is put in. */
    SHUT
  }

  /**
   * @param whenRoom is told on the event loop that there is room for which the code has waited
   */
  Outbox(Wire wire, Limits limits, Runnable whenRoom) {
    this.wire = wire;
    this.sendTime = limits.sendTime();
    this.graceNanos = (GRACE.compareTo(sendTime) < 0 ? GRACE : sendTime).toNanos();
    this.whenRoom = whenRoom;
    this.waiting = new MessageQueue<>(limits.outgoing(), limits.queuedBytes(), Sent::bytes);
  }

  // --- The code, on any thread. ---

  /** Puts a message in, and waits for room while the client takes some. */
  Put put(Sent message) {
    Put put = Put.FULL;
    while (put == Put.FULL && awaitRoom()) {
      put = offer(message);
    }
    return put;
  }

  /** Waits until there is room, or the end has come; tells whether that was in time. */
  private synchronized boolean awaitRoom() {
    while (waiting.isFull() && !isShut) {
      int seen = taken;
      Deadline deadline = new Deadline(sendTime);
      while (waiting.isFull() && !isShut && taken == seen) {
        if (deadline.isOver()) {
          return false;
        }
        deadline.await(this);
      }
    }
    return true;
  }

  /** Puts a message in if there is room. */
  Put offer(Sent message) {
    boolean isPumpNew;
    synchronized (this) {
      if (isShut) {
        return Put.SHUT;
      }
      if (waiting.isFull()) {
        return Put.FULL;
      }
      isPumpNew = add(message);
    }
    pumpIf(isPumpNew);
    return Put.DONE;
  }

  /** Puts a message in, be there room or not, unless no more is put in. */
  void push(Sent message) {
    boolean isPumpNew;
    synchronized (this) {
      if (isShut) {
        return;
      }
      isPumpNew = add(message);
    }
    pumpIf(isPumpNew);
  }

  /** Tells whether there is no room for a message, though messages are put in. */
  synchronized boolean isFull() {
    return waiting.isFull() && !isShut;
  }

  /**
   * Waits until there is room for what a room is told, or the end has come.
   *
   * @return whether that was in time; if not, the client is to be closed
   */
  boolean awaitRoomInTime() {
    Deadline deadline = new Deadline(sendTime);
    boolean looksAgain = false;
    while (true) {
      pumpIf(looksAgain);
      synchronized (this) {
        if (!isFull()) {
          return true;
        }
        if (isTooSlow || deadline.isOver()) {
          return false;
        }
        long left = graceNanos - stall.nanos(System.nanoTime());
        looksAgain = left <= 0 && takesPump();
        if (!looksAgain) {
          Deadline step = left > 0 ? new Deadline(Duration.ofNanos(left)) : deadline;
          step.await(this);
        }
      }
    }
  }

  private boolean add(Sent message) {
    waiting.add(message);
    if (waiting.isFull()) {
      stall.begin(System.nanoTime());
    }
    isDrainOwed |= !waiting.isHalfEmpty();
    return takesPump();
  }

  /** Tells whether the event loop is to be asked to send, once the lock is free. */
  private boolean takesPump() {
    boolean isNew = !isPumpDue;
    isPumpDue = true;
    return isNew;
  }

  private void pumpIf(boolean isNew) {
    if (isNew) {
      wire.execute(this::pump);
    }
  }

  /** Tells whether a message can be put in without a wait; if not, drain is owed. */
  synchronized boolean isWritable() {
    boolean isWritable = hasRoom();
    isDrainOwed |= !isWritable;
    return isWritable;
  }

  private boolean hasRoom() {
    return waiting.isHalfEmpty() && !isShut;
  }

  /** Waits for room; tells whether there is some. */
  synchronized boolean awaitWritable(Duration limit) {
    Deadline deadline = new Deadline(limit);
    while (!waiting.isHalfEmpty() && !isShut && !deadline.isOver()) {
      deadline.await(this);
    }
    return hasRoom();
  }

  /** Tells whether the code is to be told that there is room, as it waits for that. */
  synchronized boolean isDrained() {
    return isDrainOwed && hasRoom();
  }

  /** Tells the same, and that the code is told now. */
  synchronized boolean takesDrain() {
    boolean isDrained = isDrained();
    isDrainOwed &= !isDrained;
    return isDrained;
  }

  // --- The event loop. ---

  /** Sends what waits, while there is room, and closes the wire behind it if it is to be. */
  void pump() {
    while (true) {
      boolean isWritable = wire.isWritable();
      Sent next;
      boolean isDrained;
      synchronized (this) {
        look(!isWritable);
        next = isWritable ? waiting.poll() : null;
        if (next == null) {
          isPumpDue = false;
          break;
        }
        taken++;
        if (waiting.isHalfEmpty()) {
          stall.end();
          notifyAll();
        }
        isDrained = isDrained();
      }
      wire.send(next);
      if (isDrained) {
        whenRoom.run();
      }
    }
    wire.flush();
    closeIfAllIsSent();
  }

  private void look(boolean hasNoRoom) {
    if (hasNoRoom || stall.isStuck()) {
      long now = System.nanoTime();
      stall.look(hasNoRoom, now);
      isTooSlow = hasNoRoom && stall.nanos(now) >= graceNanos;
      if (isTooSlow) {
        notifyAll();
      }
    }
  }

  private void closeIfAllIsSent() {
    Close due;
    synchronized (this) {
      if (close == null || !waiting.isEmpty()) {
        return;
      }
      due = close;
      close = null;
    }
    if (due.isCut()) {
      wire.cut(due.code(), due.reason());
    } else {
      wire.close(due.code(), due.reason());
    }
  }

  // --- The end. ---

  /**
   * Takes no more, and closes the wire behind what waits.
   *
   * @param isCut whether there was no room for something
   */
  void shut(int code, String reason, boolean isCut) {
    boolean isPumpNew;
    synchronized (this) {
      isShut = true;
      close = new Close(code, reason, isCut);
      notifyAll();
      isPumpNew = takesPump();
    }
    pumpIf(isPumpNew);
  }

  /** Takes no more, and sends none: there is nobody any more. The wire is left as it is. */
  synchronized void abandon() {
    isShut = true;
    close = null;
    waiting.clear();
    notifyAll();
  }

  /** Waits no longer for a client that does not take what is left for it before the end. */
  void hurry() {
    wire.execute(() -> {
      synchronized (this) {
        if (close != null && !waiting.isEmpty()) {
          close = new Close(close.code(), close.reason(), true);
        }
        waiting.clear();
      }
      closeIfAllIsSent();
    });
  }
}
