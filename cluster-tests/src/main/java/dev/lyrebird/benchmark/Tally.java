package dev.lyrebird.benchmark;

import org.HdrHistogram.Histogram;

/**
 * Counts of one run: of all of it, to see what was lost, and of the measuring window, for rate and
 * latency. Owned by the load's thread.
 */
final class Tally {

  private static final long LONGEST_NANOS = 60_000_000_000L;

  private final Histogram latency = new Histogram(LONGEST_NANOS, 3);
  private long windowFrom = Long.MAX_VALUE;
  private long windowTo = Long.MAX_VALUE;
  private long sent;
  private long received;
  private long receivedInWindow;
  private long firstAt;
  private long lastAt;

  void openWindow(long now) {
    windowFrom = now;
  }

  void closeWindow(long now) {
    windowTo = now;
  }

  boolean isClosed() {
    return windowTo < Long.MAX_VALUE;
  }

  void sent() {
    sent++;
  }

  /** A message, or the answer to a request, has come; its latency counts if it was sent in time. */
  void received(long stamp, long now) {
    firstAt = received == 0 ? now : firstAt;
    lastAt = now;
    received++;
    if (now >= windowFrom && now < windowTo) {
      receivedInWindow++;
    }
    if (stamp >= windowFrom && stamp < windowTo) {
      latency.recordValue(Math.clamp(now - stamp, 0, LONGEST_NANOS));
    }
  }

  long allSent() {
    return sent;
  }

  long allReceived() {
    return received;
  }

  /** When the first came; 0 before. */
  long firstAt() {
    return firstAt;
  }

  /** When the last came that has come so far; 0 before. */
  long lastAt() {
    return lastAt;
  }

  long receivedInWindow() {
    return receivedInWindow;
  }

  double windowSeconds() {
    return (windowTo - windowFrom) / 1e9;
  }

  /** The latency below which this share of the messages stays, in microseconds. */
  double latencyMicros(double percentile) {
    return latency.getValueAtPercentile(percentile) / 1e3;
  }
}
