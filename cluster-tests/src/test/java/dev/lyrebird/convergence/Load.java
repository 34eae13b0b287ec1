package dev.lyrebird.convergence;

import dev.lyrebird.harness.Addresses;
import dev.lyrebird.harness.Await;
import dev.lyrebird.history.Kind;
import dev.lyrebird.history.Recorder;
import dev.lyrebird.history.Write;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Clients that write, one by each protocol at each node it is given, each a virtual thread. A
 * client whose node fails it stops there: what it sent without an answer may or may not have
 * happened.
 */
final class Load implements AutoCloseable {

  /** Writes of one client that may wait for their acknowledgement. */
  private static final int WINDOW = 20;

  /** Longer than any node is frozen. */
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(45);

  private static final Duration LEAVING_LIMIT = Duration.ofSeconds(60);

  /** Gives every writer a name of its own, also those that come after others at the same node. */
  private static final AtomicInteger WRITERS = new AtomicInteger();

  private final Recorder recorder;
  private final Plan plan;
  private final List<Thread> clients = new ArrayList<>();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private volatile boolean over;

  /**
   * What each client writes.
   *
   * @param kinds of which it takes one at random for each write
   * @param topics how many rows or topics all clients share
   * @param writes after which a client ends by itself
   * @param pause between two writes
   * @param isConfirmed whether other nodes confirm writes to the table, so that a write counts as
   *     acknowledged only by what waits for them
   */
  record Plan(List<Kind> kinds, int topics, int writes, Duration pause, boolean isConfirmed) {

    /** As fast as they are acknowledged, until there were so many of each client. */
    static Plan of(Kind kind, int topics, int writes) {
      return new Plan(List.of(kind), topics, writes, Duration.ZERO, false);
    }

    /** Until it is stopped, at a moderate rate. */
    static Plan endless(int topics, Kind... kinds) {
      return new Plan(List.of(kinds), topics, Integer.MAX_VALUE, Duration.ofMillis(20), false);
    }

    /** The same for a table whose writes other nodes confirm. */
    Plan confirmed() {
      return new Plan(kinds, topics, writes, pause, true);
    }
  }

  Load(Recorder recorder, List<Addresses> nodes, Plan plan, RandomGenerator random) {
    this.recorder = recorder;
    this.plan = plan;
    for (Addresses node : nodes) {
      for (Door.Protocol protocol : Door.Protocol.values()) {
        long seed = random.nextLong();
        clients.add(
            Thread.ofVirtual().start(() -> write(node, protocol, new SplittableRandom(seed))));
      }
    }
  }

  /** Waits until every client has written all that its plan asks for; fails if one was refused. */
  void awaitEnd(Duration limit) {
    var _ =
        Await.until(
            () -> clients.stream().noneMatch(Thread::isAlive),
            limit,
            () -> "clients still write; failures: " + failures);
    if (!failures.isEmpty()) {
      throw new AssertionError("clients were refused: " + failures);
    }
  }

  /** Why clients stopped before their time. */
  List<String> failures() {
    return List.copyOf(failures);
  }

  /** Lets every client wait for its last acknowledgements and leave. */
  @Override
  public void close() {
    over = true;
    var _ =
        Await.until(
            () -> clients.stream().noneMatch(Thread::isAlive),
            LEAVING_LIMIT,
            () -> "clients do not leave");
  }

  private void write(Addresses node, Door.Protocol protocol, RandomGenerator random) {
    String writer = protocol + "@" + node.node() + "." + WRITERS.incrementAndGet();
    Window window = new Window();
    try (Door door = open(node, protocol, writer)) {
      for (int i = 0; i < plan.writes() && !over && window.enter(1); i++) {
        Kind wanted = plan.kinds().get(random.nextInt(plan.kinds().size()));
        Kind kind = door.isToldOf(wanted) ? wanted : Kind.MESSAGE;
        String topic = "t" + random.nextInt(plan.topics());
        Write write = recorder.next(writer, node.node(), topic, kind);
        var _ =
            door.write(write, topic, kind)
                .whenComplete((done, failure) -> settle(write, failure, window));
        if (!plan.pause().isZero()) {
          Await.passing(plan.pause());
        }
      }
      if (!window.enter(WINDOW)) {
        failures.add(writer + " was not answered, or is gone");
      }
    } catch (RuntimeException | AssertionError e) {
      failures.add(writer + ": " + e);
    }
  }

  private Door open(Addresses node, Door.Protocol protocol, String writer) {
    Door door = protocol.open(node, writer);
    return plan.isConfirmed() && !door.waitsForOthers()
        ? new Door.Confirmed(door, node, writer, recorder)
        : door;
  }

  private void settle(Write write, @Nullable Throwable failure, Window window) {
    if (failure == null) {
      recorder.acknowledge(write);
      window.leave();
    } else {
      failures.add(write + ": " + failure.getMessage());
      window.breakDown();
    }
  }

  /** The writes of one client that wait for their acknowledgement. */
  private static final class Window {
    private final Semaphore free = new Semaphore(WINDOW);
    private volatile boolean broken;

    /** Waits for so many free places; tells whether the client may go on. */
    boolean enter(int places) {
      try {
        return free.tryAcquire(places, ANSWER_LIMIT.toSeconds(), TimeUnit.SECONDS) && !broken;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }

    void leave() {
      free.release();
    }

    /** A write failed: who waits need wait no longer. */
    void breakDown() {
      broken = true;
      free.release(WINDOW);
    }
  }
}
