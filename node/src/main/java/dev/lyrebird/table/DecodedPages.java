package dev.lyrebird.table;

import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.EntryCodec;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Queue;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The pages of one journal that were decoded last, so that many readers of the same part share the
 * work: thousands of sessions that come back at once read the same entries. Pages never change; who
 * drops some from the journal has all of them forgotten here.
 *
 * <p>Owned by the table's thread.
 */
final class DecodedPages {

  /** What an entry takes on the heap beside its bytes, roughly. */
  private static final long ENTRY_BYTES = 320;

  private final long mostBytes;
  private final NavigableMap<Long, Page> byFirstPosition = new TreeMap<>();
  private final Queue<Page> oldestFirst = new ArrayDeque<>();
  private long bytes;

  /**
   * A page of the journal.
   *
   * @param entries at least one, with successive positions
   * @param storedBytes how large it is in the store
   */
  record Page(List<Entry> entries, int storedBytes) {

    long firstPosition() {
      return entries.getFirst().position();
    }

    long lastPosition() {
      return entries.getLast().position();
    }

    /** Returns the entries behind a position. */
    List<Entry> behind(long position) {
      long known = position - firstPosition() + 1;
      return known <= 0 ? entries : entries.subList((int) known, entries.size());
    }

    private long heapBytes() {
      return storedBytes + ENTRY_BYTES * entries.size();
    }
  }

  /**
   * @param mostBytes about how much of the heap the pages may take
   */
  DecodedPages(long mostBytes) {
    this.mostBytes = mostBytes;
  }

  /** Returns the page that holds the entry at a position, or null where it is not known. */
  @Nullable Page at(long position) {
    Map.Entry<Long, Page> last = byFirstPosition.floorEntry(position);
    return last == null || last.getValue().lastPosition() < position ? null : last.getValue();
  }

  /** Decodes a page that is not known. */
  Page decode(byte[] stored) {
    Page page = new Page(EntryCodec.decode(stored), stored.length);
    byFirstPosition.put(page.firstPosition(), page);
    oldestFirst.add(page);
    bytes += page.heapBytes();
    while (bytes > mostBytes) {
      Page oldest = oldestFirst.remove();
      byFirstPosition.remove(oldest.firstPosition());
      bytes -= oldest.heapBytes();
    }
    return page;
  }

  void clear() {
    byFirstPosition.clear();
    oldestFirst.clear();
    bytes = 0;
  }
}
