package dev.lyrebird.journal;

/**
 * A place in one node's journal of one table, in both tongues: the position, which is fast and
 * means something on this node only, and the vector of what was applied up to it, which means the
 * same on every node.
 *
 * @param position the position of the last entry before this place; 0 before the first entry
 * @param vector what the entries up to that position cover
 */
public record Mark(long position, VersionVector vector) {

  /** The place before the first entry. */
  public static final Mark START = new Mark(0, VersionVector.EMPTY);

  /** Returns the place right behind an entry that follows this place. */
  public Mark after(Entry entry) {
    return new Mark(entry.position(), vector.with(entry.change().timestamp()));
  }
}
