package dev.lyrebird.ordering;

import dev.lyrebird.history.Kind;
import dev.lyrebird.history.Law;
import dev.lyrebird.history.Verdict;
import dev.lyrebird.ordering.Trace.Arrival;
import dev.lyrebird.ordering.Trace.Change;
import dev.lyrebird.ordering.Trace.Episode;
import dev.lyrebird.ordering.Trace.Node;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Two nodes, one message, and a row for which two writes compete across a partition. */
final class SampleTrace {

  private static final List<Node> NODES =
      List.of(new Node("n1", Duration.ofSeconds(2)), new Node("n2", Duration.ofMillis(-500)));

  private static final Change MESSAGE =
      new Change("a1", 0, Kind.MESSAGE, "news", 10 * 4096, at(100_000, 250_000, true));
  private static final Change LOSER =
      new Change("a2", 0, Kind.PUT, "door", 20 * 4096, at(400_000, 1_900_000, false));
  private static final Change WINNER =
      new Change("b1", 1, Kind.PUT, "door", 30 * 4096, at(1_900_500, 600_000, true));

  private SampleTrace() {}

  static Trace good() {
    return of(new Verdict(Law.NO_VERSION_GOES_BACK, 1234, 0, List.of()));
  }

  static Trace broken() {
    return of(new Verdict(Law.NO_VERSION_GOES_BACK, 3, 1, List.of("b was told <old> after new")));
  }

  /** So many messages, all of which come to the second node within a millisecond at the end. */
  static Trace burst(int messages) {
    return new Trace(
        "A burst.",
        NODES,
        IntStream.range(0, messages)
            .mapToObj(i ->
                new Change(
                    "a" + i, 0, Kind.MESSAGE, "news", 0, at(100_000L * i, 5_000_000 + i, true)))
            .toList(),
        List.of(),
        Map.of(),
        List.of());
  }

  private static Trace of(Verdict verdict) {
    return new Trace(
        "Two nodes & a partition.",
        NODES,
        List.of(MESSAGE, LOSER, WINNER),
        List.of(new Episode(300_000, 1_500_000, "cut off", List.of(0))),
        Map.of("door", List.of(Optional.of("b1"), Optional.of("b1"))),
        List.of(verdict));
  }

  private static List<Arrival> at(long microsAtFirst, long microsAtSecond, boolean toldAtSecond) {
    return List.of(
        new Arrival(0, microsAtFirst, true), new Arrival(1, microsAtSecond, toldAtSecond));
  }
}
