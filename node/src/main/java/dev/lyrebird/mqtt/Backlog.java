package dev.lyrebird.mqtt;

import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Timestamp;

/**
 * What was journalled while a client was away, as far as its session keeps it. Nothing is counted
 * while the client is away: the journal has it all, and when the client is back it is sent what the
 * limits allow, from the oldest on. Pure.
 */
final class Backlog {

  private static final long MILLIS_PER_SECOND = 1000;

  private final SessionLimits limits;
  private final long backAtMillis;
  private long messages;
  private long bytes;

  /**
   * @param backAtMillis when the client came back, ms since the epoch
   */
  Backlog(SessionLimits limits, long backAtMillis) {
    this.limits = limits;
    this.backAtMillis = backAtMillis;
  }

  /** Tells whether a change came to this node while the client was away. */
  boolean holds(Entry entry) {
    return Timestamp.millisOf(entry.localTime()) < backAtMillis;
  }

  /** Takes a change that came while the client was away; returns whether there was room for it. */
  boolean takes(Entry entry, long nowMillis) {
    long age = nowMillis - Timestamp.millisOf(entry.localTime());
    long size = entry.payload().bytes().length;
    boolean hasRoom =
        isWithin(messages + 1, limits.maxQueuedMessages())
            && isWithin(bytes + size, limits.maxQueuedBytes())
            && isWithin(age, limits.maxQueuedSeconds() * MILLIS_PER_SECOND);
    if (hasRoom) {
      messages++;
      bytes += size;
    }
    return hasRoom;
  }

  private static boolean isWithin(long value, long limit) {
    return limit == 0 || value <= limit;
  }
}
