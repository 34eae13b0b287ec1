package dev.lyrebird.hosting;

import dev.lyrebird.api.Connection;
import dev.lyrebird.api.ConnectionClosedException;
import dev.lyrebird.api.Context;
import dev.lyrebird.api.Endpoint;
import dev.lyrebird.api.IncomingMessages;
import dev.lyrebird.api.Message;
import dev.lyrebird.api.ProblemException;
import dev.lyrebird.api.Room;
import dev.lyrebird.api.SlowClientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One client's connection to users' code: what waits in either direction, and when it ends.
 *
 * <pre>
 *   ARRIVING --- the code lets it in, or sends ---> OPEN --- close, fault, a limit ---> CLOSING
 *      |                                             |                                    |
 *      |                                             |                  all is sent, or the time is up
 *      +--- refused -----------> CLOSED <--- client gone ---------------------------------+
 * </pre>
 *
 * <p>The event loop of its {@link Wire} and the threads of the code meet here, under this object's
 * lock. It is the last to be taken: while it is held, no code runs, no message is sent, and no room
 * or {@link Conduct} is told anything. {@link Conduct} tells what the code does.
 */
public final class HostedConnection implements Connection {

  /** A wait of years needs no timer. */
  private static final long FOR_EVER = TimeUnit.DAYS.toNanos(10_000);

  private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

  private enum State {
    ARRIVING,
    OPEN,
    CLOSING,
    CLOSED
  }

  private final HostedRoute route;
  private final Wire wire;
  private final Context context;
  private final long number;
  private final Conduct conduct;
  private final MessageQueue<Message> mailbox;
  private final MessageQueue<Sent> outbox;
  private final Watch watch;

  // All that follows is guarded by this object.

  private State state = State.ARRIVING;
  private boolean isRead = true;

  /** Whether the event loop is about to send what waits. */
  private boolean isPumpDue;

  /** Whether the code has been told that there is no room, and not yet that there is. */
  private boolean isDrainOwed;

  /** Whether the wire has been told to close. */
  private boolean isWireClosed;

  /** How many messages the wire has taken; by it a sender sees that a client is not dead. */
  private int taken;

  /** Who waits for what the client says. */
  private @Nullable Thread reader;

  private int code;
  private String reason = "";
  private @Nullable List<Runnable> afterwards;
  private @Nullable List<String> rooms;

  /** Whether the code has done with it. */
  private boolean isConcluded;

  HostedConnection(HostedRoute route, Wire wire, Context context, long number) {
    this.route = route;
    this.wire = wire;
    this.context = context;
    this.number = number;
    this.mailbox =
        new MessageQueue<>(
            route.limits().mailbox(),
            route.limits().queuedBytes(),
            message -> message.bytes().length);
    this.outbox =
        new MessageQueue<>(route.limits().outgoing(), route.limits().queuedBytes(), Sent::bytes);
    this.watch = new Watch(this);
    this.conduct = conduct();
  }

  private Conduct conduct() {
    return switch (route.endpoint()) {
      case Endpoint.ByResource(var resource, var calls) ->
          new ResourceConduct(resource, this, watch);
      case Endpoint.ByHandler<?>(var handler) -> new HandlerConduct<>(handler, this, watch);
    };
  }

  // --- What the door tells, on its event loop. ---

  /** Has the code decide whether the client comes in. */
  void arrive() {
    watch.start(conduct::arrive);
  }

  /** The client says something. */
  public void received(Message message) {
    boolean isFull;
    synchronized (this) {
      if (!isOpen()) {
        return;
      }
      mailbox.add(message);
      isFull = isRead && mailbox.isFull();
      if (isFull) {
        isRead = false;
      }
      tellWaiting();
    }
    if (isFull) {
      wire.read(false);
    }
    conduct.wake();
  }

  /** There is room for the client's messages again, or for the first time. */
  public void drained() {
    pump();
  }

  /**
   * The client is gone. What it has said before is still taken.
   *
   * @param how the code of its close frame, or {@link Connection#LOST}
   */
  public void gone(int how, String why) {
    synchronized (this) {
      if (state == State.CLOSED) {
        return;
      }
      if (isOpen()) {
        code = how;
        reason = why;
      }
      state = State.CLOSED;
      isWireClosed = true;
      outbox.clear();
      tellWaiting();
    }
    ended();
  }

  /** Sends what waits, while there is room. */
  private void pump() {
    while (true) {
      Sent next;
      boolean isDrained;
      synchronized (this) {
        next = wire.isWritable() ? outbox.poll() : null;
        if (next == null) {
          isPumpDue = false;
          break;
        }
        taken++;
        isDrained = outbox.isHalfEmpty();
        if (isDrained) {
          notifyAll();
        }
        isDrained &= isDrainOwed;
      }
      wire.send(next);
      if (isDrained) {
        conduct.wake();
      }
    }
    wire.flush();
    closeIfAllIsSent(false);
  }

  /**
   * Closes the wire once what waited for it has gone.
   *
   * @param atOnce whether not to wait for that
   */
  private void closeIfAllIsSent(boolean atOnce) {
    synchronized (this) {
      if (atOnce) {
        outbox.clear();
      }
      if (state != State.CLOSING || isWireClosed || !outbox.isEmpty()) {
        return;
      }
      isWireClosed = true;
    }
    wire.close(code, reason);
  }

  private synchronized boolean isArriving() {
    return state == State.ARRIVING;
  }

  private void pumpLater() {
    if (!isPumpDue) {
      isPumpDue = true;
      wire.execute(this::pump);
    }
  }

  /** The node is stopping, and waits for no client that is slow. */
  public void goAway() {
    endOrRefuse(503, GOING_AWAY, "the node is stopping");
    hurry();
  }

  /**
   * Ends the connection from this side.
   *
   * @param status where the client is not in yet
   * @param how where it is
   */
  void endOrRefuse(int status, int how, String why) {
    if (!refuse(new ProblemException(status, why))) {
      end(how, why);
    }
  }

  // --- What the code asks, on any thread. ---

  @Override
  public String id() {
    return Long.toString(number, Character.MAX_RADIX);
  }

  @Override
  public Context context() {
    return context;
  }

  @Override
  public void send(@Nullable Object message) {
    Sent sent = new Sent(Message.of(message));
    if (isArriving()) {
      letIn();
    }
    synchronized (this) {
      if (awaitRoom()) {
        if (!isOpen()) {
          throw new ConnectionClosedException("the connection has ended");
        }
        add(sent);
        return;
      }
    }
    endSlow();
    throw new SlowClientException("the client has taken nothing for " + route.limits().sendTime());
  }

  /** Sends a message that many get; tells whether too much waits for this client already. */
  synchronized boolean isTooSlowFor(Sent sent) {
    if (state != State.OPEN) {
      return false;
    }
    boolean isTooSlow = outbox.isFull();
    if (!isTooSlow) {
      add(sent);
    }
    return isTooSlow;
  }

  private void add(Sent sent) {
    outbox.add(sent);
    isDrainOwed |= !outbox.isHalfEmpty();
    pumpLater();
  }

  /** Waits until there is room, or the end has come; tells whether that was in time. */
  private boolean awaitRoom() {
    if (!outbox.isFull()) {
      return true;
    }
    long patience = route.limits().sendTime().toNanos();
    long since = System.nanoTime();
    int seen = taken;
    while (outbox.isFull() && isOpen()) {
      if (taken != seen) {
        seen = taken;
        since = System.nanoTime();
      }
      long left = patience - (System.nanoTime() - since);
      if (left <= 0) {
        return false;
      }
      await(left);
    }
    return true;
  }

  /**
   * Returns the nanoseconds of a limit; those of one that is longer than they can count are all.
   */
  private static long nanos(Duration limit) {
    return limit.compareTo(LONGEST) < 0 ? limit.toNanos() : Long.MAX_VALUE;
  }

  /** Waits for something to happen, or nothing. */
  @SuppressWarnings("WaitNotInLoop") // all who call it look again
  private void await(long nanos) {
    try {
      if (nanos < FOR_EVER) {
        TimeUnit.NANOSECONDS.timedWait(this, nanos);
      } else {
        wait(); // and no timer
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw timeIsUp();
    }
  }

  private static ConnectionClosedException timeIsUp() {
    return new ConnectionClosedException("the code was interrupted, as its time is up");
  }

  @Override
  public boolean isWritable() {
    synchronized (this) {
      boolean isWritable = outbox.isHalfEmpty() && isOpen();
      isDrainOwed |= !isWritable;
      return isWritable;
    }
  }

  @Override
  public synchronized boolean awaitWritable(Duration limit) {
    long since = System.nanoTime();
    long nanos = nanos(limit);
    long left = nanos;
    while (!outbox.isHalfEmpty() && isOpen() && left > 0) {
      await(left);
      left = nanos - (System.nanoTime() - since);
    }
    return outbox.isHalfEmpty() && isOpen();
  }

  @Override
  public synchronized boolean isOpen() {
    return state == State.ARRIVING || state == State.OPEN;
  }

  @Override
  public void close(int how, String why) {
    if (!isCloseCode(how)) {
      throw new IllegalArgumentException(
          "%d is no code to close with: 1000, 1001, 1003, 1007 to 1014, 3000 to 4999"
              .formatted(how));
    }
    end(how, why);
  }

  /** RFC 6455 §7.4, and the registry that it begins. */
  private static boolean isCloseCode(int how) {
    return how == NORMAL
        || how == GOING_AWAY
        || how == 1003
        || (how >= 1007 && how <= 1014)
        || (how >= 3000 && how <= 4999);
  }

  @Override
  public void onClose(Runnable task) {
    synchronized (this) {
      if (!isConcluded) {
        if (afterwards == null) {
          afterwards = new ArrayList<>(1);
        }
        afterwards.add(task);
        return;
      }
    }
    task.run();
  }

  @Override
  public boolean awaitClose(Duration limit) {
    long since = System.nanoTime();
    long nanos = nanos(limit);
    synchronized (this) {
      for (long left = nanos; isOpen() && left > 0; left = nanos - (System.nanoTime() - since)) {
        await(left);
      }
      return !isOpen();
    }
  }

  @Override
  public void alongside(Task task) {
    watch.start(() -> conduct.run(task));
  }

  @Override
  public void join(Room room) {
    String name = route.nameOf(room);
    synchronized (this) {
      if (!isOpen()) {
        return;
      }
      if (rooms == null) {
        rooms = new ArrayList<>(1);
      }
      rooms.add(name);
    }
    route.enter(name, this);
    if (!isOpen()) {
      route.leave(name, this);
    }
  }

  @Override
  public void leave(Room room) {
    String name = route.nameOf(room);
    synchronized (this) {
      if (rooms != null) {
        rooms.remove(name);
      }
    }
    route.leave(name, this);
  }

  @Override
  public Room room(String name) {
    return route.room(name);
  }

  // --- What the conduct asks, on the threads of the code. ---

  /** Lets the client in, if it is not in yet. */
  void letIn() {
    synchronized (this) {
      if (state != State.ARRIVING) {
        return;
      }
      state = State.OPEN;
      wire.execute(wire::accept);
    }
    route.everybody().add(this);
    if (!isOpen()) {
      route.everybody().remove(this);
    }
  }

  /** Turns the client away; tells whether it was not in yet. */
  boolean refuse(ProblemException problem) {
    synchronized (this) {
      if (state != State.ARRIVING) {
        return false;
      }
      state = State.CLOSED;
      isWireClosed = true;
      code = POLICY;
      reason = problem.detail();
      tellWaiting();
      wire.execute(() -> wire.refuse(problem));
    }
    ended();
    return true;
  }

  /** Takes the next of what the client has said; null where there is none now. */
  synchronized @Nullable Message poll() {
    Message message = mailbox.poll();
    if (!isRead && mailbox.isHalfEmpty() && isOpen()) {
      isRead = true;
      wire.execute(() -> wire.read(true));
    }
    return message;
  }

  /** Tells whether the code is to be told that there is room, and that it is from now on. */
  synchronized boolean takesDrain() {
    boolean isOwed = isDrainOwed && outbox.isHalfEmpty() && isOpen();
    if (isOwed) {
      isDrainOwed = false;
    }
    return isOwed;
  }

  /** Tells whether the code has something to do. */
  synchronized boolean hasNews() {
    return !mailbox.isEmpty() || !isOpen() || (isDrainOwed && outbox.isHalfEmpty());
  }

  /** Returns what the client says, for code that waits for it. */
  IncomingMessages incoming() {
    return new IncomingMessages() {

      @Override
      public @Nullable Message next() {
        return next(LONGEST);
      }

      @Override
      public @Nullable Message next(Duration limit) {
        return awaitMessage(limit);
      }
    };
  }

  /** Its thread parks: one that waits for a monitor is woken by way of another thread. */
  private @Nullable Message awaitMessage(Duration limit) {
    long since = System.nanoTime();
    long nanos = nanos(limit);
    while (true) {
      long left = nanos - (System.nanoTime() - since);
      synchronized (this) {
        Message message = poll();
        if (message != null || !isOpen() || left <= 0) {
          reader = null;
          return message;
        }
        reader = Thread.currentThread();
      }
      if (left < FOR_EVER) {
        LockSupport.parkNanos(this, left);
      } else {
        LockSupport.park(this); // and no timer
      }
      if (Thread.currentThread().isInterrupted()) {
        throw timeIsUp();
      }
    }
  }

  /** Tells all who wait that something has changed. */
  private void tellWaiting() {
    notifyAll();
    LockSupport.unpark(reader);
  }

  /** Ends the connection from this side, behind what was sent. What the client has said is lost. */
  void end(int how, String why) {
    letIn();
    synchronized (this) {
      if (!isOpen()) {
        return;
      }
      state = State.CLOSING;
      code = how;
      reason = why;
      mailbox.clear();
      tellWaiting();
      pumpLater();
    }
    ended();
  }

  /** Closes a connection whose client takes too little; what waits for it is lost. */
  void endSlow() {
    route.meters().wasSlow();
    end(POLICY, "too slow: too many messages wait");
    hurry();
  }

  private void ended() {
    watch.ended();
    leaveRooms();
    conduct.wake();
  }

  private void leaveRooms() {
    List<String> left;
    synchronized (this) {
      left = rooms == null ? List.of() : rooms;
      rooms = null;
    }
    left.forEach(name -> route.leave(name, this));
    route.everybody().remove(this);
  }

  /** Closes a connection whose client does not take what is left for it. */
  void hurry() {
    wire.execute(() -> closeIfAllIsSent(true));
  }

  synchronized int code() {
    return code;
  }

  synchronized String reason() {
    return reason;
  }

  /** The code has done with it. Runs on the last thread of the code. */
  void conclude() {
    List<Runnable> tasks;
    synchronized (this) {
      isConcluded = true; // tasks that come later run at once
      tasks = afterwards == null ? List.of() : afterwards;
      afterwards = null;
    }
    for (Runnable task : tasks) {
      try {
        watch.call(Executors.callable(task));
      } catch (Throwable fault) {
        Faults.afterwards(this, fault);
      }
    }
    route.release(this);
  }

  /** All threads of the code have ended; tells whether no other will follow. */
  boolean isOver() {
    return conduct.isOver();
  }

  /** Looks whether anything takes too long. */
  void tick(long now) {
    watch.tick(now);
  }

  HostedRoute route() {
    return route;
  }
}
