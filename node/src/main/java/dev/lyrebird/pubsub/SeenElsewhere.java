package dev.lyrebird.pubsub;

import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.VersionVector;
import java.util.HashMap;
import java.util.Map;

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
 * the subscriber needs the rows again, unless it was told the row as it is here and what it had
 * seen changes nothing of that: so it nearly always is where rows are replaced whole, as what comes
 * late is then older than the news.
 *
 * <p>Owned by the event loop of its reader.
 */
final class SeenElsewhere {

  /** Rows that are told apart; beyond, each may be among them. */
  private static final int MOST_ROWS = 1000;

  private final VersionVector vector;

  /** The rows with news, and whether the subscriber was told them as they are here. */
  private final Map<String, Boolean> rowsWithNews = new HashMap<>();

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

  /**
   * Takes note of the next change of a row in this node's journal.
   *
   * @param isTold whether the subscriber is told of it, and so the row as it is here
   */
  void note(Entry entry, boolean isTold) {
    boolean isKnown = rowsWithNews.getOrDefault(entry.id(), false);
    if (!hasSeen(entry)) {
      if (rowsWithNews.size() <= MOST_ROWS || rowsWithNews.containsKey(entry.id())) {
        rowsWithNews.put(entry.id(), entry.isSuperseded() ? isKnown : isTold);
      }
    } else if (rowsWithNews.containsKey(entry.id()) || rowsWithNews.size() > MOST_ROWS) {
      isOutOfOrder |= !(isKnown && entry.isSuperseded());
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
