package dev.lyrebird.mqtt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.mqtt.ClientIds.Granted;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One history of several nodes on which clients with few ids among them come and go, in virtual
 * time. In some histories nodes crash and are cut off from one another for a while, noticed or not;
 * then all is mended. The seed decides everything.
 *
 * <p>What must hold: every claim is settled in time. Where nothing goes wrong, never do two
 * connections hold one id, and a counter that passes from holder to holder misses none of its
 * steps. Whatever has gone wrong, in the end one connection holds each id, the one that came last.
 */
final class ClaimSimulation {

  static final long TIMEOUT_MILLIS = 3000;

  private static final int MAX_DELAY_MILLIS = 40;

  /** How long others may know of a node before it listens: longer than they wait for an answer. */
  private static final int MAX_STARTING_MILLIS = 5000;

  /** How long a holder may take until it is gone. */
  private static final int MAX_LEAVING_MILLIS = 30;

  private static final long BUSY_MILLIS = 30_000;
  private static final long QUIET_MILLIS = 20_000;

  /** How long it may take, where nothing goes wrong, until a claim has its stamp and is granted. */
  private static final long PATIENCE_MILLIS = 1500;

  private static final long FORGIVEN_MILLIS = 5000;

  private final RandomGenerator random;
  private final Flaw flaw;
  private final boolean isFaulty;
  private final boolean isCrowded;
  private final List<String> ids;
  private final List<SimulatedNode> nodes = new ArrayList<>();
  private final List<Connection> connections = new ArrayList<>();
  private final PriorityQueue<Event> events = new PriorityQueue<>();

  /** When the last message of each pair of nodes arrives: none overtakes another. */
  private final Map<String, Long> arrivals = new HashMap<>();

  /** How often each node was told that another is there: who has left since is none of its news. */
  private final Map<String, Integer> meetings = new HashMap<>();

  /** How often the counter of each id was stepped, in truth. */
  private final Map<String, Long> steps = new HashMap<>();

  /** When a claimant to each id gave up last: what it was handed may be lost. */
  private final Map<String, Long> givenUp = new HashMap<>();

  /** When each id was granted last to somebody who was there. */
  private final Map<String, Long> held = new HashMap<>();

  private long now;
  private long scheduled;

  /** What is wrong with the nodes. */
  interface Flaw {

    Flaw NONE = new Flaw() {};

    /** Returns what becomes of a message that arrives; null where it is lost. */
    default @Nullable ClaimMessage received(ClaimMessage message) {
      return message;
    }

    /** Returns what becomes of an effect before it is carried out. */
    default List<ClaimEffect> decided(ClaimEffect effect) {
      return List.of(effect);
    }
  }

  private record Event(long at, long number, Runnable happening) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(at, other.at);
      return byTime != 0 ? byTime : Long.compare(number, other.number);
    }
  }

  ClaimSimulation(long seed, Flaw flaw) {
    this.random = new SplittableRandom(seed);
    this.flaw = flaw;
    this.isFaulty = random.nextBoolean();
    this.isCrowded = random.nextInt(4) == 0;
    this.ids = Stream.of("a", "b", "c", "d").limit(1 + random.nextInt(4)).toList();
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      nodes.add(new SimulatedNode(i + 1));
    }
  }

  void run() {
    nodes.forEach(this::announce);
    after(100, this::act);
    if (isFaulty) {
      after(random.nextInt(5000), this::fault);
    }
    runUntil(BUSY_MILLIS);
    mend();
    runUntil(BUSY_MILLIS + QUIET_MILLIS);
    for (String id : ids) {
      judge(id);
    }
  }

  private void runUntil(long end) {
    while (!events.isEmpty() && events.element().at() <= end) {
      Event event = events.remove();
      now = event.at();
      event.happening().run();
    }
    now = end;
  }

  private void after(long millis, Runnable happening) {
    events.add(new Event(now + millis, scheduled++, happening));
  }

  /** In the end one connection holds the id: the one with the last stamp, if it has not gone. */
  private void judge(String id) {
    List<Connection> all = connections.stream().filter(each -> each.id.equals(id)).toList();
    List<Connection> there = all.stream().filter(each -> !each.isEnded).toList();
    assertTrue(there.stream().allMatch(each -> each.isGranted), () -> "not settled: " + id + there);
    assertTrue(there.size() <= 1, () -> "several hold " + id + ": " + there);
    Connection last =
        all.stream()
            .filter(each -> each.isGranted)
            .max(Comparator.comparing(Connection::stamp))
            .orElse(null);
    // One that left may have claimed before that and was not granted any more.
    assertTrue(
        last == null
            || there.contains(last)
            || all.stream()
                .anyMatch(
                    each -> each.hasLeft && each.claimedAt > last.claimedAt - PATIENCE_MILLIS),
        () -> "the last of %s is %s, but %s stay".formatted(id, last, there));
    for (SimulatedNode node : nodes) {
      assertEquals(
          there.stream().filter(each -> each.node == node).count(),
          node.claims.held(id),
          () -> "node %d remembers other claims to %s than there are".formatted(node.id, id));
    }
  }

  private void act() {
    if (now < BUSY_MILLIS - 2000) {
      after(random.nextInt(isCrowded ? 20 : 500), this::act);
    }
    switch (random.nextInt(6)) {
      case 0 -> {
        if (!connections.isEmpty()) {
          connections.get(random.nextInt(connections.size())).leave();
        }
      }
      case 1, 2 -> connections.forEach(Connection::step);
      default -> {
        List<SimulatedNode> running = nodes.stream().filter(node -> node.isRunning).toList();
        if (!running.isEmpty()) {
          connect(running.get(random.nextInt(running.size())));
        }
      }
    }
  }

  private void connect(SimulatedNode node) {
    Connection connection = new Connection(ids.get(random.nextInt(ids.size())), node);
    connections.add(connection);
    node.take(node.claims.claim(connection.id, connection, connection::granted));
    long local = connections.stream().filter(each -> each.node == node).count();
    after(
        (isFaulty ? TIMEOUT_MILLIS : 0) + PATIENCE_MILLIS + local * MAX_LEAVING_MILLIS,
        () -> assertTrue(connection.isSettled(), () -> connection + " waits still"));
  }

  private void fault() {
    if (now < BUSY_MILLIS - 8000) {
      after(random.nextInt(8000), this::fault);
    }
    SimulatedNode one = nodes.get(random.nextInt(nodes.size()));
    switch (random.nextInt(4)) {
      case 0 -> crash(one);
      case 1 -> {
        restart(one);
      }
      default -> cutOff(one, random.nextBoolean());
    }
  }

  private void crash(SimulatedNode node) {
    if (!node.isRunning) {
      return;
    }
    node.isRunning = false;
    node.life++;
    for (Connection connection : connections) {
      if (connection.node == node) {
        connection.isEnded = true;
        connection.hasLeft = true;
      }
    }
    for (SimulatedNode other : nodes) {
      tellLeft(other, node, 1000);
    }
    after(1000 + random.nextInt(5000), () -> restart(node));
  }

  private void restart(SimulatedNode node) {
    if (!node.isThere()) {
      node.renew();
      announce(node);
    }
  }

  /** Others hear of a node before it listens. */
  private void announce(SimulatedNode node) {
    int life = node.life;
    node.isStarting = true;
    for (SimulatedNode other : nodes) {
      if (other != node && other.isRunning) {
        tellJoined(other, node);
      }
    }
    after(
        random.nextInt(MAX_STARTING_MILLIS),
        () -> {
          if (node.life == life) {
            start(node);
          }
        });
  }

  /** Who listens is told of the others before it lets anybody in. */
  private void start(SimulatedNode node) {
    node.isStarting = false;
    node.isRunning = true;
    tick(node, node.life);
    for (SimulatedNode other : nodes) {
      if (other != node && other.isThere()) {
        meetings.merge(node.id + "<" + other.id, 1, Integer::sum);
        node.hearsJoined(other);
      }
    }
  }

  private void meet(SimulatedNode one, SimulatedNode two) {
    tellJoined(one, two);
    tellJoined(two, one);
  }

  private void tellJoined(SimulatedNode told, SimulatedNode joined) {
    meetings.merge(told.id + "<" + joined.id, 1, Integer::sum);
    after(random.nextInt(50), () -> told.hearsJoined(joined));
  }

  private void tellLeft(SimulatedNode told, SimulatedNode left, int maxDelayMillis) {
    String pair = told.id + "<" + left.id;
    Integer before = meetings.get(pair);
    after(
        random.nextInt(maxDelayMillis),
        () -> {
          if (Objects.equals(before, meetings.get(pair))) {
            told.hearsLeft(left);
          }
        });
  }

  private void tick(SimulatedNode node, int life) {
    if (node.isRunning && node.life == life) {
      node.take(node.claims.tick());
      after(ClientIds.TICK_MILLIS, () -> tick(node, life));
    }
  }

  /** Nothing passes between a node and the others for a while. */
  private void cutOff(SimulatedNode node, boolean isNoticed) {
    if (node.isCutOff) {
      return;
    }
    node.isCutOff = true;
    if (isNoticed) {
      for (SimulatedNode other : nodes) {
        if (other != node) {
          tellLeft(other, node, 2000);
          tellLeft(node, other, 2000);
        }
      }
    }
    after(2000 + random.nextInt(4000), () -> rejoin(node, isNoticed));
  }

  private void rejoin(SimulatedNode node, boolean wasNoticed) {
    node.isCutOff = false;
    for (SimulatedNode other : nodes) {
      if (wasNoticed && other != node && other.isThere() && node.isThere()) {
        meet(node, other);
      }
    }
  }

  private void mend() {
    nodes.forEach(this::restart);
  }

  /** A node, and its part in the network. */
  private final class SimulatedNode {

    final long id;
    boolean isStarting;
    boolean isRunning;
    boolean isCutOff;
    int life;
    Claims claims;

    SimulatedNode(long id) {
      this.id = id;
      this.claims = fresh();
    }

    private Claims fresh() {
      return new Claims(id, () -> Instant.ofEpochMilli(now), () -> now, TIMEOUT_MILLIS);
    }

    boolean isThere() {
      return isStarting || isRunning;
    }

    void renew() {
      claims = fresh();
    }

    void hearsJoined(SimulatedNode other) {
      if (isRunning && other.isThere()) {
        take(claims.peerLeft(other.id));
        take(claims.peerJoined(other.id));
      }
    }

    void hearsLeft(SimulatedNode other) {
      if (isRunning) {
        take(claims.peerLeft(other.id));
      }
    }

    void take(List<ClaimEffect> effects) {
      for (ClaimEffect effect : effects) {
        flaw.decided(effect).forEach(this::perform);
      }
    }

    private void perform(ClaimEffect effect) {
      switch (effect) {
        case ClaimEffect.Send(var to, var message) -> send(to, ClaimMessageCodec.encode(message));
        case ClaimEffect.MakeWay(var claim) -> {
          int now = life;
          claim
              .holder()
              .makeWay(state -> {
                if (life == now) {
                  take(claims.gone(claim, state));
                }
              });
        }
        case ClaimEffect.Grant(var claim, var granted) -> claim.granted().accept(granted);
      }
    }

    private void send(long to, byte[] bytes) {
      SimulatedNode other = nodes.get((int) to - 1);
      String pair = id + ">" + to;
      long at =
          Math.max(arrivals.getOrDefault(pair, 0L), now + 1 + random.nextInt(MAX_DELAY_MILLIS));
      arrivals.put(pair, at);
      int sender = life;
      int receiver = other.life;
      if (other.isStarting) {
        after(
            1,
            () -> {
              if (sender == life) {
                take(claims.peerDoesNotListen(to));
              }
            });
        return;
      }
      boolean isLost = isCutOff || other.isCutOff;
      after(
          at - now,
          () -> {
            ClaimMessage message = flaw.received(ClaimMessageCodec.decode(bytes));
            if (!isLost
                && other.isRunning
                && message != null
                && sender == life
                && receiver == other.life) {
              other.take(other.claims.receive(id, message));
            }
          });
    }
  }

  /** A connection that claims an id and counts while it holds it. */
  private final class Connection implements ClientIds.Holder {

    final String id;
    final SimulatedNode node;
    final long claimedAt = now;

    /** Whether it says that it is gone as soon as it is told, though it was not granted yet. */
    final boolean isHasty = random.nextBoolean();

    boolean isGranted;
    boolean isTold;
    boolean isEnded;
    boolean hasLeft;
    long counter;
    @Nullable Granted grant;
    @Nullable Consumer<@Nullable Handover> successor;

    Connection(String id, SimulatedNode node) {
      this.id = id;
      this.node = node;
    }

    boolean isSettled() {
      return isGranted || isEnded;
    }

    void granted(Granted granted) {
      assertTrue(!isGranted, () -> this + " is granted twice");
      isGranted = true;
      grant = granted;
      if (successor != null) {
        successor.accept(granted.handedOver());
        return;
      }
      if (isEnded) {
        givenUp.put(id, now);
        node.take(node.claims.release(id, this));
        return;
      }
      SessionState state = (SessionState) granted.handedOver();
      counter = state == null ? 0 : state.expirySeconds();
      if (!isFaulty) {
        for (Connection other : connections) {
          assertTrue(
              other == this || !other.id.equals(id) || !other.isGranted || other.isEnded,
              () -> "both hold %s: %s and %s".formatted(id, this, other));
        }
        if (state == null && mayBeLost()) {
          steps.put(id, 0L);
        }
        assertEquals(steps.getOrDefault(id, 0L), counter, () -> "counter of " + this);
        held.put(id, now);
      }
    }

    /** Tells whether what the last holder left may have come to a claimant that had given up. */
    private boolean mayBeLost() {
      Long at = givenUp.get(id);
      return at != null && (now - at < FORGIVEN_MILLIS || held.getOrDefault(id, 0L) < at);
    }

    void step() {
      if (isGranted && !isEnded) {
        counter++;
        steps.merge(id, 1L, Long::sum);
      }
    }

    @Override
    public void makeWay(Consumer<@Nullable Handover> gone) {
      isTold = true;
      if (!isGranted && !isHasty) {
        isEnded = true;
        successor = gone;
      } else if (!isGranted || isEnded) {
        isEnded = true;
        gone.accept(null);
      } else {
        after(
            random.nextInt(MAX_LEAVING_MILLIS),
            () -> {
              isEnded = true;
              gone.accept(state());
            });
      }
    }

    @Override
    public void restore() {
      throw new AssertionError("nobody has seen a row");
    }

    /** The client goes: a clean session, which begins anew with the next. */
    void leave() {
      if (isEnded || isTold || !node.isRunning) {
        return;
      }
      isEnded = true;
      hasLeft = true;
      if (isGranted) {
        steps.put(id, 0L);
      } else if (isHasty) {
        givenUp.put(id, now);
      } else {
        return; // gives the id back when it is granted
      }
      node.take(node.claims.release(id, this));
    }

    Timestamp stamp() {
      return grant == null ? Timestamp.NONE : grant.stamp();
    }

    private SessionState state() {
      return new SessionState(
          stamp(),
          node.id,
          true,
          0,
          0,
          counter,
          List.of(),
          List.of(),
          new long[0],
          List.of(),
          List.of(),
          null,
          0);
    }

    @Override
    public String toString() {
      return "%s of %d at %d ms%s%s"
          .formatted(
              id, node.id, claimedAt, isGranted ? ", granted" : "", isEnded ? ", ended" : "");
    }
  }
}
