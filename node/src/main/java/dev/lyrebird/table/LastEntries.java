package dev.lyrebird.table;

import dev.lyrebird.journal.Place;
import org.jspecify.annotations.Nullable;

/**
 * A search for the place behind which so many of a journal's entries match: from the head back, a
 * segment of the index or a stretch between two checkpoints in each step, so that a search that has
 * to go far holds up nobody for long. What is appended after it began is not counted.
 *
 * <p>Owned by the table's thread.
 */
public final class LastEntries {

  private final Journal journal;
  private final Selection wanted;
  private final Place head;

  /** All entries behind this position were looked at. */
  private long end;

  /** How many of those before are to be found yet. */
  private int missing;

  LastEntries(Journal journal, int count, Selection wanted) {
    this.journal = journal;
    this.wanted = wanted;
    this.head = journal.head();
    this.end = head.position();
    this.missing = count;
  }

  /** Goes back by one stretch; returns the place, or null where it is not found yet. */
  public @Nullable Place step() {
    if (missing == 0) {
      return head;
    }
    Place beginning = journal.beginning();
    if (end <= beginning.position()) {
      return beginning;
    }
    Journal.Matches matches = journal.lastMatches(end, wanted);
    int found = matches.positions().length;
    if (found >= missing) {
      return journal.placeBefore(matches.positions()[found - missing]);
    }
    missing -= found;
    end = matches.start();
    return null;
  }
}
