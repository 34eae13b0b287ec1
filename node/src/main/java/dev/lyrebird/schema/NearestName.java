package dev.lyrebird.schema;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds the known name that the writer of an unknown one most likely meant. */
public final class NearestName {

  private NearestName() {}

  /** The closest name by edits, case aside; empty when even that is too far to be a slip. */
  public static Optional<String> of(String unknown, Collection<String> known) {
    String nearest = null;
    int least = Integer.MAX_VALUE;
    for (String name : known) {
      int furthest = name.length() / 3 + 1;
      if (Math.abs(name.length() - unknown.length()) > furthest) {
        continue;
      }
      int edits = edits(unknown, name);
      if (edits <= furthest && edits < least) {
        nearest = name;
        least = edits;
      }
    }
    return Optional.ofNullable(nearest);
  }

  /** The same as the end of a message: {@code "; did you mean NAME?"}, or nothing. */
  public static String hint(String unknown, Collection<String> known) {
    return of(unknown, known).map(name -> "; did you mean " + name + "?").orElse("");
  }

  /**
   * Levenshtein's distance: insertions, deletions and replacements from one text to the other, case
   * aside.
   */
  public static int edits(String one, String other) {
    String from = one.toLowerCase(Locale.ROOT);
    String to = other.toLowerCase(Locale.ROOT);
    int[] row = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j - 1], row[j]) + 1);
      }
    }
    return row[to.length()];
  }
}
