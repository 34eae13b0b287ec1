package dev.lyrebird.history;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The laws find no fault with honest histories, and find every forgery of one. */
final class RandomHistoryTest {

  private static final int HISTORIES = 500;

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final RandomHistory histories = new RandomHistory(random);

  /** One way to make an honest history a lie; the sightings are those of one observer. */
  @FunctionalInterface
  private interface Forgery {
    void forge(List<Sighting> sightings, int place);
  }

  @Test
  void honestHistoriesPass() {
    for (int i = 0; i < HISTORIES; i++) {
      History history = histories.next();
      assertTrue(passes(history), () -> "seed " + seed + ": " + history.verdicts());
    }
  }

  @Test
  void aDroppedMessageIsFound() {
    assertFound(List::remove);
  }

  @Test
  void aRepeatedMessageIsFound() {
    assertFound((sightings, place) ->
        sightings.add(random.nextInt(place + 1, sightings.size() + 1), sightings.get(place)));
  }

  @Test
  void aMessageThatOvertakesItsWriterIsFound() {
    assertFound((sightings, place) -> {
      String writer = sightings.get(place).write().orElseThrow().writer();
      for (int other = 0; other < sightings.size(); other++) {
        Sighting sighting = sightings.get(other);
        if (other != place
            && sighting.kind() == Kind.MESSAGE
            && sighting.write().orElseThrow().writer().equals(writer)) {
          Collections.swap(sightings, place, other);
          return;
        }
      }
      sightings.remove(place);
    });
  }

  @Test
  void aRowThatDiffersOnOneNodeIsFound() {
    for (int i = 0; i < HISTORIES; i++) {
      History history = histories.next();
      Map<String, Map<String, Write>> rows = new HashMap<>(history.rows());
      Map<String, Write> forged = new HashMap<>(rows.get("n0"));
      forged.put("t0", new Write("w0", 1000));
      rows.put("n0", forged);
      assertFalse(
          passes(new History(history.sent(), history.observers(), rows)), () -> "seed " + seed);
    }
  }

  private void assertFound(Forgery forgery) {
    for (int i = 0; i < HISTORIES; i++) {
      History history = histories.next();
      List<Observer> observers = new ArrayList<>(history.observers());
      Observer victim = observers.removeFirst();
      List<Sighting> sightings = new ArrayList<>(victim.sightings());
      forgery.forge(sightings, place(sightings));
      observers.add(new Observer(victim.name(), victim.node(), victim.attendance(), sightings));
      assertFalse(
          passes(new History(history.sent(), observers, history.rows())), () -> "seed " + seed);
    }
  }

  /** Where a message stands: a row's change may be missing, because another may have won first. */
  private int place(List<Sighting> sightings) {
    int place = random.nextInt(sightings.size());
    while (sightings.get(place).kind() != Kind.MESSAGE) {
      place = (place + 1) % sightings.size();
    }
    return place;
  }

  private static boolean passes(History history) {
    return history.verdicts().stream().allMatch(Verdict::holds);
  }
}
