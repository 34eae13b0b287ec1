package dev.lyrebird.table;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.journal.Row;
import dev.lyrebird.query.Access;
import dev.lyrebird.query.IndexKeys;
import dev.lyrebird.query.KeyRange;
import dev.lyrebird.query.QueryBounds;
import dev.lyrebird.query.QueryPlan;
import dev.lyrebird.query.QueryReport;
import dev.lyrebird.query.RowMatcher;
import dev.lyrebird.query.RowQuery;
import dev.lyrebird.view.RowView;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One query under way, of the rows as they stood when it began. It is carried out slice by slice,
 * each of which takes no more than a few milliseconds, so that others have their turn in between:
 *
 * <pre>
 *   gather ids ──> read rows ──> (put them in order) ──> give them
 * </pre>
 *
 * <p>Ids are gathered where the condition names rows; if too many, or none, all rows are read, by
 * their ids or in the order of an index. Rows that come in no order asked for are given when the
 * last was read; those that an index has in order, whenever the next has another key.
 *
 * <p>Owned by the table's thread.
 */
public final class QueryReading implements AutoCloseable {

  private static final int SLICE_ROWS_RETURNED = 1024;
  private static final int SLICE_BYTES_RETURNED = 256 << 10;
  private static final int SLICE_ROWS_READ = 1024;
  private static final int SLICE_BYTES_READ = 1 << 20;
  private static final int SLICE_ENTRIES_READ = 4096;

  private final RowQuery query;
  private final QueryBounds bounds;
  private final QueryPlan plan;
  private final TableStore.View store;
  private final RowRules rules;
  private final LongSupplier wallMillis;
  private final LongSupplier estimatedRows;

  /** What decides whether a row is given, and when. */
  private final ShownAttributes lookedAt;

  /** Null where rows are to come by their ids. */
  private final @Nullable SortedRows sorted;

  /** While ids are gathered. */
  private @Nullable Gathering gathering;

  /** Once it is known how rows are found, and how that is. */
  private @Nullable RowSource source;

  private Access used;

  /** Whether what is in order is given, before more is read. */
  private boolean isGiving;

  /** Whether the source stands at a row that has not been looked at. */
  private boolean isAtNewRow;

  private boolean isAtEnd;
  private long entriesRead;
  private long rowsRead;

  /** How many rows were found that come before the first that is wanted. */
  private int skipped;

  private int rowsReturned;

  /**
   * What came of a slice.
   *
   * @param rows in the order asked for; there may be none
   * @param report where these are the last; otherwise null
   */
  public record Slice(List<Row> rows, @Nullable QueryReport report) {}

  /**
   * Begins.
   *
   * @param store is closed at the end
   * @param view how clients see rows
   * @param wallMillis the time of day, by which rows end
   * @param estimatedRows tells how many rows there are about
   */
  QueryReading(
      RowQuery query,
      QueryBounds bounds,
      QueryPlan plan,
      TableStore.View store,
      RowRules rules,
      RowView view,
      LongSupplier wallMillis,
      LongSupplier estimatedRows) {
    this.query = query;
    this.bounds = bounds;
    this.plan = plan;
    this.store = store;
    this.rules = rules;
    this.wallMillis = wallMillis;
    this.estimatedRows = estimatedRows;
    this.used = plan.scan();
    this.lookedAt = new ShownAttributes(view, query.attributes());
    this.sorted =
        query.order().isById()
            ? null
            : new SortedRows(query.order(), query.to(), bounds.maxSortedBytes());
  }

  /**
   * Carries the query on.
   *
   * @throws RefusedException where it would take more than its bounds allow
   */
  public Slice next() {
    List<Row> found = new ArrayList<>();
    RowSource rows = source;
    if (rows == null) {
      rows = gathered();
      source = rows;
    }
    if (rows != null) {
      if (!isGiving && !isAtEnd) {
        read(rows, found);
      }
      if (isGiving && sorted != null) {
        give(sorted, found);
      }
    }
    rowsReturned += found.size();
    return new Slice(found, isAtEnd && !isGiving ? report() : null);
  }

  private QueryReport report() {
    return new QueryReport(
        used,
        plan.reason(),
        entriesRead + (source == null ? 0 : source.entriesRead()),
        rowsRead,
        rowsReturned,
        sorted != null && !(used instanceof Access.InOrder));
  }

  /** Goes on gathering ids; returns null while there are more. */
  private @Nullable RowSource gathered() {
    Access named = plan.named();
    if (named == null) {
      return ofAllRows();
    }
    if (named instanceof Access.Index index && index.isOfOneKey()) {
      return ofOneKey(index);
    }
    Gathering ids = gathering;
    if (ids == null) {
      ids = Gathering.of(named, store, bounds.maxGatheredIds());
      gathering = ids;
    }
    Gathering.State state = ids.read(SLICE_ENTRIES_READ);
    if (state == Gathering.State.UNDER_WAY) {
      return null;
    }
    entriesRead = ids.entriesRead();
    endGathering();
    return state == Gathering.State.TOO_MANY ? ofTooMany(named) : ofIds(ids);
  }

  private RowSource ofIds(Gathering gathered) {
    used = gathered.used();
    return used instanceof Access.Scan(var ids) // which is read faster one after another
        ? new RowSource.Scanned(store.rows(ids))
        : new RowSource.Named(gathered.ids(), store);
  }

  /** The rows that have one key stand in its index by their ids: they need not be gathered. */
  private RowSource ofTooMany(Access named) {
    List<Access> parts = named instanceof Access.All(var all) ? all : List.of(named);
    return parts.getFirst() instanceof Access.Index index && index.isOfOneKey()
        ? ofOneKey(index)
        : ofAllRows();
  }

  private RowSource ofOneKey(Access.Index index) {
    used = index;
    return indexed(index.number(), List.of(new RowSource.Walk(index.ranges().getFirst(), false)));
  }

  /** Those that lack the value come last, downwards too. */
  private RowSource ofAllRows() {
    Access.InOrder inOrder = plan.inOrder();
    if (inOrder != null && hasEachRowOnce(inOrder.number())) {
      used = inOrder;
      return indexed(
          inOrder.number(),
          List.of(
              new RowSource.Walk(IndexKeys.VALUES, inOrder.isDescending()),
              new RowSource.Walk(IndexKeys.NULLS, false)));
    }
    boolean readsAll =
        plan.scan().ids().equals(KeyRange.ALL) && (query.limit() == null || sorted != null);
    if (readsAll && isBounded() && estimatedRows.getAsLong() > bounds.maxScannedRows()) {
      throw tooManyRows();
    }
    used = plan.scan();
    return new RowSource.Scanned(store.rows(plan.scan().ids()));
  }

  private RowSource indexed(int index, List<RowSource.Walk> walks) {
    return new RowSource.Indexed(index, walks, store);
  }

  private boolean hasEachRowOnce(int index) {
    try (TableStore.IndexScan several = store.index(index, IndexKeys.SEVERAL, false)) {
      return !several.next();
    }
  }

  /** Reads on until a page is full, enough has been looked at, or no more is wanted. */
  private void read(RowSource rows, List<Row> found) {
    int bytesRead = 0;
    int bytesFound = 0;
    for (int i = 0; i < SLICE_ROWS_READ && bytesRead < SLICE_BYTES_READ; i++) {
      boolean isEnough = query.to() == 0 || (sorted == null && isComplete(found));
      if (isEnough || !(isAtNewRow || rows.next())) {
        isAtEnd = true;
        isGiving = sorted != null;
        return;
      }
      boolean isFirstOfNext =
          !isAtNewRow && used instanceof Access.InOrder && rows.isBehindOthers();
      if (isFirstOfNext && sorted != null && !sorted.isEmpty()) {
        isAtNewRow = true;
        isGiving = true;
        return;
      }
      isAtNewRow = false;
      Row row = row(rows);
      if (row != null) {
        int bytes = row.payload().bytes().length;
        bytesRead += bytes;
        if (take(row, found)) {
          bytesFound += bytes;
          if (found.size() == SLICE_ROWS_RETURNED || bytesFound >= SLICE_BYTES_RETURNED) {
            return;
          }
        }
      }
    }
  }

  /** Returns the row that the source stands at; null where there is none that counts. */
  private @Nullable Row row(RowSource rows) {
    String id = rows.id();
    if (!id.startsWith(query.idPrefix())) {
      return null; // an index knows nothing of prefixes
    }
    rowsRead++;
    if (rowsRead > bounds.maxScannedRows() && isBounded()) {
      throw tooManyRows();
    }
    Row row = rules.row(id, rows.state());
    return row == null || row.hasEnded(wallMillis.getAsLong()) ? null : row;
  }

  /** Tells whether rows are looked at, in no small number, that the client is not given. */
  private boolean isBounded() {
    return switch (used) {
      case Access.Scan scan -> query.condition() != null || sorted != null;
      case Access.InOrder inOrder -> query.condition() != null;
      case Access.Ids named -> false;
      case Access.Index index -> false;
      case Access.All all -> false;
      case Access.Any any -> false;
    };
  }

  private RefusedException tooManyRows() {
    String reason = plan.reason().isEmpty() ? "its indexes name too many" : plan.reason();
    return new RefusedException(
        Refusal.of(
            Refusal.Reason.BAD_REQUEST,
            "this query reads rows one after another, at most %d (queries.maxScannedRows): %s"
                .formatted(bounds.maxScannedRows(), reason)));
  }

  /** Returns whether a row is found that is to be given now. */
  private boolean take(Row row, List<Row> found) {
    RowMatcher condition = query.condition();
    if (condition != null || sorted != null) {
      JsonNode tree = lookedAt.of(row);
      if (condition != null && !condition.passes(tree)) {
        return false;
      }
      if (sorted != null) {
        sorted.add(query.order().rank(tree, row.id()), row);
        return false;
      }
    }
    if (skipped < query.from()) {
      skipped++;
      return false;
    }
    return found.add(row);
  }

  /** Gives a page of what has been put in order. */
  private void give(SortedRows inOrder, List<Row> found) {
    int bytes = 0;
    for (int i = 0; i < SLICE_ROWS_READ && bytes < SLICE_BYTES_RETURNED; i++) {
      if (isComplete(found)) {
        isGiving = false;
        isAtEnd = true;
        return;
      }
      Row row = inOrder.poll();
      if (row == null) {
        isGiving = false;
        return;
      }
      if (skipped < query.from()) {
        skipped++;
      } else {
        found.add(row);
        bytes += row.payload().bytes().length;
      }
    }
  }

  /** Tells whether all rows are found that are wanted. */
  private boolean isComplete(List<Row> found) {
    return skipped + rowsReturned + found.size() >= query.to();
  }

  private void endGathering() {
    if (gathering != null) {
      gathering.close();
      gathering = null;
    }
  }

  @Override
  public void close() {
    endGathering();
    if (source != null) {
      source.close();
    }
    store.close();
  }
}
