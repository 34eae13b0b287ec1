package dev.lyrebird.table;

import dev.lyrebird.query.KeyRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
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

    private final Iterator<String> ids;
    private final RowsAhead rows;

    Named(Iterable<String> ids, TableStore.View view) {
      this.ids = ids.iterator();
      this.rows = new RowsAhead(view);
    }

    @Override
    public boolean next() {
      return rows.next(() -> ids.hasNext() ? new RowsAhead.Wanted(ids.next(), false) : null);
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
    public void close() {}
  }

  /** Rows that are read before they are asked for: several cost less than one by one. */
  final class RowsAhead {

    /** More gain little, and a row may have a megabyte. */
    private static final int MOST_AT_ONCE = 32;

    private final TableStore.View view;
    private List<Wanted> wanted = List.of();
    private List<RowState> states = List.of();

    /** Few at first, for it may be that no more are wanted. */
    private int atOnce = 5;

    private int at;

    /**
     * A row to be read.
     *
     * @param isBehindOthers see {@link RowSource#isBehindOthers}
     */
    record Wanted(String id, boolean isBehindOthers) {}

    RowsAhead(TableStore.View view) {
      this.view = view;
    }

    /**
     * Moves to the next row.
     *
     * @param more gives the row that follows those that are known; null behind the last
     */
    boolean next(Supplier<@Nullable Wanted> more) {
      at++;
      if (at >= wanted.size()) {
        read(more);
      }
      return !wanted.isEmpty();
    }

    private void read(Supplier<@Nullable Wanted> more) {
      atOnce = Math.min(2 * atOnce, MOST_AT_ONCE);
      wanted = new ArrayList<>(atOnce);
      for (Wanted row = more.get(); row != null; row = more.get()) {
        wanted.add(row);
        if (wanted.size() == atOnce) {
          break;
        }
      }
      states = view.rows(wanted.stream().map(Wanted::id).toList());
      at = 0;
    }

    String id() {
      return wanted.get(at).id();
    }

    RowState state() {
      return states.get(at);
    }

    boolean isBehindOthers() {
      return wanted.get(at).isBehindOthers();
    }
  }

  /** A range of keys, and from which of its ends it is gone through. */
  record Walk(KeyRange keys, boolean isDescending) {}

  /** The rows that an index has in ranges of keys, in the order of the keys. */
  final class Indexed implements RowSource {

    private final int index;
    private final Iterator<Walk> walks;
    private final TableStore.View view;
    private final RowsAhead rows;
    private TableStore.@Nullable IndexScan scan;

    /** Of the last entry that was read. */
    private byte @Nullable [] key;

    private long entriesRead;

    /**
     * @param index its number
     */
    Indexed(int index, List<Walk> walks, TableStore.View view) {
      this.index = index;
      this.walks = walks.iterator();
      this.view = view;
      this.rows = new RowsAhead(view);
    }

    @Override
    public boolean next() {
      return rows.next(this::nextEntry);
    }

    private RowsAhead.@Nullable Wanted nextEntry() {
      while (true) {
        if (scan == null) {
          if (!walks.hasNext()) {
            return null;
          }
          Walk walk = walks.next();
          scan = view.index(index, walk.keys(), walk.isDescending());
        }
        if (scan.next()) {
          entriesRead++;
          byte[] next = scan.key();
          boolean isBehindOthers = key != null && !Arrays.equals(key, next);
          key = next;
          return new RowsAhead.Wanted(scan.id(), isBehindOthers);
        }
        close();
      }
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
      return entriesRead;
    }

    @Override
    public boolean isBehindOthers() {
      return rows.isBehindOthers();
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
