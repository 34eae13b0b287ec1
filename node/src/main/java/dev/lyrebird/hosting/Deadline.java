package dev.lyrebird.hosting;

import dev.lyrebird.api.ConnectionClosedException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Until when a thread of users' code waits. Made when the wait begins, by the thread that waits.
 */
final class Deadline {

  static final Duration NEVER = Duration.ofNanos(Long.MAX_VALUE);

  /** A wait of years needs no timer. */
  private static final long YEARS = TimeUnit.DAYS.toNanos(10_000);

  private final long since = System.nanoTime();
  private final long nanos;

  /**
   * @param limit how long from now
   */
  Deadline(Duration limit) {
    this.nanos = limit.compareTo(NEVER) < 0 ? limit.toNanos() : Long.MAX_VALUE;
  }

  boolean isOver() {
    return left() <= 0;
  }

  private long left() {
    return nanos - (System.nanoTime() - since);
  }

  /** Waits to be notified, until then at most; may return without reason. */
  @SuppressWarnings("WaitNotInLoop") // all who call it look again
  void awaitInterruptibly(Object lock) throws InterruptedException {
    if (nanos < YEARS) {
      TimeUnit.NANOSECONDS.timedWait(lock, left());
    } else {
      lock.wait();
    }
    Carriers.lower();
  }

  /**
   * Waits likewise, on a connection.
   *
   * @throws ConnectionClosedException where the thread is interrupted, which it stays
   */
  void await(Object lock) {
    try {
      awaitInterruptibly(lock);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw interrupted();
    }
  }

  /** Parks, until then at most; otherwise as {@link #await}. */
  void park(Object blocker) {
    if (nanos < YEARS) {
      LockSupport.parkNanos(blocker, left());
    } else {
      LockSupport.park(blocker);
    }
    if (Thread.currentThread().isInterrupted()) {
      throw interrupted();
    }
    Carriers.lower();
  }

  private static ConnectionClosedException interrupted() {
    return new ConnectionClosedException("the code was interrupted, as its time is up");
  }
}
