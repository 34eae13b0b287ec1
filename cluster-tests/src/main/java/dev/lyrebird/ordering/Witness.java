package dev.lyrebird.ordering;

import dev.lyrebird.history.Sighting;
import dev.lyrebird.history.Write;
import dev.lyrebird.ordering.Trace.Arrival;
import dev.lyrebird.ordering.Trace.Change;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What was observed of one node: what its subscriber was told, and how its version vector grew.
 * Pure.
 *
 * @param writer the name of the one client that wrote at this node
 * @param origin in whose name the node made its changes
 */
record Witness(String writer, String origin, List<Told> told, List<Reading> readings) {

  /** An event, and when it came, in microseconds since the beginning. */
  record Told(Sighting sighting, long micros) {}

  /** The version vector at one time: for each origin the version up to which all is applied. */
  record Reading(long micros, Map<String, Long> vector) {}

  Witness {
    told = List.copyOf(told);
    readings = List.copyOf(readings);
  }

  /**
   * Every change that was made, with its arrivals, in the order in which they were made. A change
   * that a node's subscriber was not told arrived when the node's vector first covered it.
   */
  static List<Change> changes(List<Witness> nodes) {
    List<Change> changes = new ArrayList<>();
    for (int origin = 0; origin < nodes.size(); origin++) {
      Witness maker = nodes.get(origin);
      for (Told made : maker.told) {
        Optional<Write> write = made.sighting().write();
        if (write.isPresent() && write.get().writer().equals(maker.writer)) {
          changes.add(change(nodes, origin, write.get(), made.sighting()));
        }
      }
    }
    changes.sort(Comparator.comparingLong(Change::beginMicros));
    return changes;
  }

  private static Change change(List<Witness> nodes, int origin, Write write, Sighting made) {
    List<Arrival> arrivals = new ArrayList<>();
    for (int node = 0; node < nodes.size(); node++) {
      int place = node;
      Witness witness = nodes.get(node);
      Optional<Told> told = witness.toldOf(write);
      if (told.isPresent()) {
        arrivals.add(new Arrival(place, told.get().micros(), true));
      } else {
        witness
            .covered(nodes.get(origin), made.version())
            .ifPresent(micros -> arrivals.add(new Arrival(place, micros, false)));
      }
    }
    return new Change(
        write.writer() + write.number(),
        origin,
        made.kind(),
        made.topic(),
        made.version(),
        arrivals);
  }

  private Optional<Told> toldOf(Write write) {
    return told.stream()
        .filter(event -> event.sighting().write().equals(Optional.of(write)))
        .findFirst();
  }

  /** When this node had applied that version of {@code maker}, at the latest. */
  private OptionalLong covered(Witness maker, long version) {
    long byVector =
        readings.stream()
            .filter(reading -> reading.vector().getOrDefault(maker.origin, 0L) >= version)
            .mapToLong(Reading::micros)
            .findFirst()
            .orElse(Long.MAX_VALUE);
    long byNextEvent =
        told.stream()
            .filter(event -> isLaterOf(maker, event.sighting(), version))
            .mapToLong(Told::micros)
            .findFirst()
            .orElse(Long.MAX_VALUE);
    long micros = Math.min(byVector, byNextEvent - 1);
    return byVector == Long.MAX_VALUE && byNextEvent == Long.MAX_VALUE
        ? OptionalLong.empty()
        : OptionalLong.of(micros);
  }

  /** Changes of one origin come in their order: a later one is proof of all before it. */
  private static boolean isLaterOf(Witness maker, Sighting sighting, long version) {
    return sighting.version() > version
        && sighting.write().map(Write::writer).equals(Optional.of(maker.writer));
  }
}
