package dev.lyrebird.journal;

/**
 * A place in one node's journal of one table, in both tongues: the position, which is fast and
 * means something on this node only, and the vector of what was applied up to it, which means the
 * same on every node.
 *
 * @param position the position of the last entry before this place; 0 before the first entry
 * @param vector what the entries up to that position cover
 */
public record Place(long position, VersionVector vector) {

  /** The place before the first entry. */
  public static final Place START = new Place(0, VersionVector.EMPTY);

  /** Returns the place right behind an entry that follows this place. */
  public Place after(Entry entry) {
    return new Place(entry.position(), vector.with(entry.change().timestamp()));
  }
}
