package dev.lyrebird.table;

import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.journal.Row;
import dev.lyrebird.query.Access;
import dev.lyrebird.query.QueryBounds;
import dev.lyrebird.query.QueryReport;
import dev.lyrebird.query.RowMatcher;
import dev.lyrebird.query.RowOrder;
import dev.lyrebird.query.RowQuery;
import dev.lyrebird.query.RowTree;
import dev.lyrebird.view.RowView;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One query under way, of the rows as they stood when it began. It is carried out slice by slice,
 * each of which takes no more than a few milliseconds, so that others have their turn in between.
 *
 * <p>Owned by the table's thread.
 */
public final class QueryReading implements AutoCloseable {

  private static final int SLICE_ROWS_RETURNED = 256;
  private static final int SLICE_BYTES_RETURNED = 256 << 10;
  private static final int SLICE_ROWS_READ = 1024;
  private static final int SLICE_BYTES_READ = 1 << 20;

  private final RowQuery query;
  private final QueryBounds bounds;
  private final Access.Scan plan;
  private final Table.RowReading rows;
  private final RowView view;
  private final LongSupplier wallMillis;

  /** Null where rows come in the order in which they are read. */
  private final @Nullable SortedRows sorted;

  private boolean isAtEnd;
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
   * @param rows from which all rows come that can pass
   * @param view how clients see them
   * @param wallMillis the time of day, by which rows end
   */
  QueryReading(
      RowQuery query,
      QueryBounds bounds,
      Access.Scan plan,
      Table.RowReading rows,
      RowView view,
      LongSupplier wallMillis) {
    this.query = query;
    this.bounds = bounds;
    this.plan = plan;
    this.rows = rows;
    this.view = view;
    this.wallMillis = wallMillis;
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
    if (!isAtEnd) {
      read(found);
    }
    boolean isLast = isAtEnd;
    if (isAtEnd && sorted != null) {
      isLast = !giveSorted(found, sorted);
    }
    rowsReturned += found.size();
    return new Slice(
        found, isLast ? new QueryReport(plan, 0, rowsRead, rowsReturned, sorted != null) : null);
  }

  /** Reads on until a page is full, enough has been looked at, or no more is wanted. */
  private void read(List<Row> found) {
    int bytesRead = 0;
    int bytesFound = 0;
    for (int i = 0; i < SLICE_ROWS_READ && bytesRead < SLICE_BYTES_READ; i++) {
      boolean isEnough = sorted == null && query.to() <= skipped + rowsReturned + found.size();
      if (isEnough || !rows.next()) {
        isAtEnd = true;
        return;
      }
      countRead();
      Row row = rows.row();
      if (row == null || row.hasEnded(wallMillis.getAsLong())) {
        continue;
      }
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

  private void countRead() {
    rowsRead++;
    if (rowsRead > bounds.maxScannedRows() && looksAtRows(query)) {
      throw tooManyRows(plan, bounds);
    }
  }

  /** Returns whether a row is found that is to be given now. */
  private boolean take(Row row, List<Row> found) {
    RowMatcher condition = query.condition();
    RowOrder order = query.order();
    if (condition != null || sorted != null) {
      var tree = RowTree.read(view.rowObject(row));
      if (condition != null && !condition.passes(tree)) {
        return false;
      }
      if (sorted != null) {
        sorted.add(order.rank(tree, row.id()), row);
        return false;
      }
    }
    if (skipped < query.from()) {
      skipped++;
      return false;
    }
    return found.add(row);
  }

  /** Gives a page of what has been put in order; returns whether there is more. */
  private boolean giveSorted(List<Row> found, SortedRows inOrder) {
    int bytes = 0;
    for (int i = 0; i < SLICE_ROWS_READ && bytes < SLICE_BYTES_RETURNED; i++) {
      Row row = inOrder.poll();
      if (row == null) {
        return false;
      }
      if (skipped < query.from()) {
        skipped++;
      } else {
        found.add(row);
        bytes += row.payload().bytes().length;
      }
    }
    return true;
  }

  /** Tells whether rows have to be looked at that are not given to the client. */
  static boolean looksAtRows(RowQuery query) {
    return query.condition() != null || !query.order().isById();
  }

  /** Returns the refusal of a query that reads too many rows. */
  static RefusedException tooManyRows(Access.Scan plan, QueryBounds bounds) {
    return new RefusedException(
        Refusal.of(
            Refusal.Reason.BAD_REQUEST,
            "this reads the rows one after another, for %s; it may read %d (queries.maxScannedRows)"
                .formatted(plan.reason(), bounds.maxScannedRows())));
  }

  @Override
  public void close() {
    rows.close();
  }
}
