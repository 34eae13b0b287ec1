package dev.lyrebird.cluster;

import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Place;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * What one event loop has been sent of a table's journal. A loop that lags is sent no more until it
 * has caught up, so that what is under way to it has a bound; what it misses it gets from the
 * journal. Owned by the table's thread.
 */
final class Feed {

  /** What an entry costs on the heap besides its payload, roughly. */
  private static final int ENTRY_BYTES = 200;

  /** What may be under way to a loop. */
  private static final long MAX_BYTES_UNDER_WAY = 16 << 20;

  private record Sent(long position, long bytes) {}

  private final Deque<Sent> underWay = new ArrayDeque<>();
  private long bytesUnderWay;
  private Place sent;

  Feed(Place sent) {
    this.sent = sent;
  }

  /** Returns the place behind what was sent last. */
  Place sent() {
    return sent;
  }

  boolean hasRoom() {
    return bytesUnderWay < MAX_BYTES_UNDER_WAY;
  }

  /** Notes that entries are on their way. */
  void sent(List<Entry> entries, Place upTo) {
    long bytes = 0;
    for (Entry entry : entries) {
      bytes += ENTRY_BYTES + entry.payload().bytes().length;
    }
    underWay.add(new Sent(upTo.position(), bytes));
    bytesUnderWay += bytes;
    sent = upTo;
  }

  /** Notes that the loop has dealt with what it was sent, up to a position. */
  void seen(long position) {
    for (Sent oldest = underWay.peek();
        oldest != null && oldest.position() <= position;
        oldest = underWay.peek()) {
      underWay.remove();
      bytesUnderWay -= oldest.bytes();
    }
  }

  /** Goes on at a place, leaving out what lies before it. */
  void skipTo(Place place) {
    sent = place;
  }
}
