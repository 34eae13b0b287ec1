package dev.lyrebird.table;

import dev.lyrebird.query.KeyRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gives the rows that may pass a condition, one after another. Stands before the first at the
 * beginning. Owned by the table's thread.
 */
sealed interface RowSource extends AutoCloseable {

  /** Moves to the next row; returns false behind the last one. */
  boolean next();

  /** Returns the id of the row that it stands at. */
  String id();

  /** Returns the row that it stands at. */
  RowState state();

  /** Returns how many entries of an index it has read. */
  long entriesRead();

  /**
   * Tells whether the row that it stands at, and all that follow, come behind those before in the
   * order that it gives the rows.
   */
  boolean isBehindOthers();

  @Override
  void close();

  /** The rows in a range of ids, in the order of their ids. */
  record Scanned(TableStore.RowScan rows) implements RowSource {

    @Override
    public boolean next() {
      return rows.next();
    }

    @Override
    public String id() {
      return rows.id();
    }

    @Override
    public RowState state() {
      return rows.state();
    }

    @Override
    public long entriesRead() {
      return 0;
    }

    @Override
    public boolean isBehindOthers() {
      return false;
    }

    @Override
    public void close() {
      rows.close();
    }
  }

  /** The rows that have certain ids, in the order of these. */
  final class Named implements RowSource {

    /** So many cost less than one by one; more gain little, and a row may have a megabyte. */
    private static final int MOST_ROWS_AT_ONCE = 32;

    private final Iterator<String> ids;
    private final TableStore.View view;

    /** Read before they are asked for: few at first, for it may be that no more are. */
    private List<String> ahead = List.of();

    private List<RowState> statesAhead = List.of();
    private int rowsAtOnce = 4;
    private int at;

    Named(Iterable<String> ids, TableStore.View view) {
      this.ids = ids.iterator();
      this.view = view;
    }

    @Override
    public boolean next() {
      at++;
      if (at >= ahead.size()) {
        readAhead();
      }
      return !ahead.isEmpty();
    }

    private void readAhead() {
      rowsAtOnce = Math.min(2 * rowsAtOnce, MOST_ROWS_AT_ONCE);
      ahead = new ArrayList<>(rowsAtOnce);
      while (ahead.size() < rowsAtOnce && ids.hasNext()) {
        ahead.add(ids.next());
      }
      statesAhead = view.rows(ahead);
      at = 0;
    }

    @Override
    public String id() {
      return ahead.get(at);
    }

    @Override
    public RowState state() {
      return statesAhead.get(at);
    }

    @Override
    public long entriesRead() {
      return 0;
    }

    @Override
    public boolean isBehindOthers() {
      return false;
    }

    @Override
    public void close() {}
  }

  /** A range of keys, and from which of its ends it is gone through. */
  record Walk(KeyRange keys, boolean isDescending) {}

  /** The rows that an index has in ranges of keys, in the order of the keys. */
  final class Indexed implements RowSource {

    private final int index;
    private final Iterator<Walk> walks;
    private final TableStore.View view;
    private TableStore.@Nullable IndexScan scan;
    private byte @Nullable [] key;
    private boolean isBehindOthers;
    private long entriesRead;

    /**
     * @param index its number
     */
    Indexed(int index, List<Walk> walks, TableStore.View view) {
      this.index = index;
      this.walks = walks.iterator();
      this.view = view;
    }

    @Override
    public boolean next() {
      while (true) {
        if (scan == null) {
          if (!walks.hasNext()) {
            return false;
          }
          Walk walk = walks.next();
          scan = view.index(index, walk.keys(), walk.isDescending());
        }
        if (scan.next()) {
          entriesRead++;
          isBehindOthers = key != null && !Arrays.equals(key, scan.key());
          key = scan.key();
          return true;
        }
        close();
      }
    }

    @Override
    public String id() {
      return at().id();
    }

    @Override
    public RowState state() {
      RowState state = view.row(id());
      return state == null ? RowState.NOTHING : state;
    }

    private TableStore.IndexScan at() {
      if (scan == null) {
        throw new IllegalStateException("it stands at no row");
      }
      return scan;
    }

    @Override
    public long entriesRead() {
      return entriesRead;
    }

    @Override
    public boolean isBehindOthers() {
      return isBehindOthers;
    }

    @Override
    public void close() {
      if (scan != null) {
        scan.close();
        scan = null;
      }
    }
  }
}
