package dev.lyrebird.table;

import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.EntryCodec;
import dev.lyrebird.journal.Place;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gathers one page of the entries of a few rows: looks at no page of the journal in which the index
 * finds none of them.
 *
 * <p>The places behind these entries may cover less than the journal does there: of what the index
 * passes over within a segment no vector is known. It is nothing that the reading wants, so that a
 * cursor from there tells the same.
 *
 * <p>Owned by the table's thread.
 */
final class IndexedReading {

  /** Looking an id up takes some ten microseconds, and one reading should not hold up others. */
  private static final int MOST_LOOK_UPS = 512;

  private static final int MOST_BYTES_LOOKED_AT = 4 << 20;

  /** What an entry takes in a page beside its payload, roughly. */
  private static final int ENTRY_BYTES = 64;

  private final Journal journal;
  private final Selection wanted;
  private final Table.Limit limit;
  private final TableStore.PageScan pages;
  private final long lastPosition;
  private final List<Entry> entries = new ArrayList<>();
  private final List<Place> places = new ArrayList<>();
  private Place place;
  private long bytes;
  private long bytesLookedAt;
  private int lookUps;

  /**
   * @param lastPosition of the last entry to look at
   */
  IndexedReading(
      Journal journal,
      TableStore.PageScan pages,
      Place from,
      Selection wanted,
      Table.Limit limit,
      long lastPosition) {
    this.journal = journal;
    this.pages = pages;
    this.place = from;
    this.wanted = wanted;
    this.limit = limit;
    this.lastPosition = lastPosition;
  }

  Table.Page read() {
    while (place.position() < lastPosition && hasRoom() && lookUps < MOST_LOOK_UPS) {
      EntryIndex.Stretch stretch = journal.lookUp(place.position() + 1, wanted.ids());
      lookUps += wanted.ids().size();
      long end = Math.min(stretch.lastPosition(), lastPosition);
      if (stretch.found() == null) {
        scan(end);
      } else {
        place = new Place(place.position(), place.vector().join(stretch.covered()));
        take(stretch.found(), end);
      }
    }
    return new Table.Page(entries, places, place);
  }

  private boolean hasRoom() {
    return entries.size() < limit.entries()
        && bytes < limit.bytes()
        && bytesLookedAt < MOST_BYTES_LOOKED_AT;
  }

  /** Reads a stretch that the index does not know. */
  private void scan(long end) {
    Table.Limit rest =
        new Table.Limit(limit.entries() - entries.size(), (int) (limit.bytes() - bytes));
    Table.Page page = journal.scan(place, wanted, rest, end);
    entries.addAll(page.entries());
    places.addAll(page.places());
    bytes += (page.end().position() - place.position()) * ENTRY_BYTES;
    place = page.end();
  }

  /** Takes those of the entries found that lie up to a position, as far as there is room. */
  private void take(long[] found, long end) {
    int next = indexBehind(found, place.position());
    int behindLast = indexBehind(found, end);
    while (next < behindLast && hasRoom()) {
      pages.seek(found[next]);
      byte @Nullable [] page = pages.next();
      long last = page == null ? 0 : EntryCodec.head(page).lastPosition();
      if (page == null || last < found[next]) {
        throw new IllegalStateException(
            "the index names an entry that the journal does not have: " + found[next]);
      }
      int nextPage = Math.min(behindLast, indexBehind(found, last));
      bytesLookedAt += page.length;
      take(EntryCodec.decode(page, found, next, nextPage));
      next = nextPage;
    }
    if (hasRoom()) {
      place = journal.across(place, end);
    }
  }

  private static int indexBehind(long[] ascending, long position) {
    int index = Arrays.binarySearch(ascending, position);
    return index < 0 ? -index - 1 : index + 1;
  }

  /** Takes entries of one page, which are of one origin. */
  private void take(List<Entry> ofPage) {
    for (Entry entry : ofPage) {
      if (entries.size() == limit.entries()) {
        return;
      }
      place = journal.across(place, entry.position() - 1).after(entry);
      if (wanted.wants(entry)) {
        entries.add(entry);
        places.add(place);
        bytes += ENTRY_BYTES + entry.payload().bytes().length;
      }
    }
  }
}
