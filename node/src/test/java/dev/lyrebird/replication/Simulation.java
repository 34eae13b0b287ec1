package dev.lyrebird.replication;

import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.Write;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One run: nodes, a network between them, clients and faults, all in virtual time. For a while
 * things go wrong, then all is mended, and in the end the nodes must agree with each other and with
 * the {@link ExpectedRows}. The seed tells everything.
 */
final class Simulation {

  private static final long MILLI = 1000;
  private static final int MAX_WRITE_GAP_MILLIS = 200;
  private static final int MAX_FAULT_GAP_MILLIS = 1500;
  private static final int MAX_MEMBERSHIP_DELAY_MILLIS = 2000;
  private static final int MAX_MENDED_DELAY_MILLIS = 300;
  private static final long TICK_MILLIS = Scenario.HEARTBEAT_MILLIS / 5;

  /** Nodes tell each other twice, a heartbeat apart, what they have seen; then they fold. */
  private static final long MAX_FOLDING_MILLIS = 4 * Scenario.HEARTBEAT_MILLIS;

  private static final long MEETING_MILLIS = 1000;

  /** How long nodes may take to agree once all is well. */
  private static final long CONVERGENCE_MILLIS = 20_000;

  /** How long it is quiet after that, so that what need not be remembered is forgotten. */
  private static final long QUIET_MILLIS = Scenario.RETENTION_MILLIS + 5000;

  private final RandomGenerator random;
  private final Scenario scenario;
  private final Flaw flaw;
  private final World world;
  private final Network network;
  private final Workload workload;
  private final List<SimulatedNode> nodes = new ArrayList<>();
  private final BitSet acknowledged = new BitSet();
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final List<String> history = new ArrayList<>();
  private final boolean isTold;

  /** Virtual time, µs. */
  private long now;

  private long scheduled;
  private boolean isMended;
  private boolean hasLostDisk;

  /** Loses its disk as soon as that hurts most; null while none is to. */
  private @Nullable SimulatedNode doomed;

  private record Event(long at, long number, Runnable happening) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(at, other.at);
      return byTime != 0 ? byTime : Long.compare(number, other.number);
    }
  }

  private Simulation(SplittableRandom random, Scenario scenario, Flaw flaw, boolean isTold) {
    this.random = random;
    this.scenario = scenario;
    this.flaw = flaw;
    this.isTold = isTold;
    this.world = new World(scenario, flaw, () -> now / MILLI, this::freshNumber);
    this.network = new Network(scenario.nodes());
    this.workload = new Workload(random);
  }

  /**
   * Runs a seed.
   *
   * @param flaw what is wrong with the nodes
   * @return how many events there were
   * @throws AssertionError with the history where a law is broken
   */
  static long run(long seed, Flaw flaw) {
    Simulation simulation = of(seed, flaw, false, Long.MAX_VALUE);
    try {
      return simulation.run();
    } catch (AssertionError | RuntimeException e) {
      throw told(seed, flaw, simulation.scenario.faultyMillis(), e);
    }
  }

  /** Runs a seed once; where it fails, it says only how. */
  static long runOnce(long seed, Flaw flaw) {
    return of(seed, flaw, false, Long.MAX_VALUE).run();
  }

  private static Simulation of(long seed, Flaw flaw, boolean isTold, long maxFaultyMillis) {
    SplittableRandom random = new SplittableRandom(seed);
    Scenario drawn = Scenario.random(random);
    Scenario scenario = drawn.shorter(Math.min(drawn.faultyMillis(), maxFaultyMillis));
    return new Simulation(random, scenario, flaw, isTold);
  }

  /** Runs a seed that fails once more, as short as it still fails, and tells its history. */
  private static AssertionError told(long seed, Flaw flaw, long millis, Throwable failure) {
    Throwable shortest = failure;
    long failing = millis;
    for (long shorter = failing / 8; shorter < failing; shorter += 1 + failing / 8) {
      try {
        of(seed, flaw, false, shorter).run();
      } catch (AssertionError | RuntimeException e) {
        shortest = e;
        failing = shorter;
      }
    }
    Simulation telling = of(seed, flaw, true, failing);
    try {
      telling.run();
    } catch (AssertionError | RuntimeException e) {
      shortest = e;
    }
    telling.tell(() -> "in the end: %s".formatted(telling.standing()));
    return new AssertionError(
        "-Dseed=%d: %s%n%s%n%s"
            .formatted(
                seed, shortest.getMessage(), telling.scenario, String.join("\n", telling.history)),
        shortest);
  }

  private long run() {
    for (int i = 0; i < scenario.nodes(); i++) {
      nodes.add(node());
    }
    nodes.forEach(this::start);
    if (scenario.confirm() > 0) {
      meet();
    }
    after(0, random.nextInt(MAX_WRITE_GAP_MILLIS), this::write);
    after(0, random.nextInt(MAX_FAULT_GAP_MILLIS), this::fault);
    runUntil(now + scenario.faultyMillis() * MILLI, () -> false);
    mend();
    long limit = now + CONVERGENCE_MILLIS * MILLI;
    runUntil(limit, this::agree);
    Law.check(agree(), () -> "nodes do not agree: %s".formatted(standing()));
    nodes.forEach(SimulatedNode::settle);
    runUntil(now + QUIET_MILLIS * MILLI, () -> false);
    Law.check(agree(), () -> "nodes no longer agree: %s".formatted(standing()));
    judge();
    return scheduled;
  }

  /**
   * Lets all nodes come to know each other: before that, nothing is safe from the loss of a disk.
   */
  private void meet() {
    isMended = true;
    runUntil(now + MEETING_MILLIS * MILLI, () -> false);
    isMended = false;
  }

  private void runUntil(long end, Supplier<Boolean> isEnough) {
    long checkAt = now;
    while (!events.isEmpty() && events.peek().at() <= end) {
      Event event = events.remove();
      now = event.at();
      event.happening().run();
      if (now >= checkAt) {
        if (isEnough.get()) {
          return;
        }
        checkAt = now + TICK_MILLIS * MILLI;
      }
    }
    now = end;
  }

  private void after(long millis, long micros, Runnable happening) {
    events.add(new Event(now + millis * MILLI + micros, scheduled++, happening));
  }

  private long freshNumber() {
    return 1L + random.nextInt(1_000_000);
  }

  private void tell(Supplier<String> what) {
    if (isTold) {
      history.add("%9.3f %s".formatted((double) now / MILLI, what.get()));
    }
  }

  private SimulatedNode node() {
    return new SimulatedNode(
        freshNumber(), new WallClock(() -> now, scenario.isCoarse()), world, acknowledged);
  }

  private void start(SimulatedNode node) {
    List<Long> present = new ArrayList<>();
    for (SimulatedNode other : nodes) {
      if (other != node && isReachable(node, other)) {
        present.add(other.id);
        node.members.put(other.id, other.life);
      }
    }
    tell(() -> "%d starts, and sees %s".formatted(node.id, present));
    perform(node, node.start(present));
    int life = node.life;
    after(random.nextInt((int) TICK_MILLIS), 0, () -> tick(node, life));
    lookAround();
  }

  private void tick(SimulatedNode node, int life) {
    if (!node.isUp() || node.life != life) {
      return;
    }
    if (node.stalledUntil <= now) {
      perform(node, node.tick());
      if (node.isUp() && random.nextInt(10) == 0) {
        upkeep(node);
      }
    }
    after(TICK_MILLIS, random.nextInt(100), () -> tick(node, life));
  }

  private void upkeep(SimulatedNode node) {
    switch (random.nextInt(3)) {
      case 0 -> node.trim();
      case 1 -> node.settle();
      default -> node.disk.sync();
    }
  }

  private void perform(SimulatedNode node, List<Effect> effects) {
    for (Effect effect : effects) {
      switch (effect) {
        case Effect.Send send -> {
          byte[] bytes = MessageCodec.encode(node.id, flaw.sent(node, send.message()));
          for (SimulatedNode to : nodes) {
            if (send.to().contains(to.id)) {
              send(new Letter(node, node.life, to, to.isUp() ? to.life : 0, bytes));
            }
          }
        }
        case Effect.Deliver deliver ->
            deliver
                .commit()
                .entries()
                .forEach(entry ->
                    tell(() ->
                        "%d has #%d %s%s"
                            .formatted(
                                node.id,
                                world.chronicle().numberOf(entry.change()),
                                Telling.of(entry.change()),
                                entry.isSuperseded() ? " beneath" : "")));
        case Effect.Reset reset -> tell(() -> "%d resets: %s".formatted(node.id, reset.reason()));
      }
    }
  }

  /**
   * A message under way.
   *
   * @param toLife in which life of the receiver it was sent; 0 where it was down
   */
  @SuppressWarnings("ArrayRecordComponent") // carried, never compared
  private record Letter(
      SimulatedNode from, int fromLife, SimulatedNode to, int toLife, byte[] bytes) {}

  private void send(Letter letter) {
    int times = 1;
    if (!isMended) {
      boolean isLost = random.nextInt(100) < scenario.lossPercent();
      boolean isRepeated = random.nextInt(100) < scenario.repeatPercent();
      times = isLost ? 0 : isRepeated ? 2 : 1;
    }
    for (int i = 0; i < times; i++) {
      boolean isSlow = !isMended && random.nextInt(100) < scenario.slowPercent();
      after(isSlow ? random.nextInt(1000) : 0, 200 + random.nextInt(5000), () -> arrive(letter));
    }
    if (times == 0) {
      tell(() -> "%d to %d is lost".formatted(letter.from().id, letter.to().id));
    }
  }

  /**
   * A connection ends with the processes at both its ends: what one has sent arrives before what
   * the next one at that node sends, or not at all.
   */
  private void arrive(Letter letter) {
    SimulatedNode to = letter.to();
    if (!to.isUp() || network.isCut(slot(letter.from()), slot(to))) {
      return;
    }
    if (to.stalledUntil > now) {
      after(0, to.stalledUntil - now, () -> arrive(letter));
      return;
    }
    int lastLife = to.heardLives.merge(letter.from().id, letter.fromLife(), Math::max);
    boolean isOfTheDead = letter.toLife() != 0 && letter.toLife() != to.life;
    if (lastLife == letter.fromLife() && !isOfTheDead) {
      MessageCodec.Letter read = MessageCodec.decode(letter.bytes());
      tell(() -> "%d to %d: %s".formatted(read.from(), to.id, Telling.of(read.message())));
      perform(to, to.receive(read.from(), read.message()));
      if (to == doomed && to.isUp() && hasSomethingBarelyConfirmed(to)) {
        loseDisk(to);
      }
    }
  }

  /**
   * Tells whether of what a node has written and acknowledged another one still lacks something.
   */
  private boolean hasSomethingBarelyConfirmed(SimulatedNode node) {
    long origin = node.table().origin();
    return acknowledged.stream()
        .filter(change -> world.chronicle().change(change).timestamp().node() == origin)
        .anyMatch(change -> nodes.stream().anyMatch(other -> !other.disk.known().get(change)));
  }

  private int slot(SimulatedNode node) {
    return Math.max(0, nodes.indexOf(node));
  }

  private boolean isReachable(SimulatedNode from, SimulatedNode to) {
    int one = slot(from);
    int other = slot(to);
    return to.isUp() && !network.isCut(one, other) && !network.isCut(other, one);
  }

  /** Has every node look at its members some time soon. */
  private void lookAround() {
    for (SimulatedNode node : nodes) {
      int delay = isMended ? MAX_MENDED_DELAY_MILLIS : MAX_MEMBERSHIP_DELAY_MILLIS;
      after(random.nextInt(1 + random.nextInt(delay)), 0, () -> lookAround(node));
    }
  }

  private void lookAround(SimulatedNode node) {
    if (node.stalledUntil > now) {
      after(0, node.stalledUntil - now, () -> lookAround(node));
      return;
    }
    Collection<Long> gone = new TreeSet<>(node.members.keySet());
    for (SimulatedNode other : nodes) {
      if (other != node && node.isUp() && isReachable(node, other)) {
        gone.remove(other.id);
        Integer life = node.members.get(other.id);
        if (life == null || life != other.life) {
          if (life != null && random.nextBoolean()) {
            leave(node, other.id);
          }
          if (node.isUp()) {
            tell(() -> "%d sees %d join".formatted(node.id, other.id));
            node.members.put(other.id, other.life);
            perform(node, node.joined(other.id));
          }
        }
      }
    }
    gone.forEach(member -> leave(node, member));
  }

  private void leave(SimulatedNode node, long member) {
    if (node.isUp()) {
      tell(() -> "%d sees %d leave".formatted(node.id, member));
      node.members.remove(member);
      perform(node, node.left(member));
    }
  }

  private void write() {
    if (isMended) {
      return;
    }
    SimulatedNode node = nodes.get(random.nextInt(nodes.size()));
    if (node.isReady() && node.stalledUntil <= now) {
      List<Write> writes = workload.writes(node.wall.instant().toEpochMilli());
      tell(() -> "%d is asked for %s".formatted(node.id, Telling.of(writes)));
      perform(node, node.write(writes));
    }
    after(random.nextInt(MAX_WRITE_GAP_MILLIS), random.nextInt(1000), this::write);
  }

  private void fault() {
    if (isMended || scenario.faults().isEmpty()) {
      return;
    }
    List<Scenario.Fault> possible = List.copyOf(scenario.faults());
    SimulatedNode node = nodes.get(random.nextInt(nodes.size()));
    if (node.isUp()) {
      happen(possible.get(random.nextInt(possible.size())), node);
    }
    after(random.nextInt(MAX_FAULT_GAP_MILLIS), 0, this::fault);
  }

  private void happen(Scenario.Fault fault, SimulatedNode node) {
    tell(() -> "%s at %d".formatted(fault, node.id));
    switch (fault) {
      case PARTITION -> partition(random.nextInt(3000));
      case LONG_ABSENCE -> absence(node);
      case KILL -> {
        if (random.nextBoolean()) {
          node.killWithin(steps -> random.nextInt(steps + 1));
          after(100 + random.nextInt(1000), 0, () -> restartIfDown(node));
        } else {
          down(node, node.disk.steps(), random.nextInt(2000));
        }
      }
      case STOP -> {
        node.stop();
        down(node, node.disk.steps(), random.nextInt(2000));
      }
      case STALL -> node.stalledUntil = now + random.nextInt(2000) * MILLI;
      case LOST_TAIL -> rewound(node, Math.max(node.disk.acquainted(), node.disk.synced()));
      case OLD_DISK -> rewound(node, node.disk.acquainted());
      case LOST_DISK -> {
        if (random.nextBoolean()) {
          loseDisk(node);
        } else {
          doomed = node;
        }
      }
      case CLOCK -> {
        node.wall.set((random.nextInt(4000) - 2000) * MILLI);
        node.wall.drift(random.nextInt(20_000) - 10_000);
      }
      case HOUR_AHEAD -> {
        node.wall.set(3_600_000 * MILLI);
        after(random.nextInt(2000), 0, node.wall::correct);
      }
      case FALSE_ALARM -> {
        SimulatedNode other = nodes.get(random.nextInt(nodes.size()));
        if (node.members.containsKey(other.id) && node.stalledUntil <= now) {
          leave(node, other.id);
          lookAround();
        }
      }
    }
  }

  private void rewound(SimulatedNode node, int leastSteps) {
    down(node, random.nextInt(leastSteps, node.disk.steps() + 1), shortly());
  }

  private int shortly() {
    return random.nextInt(3) == 0 ? random.nextInt(2000) : random.nextInt(100);
  }

  private void partition(int millis) {
    boolean[] isInside = new boolean[nodes.size()];
    for (int i = 0; i < isInside.length; i++) {
      isInside[i] = random.nextBoolean();
    }
    boolean isOneWay = random.nextInt(3) == 0;
    network.cut(isInside, isOneWay);
    lookAround();
    after(
        millis,
        0,
        () -> {
          network.join(isInside, isOneWay);
          tell(() -> "a partition ends");
          lookAround();
        });
  }

  private void absence(SimulatedNode node) {
    int millis = (int) Scenario.RETENTION_MILLIS + random.nextInt(3000);
    if (random.nextBoolean()) {
      down(node, node.disk.steps(), millis);
    } else {
      boolean[] isInside = new boolean[nodes.size()];
      isInside[slot(node)] = true;
      network.cut(isInside, false);
      lookAround();
      after(
          millis,
          0,
          () -> {
            network.join(isInside, false);
            tell(() -> "%d is back".formatted(node.id));
            lookAround();
          });
    }
  }

  private void down(SimulatedNode node, int steps, int millis) {
    tell(() -> "%d goes down with %d of %d steps".formatted(node.id, steps, node.disk.steps()));
    node.kill(steps);
    lookAround();
    after(millis, 0, () -> restartIfDown(node));
  }

  private void restartIfDown(SimulatedNode node) {
    node.spare();
    if (!node.isUp() && nodes.contains(node)) {
      start(node);
    }
  }

  /** At most once a run: what one other node has confirmed can be lost with two. */
  private void loseDisk(SimulatedNode node) {
    if (hasLostDisk) {
      return;
    }
    hasLostDisk = true;
    node.kill(node.disk.steps());
    world.disks().remove(node.disk);
    world.forgotten(node.disk.known());
    SimulatedNode empty = node();
    nodes.set(nodes.indexOf(node), empty);
    tell(() -> "%d takes the place of %d".formatted(empty.id, node.id));
    lookAround();
    after(random.nextInt(2000), 0, () -> restartIfDown(empty));
  }

  private void mend() {
    tell(() -> "all is mended");
    isMended = true;
    network.mend();
    for (SimulatedNode node : nodes) {
      node.wall.correct();
      node.stalledUntil = 0;
      restartIfDown(node);
    }
    lookAround();
  }

  private boolean agree() {
    return nodes.stream()
        .allMatch(node ->
            node.isUp() && node.isReady() && node.vector().equals(nodes.getFirst().vector()));
  }

  private String standing() {
    StringBuilder standing = new StringBuilder();
    for (SimulatedNode node : nodes) {
      standing.append("%n%d ".formatted(node.id));
      standing.append(node.isUp() ? Telling.of(node.replica().report()) : "is down");
      standing.append(node.isUp() ? " folds " + Telling.time(node.table().stable()) : "");
    }
    return standing.toString();
  }

  private void judge() {
    BitSet known = nodes.getFirst().disk.known();
    for (SimulatedNode node : nodes) {
      Law.check(
          node.disk.known().equals(known),
          () ->
              "%d knows %s, but %d knows %s"
                  .formatted(nodes.getFirst().id, known, node.id, node.disk.known()));
    }
    Map<String, ExpectedRows.Seen> expected = ExpectedRows.of(world.chronicle(), known);
    for (SimulatedNode node : nodes) {
      node.checkRows(expected);
      node.disk.checkJournal();
      checkFolded(node);
    }
    acknowledged.stream()
        .forEach(change ->
            Law.check(
                known.get(change) || mayBeLost(change),
                () ->
                    "#%d %s was acknowledged and is lost"
                        .formatted(change, world.chronicle().change(change))));
  }

  /**
   * Checks that rows have forgotten how they came about, once all is stable. Where a clock was an
   * hour ahead that takes an hour.
   */
  private void checkFolded(SimulatedNode node) {
    if (scenario.faults().contains(Scenario.Fault.HOUR_AHEAD)) {
      return;
    }
    long past = now / MILLI - Scenario.GRACE_MILLIS - MAX_FOLDING_MILLIS;
    long rank = Timestamp.timeOfMillis(WallClock.BEGINNING.toEpochMilli() + past);
    List<String> unfolded = node.disk.unfolded(rank);
    Law.check(unfolded.isEmpty(), () -> "%d does not fold %s".formatted(node.id, unfolded));
  }

  private boolean mayBeLost(int change) {
    return scenario.confirm() == 0 && world.chronicle().isLost(change);
  }
}
