package dev.lyrebird.resource;

import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Outcome;
import dev.lyrebird.journal.Reception;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.Write;
import dev.lyrebird.pubsub.Hub;
import dev.lyrebird.pubsub.TopicFilter;
import dev.lyrebird.query.QueryReport;
import dev.lyrebird.query.RowQuery;
import dev.lyrebird.schema.Exports;
import dev.lyrebird.schema.Protocol;
import dev.lyrebird.schema.TableDefinition;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * All tables of the node, as one event loop reaches them. Owned by that loop: it alone calls, and
 * it is called back on it. Requests to one table are carried out in the order in which they were
 * made.
 */
public interface Tables {

  /** Returns which path belongs to which table: another object when another schema is in force. */
  Exports exports();

  /**
   * Returns the table at an index, as it is defined now: what an {@link dev.lyrebird.pubsub.Event}
   * names.
   */
  TableDefinition definition(int index);

  /** Returns all tables, exported or not, by their indexes, as they are defined now. */
  List<TableDefinition> definitions();

  /** Returns the table that a relationship names by its type. */
  TableDefinition ofType(String typeName);

  /** Returns the table of MQTT sessions, which no client sees. */
  TableDefinition sessions();

  /** Returns the table of groups that share an MQTT subscription, which no client sees. */
  TableDefinition groups();

  /** Returns this loop's subscribers. */
  Hub hub();

  /**
   * Returns the indexes of the tables exported on the protocol whose topics a filter may match:
   * what {@link dev.lyrebird.pubsub.Member#subscribe} wants.
   */
  int[] touchedBy(TopicFilter filter, Protocol protocol);

  /**
   * Returns the index of a table, for subscriptions that are to stay within it.
   *
   * @param table also by a definition that was in force before
   */
  int indexOf(TableDefinition table);

  /**
   * Carries out one write, and tells its outcome when as many other nodes have it as the table
   * demands.
   */
  default void write(
      TableDefinition table,
      Write write,
      Condition condition,
      @Nullable Receipt receipt,
      int token) {
    write(table, write, condition, Confirmation.AS_DEMANDED, receipt, token);
  }

  /** Carries out one write with which nothing is received. */
  default void write(
      TableDefinition table,
      Write write,
      Condition condition,
      Confirmation confirmation,
      @Nullable Receipt receipt,
      int token) {
    write(table, write, condition, confirmation, null, receipt, token);
  }

  /**
   * Carries out one write. Writes made in one turn of the event loop travel together. No outcome
   * waits for other nodes behind another.
   *
   * @param table where
   * @param write what
   * @param condition what must hold; {@link Condition#NONE} costs nothing
   * @param confirmation how many other nodes must have it before the outcome is told
   * @param reception what is kept together with the write, or null for nothing. Where the write
   *     changes nothing it is kept all the same; where it is refused it is not, unless as {@link
   *     dev.lyrebird.journal.Refusal.Reason#UNCONFIRMED}
   * @param receipt whom to tell the outcome, or null for nobody
   * @param token handed back to the receipt
   */
  void write(
      TableDefinition table,
      Write write,
      Condition condition,
      Confirmation confirmation,
      @Nullable Reception reception,
      @Nullable Receipt receipt,
      int token);

  /**
   * Deletes receptions, behind what was asked of the table before; of one that is not there nothing
   * needs to be done. Those of one turn of the event loop travel together.
   *
   * @param done is told when that is as durable as a write whose outcome is told
   */
  void release(TableDefinition table, List<Reception> receptions, Runnable done);

  /**
   * Deletes the receptions of a table that are not to be kept, whosever they are.
   *
   * @param isKept is asked on another thread
   */
  void releaseUnless(TableDefinition table, Predicate<Reception> isKept);

  /**
   * Reads what a client has sent to a table through this node and not released.
   *
   * @param client its mark, {@link Write#publisherOf}
   * @param callback is handed the receptions of all its claims, in no particular order
   */
  void receptions(TableDefinition table, long client, Consumer<List<Reception>> callback);

  /**
   * Carries out several writes of one table, all or none.
   *
   * @param confirmation how many other nodes must have them before the outcomes are told
   * @param outcomes is told one outcome per write; where one is refused, none was carried out: the
   *     refused ones tell why, the others are {@link Outcome.Unchanged}. Only where all are {@link
   *     dev.lyrebird.journal.Refusal.Reason#UNCONFIRMED} they were carried out
   */
  void writeAll(
      TableDefinition table,
      List<Write> writes,
      Condition condition,
      Confirmation confirmation,
      Consumer<List<Outcome>> outcomes);

  /** Reads one row; the callback is handed null where there is no such row. */
  void read(TableDefinition table, String id, Consumer<@Nullable Row> callback);

  /** Tells what this node knows of a row, also of one that is gone. */
  void known(TableDefinition table, String id, Consumer<Known> callback);

  /**
   * What a node knows of a row.
   *
   * @param row null where there is none
   * @param version of the latest change of the row, or of the one that took it away; {@link
   *     Timestamp#NONE} where nothing is known any more
   */
  record Known(@Nullable Row row, Timestamp version) {}

  /**
   * Opens a reading of the rows whose id begins with a prefix, in the order of their ids, as they
   * stand now. The first page is on its way.
   *
   * @param sink is told the pages, one for each time it asks
   */
  Scan scan(TableDefinition table, String idPrefix, RowSink sink);

  /**
   * Opens a reading of the rows that a query asks for, in the order that it asks for, as they stand
   * now. The first page is on its way.
   *
   * @param sink is told the pages, one for each time it asks
   */
  Scan query(TableDefinition table, RowQuery query, QuerySink sink);

  /**
   * Opens a reading of what a table's journal holds by now of some rows and topics, oldest first:
   * also the changes that were superseded before they came. The first page is on its way.
   *
   * @param sink is told the pages, one for each time it asks
   */
  Scan history(TableDefinition table, HistoryOf what, HistorySink sink);

  /**
   * What is to be told.
   *
   * @param id of a row or topic, or what all ids begin with
   * @param isPrefix which of the two
   * @param startTime from when on, in the unit of {@link Timestamp#time}; 0 for all there is
   * @param limit the most entries
   */
  record HistoryOf(String id, boolean isPrefix, long startTime, long limit) {}

  /** Takes pages of a journal. */
  @FunctionalInterface
  interface HistorySink {

    /** Takes a page, which may be empty and not the last. */
    void take(HistoryPage page);
  }

  /**
   * A page of a journal.
   *
   * @param entries in the order of the journal
   * @param beginsAt the local time from which on the journal tells all, where less than was asked
   *     for; 0 where it tells all of it. The same on every page
   * @param isLast whether there are no more
   * @param isCut whether that is because the journal has dropped meanwhile what was to come next
   */
  record HistoryPage(List<Entry> entries, long beginsAt, boolean isLast, boolean isCut) {}

  /**
   * Returns a fresh id for a row that a client creates without naming one: a UUIDv7, or the next
   * number for tables with a numeric key.
   */
  void nextId(TableDefinition table, Consumer<String> callback);

  /** Tells what became of a write. */
  @FunctionalInterface
  interface Receipt {

    /**
     * Takes the outcome of a write.
     *
     * @param outcome what became of it
     * @param token as given with the write
     */
    void done(Outcome outcome, int token);
  }

  /** Takes pages of rows. */
  @FunctionalInterface
  interface RowSink {

    /**
     * Takes a page.
     *
     * @param rows in the order of their ids, or in that of the query
     * @param last whether there are no more
     */
    void rows(List<Row> rows, boolean last);
  }

  /** Takes pages of what a query finds. */
  interface QuerySink extends RowSink {

    /** Takes how the rows were found, right before the last page. */
    default void report(QueryReport report) {}

    /**
     * Takes the end of a query that would take more than its table's bounds allow; there may have
     * been pages before.
     */
    void refused(Refusal refusal);
  }

  /** A reading of rows under way. Ends by itself with its last page. */
  interface Scan {

    /** Asks for the next page. */
    void more();

    /** Gives up before the last page. Calling it afterwards does nothing. */
    void close();
  }
}
