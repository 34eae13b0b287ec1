package dev.lyrebird.sessions;

import java.time.Duration;

/** Finds out that a count has not grown for some time. Owned by one thread. */
final class Standstill {

  private final Duration limit;
  private long last = -1;
  private long since;

  Standstill(Duration limit) {
    this.limit = limit;
  }

  boolean isReachedAt(long count) {
    if (count != last) {
      last = count;
      since = System.nanoTime();
    }
    return System.nanoTime() - since > limit.toNanos();
  }
}
