package dev.lyrebird.hosting;

import dev.lyrebird.api.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of one connection, and their time. A call that is to end is interrupted when its time
 * is up, and so is whatever still runs some time behind the end of the connection: once each, and
 * how it is then, {@link Lateness} says.
 *
 * <p>Guarded by this object, under whose lock nothing else is called.
 */
final class Watch implements CallTime {

  private static final Logger LOG = LoggerFactory.getLogger(Watch.class);

  private final HostedConnection connection;

  /** Threads of the code. */
  private final List<Thread> threads = new ArrayList<>(0);

  /** Threads that run code in calls alone. */
  private final List<Thread> callers = new ArrayList<>(0);

  /** Who carries out a call that is to end. */
  private @Nullable Thread caller;

  /** When the call began; later by the time for which it has waited for clients. */
  private long callSince;

  /** Of the call; none where there is no caller. */
  private Lateness call = Lateness.NONE;

  private boolean isWaiting;
  private boolean hasEnded;
  private long endedAt;

  /** Of what runs behind the end but calls; none where nothing does. */
  private Lateness rest = Lateness.NONE;

  private boolean isDone;

  Watch(HostedConnection connection) {
    this.connection = connection;
  }

  /** Runs code on a thread of its own, unless all is over. */
  void start(Runnable body) {
    start(body, threads);
  }

  /**
   * Runs what makes calls, and has no other code, on a thread of its own, unless all is over. Each
   * call has its time, also behind the end: what the client has said before is still taken.
   */
  void startCalls(Runnable body) {
    start(body, callers);
  }

  private void start(Runnable body, List<Thread> among) {
    Thread thread = connection.route().thread(() -> run(body, among));
    synchronized (this) {
      if (isDone) {
        return;
      }
      among.add(thread);
    }
    thread.start();
  }

  private void run(Runnable body, List<Thread> among) {
    try {
      body.run();
    } finally {
      leave(among);
    }
  }

  private void leave(List<Thread> among) {
    synchronized (this) {
      among.remove(Thread.currentThread());
      if (threads.isEmpty()) {
        rest = rest.ended(overdue());
      }
      if (!hasNoThreads()) {
        return;
      }
    }
    if (connection.isOver() && takesEnd()) {
      Thread.interrupted(); // it was meant for what has ended now
      connection.conclude();
    }
  }

  /**
   * Tells whether this thread is to conclude: another may have begun and ended since it was asked
   * whether all is over.
   */
  private synchronized boolean takesEnd() {
    boolean takes = !isDone && hasNoThreads();
    isDone |= takes;
    return takes;
  }

  private boolean hasNoThreads() {
    return threads.isEmpty() && callers.isEmpty();
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
      return ScopedValue.where(CallTime.CALLING, this).call(code::call);
    } finally {
      synchronized (this) {
        caller = null;
        endCall();
      }
    }
  }

  @Override
  public synchronized boolean stop() {
    boolean isCaller = Thread.currentThread().equals(caller);
    isWaiting |= isCaller;
    return isCaller;
  }

  @Override
  public synchronized void goOn(long nanos) {
    isWaiting = false;
    callSince += nanos;
  }

  private void endCall() {
    if (call != Lateness.NONE) {
      Thread.interrupted(); // it was meant for what has ended now
    }
    call = call.ended(overdue());
  }

  private AtomicInteger overdue() {
    return connection.route().meters().overdue;
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
    boolean hurries;
    Thread stubborn;
    synchronized (this) {
      Lateness callBefore = call;
      Lateness restBefore = rest;
      isCallLate = lookAtCall(now);
      lookAtRest(now);
      stubborn = stubborn(callBefore, restBefore);
      hurries = hasEnded && now - endedAt > connection.route().limits().sendTime().toNanos();
    }
    if (isCallLate) {
      tellLate();
      interruptCall();
    }
    if (stubborn != null) {
      Faults.goesOn(connection.route(), "code of connection " + connection.id(), stubborn);
    }
    if (hurries) {
      connection.hurry();
    }
  }

  /** Returns a thread that has just been found to go on after it was interrupted. */
  private @Nullable Thread stubborn(Lateness callBefore, Lateness restBefore) {
    if (callBefore == Lateness.INTERRUPTED && call == Lateness.OVERDUE) {
      return caller;
    }
    return restBefore == Lateness.INTERRUPTED && rest == Lateness.OVERDUE
        ? threads.stream().filter(thread -> !thread.equals(caller)).findFirst().orElse(null)
        : null;
  }

  /** Tells whether there is a call whose time is up just now. */
  private boolean lookAtCall(long now) {
    Lateness before = call;
    call = before.next(caller != null && !isWaiting && now - callSince > callNanos(), overdue());
    return before == Lateness.NONE && call != Lateness.NONE;
  }

  private void lookAtRest(long now) {
    Lateness before = rest;
    rest = before.next(hasEnded && now - endedAt > callNanos() && outlives(), overdue());
    if (before == Lateness.NONE && rest != Lateness.NONE) {
      threads.stream().filter(thread -> !thread.equals(caller)).forEach(Thread::interrupt);
    }
  }

  private boolean outlives() {
    return threads.stream().anyMatch(thread -> !thread.equals(caller));
  }

  private long callNanos() {
    return connection.route().limits().callTime().toNanos();
  }

  /** Interrupts the call that is late, if it still goes on. The connection has ended before. */
  private synchronized void interruptCall() {
    if (caller != null && call != Lateness.NONE) {
      caller.interrupt();
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
