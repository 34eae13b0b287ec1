package dev.lyrebird.hosting;

import dev.lyrebird.api.Connection;
import dev.lyrebird.api.ConnectionClosedException;
import dev.lyrebird.api.Context;
import dev.lyrebird.api.Message;
import dev.lyrebird.api.OutgoingMessages;
import dev.lyrebird.api.Room;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client that takes messages when its test says so. */
final class TestConnection implements Connection {

  /** Messages that wait for the client before {@link #send} waits. */
  static final int ROOM = 16;

  private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final Context context;
  private final Queue<Message> outbox = new ArrayDeque<>();
  private final List<Throwable> faults = new ArrayList<>();
  private int threads;
  private int mostWaiting;
  private boolean isClosed;

  TestConnection(Context context) {
    this.context = context;
  }

  /** Has code send on this connection, as the node does. */
  TestConnection run(OutgoingMessages code) {
    alongside(() -> code.sendTo(this));
    return this;
  }

  /** Waits for a message to the client. */
  synchronized Message take() {
    await(() -> !outbox.isEmpty());
    Message taken = outbox.remove();
    notifyAll();
    return taken;
  }

  /** Waits until no code runs for this connection any more. */
  synchronized void awaitEnd() {
    await(() -> threads == 0);
  }

  synchronized List<Throwable> faults() {
    return List.copyOf(faults);
  }

  /** Returns how many messages have waited here at once. */
  synchronized int mostWaiting() {
    return mostWaiting;
  }

  /** Waits until so many messages wait here. */
  synchronized void awaitWaiting(int messages) {
    await(() -> outbox.size() >= messages);
  }

  private interface Claim {
    boolean holds();
  }

  private void await(Claim claim) {
    long until = System.nanoTime() + WAIT_NANOS;
    while (!claim.holds()) {
      long left = until - System.nanoTime();
      if (left <= 0) {
        throw new AssertionError("nothing within 30 seconds; faults: " + faults);
      }
      try {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  @Override
  public String id() {
    return "1";
  }

  @Override
  public Context context() {
    return context;
  }

  @Override
  public synchronized void send(@Nullable Object message) {
    await(() -> outbox.size() < ROOM || isClosed);
    if (isClosed) {
      throw new ConnectionClosedException("closed");
    }
    outbox.add(Message.of(message));
    mostWaiting = Math.max(mostWaiting, outbox.size());
    notifyAll();
  }

  @Override
  public synchronized boolean isWritable() {
    return !isClosed && outbox.size() < ROOM / 2;
  }

  /** No limit is shorter than this waits. */
  @Override
  public synchronized boolean awaitWritable(Duration limit) {
    await(() -> isWritable() || isClosed);
    return isWritable();
  }

  @Override
  public synchronized boolean isOpen() {
    return !isClosed;
  }

  @Override
  public synchronized void close(int code, String reason) {
    isClosed = true;
    notifyAll();
  }

  @Override
  public void onClose(Runnable task) {
    throw new UnsupportedOperationException("nothing here waits for the end in this way");
  }

  @Override
  public synchronized boolean awaitClose(Duration limit) {
    long since = System.nanoTime();
    long left = limit.toNanos();
    while (!isClosed && left > 0) {
      try {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      left = limit.toNanos() - (System.nanoTime() - since);
    }
    return isClosed;
  }

  @Override
  public void alongside(Task task) {
    synchronized (this) {
      threads++;
    }
    Thread.startVirtualThread(() -> {
      try {
        task.run();
      } catch (Throwable fault) {
        synchronized (this) {
          faults.add(fault);
        }
      } finally {
        synchronized (this) {
          threads--;
          notifyAll();
        }
      }
    });
  }

  @Override
  public void join(Room room) {
    throw new UnsupportedOperationException("there are no rooms here");
  }

  @Override
  public void leave(Room room) {
    throw new UnsupportedOperationException("there are no rooms here");
  }

  @Override
  public Room room(String name) {
    throw new UnsupportedOperationException("there are no rooms here");
  }
}
