package dev.lyrebird.journal;

/**
 * A write that a node accepted: the same on every node.
 *
 * <p>Its timestamp is its name: what version vectors cover, and its place in its origin's chain.
 * Its rank is where it stands among the changes of its row. They are the same but for two kinds of
 * change. A write to a row whose version is ahead of this node's clock is ranked right behind that
 * version, or the clock of one node could swallow the later writes of all others. The end of a row
 * that expires is ranked right behind the version that ended, or it would take with it what another
 * node has just renewed.
 *
 * @param timestamp its name
 * @param rankTime the time at which it counts, in the unit of {@link Timestamp#time}
 * @param createdMillis when the row came into being as the origin knew it, ms since the epoch; 0
 *     where the table does not keep that
 * @param write what was asked
 */
public record Change(Timestamp timestamp, long rankTime, long createdMillis, Write write) {

  /** A change that counts from when it was made. */
  public Change(Timestamp timestamp, Write write) {
    this(timestamp, timestamp.time(), 0, write);
  }

  /** Returns where the change stands among those of its row: the greatest wins. */
  public Timestamp rank() {
    return rankTime == timestamp.time() ? timestamp : new Timestamp(rankTime, timestamp.node());
  }
}
