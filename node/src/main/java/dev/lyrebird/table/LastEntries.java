package dev.lyrebird.table;

import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Place;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A search for the place behind which so many of a journal's entries match: from the head back, a
 * stretch between two checkpoints in each step, so that a search that has to go far holds up nobody
 * for long. What is appended after it began is not counted.
 *
 * <p>Owned by the table's thread.
 */
public final class LastEntries {

  private final Journal journal;
  private final Predicate<Entry> wanted;

  /** Everything behind this was looked at. */
  private Place end;

  /** How many of what lies before {@link #end} are to be found yet. */
  private int missing;

  LastEntries(Journal journal, int count, Predicate<Entry> wanted) {
    this.journal = journal;
    this.wanted = wanted;
    this.end = journal.head();
    this.missing = count;
  }

  /** Goes back by one stretch; returns the place, or null where it is not found yet. */
  public @Nullable Place step() {
    Place beginning = journal.beginning();
    if (missing == 0) {
      return end;
    }
    if (end.position() <= beginning.position()) {
      return beginning;
    }
    Place start = journal.checkpointBefore(end.position());
    int found = count(start);
    if (found >= missing) {
      return beforeMatch(start, found - missing);
    }
    missing -= found;
    end = start;
    return null;
  }

  private int count(Place start) {
    int found = 0;
    try (Journal.Reading pages = journal.pages(start.position())) {
      for (DecodedPages.Page page = next(pages); page != null; page = next(pages)) {
        for (Entry entry : page.entries()) {
          found += wanted.test(entry) ? 1 : 0;
        }
      }
    }
    return found;
  }

  /** Returns the place before a match, of which so many others come before it behind the start. */
  private Place beforeMatch(Place start, int others) {
    Place place = start;
    int passed = 0;
    try (Journal.Reading pages = journal.pages(start.position())) {
      for (DecodedPages.Page page = next(pages); page != null; page = next(pages)) {
        List<Entry> entries = page.entries();
        for (int i = 0; i < entries.size(); i++) {
          if (wanted.test(entries.get(i)) && passed++ == others) {
            return i == 0 ? place : place.after(entries.get(i - 1));
          }
        }
        place = place.after(entries.getLast()); // all of a page are of the same origin
      }
    }
    throw new IllegalStateException("a match behind %s is gone".formatted(start));
  }

  /** Returns the next page before the end; pages begin and end at checkpoints. */
  private DecodedPages.@Nullable Page next(Journal.Reading pages) {
    DecodedPages.Page page = pages.next();
    return page == null || page.firstPosition() > end.position() ? null : page;
  }
}
