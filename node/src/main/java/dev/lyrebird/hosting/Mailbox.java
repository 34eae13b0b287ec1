package dev.lyrebird.hosting;

import dev.lyrebird.api.IncomingMessages;
import dev.lyrebird.api.Limits;
import dev.lyrebird.api.Message;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What one client has said and the code has not taken yet. While it is full the client's socket is
 * not read.
 *
 * <p>Guarded by this object, under whose lock nothing else is called: nobody is woken who would
 * find it taken.
 */
final class Mailbox implements IncomingMessages {

  private final Wire wire;
  private final MessageQueue<Message> waiting;
  private boolean isRead = true;
  private boolean hasEnded;

  /** Who waits for what the client says. */
  private @Nullable Thread reader;

  Mailbox(Wire wire, Limits limits) {
    this.wire = wire;
    this.waiting =
        new MessageQueue<>(
            limits.mailbox(), limits.queuedBytes(), message -> message.bytes().length);
  }

  /** The client says something. Called on the event loop of the wire. */
  void add(Message message) {
    boolean isFull;
    Thread awaiting;
    synchronized (this) {
      if (hasEnded) {
        return;
      }
      waiting.add(message);
      isFull = isRead && waiting.isFull();
      isRead &= !isFull;
      awaiting = reader;
    }
    LockSupport.unpark(awaiting);
    if (isFull) {
      wire.read(false);
    }
  }

  /** Nothing comes any more. */
  void end() {
    Thread awaiting;
    synchronized (this) {
      hasEnded = true;
      awaiting = reader;
    }
    LockSupport.unpark(awaiting);
  }

  /** Forgets what the code has not taken. */
  synchronized void clear() {
    waiting.clear();
  }

  synchronized boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** Takes the next message; null where there is none now. */
  @Nullable Message poll() {
    Message message;
    boolean isReadAgain;
    synchronized (this) {
      reader = null;
      message = waiting.poll();
      isReadAgain = !isRead && waiting.isHalfEmpty() && !hasEnded;
      isRead |= isReadAgain;
    }
    if (isReadAgain) {
      wire.execute(() -> wire.read(true));
    }
    return message;
  }

  @Override
  public @Nullable Message next() {
    return next(Deadline.NEVER);
  }

  @Override
  public @Nullable Message next(Duration limit) {
    Deadline deadline = new Deadline(limit);
    Message message = poll();
    while (message == null && mayHaveMore(deadline)) {
      message = poll();
    }
    return message;
  }

  /** Waits where nothing is there; tells whether something may come, or be there now. */
  private boolean mayHaveMore(Deadline deadline) {
    synchronized (this) {
      if (!waiting.isEmpty()) {
        return true;
      }
      if (hasEnded || deadline.isOver()) {
        return false;
      }
      reader = Thread.currentThread();
    }
    deadline.park(this); // one that waits for a monitor is woken by way of another thread
    return true;
  }
}
