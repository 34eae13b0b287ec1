package dev.lyrebird.hosting;

import dev.lyrebird.api.Connection;
import dev.lyrebird.api.ConnectionClosedException;
import dev.lyrebird.api.ConnectionHandler;
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
import org.jspecify.annotations.Nullable;

/**
 * One client's connection to users' code: whether it is let in, where it takes part, and when it
 * ends. What waits in either direction does so in its {@link Mailbox} and {@link Outbox}.
 *
 * <pre>
 *   ARRIVING --- the code lets it in, or sends ---> OPEN --- close, fault, a limit ---> CLOSING
 *      |                                             |                                    |
 *      |                                             |                  all is sent, or the time is up
 *      +--- refused -----------> CLOSED <--- client gone ---------------------------------+
 * </pre>
 *
 * <p>The event loop of its {@link Wire} and the threads of the code meet here. Guarded by this
 * object, whose lock comes before those of the two queues and behind all others: while it is held,
 * no code runs, no message is sent, and no room or {@link Conduct} is told anything. {@link
 * Conduct} tells what the code does.
 */
public final class HostedConnection implements Connection {

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
  private final Mailbox mailbox;
  private final Outbox outbox;
  private final Watch watch;
  private final EnteredRooms rooms;

  // All that follows is guarded by this object.

  private State state = State.ARRIVING;
  private int code;
  private String reason = "";
  private @Nullable List<Runnable> afterwards;

  /** Whether its client has been found to take too little. */
  private boolean isSlow;

  /** Whether the code has done with it. */
  private boolean isConcluded;

  /** Whether what was to follow the end has run. */
  private boolean isFinished;

  HostedConnection(HostedRoute route, Wire wire, Context context, long number) {
    this.route = route;
    this.wire = wire;
    this.context = context;
    this.number = number;
    this.mailbox = new Mailbox(wire, route.limits());
    this.outbox = new Outbox(wire, route.limits(), this::wake);
    this.watch = new Watch(this);
    this.rooms = new EnteredRooms(this);
    this.conduct = conduct();
  }

  private Conduct conduct() {
    Endpoint endpoint = route.endpoint();
    ConnectionHandler<?> handler = endpoint.handler();
    return handler == null
        ? new ResourceConduct(endpoint.resource(), this, watch)
        : new HandlerConduct<>(handler, this, watch);
  }

  // --- What the door tells, on its event loop. ---

  /** Has the code decide whether the client comes in. */
  void arrive() {
    conduct.arrive();
  }

  /** The client says something. */
  public void received(Message message) {
    mailbox.add(message);
    wake();
  }

  /** There is room for the client's messages again, or for the first time. */
  public void drained() {
    outbox.pump();
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
      mailbox.end();
      outbox.abandon();
      notifyAll();
    }
    ended();
    releaseIfClosed();
  }

  private synchronized boolean isArriving() {
    return state == State.ARRIVING;
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
    Outbox.Put put = outbox.offer(sent);
    if (put == Outbox.Put.FULL) {
      put = CallTime.waiting(() -> outbox.put(sent));
    }
    switch (put) {
      case DONE -> {}
      case SHUT ->
          throw new ConnectionClosedException("the connection %s has ended".formatted(id()), this);
      case FULL -> {
        endSlow();
        throw new SlowClientException(
            "the client has taken nothing for " + route.limits().sendTime(), this);
      }
    }
  }

  /**
   * Sends a message that many get; tells whether too much waits for this client already. A client
   * that is not in yet is sent it when it is.
   */
  boolean isTooSlowFor(Sent sent) {
    return outbox.offer(sent) == Outbox.Put.FULL;
  }

  /** Sends it likewise, though too much may wait. */
  void tell(Sent sent) {
    outbox.push(sent);
  }

  /** Tells whether too much waits for this client. */
  boolean isFull() {
    return outbox.isFull();
  }

  /** Waits for room for what a room is told; closes the client if there is none in time. */
  void makeRoom() {
    if (!CallTime.waiting(outbox::awaitRoomInTime)) {
      endSlow();
    }
  }

  @Override
  public boolean isWritable() {
    return outbox.isWritable();
  }

  @Override
  public boolean awaitWritable(Duration limit) {
    if (isArriving() && !outbox.isWritable()) {
      letIn(); // nobody makes room for what its rooms were told
    }
    return CallTime.waiting(() -> outbox.awaitWritable(limit));
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
    Deadline deadline = new Deadline(limit);
    synchronized (this) {
      while (isOpen() && !deadline.isOver()) {
        deadline.await(this);
      }
      return !isOpen();
    }
  }

  @Override
  public void alongside(Task task) {
    watch.start(() -> run(task));
  }

  @Override
  public void join(Room room) {
    rooms.enter(route.nameOf(room));
  }

  @Override
  public void leave(Room room) {
    rooms.leave(route.nameOf(room));
  }

  /** Returns how many rooms it is in. */
  int rooms() {
    return rooms.size();
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
      code = POLICY;
      reason = problem.detail();
      mailbox.end();
      outbox.abandon();
      notifyAll();
      wire.execute(() -> wire.refuse(problem));
    }
    ended();
    return true;
  }

  /** Runs something of the code that may last as long as the connection. */
  void run(Task task) {
    try {
      task.run();
    } catch (Throwable fault) {
      Faults.onConnection(this, fault);
    }
  }

  /** Returns what the client says, for code that waits for it. */
  IncomingMessages incoming() {
    return mailbox;
  }

  /** Takes the next of what the client has said; null where there is none now. */
  @Nullable Message poll() {
    return mailbox.poll();
  }

  /** Tells whether the code is to be told that there is room, and that it is from now on. */
  boolean takesDrain() {
    return outbox.takesDrain();
  }

  /** Tells whether the code has something to do. */
  boolean hasNews() {
    return !mailbox.isEmpty() || !isOpen() || outbox.isDrained();
  }

  private void wake() {
    conduct.wake();
  }

  /** Ends the connection from this side, behind what was sent. What the client has said is lost. */
  void end(int how, String why) {
    end(how, why, false);
  }

  private void end(int how, String why, boolean isCut) {
    letIn();
    synchronized (this) {
      if (!isOpen()) {
        return;
      }
      state = State.CLOSING;
      code = how;
      reason = why;
      mailbox.end();
      mailbox.clear();
      outbox.shut(how, why, isCut);
      notifyAll();
    }
    ended();
  }

  /** Ends a connection whose client takes too little; what waits for it is lost. */
  void endSlow() {
    if (beginsSlowEnd()) {
      route.meters().wasSlow();
    }
    String why = "too slow: too many messages wait";
    if (!refuse(new ProblemException(503, why))) {
      end(POLICY, why, true);
    }
    hurry();
  }

  /** Tells whether it is the first time: several threads may find out at once. */
  private synchronized boolean beginsSlowEnd() {
    boolean begins = !isSlow;
    isSlow = true;
    return begins;
  }

  private void ended() {
    watch.ended();
    rooms.end();
    route.everybody().remove(this);
    wake();
  }

  /** Closes a connection whose client does not take what is left for it. */
  void hurry() {
    outbox.hurry();
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
    synchronized (this) {
      isFinished = true;
    }
    releaseIfClosed();
  }

  /**
   * Gives up its room on the route once the code has done with it and the client is gone: until
   * then somebody must look whether the client takes what is left for it.
   */
  private void releaseIfClosed() {
    synchronized (this) {
      if (!isFinished || state != State.CLOSED) {
        return;
      }
    }
    route.release(this);
  }

  /** Tells whether no code runs for it any more. */
  synchronized boolean isFinished() {
    return isFinished;
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
