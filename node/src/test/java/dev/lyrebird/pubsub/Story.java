package dev.lyrebird.pubsub;

import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.VersionVector;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What one subscription was told of one table since it began: rows, then changes. It is true if
 * there is one place in the journal at which all of the rows stood so, and behind which all of the
 * changes lie, each once, in order and without a gap.
 */
final class Story {

  private final SimulatedTable table;
  private final TopicFilter filter;
  private final List<Row> rows = new ArrayList<>();
  private final List<Integer> changes = new ArrayList<>();

  /** What the subscriber had seen before, on whichever node. */
  private final VersionVector covered;

  private final boolean wantsRows;
  private final int earliest;
  private final int latest;

  /** Readings of rows that were opened before this story began are not its own. */
  private final int openingsBefore;

  private boolean awaitsFeed;

  /** Behind which it may begin as well, once the table has read it. */
  private SimulatedTable.@Nullable Attachment attachment;

  private Story(
      SimulatedTable table,
      TopicFilter filter,
      VersionVector covered,
      boolean wantsRows,
      int earliest,
      int latest) {
    this.table = table;
    this.filter = filter;
    this.covered = covered;
    this.wantsRows = wantsRows;
    this.earliest = earliest;
    this.latest = latest;
    this.openingsBefore = table.openings().size();
  }

  /** A story that begins with the rows as they stand now or a little later. */
  static Story withRows(SimulatedTable table, TopicFilter filter) {
    return new Story(table, filter, VersionVector.EMPTY, true, 0, 0);
  }

  /** A story that begins with what its vector does not cover. */
  static Story after(SimulatedTable table, TopicFilter filter, VersionVector covered) {
    return new Story(table, filter, covered, false, 0, 0);
  }

  /**
   * A story that begins with the next change.
   *
   * @param seen the place up to which the hub was fed, or null where it is not fed yet
   */
  static Story live(SimulatedTable table, TopicFilter filter, @Nullable Place seen) {
    int earliest = seen == null ? table.head() : (int) seen.position();
    Story story = new Story(table, filter, VersionVector.EMPTY, false, earliest, table.head());
    story.awaitsFeed = seen == null;
    return story;
  }

  /** Names the feed with which a live story may begin, unless the hub was fed already. */
  void mayBeginWith(SimulatedTable.@Nullable Attachment attachment) {
    if (awaitsFeed) {
      this.attachment = attachment;
    }
  }

  void row(Row row) {
    rows.add(row);
  }

  void change(int position) {
    changes.add(position);
  }

  /** Tells whether all that was told so far is right. */
  boolean isTrue() {
    return (rows.isEmpty() && changes.isEmpty()) || beginnings().findAny().isPresent();
  }

  /** Tells whether everything was told that there was to tell up to a position. */
  boolean isWhole(long upTo) {
    return beginnings()
        .filter(this::hasAllRows)
        .anyMatch(
            place -> due(place).filter(position -> position <= upTo).count() <= changes.size());
  }

  /** Tells whether a cursor covers exactly what was told, and what lies before the beginning. */
  boolean isCoveredBy(VersionVector cursor) {
    return beginnings()
        .filter(this::hasAllRows)
        .anyMatch(place -> {
          Set<Integer> untold = new HashSet<>(due(place).boxed().toList());
          changes.forEach(untold::remove);
          return table
              .matching(filter)
              .allMatch(position ->
                  cursor.covers(table.timestamp(position)) != untold.contains(position));
        });
  }

  /** Returns the places from which all that was told so far is right. */
  private IntStream beginnings() {
    return candidates().filter(place -> changes.isEmpty() ? hasTrueRows(place) : isTrueFrom(place));
  }

  private IntStream candidates() {
    if (wantsRows) {
      return table.openings().stream()
          .skip(openingsBefore)
          .filter(opening -> opening.filter().equals(filter))
          .mapToInt(SimulatedTable.Opening::position);
    }
    Integer attached = attachment == null ? null : attachment.place();
    return attached == null
        ? IntStream.rangeClosed(earliest, latest)
        : IntStream.rangeClosed(Math.min(earliest, attached), Math.max(latest, attached));
  }

  private boolean isTrueFrom(int place) {
    return hasAllRows(place) && due(place).limit(changes.size()).boxed().toList().equals(changes);
  }

  private boolean hasTrueRows(int place) {
    Set<Row> distinct = new HashSet<>(rows);
    return distinct.size() == rows.size() && rowsAt(place).containsAll(distinct);
  }

  private boolean hasAllRows(int place) {
    return hasTrueRows(place) && rows.size() == rowsAt(place).size();
  }

  private List<Row> rowsAt(int place) {
    return wantsRows ? table.rows(filter, place) : List.of();
  }

  /** Returns the positions of what there is to tell behind a place. */
  private IntStream due(int place) {
    return table
        .matching(filter)
        .filter(position -> position > place && !covered.covers(table.timestamp(position)));
  }

  @Override
  public String toString() {
    return "%s of %s: covered %s, begun within %s, rows %s, changes %s"
        .formatted(filter, table.channel(), covered, candidates().boxed().toList(), rows, changes);
  }
}
