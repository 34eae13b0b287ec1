package dev.lyrebird.table;

import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.journal.Row;
import dev.lyrebird.query.RowOrder;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The first rows in an order, of however many are added. Owned by the table's thread.
 *
 * <p>They are kept in order from the start, so that no long turn is needed in the end.
 */
final class SortedRows {

  /** What a row takes beside its content: its place in the tree, its id, what it is ordered by. */
  private static final int ROW_BYTES = 256;

  private final TreeMap<RowOrder.Ranked, Row> rows;
  private final int most;
  private final long maxBytes;
  private long bytes;

  /**
   * @param most how many rows are wanted
   * @param maxBytes memory for them
   */
  SortedRows(RowOrder order, int most, long maxBytes) {
    this.rows = new TreeMap<>(order);
    this.most = most;
    this.maxBytes = maxBytes;
  }

  /**
   * Adds a row, in place of the last one if there are enough.
   *
   * @throws RefusedException where there is no room for it
   */
  void add(RowOrder.Ranked rank, Row row) {
    if (rows.size() == most) {
      if (most == 0 || rows.comparator().compare(rank, rows.lastKey()) > 0) {
        return;
      }
      bytes -= bytes(rows.pollLastEntry().getValue());
    }
    rows.put(rank, row);
    bytes += bytes(row);
    if (bytes > maxBytes) {
      throw new RefusedException(
          Refusal.of(
              Refusal.Reason.BAD_REQUEST,
              "to sort these rows takes more than %d bytes of memory (queries.maxSortedBytes)"
                      .formatted(maxBytes)
                  + "; add limit(...), or @indexed to the first attribute of sort(...)"));
    }
  }

  boolean isEmpty() {
    return rows.isEmpty();
  }

  /** Takes out the first row; null where there is none any more. */
  @Nullable Row poll() {
    Map.Entry<RowOrder.Ranked, Row> first = rows.pollFirstEntry();
    if (first == null) {
      return null;
    }
    bytes -= bytes(first.getValue());
    return first.getValue();
  }

  private static long bytes(Row row) {
    return (long) ROW_BYTES + row.id().length() + row.payload().bytes().length;
  }
}
