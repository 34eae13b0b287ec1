package dev.lyrebird.pubsub;

import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.VersionVector;
import java.util.HashSet;
import java.util.Set;

/**
 * What a subscriber had seen of a table on another node when it came here, kept until this node's
 * journal has covered it all.
 *
 * <p>Of messages nothing more is needed: those that are covered are not told again. The changes of
 * a row are folded, and there the order matters: one that is news, told here as this node knows the
 * row, lacks those that the subscriber has seen and that come here only later. So it is noted of
 * which rows there was news. Until this node has caught up, what the subscriber knows of them may
 * be neither what it was told elsewhere nor what this node knows, and no other node could go on
 * from there with changes alone. Where one that was seen has indeed come behind one that was news,
 * the subscriber needs the rows again.
 *
 * <p>Owned by the event loop of its reader.
 */
final class SeenElsewhere {

  /** Rows that are told apart; beyond, each may be among them. */
  private static final int MOST_ROWS = 1000;

  private final VersionVector vector;
  private final Set<String> rowsWithNews = new HashSet<>();
  private boolean isOutOfOrder;

  SeenElsewhere(VersionVector vector) {
    this.vector = vector;
  }

  VersionVector vector() {
    return vector;
  }

  boolean hasSeen(Entry entry) {
    return vector.covers(entry.change().timestamp());
  }

  /** Takes note of the next change of a row in this node's journal, told or not. */
  void note(Entry entry) {
    if (!hasSeen(entry)) {
      if (rowsWithNews.size() <= MOST_ROWS) {
        rowsWithNews.add(entry.id());
      }
    } else if (rowsWithNews.contains(entry.id()) || rowsWithNews.size() > MOST_ROWS) {
      isOutOfOrder = true;
    }
  }

  /** Tells whether the subscriber may know rows as no node does. */
  boolean mayDiffer() {
    return isOutOfOrder || !rowsWithNews.isEmpty();
  }

  /** Tells whether the subscriber needs the rows again once this node has caught up. */
  boolean isOutOfOrder() {
    return isOutOfOrder;
  }
}
