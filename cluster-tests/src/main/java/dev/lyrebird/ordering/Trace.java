package dev.lyrebird.ordering;

import dev.lyrebird.history.Kind;
import dev.lyrebird.history.Verdict;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What a performance left: which changes were made where, when each node applied them, and what
 * rows the nodes hold in the end. All times are of one clock, in microseconds since the beginning.
 *
 * @param summary one sentence on what was performed
 * @param rows what each node holds in the end: by topic, for each node the name of the change
 */
public record Trace(
    String summary,
    List<Node> nodes,
    List<Change> changes,
    List<Episode> episodes,
    Map<String, List<Optional<String>>> rows,
    List<Verdict> verdicts) {

  /**
   * A node.
   *
   * @param ahead how far its clock is ahead of the machine's; negative if it is behind
   */
  public record Node(String name, Duration ahead) {}

  /**
   * A change and where it went.
   *
   * @param name short and unique; shown beside its mark
   * @param origin the index of the node that accepted it
   * @param version in 1/4096 ms
   */
  public record Change(
      String name, int origin, Kind kind, String topic, long version, List<Arrival> arrivals) {

    public Change {
      arrivals = List.copyOf(arrivals);
    }

    /** When its origin applied it. */
    long beginMicros() {
      return arrivals.stream()
          .filter(arrival -> arrival.node() == origin)
          .mapToLong(Arrival::micros)
          .findFirst()
          .orElseThrow(() -> new IllegalArgumentException(name + " never was at its origin"));
    }
  }

  /**
   * A node applied a change.
   *
   * @param told whether its subscribers were told; not, if a later version was there already
   */
  public record Arrival(int node, long micros, boolean told) {}

  /**
   * A time in which something was the matter.
   *
   * @param apart the indexes of the nodes that were cut off from the others; empty for none
   */
  public record Episode(long fromMicros, long toMicros, String name, List<Integer> apart) {}

  public Trace {
    nodes = List.copyOf(nodes);
    changes = List.copyOf(changes);
    episodes = List.copyOf(episodes);
    rows = Map.copyOf(rows);
    verdicts = List.copyOf(verdicts);
  }

  /** One change at one node. */
  record Step(Change change, Arrival arrival) {}

  /** What one node applied, in its order. */
  List<Step> orderAt(int node) {
    return changes.stream()
        .flatMap(change -> change.arrivals().stream().map(arrival -> new Step(change, arrival)))
        .filter(step -> step.arrival().node() == node)
        .sorted(Comparator.comparingLong(step -> step.arrival().micros()))
        .toList();
  }

  /** The changes of every row, by topic, each topic's in the order of their versions. */
  Map<String, List<Change>> contests() {
    Map<String, List<Change>> contests = new TreeMap<>();
    for (Change change : changes) {
      if (change.kind() != Kind.MESSAGE) {
        contests.merge(
            change.topic(),
            List.of(change),
            (before, one) ->
                Stream.concat(before.stream(), one.stream())
                    .sorted(Comparator.comparingLong(Change::version))
                    .toList());
      }
    }
    return contests;
  }

  /** Whether a change has the latest version of its row. */
  boolean isWinner(Change change) {
    return change.kind() != Kind.MESSAGE
        && contests().getOrDefault(change.topic(), List.of(change)).getLast().equals(change);
  }

  /** When the last change had reached the last node, or the last episode was over. */
  long endMicros() {
    long arrivals =
        changes.stream()
            .flatMap(change -> change.arrivals().stream())
            .mapToLong(Arrival::micros)
            .max()
            .orElse(0);
    return Math.max(arrivals, episodes.stream().mapToLong(Episode::toMicros).max().orElse(0));
  }

  /** Whether every law holds. */
  boolean holds() {
    return verdicts.stream().allMatch(Verdict::holds);
  }
}
