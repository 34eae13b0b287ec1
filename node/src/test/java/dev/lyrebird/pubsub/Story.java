package dev.lyrebird.pubsub;

import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.VersionVector;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What one subscription was told of one table since it began: rows, then changes. It is true if
 * there is one place in the journal at which all of the rows stood so, and one behind which all of
 * the changes lie that are not in the rows, each once, in order and without a gap.
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

  /** Readings of rows that were opened before this story began may not be its own. */
  private final int openingsBefore;

  /** Up to where changes may be missing beside the rows; negative for nowhere. */
  private final int missingUpTo;

  private boolean awaitsFeed;

  /** Behind which it may begin as well, once the table has read it. */
  private SimulatedTable.@Nullable Attachment attachment;

  /**
   * Where a story begins.
   *
   * @param rowsAt where its rows stood so
   * @param changes behind where it has every change that is not in the rows
   */
  private record Beginning(int rowsAt, int changes) {}

  private Story(
      SimulatedTable table,
      TopicFilter filter,
      VersionVector covered,
      boolean wantsRows,
      int earliest,
      int latest,
      int openingsBefore,
      int missingUpTo) {
    this.table = table;
    this.filter = filter;
    this.covered = covered;
    this.wantsRows = wantsRows;
    this.earliest = earliest;
    this.latest = latest;
    this.openingsBefore = openingsBefore;
    this.missingUpTo = missingUpTo;
  }

  /** A story that begins with the rows as they stand now or a little later. */
  static Story withRows(SimulatedTable table, TopicFilter filter) {
    int openings = table.openings().size();
    return new Story(table, filter, VersionVector.EMPTY, true, 0, 0, openings, -1);
  }

  /** The same story told anew: of what comes from now on, nothing may be missing. */
  Story again() {
    return new Story(table, filter, covered, true, 0, 0, 0, table.head());
  }

  /** A story that begins with what its vector does not cover. */
  static Story after(SimulatedTable table, TopicFilter filter, VersionVector covered) {
    return new Story(table, filter, covered, false, 0, 0, 0, -1);
  }

  /**
   * A story that begins with the next change.
   *
   * @param seen the place up to which the hub was fed, or null where it is not fed yet
   */
  static Story live(SimulatedTable table, TopicFilter filter, @Nullable Place seen) {
    int earliest = seen == null ? table.head() : (int) seen.position();
    Story story =
        new Story(table, filter, VersionVector.EMPTY, false, earliest, table.head(), 0, -1);
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
        .anyMatch(beginning ->
            due(beginning).filter(position -> position <= upTo).count() <= changes.size());
  }

  /** Tells whether a cursor covers exactly what was told, and what lies before the beginning. */
  boolean isCoveredBy(VersionVector cursor) {
    return beginnings()
        .filter(this::hasAllRows)
        .anyMatch(beginning -> {
          Set<Integer> untold = new HashSet<>(due(beginning).boxed().toList());
          changes.forEach(untold::remove);
          return table
              .matching(filter)
              .allMatch(position ->
                  cursor.covers(table.timestamp(position)) != untold.contains(position));
        });
  }

  /** Returns those from which all that was told so far is right. */
  private Stream<Beginning> beginnings() {
    return candidates()
        .boxed()
        .flatMap(this::beginningsWithRowsAt)
        .filter(beginning -> changes.isEmpty() ? hasTrueRows(beginning) : isTrueFrom(beginning));
  }

  private Stream<Beginning> beginningsWithRowsAt(int place) {
    return missingUpTo < 0
        ? Stream.of(new Beginning(place, place))
        : IntStream.rangeClosed(0, Math.min(place, missingUpTo))
            .mapToObj(from -> new Beginning(place, from));
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

  private boolean isTrueFrom(Beginning beginning) {
    return hasAllRows(beginning)
        && due(beginning).limit(changes.size()).boxed().toList().equals(changes);
  }

  private boolean hasTrueRows(Beginning beginning) {
    Set<Row> distinct = new HashSet<>(rows);
    return distinct.size() == rows.size() && rowsOf(beginning).containsAll(distinct);
  }

  private boolean hasAllRows(Beginning beginning) {
    return hasTrueRows(beginning) && rows.size() == rowsOf(beginning).size();
  }

  private List<Row> rowsOf(Beginning beginning) {
    return wantsRows ? table.rows(filter, beginning.rowsAt()) : List.of();
  }

  /** Returns the positions of the changes that there are to tell. */
  private IntStream due(Beginning beginning) {
    return table
        .matching(filter)
        .filter(position -> position > beginning.changes() && !isInRows(position, beginning))
        .filter(position -> !wasSeen(position));
  }

  /** Of the rows it only counts how they were told last. */
  private boolean wasSeen(int position) {
    boolean isOfRows = wantsRows && table.entry(position).isOfRow();
    return !isOfRows && covered.covers(table.timestamp(position));
  }

  private boolean isInRows(int position, Beginning beginning) {
    return position <= beginning.rowsAt() && table.entry(position).isOfRow();
  }

  @Override
  public String toString() {
    return "%s of %s: covered %s, begun within %s, rows %s, changes %s"
        .formatted(filter, table.channel(), covered, candidates().boxed().toList(), rows, changes);
  }
}
