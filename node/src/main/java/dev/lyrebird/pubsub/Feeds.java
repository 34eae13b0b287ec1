package dev.lyrebird.pubsub;

import java.util.List;

/**
 * What a {@link Hub} asks of the tables, and of its event loop. Every call returns at once; the
 * answers come as calls of the hub, for each table in the order in which they were asked.
 */
public interface Feeds {

  /**
   * The most entries that a subscriber may begin before the present: they are counted back one by
   * one, and replayed to one who has asked for them with a short line.
   */
  int MOST_PREVIOUS = 10_000;

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

  /** Asks for entries that match any of the filters: {@link Hub#page}. */
  void read(int table, long request, List<TopicFilter> filters, From from);

  /** Asks for the place behind which a local time begins: {@link Hub#found}. */
  void findSince(int table, long reader, long localTime);

  /**
   * Asks for the place behind which so many entries match any of the filters: {@link Hub#found}.
   *
   * @param count at most {@link #MOST_PREVIOUS}
   */
  void findPrevious(int table, long reader, List<TopicFilter> filters, int count);

  /** Runs something on the event loop, once that has seen to its sockets. */
  void inNextTurn(Runnable task);
}
