package dev.lyrebird.pubsub;

import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.VersionVector;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Hub} asks of the tables, and of its event loop. Every call returns at once; the
 * answers come as calls of the hub, for each table in the order in which they were asked.
 */
public interface Feeds {

  /**
   * Asks a table to send its entries from now on: {@link Hub#attached}, then {@link Hub#changes}.
   */
  void attach(int table);

  /** Asks a table to send no more entries. */
  void detach(int table);

  /** Opens a reading of the rows that match and asks for the first page: {@link Hub#rows}. */
  void openScan(int table, long reader, TopicFilter filter);

  /** Asks for the next page of an open reading of rows. */
  void moreRows(int table, long reader);

  /** Gives up a reading of rows before its last page. */
  void closeScan(int table, long reader);

  /**
   * Asks for the entries behind a place that match any of the filters: {@link Hub#page}.
   *
   * @param covered null, or what the reader has seen elsewhere. It is to know then of all changes
   *     of rows, but for those that a change which it has seen has replaced
   */
  void read(
      int table,
      long request,
      List<TopicFilter> filters,
      Place from,
      @Nullable VersionVector covered);

  /**
   * Asks for the entries that a vector does not cover, and from the first of them on for those
   * changes of rows that it does cover: {@link Hub#page}.
   *
   * @param rowsAt where the rows stood so that the reader was told here, or null for nowhere. It is
   *     to know then of all changes of rows behind that place
   */
  void read(
      int table,
      long request,
      List<TopicFilter> filters,
      VersionVector covered,
      @Nullable Place rowsAt);

  /** Runs something on the event loop, once that has seen to its sockets. */
  void inNextTurn(Runnable task);
}
