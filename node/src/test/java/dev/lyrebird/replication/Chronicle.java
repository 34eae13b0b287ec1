package dev.lyrebird.replication;

import dev.lyrebird.journal.Change;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.VersionVector;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All changes that any node ever made, each with a number. Knows what no node can know: which of
 * them are lost, and what the end of a row saw.
 */
final class Chronicle {

  private final List<Change> changes = new ArrayList<>();
  private final Map<Timestamp, Integer> numbers = new HashMap<>();
  private final Map<Integer, Timestamp> endings = new HashMap<>();
  private final BitSet lost = new BitSet();

  /** Enters a change that a node has just made. The name of one that is lost may be used again. */
  int enter(Change change) {
    int number = changes.size();
    Integer before = numbers.put(change.timestamp(), number);
    Law.check(before == null || isLost(before), () -> "%s was made again".formatted(change));
    changes.add(change);
    return number;
  }

  /** Tells whether a change was made. */
  boolean knows(Change change) {
    Integer number = numbers.get(change.timestamp());
    return number != null && changes.get(number).equals(change);
  }

  /** Returns the number of a change, which must have been made just so. */
  int numberOf(Change change) {
    Integer number = numbers.get(change.timestamp());
    Law.check(number != null, () -> "nobody made %s".formatted(change));
    int made = number == null ? -1 : number;
    Law.check(
        changes.get(made).equals(change),
        () -> "%s was made as %s".formatted(change, changes.get(made)));
    return made;
  }

  Change change(int number) {
    return changes.get(number);
  }

  int size() {
    return changes.size();
  }

  /** Notes that a change is the end of a row whose time had come, and which version it saw. */
  void ends(int number, Timestamp version) {
    endings.put(number, version);
  }

  /** Returns which version a change saw whose time had come, or null where it is no such change. */
  @Nullable Timestamp ended(int number) {
    return endings.get(number);
  }

  /** Notes that nobody holds these changes any more. */
  void lose(BitSet changes) {
    lost.or(changes);
  }

  /** Tells whether there was a time when nobody held a change. */
  boolean isLost(int number) {
    return lost.get(number);
  }

  /** Checks that whoever has a vector knows all that it covers and that was never lost. */
  void checkVector(VersionVector vector, BitSet known, Object whose) {
    for (int i = 0; i < changes.size(); i++) {
      Change change = changes.get(i);
      boolean isCovered = vector.covers(change.timestamp());
      Law.check(
          !isCovered || known.get(i) || lost.get(i),
          () -> "the vector of %s covers %s, which it does not know".formatted(whose, change));
      Law.check(
          isCovered || !known.get(i),
          () -> "the vector of %s does not cover %s, which it knows".formatted(whose, change));
    }
  }
}
