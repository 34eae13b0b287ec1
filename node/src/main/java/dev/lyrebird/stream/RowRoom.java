package dev.lyrebird.stream;

/**
 * Room for what the streams of one event loop know of their clients' rows, shared by all of them:
 * one stream has a bound of its own, but a node has any number of streams.
 *
 * <p>Owned by one event loop.
 */
final class RowRoom {

  /**
   * Of eight bytes: forty streams have room for as many rows as one may know, thousands for a page.
   */
  static final int PLACES = 1 << 22;

  private int free;

  RowRoom(int places) {
    this.free = places;
  }

  /** Takes room, if there is so much; what is negative gives it back. */
  boolean take(int places) {
    if (places > free) {
      return false;
    }
    free -= places;
    return true;
  }

  int free() {
    return free;
  }
}
