package dev.lyrebird.resuming;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.harness.BuildFolder;
import dev.lyrebird.harness.Cluster;
import dev.lyrebird.harness.ClusterSetup;
import dev.lyrebird.resuming.Episode.Outcome;
import dev.lyrebird.resuming.Episode.Terms;
import dev.lyrebird.resuming.StreamFollower.Plant;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * Whoever loses a connection, at any byte, and goes on at any node is told every message once and
 * in order, and knows the rows as they are in the end; or is told that the journal no longer
 * reaches back. Thousands of short random episodes show it, some at a time.
 *
 * <p>{@code -Dseed=} replays what is done in a run, and {@code -Depisode=} beside it one episode
 * alone. What an episode that failed went through is in {@code target/clusters/resuming/}.
 */
@TestInstance(Lifecycle.PER_CLASS)
final class ResumeIT {

  private static final int EPISODES = Boolean.getBoolean("long") ? 20_000 : 2_000;
  private static final int PLANTED_EPISODES = 20;
  private static final int AT_ONCE = 20;
  private static final int MOST_EXAMPLES = 10;
  private static final Path FOLDER = BuildFolder.of("clusters").resolve("resuming");
  private static final long JOURNAL_BYTES = 8 << 20;
  private static final long FLOOD_BYTES = 10 << 20;
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration SHORT_LIMIT = Duration.ofSeconds(1);

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Cluster cluster =
      Cluster.start(
          ClusterSetup.of(FOLDER, 3)
              .schema(
                  """
                  type %s @table @export { id: ID @primaryKey }
                  type %s @table @export { id: ID @primaryKey }
                  """
                      .formatted(Episode.TRIMMED, Episode.KEPT))
              .set("storage.journalMaxBytes", Long.toString(JOURNAL_BYTES)));

  private final List<Writers> nodes =
      cluster.nodes().stream().map(node -> new Writers(node.addresses())).toList();

  @AfterAll
  void close() {
    nodes.forEach(Writers::close);
    cluster.close();
  }

  @Test
  void whoGoesOnMissesNothingAndIsToldNothingTwiceOrIsToldSo() throws Exception {
    int only = Integer.getInteger("episode", -1);
    List<Outcome> outcomes =
        play(
            only < 0 ? IntStream.range(0, EPISODES).boxed().toList() : List.of(only),
            new Terms(FLOOD_BYTES, Plant.NOTHING, LIMIT));
    System.out.printf(
        "resuming: %,d episodes, %,d events told, connections broken off %,d times, %,d resets%n",
        outcomes.size(),
        outcomes.stream().mapToLong(Outcome::told).sum(),
        outcomes.stream().mapToLong(Outcome::breaks).sum(),
        outcomes.stream().mapToLong(Outcome::resets).sum());
    for (Outcome outcome : outcomes) {
      if (!outcome.faults().isEmpty()) {
        Files.write(FOLDER.resolve(outcome.name() + ".log"), outcome.trace());
      }
    }
    assertEquals(
        List.of(),
        faults(outcomes).stream().limit(MOST_EXAMPLES).toList(),
        () -> "first of " + faults(outcomes).size() + " faults, -Dseed=" + seed);
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "NOTHING")
  void aFollowerThatGoesWrongIsFoundOut(Plant plant) throws Exception {
    List<Integer> others = IntStream.range(-PLANTED_EPISODES, 0).boxed().toList();
    List<String> faults = faults(play(others, new Terms(FLOOD_BYTES, plant, SHORT_LIMIT)));
    String expected =
        switch (plant) {
          case NOTHING -> "nothing";
          case DROPS_AN_EVENT -> "was never told";
          case GOES_ON_FROM_THE_EVENT_BEFORE -> "was told again";
        };
    assertTrue(
        faults.stream().anyMatch(fault -> fault.contains(expected)),
        () -> "nobody noticed, -Dseed=" + seed + ": " + faults);
  }

  private List<Outcome> play(List<Integer> numbers, Terms terms) throws Exception {
    Semaphore places = new Semaphore(AT_ONCE);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Outcome>> playing =
          numbers.stream()
              .map(number ->
                  threads.submit(() -> {
                    places.acquire();
                    try {
                      return new Episode(nodes, terms, number, seed + number).play();
                    } finally {
                      places.release();
                    }
                  }))
              .toList();
      List<Outcome> outcomes = new ArrayList<>();
      for (Future<Outcome> one : playing) {
        outcomes.add(one.get());
      }
      return outcomes;
    }
  }

  private static List<String> faults(List<Outcome> outcomes) {
    return outcomes.stream().flatMap(outcome -> outcome.faults().stream()).toList();
  }
}
