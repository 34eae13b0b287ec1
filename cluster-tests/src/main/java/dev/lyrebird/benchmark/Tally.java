package dev.lyrebird.benchmark;

import org.HdrHistogram.Histogram;

/**
 * Counts of one run: of all of it, to see what was lost, and of the measuring window, for rate and
 * latency. Owned by the load's thread.
 */
final class Tally implements Receipts {

  private static final long LONGEST_NANOS = 60_000_000_000L;

  private final Histogram latency = new Histogram(LONGEST_NANOS, 3);
  private long windowFrom = Long.MAX_VALUE;
  private long windowTo = Long.MAX_VALUE;
  private final Sequence sequence = new Sequence();
  private long sent;
  private long received;
  private long receivedInWindow;
  private long firstAt;
  private long lastAt;

  /** Begins to measure, forgetting what was measured before. */
  void openWindow(long now) {
    latency.reset();
    receivedInWindow = 0;
    windowTo = Long.MAX_VALUE;
    windowFrom = now;
  }

  void closeWindow(long now) {
    windowTo = now;
  }

  boolean isClosed() {
    return windowTo < Long.MAX_VALUE;
  }

  void sent(long stamp) {
    sent++;
    sequence.add(stamp);
  }

  /** Returns what was sent, in order, since that was last cleared. */
  Sequence sequence() {
    return sequence;
  }

  /** Its latency counts if it was sent in time. */
  @Override
  public void received(long stamp, long now) {
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
