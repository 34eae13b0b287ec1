package dev.lyrebird.hosting;

import dev.lyrebird.api.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of one connection, and their time: a call that is to end, and whatever still runs
 * when the connection has ended, is interrupted once when its time is up. What goes on all the same
 * counts as overdue until it ends. While a call waits for a client to take something its time
 * stands still: how long that may be, its sender knows.
 *
 * <p>Guarded by this object, under whose lock nothing else is called.
 */
final class Watch {

  private static final Logger LOG = LoggerFactory.getLogger(Watch.class);

  /** Whose call a thread carries out. */
  private static final ScopedValue<Watch> CALLING = ScopedValue.newInstance();

  private final HostedConnection connection;
  private final List<Thread> threads = new ArrayList<>(1);

  /** Who carries out a call that is to end. */
  private @Nullable Thread caller;

  /** When the call began; later by the time for which it has waited for clients. */
  private long callSince;

  private boolean isWaiting;
  private boolean hasEnded;
  private long endedAt;
  private boolean isOverdue;
  private boolean isDone;

  Watch(HostedConnection connection) {
    this.connection = connection;
  }

  /** Runs something on a thread of its own, unless all is over. */
  void start(Runnable body) {
    Thread thread = connection.route().thread(() -> run(body));
    synchronized (this) {
      if (isDone) {
        return;
      }
      threads.add(thread);
    }
    thread.start();
  }

  private void run(Runnable body) {
    try {
      body.run();
    } finally {
      leave();
    }
  }

  private void leave() {
    synchronized (this) {
      threads.remove(Thread.currentThread());
      if (!threads.isEmpty()) {
        return;
      }
      settleOverdue();
    }
    if (connection.isOver() && takesEnd()) {
      connection.conclude();
    }
  }

  /**
   * Tells whether this thread is to conclude: another may have begun and ended since it was asked
   * whether all is over.
   */
  private synchronized boolean takesEnd() {
    boolean takes = !isDone && threads.isEmpty();
    isDone |= takes;
    return takes;
  }

  /**
   * Carries out a call that is to end within the limit of its route. Called by one thread at a
   * time.
   */
  <T> T call(Callable<T> code) throws Exception {
    synchronized (this) {
      caller = Thread.currentThread();
      callSince = System.nanoTime();
    }
    try {
      return ScopedValue.where(CALLING, this).call(code::call);
    } finally {
      synchronized (this) {
        caller = null;
        settleOverdue();
      }
    }
  }

  /** Waits for a client, be it that of the call or another. */
  static <T> T waiting(Supplier<T> wait) {
    return CALLING.isBound() ? CALLING.get().stopped(wait) : wait.get();
  }

  private <T> T stopped(Supplier<T> wait) {
    long since = System.nanoTime();
    if (!setWaiting()) {
      return wait.get();
    }
    try {
      return wait.get();
    } finally {
      synchronized (this) {
        isWaiting = false;
        callSince += System.nanoTime() - since;
      }
    }
  }

  /** Tells whether this is the thread of the call: one that it has begun may wait beside it. */
  private synchronized boolean setWaiting() {
    boolean isCaller = Thread.currentThread().equals(caller);
    isWaiting |= isCaller;
    return isCaller;
  }

  private void settleOverdue() {
    if (isOverdue) {
      isOverdue = false;
      connection.route().meters().overdue.decrementAndGet();
      Thread.interrupted(); // it was meant for what has ended now
    }
  }

  /** The connection has ended; so are the threads to. */
  synchronized void ended() {
    if (!hasEnded) {
      hasEnded = true;
      endedAt = System.nanoTime();
    }
  }

  /** Looks whether anything takes too long. */
  void tick(long now) {
    boolean isCallLate;
    boolean interrupts;
    boolean hurries;
    synchronized (this) {
      long callNanos = connection.route().limits().callTime().toNanos();
      isCallLate = caller != null && !isWaiting && !isOverdue && now - callSince > callNanos;
      boolean outlives = hasEnded && !isOverdue && !threads.isEmpty() && now - endedAt > callNanos;
      if (isCallLate || outlives) {
        isOverdue = true;
        connection.route().meters().overdue.incrementAndGet();
      }
      interrupts = isCallLate || outlives;
      hurries = hasEnded && now - endedAt > connection.route().limits().sendTime().toNanos();
    }
    if (isCallLate) {
      tellLate();
    }
    if (interrupts) {
      interrupt();
    }
    if (hurries) {
      connection.hurry();
    }
  }

  /** Interrupts what is overdue, if it still is. The connection has ended before. */
  private synchronized void interrupt() {
    if (isOverdue) {
      threads.forEach(Thread::interrupt);
      Thread calling = caller;
      if (calling != null) {
        calling.interrupt(); // it may be none of them, when all is over
      }
    }
  }

  private void tellLate() {
    connection.route().meters().wasLate();
    LOG.atWarn()
        .addKeyValue("route", connection.route().pattern())
        .addKeyValue("connection", connection.id())
        .log("a call of a resource takes longer than its callTime and is interrupted");
    connection.endOrRefuse(503, Connection.FAULT, "the resource took too long");
  }
}
