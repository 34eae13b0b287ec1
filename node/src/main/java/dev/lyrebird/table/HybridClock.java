package dev.lyrebird.table;

import dev.lyrebird.journal.Timestamp;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The node's hybrid logical clock (Kulkarni et al., "Logical Physical Clocks", 2014): it follows
 * the wall clock, never stands still and never goes back, whatever the wall clock does. In units of
 * {@link Timestamp#time}.
 *
 * <p>One clock serves all tables of a node, so that versions are strictly increasing on the node.
 * Any thread may use it.
 */
public final class HybridClock {

  private static final int MILLIS_PER_SECOND = 1000;
  private static final int NANOS_PER_MILLI = 1_000_000;

  private final InstantSource wall;
  private final long maxSkew;
  private final AtomicLong last;

  /**
   * @param wall the wall clock
   * @param maxSkewMillis how far a stamp of another node may be ahead of the wall clock and still
   *     drag this clock along
   * @param after a logical time that has been given out before, by an earlier run of the node
   */
  public HybridClock(InstantSource wall, long maxSkewMillis, long after) {
    this.wall = wall;
    this.maxSkew = Timestamp.timeOfMillis(maxSkewMillis);
    this.last = new AtomicLong(after);
  }

  /** Returns what the wall clock shows. */
  public long wallTime() {
    Instant now = wall.instant();
    return Timestamp.timeOfMillis(now.getEpochSecond() * MILLIS_PER_SECOND)
        + (long) now.getNano() * Timestamp.UNITS_PER_MILLI / NANOS_PER_MILLI;
  }

  /**
   * Returns a time later than all that were given out or observed before.
   *
   * @param wallTime what the wall clock shows, or showed a moment ago
   */
  public long next(long wallTime) {
    while (true) {
      long before = last.get();
      long next = Math.max(wallTime, before + 1);
      if (last.compareAndSet(before, next)) {
        return next;
      }
    }
  }

  /**
   * Takes note of a time of another node, so that whatever this node does next counts as later.
   *
   * @return whether it did; a time too far ahead of the wall clock is not let in
   */
  public boolean observe(long time) {
    if (time - wallTime() > maxSkew) {
      return false;
    }
    last.accumulateAndGet(time, Math::max);
    return true;
  }

  /** Returns a time before whatever is given out from now on. */
  public long promise() {
    return last.accumulateAndGet(wallTime(), Math::max);
  }

  /** Makes sure that whatever is given out from now on is later than a time of this node's past. */
  public void startAfter(long time) {
    last.accumulateAndGet(time, Math::max);
  }
}
