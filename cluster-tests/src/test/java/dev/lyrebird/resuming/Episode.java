package dev.lyrebird.resuming;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lyrebird.harness.Await;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * One short history: writes at all nodes, and followers that come, read a little, lose their
 * connections and go on elsewhere. Its seed decides what is done in which order; how far the nodes
 * have come by then is up to them.
 *
 * <p>Played by one thread.
 */
final class Episode {

  /** A table that is flooded now and then, so that its journal loses what is old. */
  static final String TRIMMED = "Trimmed";

  /** A table whose journal keeps everything for longer than an episode lasts. */
  static final String KEPT = "Kept";

  private static final int MOST_FOLLOWERS = 3;
  private static final int MOST_BYTES = 64 << 10;
  private static final int LONGEST_LINE = 400;
  private static final Duration PATIENCE = Duration.ofMillis(50);
  private static final Duration NO_PATIENCE = Duration.ofMillis(1);

  /** How rare bursts and floods are among the steps of all episodes: they are large. */
  private static final int RARE = 1500;

  private final List<Writers> nodes;
  private final Terms terms;
  private final String name;
  private final RandomGenerator random;
  private final boolean isKept;
  private final String topics;
  private final Scribe scribe;
  private final List<Follower> followers = new ArrayList<>();
  private final List<String> faults = new ArrayList<>();
  private final List<String> trace = Collections.synchronizedList(new ArrayList<>());
  private int breaks;

  /**
   * What is the same for all episodes of a run.
   *
   * @param floodBytes more than a journal holds
   * @param plant what followers do wrong
   * @param limit how long to wait for what must come in the end
   */
  record Terms(long floodBytes, StreamFollower.Plant plant, Duration limit) {}

  /** What came of an episode. */
  record Outcome(
      String name, List<String> faults, List<String> trace, int told, int breaks, long resets) {}

  Episode(List<Writers> nodes, Terms terms, int number, long seed) {
    this.nodes = nodes;
    this.terms = terms;
    this.random = new SplittableRandom(seed);
    this.isKept = random.nextInt(3) == 0;
    String table = isKept ? KEPT : TRIMMED;
    this.name = "h" + number;
    this.topics = table + "/" + name;
    this.scribe = new Scribe(nodes, table, name, random, this::tell);
  }

  Outcome play() {
    try (scribe) {
      subscribe();
      for (int left = 10 + random.nextInt(20); left > 0; left--) {
        step();
      }
      settle();
    } catch (RuntimeException | AssertionError e) {
      tell("failed: " + e);
      faults.add(name + " could not go on: " + e);
    } finally {
      followers.forEach(Follower::cutOff);
    }
    return new Outcome(
        name,
        faults,
        List.copyOf(trace),
        followers.stream().mapToInt(follower -> follower.account().told()).sum(),
        breaks,
        followers.stream().mapToLong(Episode::resets).sum());
  }

  private void step() {
    switch (random.nextInt(20)) {
      case 0, 1, 2, 3, 4, 5 -> scribe.message();
      case 6, 7, 8, 9 -> scribe.change();
      case 10 -> scribe.volley();
      case 11 -> subscribe();
      case 12, 13, 14 -> read(anyFollower());
      case 15, 16, 17, 18 -> breakOffOrGoOn(anyFollower());
      default -> doWhatIsRare();
    }
  }

  private void doWhatIsRare() {
    int what = random.nextInt(RARE / 20);
    if (isKept || what > 1) {
      scribe.message();
    } else if (what == 0) {
      scribe.burst();
    } else if (followers.getFirst() instanceof StreamFollower follower) {
      stayAwayTooLong(follower);
    }
  }

  private void subscribe() {
    if (followers.size() < MOST_FOLLOWERS) {
      Follower follower = follower();
      followers.add(follower);
      connect(follower);
      if (random.nextBoolean()) {
        awaitReady(follower);
      }
    }
  }

  private Follower follower() {
    Interest interest = Interest.any(random);
    Account account = new Account(interest, scribe.sent());
    String who = name + "." + followers.size();
    return switch (random.nextInt(isKept ? 4 : 2)) {
      case 0 -> stream(who, Protocol.EVENTS, interest, account);
      case 1 -> stream(who, Protocol.FRAMES, interest, account);
      case 2 -> new SessionFollower(who, interest.filter(topics), 1, account, this::tell);
      default -> new SessionFollower(who, interest.filter(topics), 2, account, this::tell);
    };
  }

  private Follower stream(String who, Protocol protocol, Interest interest, Account account) {
    return new StreamFollower(
        who, protocol, interest.path(topics), account, terms.plant(), this::tell);
  }

  private void connect(Follower follower) {
    Writers node = nodes.get(random.nextInt(nodes.size()));
    follower.connect(node.node(), random.nextBoolean() ? 2048 : 16 << 10);
  }

  private void read(Follower follower) {
    int most = 1 + random.nextInt(random.nextBoolean() ? 100 : 4000);
    var _ = follower.read(most, NO_PATIENCE);
  }

  private void breakOffOrGoOn(Follower follower) {
    if (follower.isConnected()) {
      read(follower);
      follower.cutOff();
      breaks++;
    } else {
      connect(follower);
    }
  }

  /** The follower is away until the journal of the node where it comes back has lost its place. */
  private void stayAwayTooLong(StreamFollower follower) {
    if (!follower.isConnected()) {
      connect(follower);
    }
    awaitReady(follower);
    follower.cutOff();
    long resets = follower.resets();
    Writers node = nodes.get(random.nextInt(nodes.size()));
    tell("floods " + node.node().node());
    node.flood(TRIMMED + "/flood", terms.floodBytes());
    follower.connect(node.node(), 0);
    awaitReady(follower);
    if (follower.resets() == resets) {
      faults.add(follower + " was not told that the journal has lost its place");
    }
  }

  /** Lets everybody catch up, and judges. */
  private void settle() {
    for (Follower follower : followers) {
      if (!follower.isConnected()) {
        connect(follower);
      }
      awaitReady(follower);
    }
    scribe.marks();
    Map<String, JsonNode> rows = agreedRows();
    for (Follower follower : followers) {
      Account account = follower.account();
      Supplier<List<String>> lacks = () -> lacks(follower, rows);
      try {
        readUntil(follower, () -> lacks.get().isEmpty());
      } catch (AssertionError e) {
        lacks.get().forEach(lack -> faults.add(follower + " " + lack));
      }
      var _ = follower.read(MOST_BYTES, NO_PATIENCE);
      account.faults().forEach(fault -> faults.add(follower + " " + fault));
    }
  }

  private static List<String> lacks(Follower follower, Map<String, JsonNode> rows) {
    List<String> lacks = new ArrayList<>();
    follower.account().missing().forEach(message -> lacks.add("was never told " + message));
    if (follower instanceof StreamFollower) {
      lacks.addAll(follower.account().wrongRows(rows));
    }
    return lacks;
  }

  /** The rows of the episode, once they are the same on all nodes. */
  private Map<String, JsonNode> agreedRows() {
    List<Map<String, JsonNode>> held = new ArrayList<>();
    var _ =
        Await.until(
            () -> {
              held.clear();
              nodes.forEach(node -> held.add(node.rows(topics)));
              return held.stream().distinct().count() == 1;
            },
            terms.limit(),
            () -> "the nodes do not agree: " + held);
    return held.getFirst();
  }

  private void awaitReady(Follower follower) {
    readUntil(follower, follower::isReady);
  }

  private void readUntil(Follower follower, BooleanSupplier reached) {
    long begin = System.nanoTime();
    while (!reached.getAsBoolean()) {
      if (System.nanoTime() - begin > terms.limit().toNanos()) {
        throw new AssertionError(follower + " waits in vain");
      }
      var _ = follower.read(MOST_BYTES, PATIENCE);
    }
  }

  private static long resets(Follower follower) {
    return switch (follower) {
      case StreamFollower stream -> stream.resets();
      case SessionFollower session -> 0;
    };
  }

  private Follower anyFollower() {
    return followers.get(random.nextInt(followers.size()));
  }

  private void tell(String line) {
    String shown = line.substring(0, Math.min(line.length(), LONGEST_LINE));
    trace.add(LocalTime.now(ZoneOffset.UTC) + " " + shown);
  }
}
