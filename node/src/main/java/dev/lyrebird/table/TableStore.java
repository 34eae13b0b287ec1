package dev.lyrebird.table;

import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.VersionVector;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where one table keeps its journal and its rows. The journal is the truth: rows may lie behind it,
 * and say how far they have come, so that what is missing can be merged in again.
 *
 * <p>Owned by the thread of the table.
 */
public interface TableStore {

  /**
   * How far a store has come.
   *
   * @param head the place behind the last entry of the journal
   * @param settled the place up to which the rows have taken in the journal
   * @param trimmed the place before which the journal has been dropped
   */
  record Progress(Place head, Place settled, Place trimmed) {}

  /** Returns how far the store has come. Read once, when the table is opened. */
  Progress progress();

  /**
   * Appends a page of entries to the journal. When it returns, the page is as durable as the
   * configuration promises of an acknowledged write.
   *
   * @param before the place before the first entry of the page
   * @param page as {@link dev.lyrebird.journal.EntryCodec} writes it
   * @param checkpoint whether to note the place before this page, so that it can be found by its
   *     vector and serve as the end of a trim; always before the first page
   * @param localTime when the page was written
   */
  void append(Place before, byte[] page, boolean checkpoint, long localTime);

  /**
   * Stores rows.
   *
   * @param rows id to state; one that is not visible removes what is stored
   * @param settled the place up to which the rows have now taken in the journal
   */
  void settle(Map<String, RowState> rows, Place settled);

  /** Returns the stored state of a row, or null where there is none. */
  @Nullable RowState row(String id);

  /** Opens a reading of the stored rows whose id begins with a prefix, as they stand now. */
  RowScan scan(String idPrefix);

  /** Opens a reading of the journal from the page that holds the entry behind a position. */
  PageScan pages(long position);

  /**
   * Returns the last checkpoint whose vector is covered; the journal's beginning if there is none.
   */
  Place checkpointWithin(VersionVector covered);

  /**
   * Drops the oldest part of the journal, up to a checkpoint: what was written before a local time,
   * and more where the rest is over its bound.
   *
   * @param localTime what was written before it goes
   * @param maxBytes the bound of what remains, in bytes of pages
   * @return the place before which nothing is left
   */
  Place trim(long localTime, long maxBytes);

  /** An id whose row, as it was stored once, was to end at a time. */
  record Due(long millis, String id) {}

  /**
   * Returns what was to end by a time, earliest first. The row may have been written again since.
   *
   * @param millis the time, ms since the epoch
   * @param limit the most to return
   */
  List<Due> due(long millis, int limit);

  /** Forgets what was dealt with. */
  void forget(List<Due> dealtWith);

  /** Returns an estimate of the number of stored rows that costs next to nothing. */
  long estimatedRows();

  /** A reading of rows under way, in the order of the bytes of their ids. */
  interface RowScan extends AutoCloseable {

    /** Moves to the next row; returns false behind the last one. */
    boolean next();

    /** Returns the id of the row that it stands at. */
    String id();

    /** Returns the row that it stands at. */
    RowState state();

    @Override
    void close();
  }

  /** A reading of journal pages under way, in order. */
  interface PageScan extends AutoCloseable {

    /** Returns the next page, or null behind the last one. */
    byte @Nullable [] next();

    @Override
    void close();
  }
}
