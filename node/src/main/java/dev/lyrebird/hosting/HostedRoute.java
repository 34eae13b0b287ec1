package dev.lyrebird.hosting;

import dev.lyrebird.api.Call;
import dev.lyrebird.api.Context;
import dev.lyrebird.api.Endpoint;
import dev.lyrebird.api.Limits;
import dev.lyrebird.api.Message;
import dev.lyrebird.api.ProblemException;
import dev.lyrebird.api.Room;
import dev.lyrebird.api.Route;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A route that this node serves: its newcomers, within its limits, and its rooms. Any thread may
 * call.
 */
public final class HostedRoute implements Route.Host {

  private final String pattern;
  private final Route route;
  private final Broadcasts broadcasts;
  private final RouteMeters meters;
  private final AtomicLong numbers;
  private final BooleanSupplier neverWaits;
  private final ThreadFactory threads;
  private final Set<HostedConnection> connections = ConcurrentHashMap.newKeySet();
  private final Set<HostedCall> calls = ConcurrentHashMap.newKeySet();
  private final Members everybody = new Members();
  private final Map<String, Members> rooms = new ConcurrentHashMap<>();

  /** Why no more connections are taken; null while they are. */
  private volatile @Nullable Retirement retirement;

  private record Retirement(int code, String reason) {}

  /**
   * @param pattern by which the route is known, in metrics, in logs and to other nodes
   * @param numbers the numbers of connections
   * @param neverWaits tells whether the current thread is an event loop
   */
  HostedRoute(
      String pattern,
      Route route,
      Broadcasts broadcasts,
      RouteMeters meters,
      AtomicLong numbers,
      BooleanSupplier neverWaits) {
    this.pattern = pattern;
    this.route = route;
    this.broadcasts = broadcasts;
    this.meters = meters;
    this.numbers = numbers;
    this.neverWaits = neverWaits;
    this.threads = Thread.ofVirtual().name("resource " + pattern).factory();
  }

  /** Returns which calls there are. */
  public Set<Call> calls() {
    return route.endpoint().calls();
  }

  /**
   * Brings a client that wants to be connected. Called on the event loop of its wire, which is told
   * whether the client comes in.
   *
   * @return whom to tell what happens to the client; null where it has been turned away
   */
  public @Nullable HostedConnection connect(Context context, Wire wire) {
    ProblemException problem = noRoom(meters.connections, limits().connections(), "connections");
    if (problem != null) {
      wire.refuse(problem);
      return null;
    }
    HostedConnection connection =
        new HostedConnection(this, wire, context, numbers.incrementAndGet());
    connections.add(connection);
    connection.arrive();
    Retirement end = retirement;
    if (end != null) {
      connection.endOrRefuse(503, end.code(), end.reason());
    }
    return connection;
  }

  /**
   * Carries out a call that is on no connection. The answer comes on another thread; its fault is a
   * {@link ProblemException}.
   *
   * @param content none where it has none
   */
  public CompletableFuture<@Nullable Object> call(Call what, Message content, Context context) {
    ProblemException problem = noRoom(meters.calls, limits().calls(), "calls");
    if (problem != null) {
      return CompletableFuture.failedFuture(problem);
    }
    HostedCall call = new HostedCall(this, what, content, context);
    calls.add(call);
    Retirement end = retirement;
    if (end != null) {
      release(call);
      return CompletableFuture.failedFuture(new ProblemException(503, end.reason()));
    }
    return call.start();
  }

  /** Takes up room for one more; returns why there is none. */
  private @Nullable ProblemException noRoom(AtomicInteger count, int most, String of) {
    String detail = null;
    if (meters.overdue.get() >= limits().overdue()) {
      detail = "calls of %s do not end; see the node's log".formatted(pattern);
    } else if (count.incrementAndGet() > most) {
      count.decrementAndGet();
      detail = "there are %d %s to %s already".formatted(most, of, pattern);
    }
    if (detail == null) {
      return null;
    }
    meters.refused();
    return new ProblemException(503, detail);
  }

  void release(HostedConnection connection) {
    if (connections.remove(connection)) {
      meters.connections.decrementAndGet();
    }
  }

  void release(HostedCall call) {
    if (calls.remove(call)) {
      meters.calls.decrementAndGet();
    }
  }

  /** Looks whether anything takes too long. */
  void tick(long now) {
    connections.forEach(connection -> connection.tick(now));
    calls.forEach(call -> call.tick(now));
  }

  /** Ends all connections, and takes no other. */
  void retire(int code, String reason) {
    retirement = new Retirement(code, reason);
    connections.forEach(connection -> connection.endOrRefuse(503, code, reason));
  }

  /** Tells whether no code runs for it any more. */
  boolean isIdle() {
    return calls.isEmpty() && connections.stream().allMatch(HostedConnection::isFinished);
  }

  // --- Rooms. ---

  @Override
  public Room room(@Nullable String name) {
    return new HostedRoom(this, name);
  }

  /**
   * Returns the name of a room that one may enter and leave.
   *
   * @throws IllegalArgumentException where it is of another route, or the one of all connections
   */
  String nameOf(Room room) {
    if (room instanceof HostedRoom(HostedRoute of, String label) && of == this && label != null) {
      return label;
    }
    throw new IllegalArgumentException(
        "the room %s is none of the route %s".formatted(room.name(), pattern));
  }

  Members everybody() {
    return everybody;
  }

  void enter(String room, HostedConnection connection) {
    rooms.compute(
        room,
        (name, known) -> {
          Members members = known == null ? new Members() : known;
          members.add(connection);
          return members;
        });
  }

  void leave(String room, HostedConnection connection) {
    rooms.computeIfPresent(
        room,
        (name, members) -> {
          members.remove(connection);
          return members.size() == 0 ? null : members;
        });
  }

  int members(@Nullable String room) {
    Members members = room == null ? everybody : rooms.get(room);
    return members == null ? 0 : members.size();
  }

  /** Sends a message to all in a room on this node, and waits for them if this thread may. */
  void tell(@Nullable String room, Sent sent) {
    Members members = room == null ? everybody : rooms.get(room);
    if (members == null) {
      return;
    }
    if (neverWaits.getAsBoolean()) {
      members.tellAtOnce(sent);
    } else {
      members.tell(sent);
    }
  }

  void tellOtherNodes(@Nullable String room, Message message) {
    broadcasts.send(pattern, room, message);
  }

  // --- What its connections and calls ask. ---

  String pattern() {
    return pattern;
  }

  Endpoint endpoint() {
    return route.endpoint();
  }

  Limits limits() {
    return route.limits();
  }

  RouteMeters meters() {
    return meters;
  }

  Thread thread(Runnable body) {
    return threads.newThread(() -> {
      Carriers.lower();
      body.run();
    });
  }
}
