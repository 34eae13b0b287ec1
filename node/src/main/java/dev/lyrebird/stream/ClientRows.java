package dev.lyrebird.stream;

/**
 * Which rows the client of a stream with a condition has, as far as the node can know: so that a
 * row that leaves the set is told, and one that never was in it is not.
 *
 * <pre>
 *   known: the rows it has --- too many, or no room ---> unknown: the rows it lacks
 *     ^                                                     |
 *     +----------------------- reset -----------------------+
 * </pre>
 *
 * <p>While it is unknown, a row may be said to leave that the client never had, once; that no row
 * stays with the client which has left is true in either state.
 *
 * <p>Owned by the event loop of its stream.
 */
final class ClientRows {

  /** A megabyte for one client, and far more rows than a page shows. */
  static final int MAX_ROWS = 100_000;

  private final long seed;
  private final RowRoom room;

  /** Of the rows that the client has while that is known, else of those it is known to lack. */
  private final LongSet hashes = new LongSet();

  private boolean isKnown;

  /** How much of the room is taken. */
  private int taken;

  /**
   * @param room shared with other streams; {@link #end} gives back what is taken of it
   * @param seed unknown to clients, who could else make up topics of equal hashes
   * @param isKnown whether the client has no rows yet; false where it may have any
   */
  ClientRows(RowRoom room, long seed, boolean isKnown) {
    this.room = room;
    this.seed = seed;
    this.isKnown = isKnown;
  }

  /** The client is told a row. */
  void enters(String topic) {
    long hash = hash(topic);
    if (!isKnown) {
      hashes.remove(hash);
    } else if (hashes.add(hash) && !hasRoom()) {
      forget();
      isKnown = false;
    }
  }

  /** A row does not pass, or is gone. Returns whether the client must be told so. */
  boolean leaves(String topic) {
    long hash = hash(topic);
    if (isKnown) {
      return hashes.remove(hash);
    }
    boolean isNews = hashes.add(hash);
    if (!hasRoom()) {
      forget();
    }
    return isNews;
  }

  /** The client forgets all rows and begins anew. */
  void reset() {
    forget();
    isKnown = true;
  }

  /** The client is gone. */
  void end() {
    forget();
  }

  private boolean hasRoom() {
    boolean hasRoom = hashes.size() <= MAX_ROWS && room.take(hashes.places() - taken);
    if (hasRoom) {
      taken = hashes.places();
    }
    return hasRoom;
  }

  private void forget() {
    hashes.clear();
    room.take(-taken);
    taken = 0;
  }

  private long hash(String topic) {
    long hash = seed;
    for (int i = 0; i < topic.length(); i++) {
      hash = (hash ^ topic.charAt(i)) * 0x9E3779B97F4A7C15L;
      hash ^= hash >>> 32;
    }
    return hash;
  }
}
