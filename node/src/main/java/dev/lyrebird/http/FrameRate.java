package dev.lyrebird.http;

import java.time.InstantSource;

/** Counts what one client sends in each second. Owned by the event loop of its connection. */
final class FrameRate {

  private static final long MILLIS_PER_SECOND = 1000;

  private final int most;
  private final InstantSource clock;
  private long second;
  private int count;

  /**
   * @param most messages in one second; 0 for no bound
   */
  FrameRate(int most, InstantSource clock) {
    this.most = most;
    this.clock = clock;
  }

  /** Counts one more message; tells whether it is still within the bound. */
  boolean allowsOneMore() {
    if (most == 0) {
      return true;
    }
    long now = clock.millis() / MILLIS_PER_SECOND;
    if (now != second) {
      second = now;
      count = 0;
    }
    return ++count <= most;
  }
}
