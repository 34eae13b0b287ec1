package dev.lyrebird.ordering;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lyrebird.history.Kind;
import dev.lyrebird.history.Sighting;
import dev.lyrebird.history.Write;
import dev.lyrebird.ordering.Trace.Arrival;
import dev.lyrebird.ordering.Trace.Change;
import dev.lyrebird.ordering.Witness.Reading;
import dev.lyrebird.ordering.Witness.Told;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Node A makes three changes of one row; node B is told some of them. */
final class WitnessTest {

  private static final Witness A =
      new Witness("a", "origin a", List.of(told(1, 10), told(2, 20), told(3, 30)), List.of());

  @Test
  void whatASubscriberWasToldArrivedThen() {
    assertEquals(
        List.of(new Arrival(0, 10, true), new Arrival(1, 15, true)),
        arrivalsOfFirst(List.of(told(1, 15)), List.of(reading(14, 1))));
  }

  @Test
  void whatNobodyWasToldArrivedWhenTheVectorCoveredIt() {
    assertEquals(
        List.of(new Arrival(0, 10, true), new Arrival(1, 60, false)),
        arrivalsOfFirst(List.of(), List.of(reading(40, 0), reading(60, 1), reading(80, 3))));
  }

  @Test
  void itArrivedBeforeAnyLaterChangeOfItsOrigin() {
    assertEquals(
        List.of(new Arrival(0, 10, true), new Arrival(1, 54, false)),
        arrivalsOfFirst(List.of(told(2, 55)), List.of(reading(60, 2))));
  }

  @Test
  void whatNeverArrivedHasNoArrival() {
    assertEquals(
        List.of(new Arrival(0, 10, true)), arrivalsOfFirst(List.of(), List.of(reading(40, 0))));
  }

  @Test
  void changesAreNamedByTheirWriterAndCountEachOnce() {
    assertEquals(
        List.of("a1", "a2", "a3"),
        changes(List.of(told(1, 15)), List.of()).stream().map(Change::name).toList());
  }

  private static List<Arrival> arrivalsOfFirst(List<Told> toldAtB, List<Reading> readingsOfB) {
    return changes(toldAtB, readingsOfB).getFirst().arrivals();
  }

  private static List<Change> changes(List<Told> toldAtB, List<Reading> readingsOfB) {
    return Witness.changes(List.of(A, new Witness("b", "origin b", toldAtB, readingsOfB)));
  }

  /** The change of that number, whose version is its number. */
  private static Told told(int number, long micros) {
    return new Told(
        new Sighting(Kind.PUT, "row", Optional.of(new Write("a", number)), number), micros);
  }

  private static Reading reading(long micros, long versionOfA) {
    return new Reading(micros, Map.of("origin a", versionOfA));
  }
}
