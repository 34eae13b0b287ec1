package dev.lyrebird.cluster;

import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Reception;
import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.journal.Write;
import dev.lyrebird.pubsub.From;
import dev.lyrebird.pubsub.TopicFilter;
import dev.lyrebird.query.RowQuery;
import dev.lyrebird.schema.TableDefinition;
import dev.lyrebird.table.Table;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What an event loop asks of a table. */
sealed interface TableRequest {

  /** Returns the address of the event loop that asks; {@link Membership} wants no answer. */
  String loop();

  /**
   * Writes that are independent of one another; answered by {@link TableAnswer.Outcomes}.
   *
   * @param answered whether anyone wants to know the outcomes
   * @param confirmations how many other nodes must have the writes before the outcomes are told;
   *     {@link dev.lyrebird.resource.Confirmation#ALL} for all that are there
   */
  record Writes(String loop, List<Table.Request> requests, boolean answered, int confirmations)
      implements TableRequest {}

  /**
   * Writes of which all are carried out or none; answered by {@link TableAnswer.Outcomes}.
   *
   * @param confirmations how many other nodes must have them before the outcomes are told
   */
  record WriteAll(String loop, List<Write> writes, Condition condition, int confirmations)
      implements TableRequest {}

  /** Delete receptions: {@link TableAnswer.Released}. */
  record Release(String loop, List<Reception> receptions) implements TableRequest {}

  /** Delete the receptions that are not to be kept. */
  record ReleaseUnless(String loop, Predicate<Reception> isKept) implements TableRequest {}

  /** Read the receptions of a client: {@link TableAnswer.Receptions}. */
  record AskReceptions(String loop, long number, long client) implements TableRequest {}

  /** Send entries from now on: {@link TableAnswer.Attached}, then {@link TableAnswer.Changes}. */
  record Attach(String loop) implements TableRequest {}

  /** Send no more entries. */
  record Detach(String loop) implements TableRequest {}

  /** The loop has dealt with all entries up to a position. */
  record Seen(String loop, long position) implements TableRequest {}

  /** Read single rows: {@link TableAnswer.RowsRead}. */
  record ReadRows(String loop, List<String> ids) implements TableRequest {}

  /** Tell what is known of a row: {@link TableAnswer.RowKnown}. */
  record AskRow(String loop, long number, String id) implements TableRequest {}

  /** Open a reading of the rows whose topic matches: {@link TableAnswer.Rows}. */
  record OpenScan(String loop, long number, TopicFilter filter) implements TableRequest {}

  /** The next page of an open reading: {@link TableAnswer.Rows}. */
  record MoreRows(String loop, long number) implements TableRequest {}

  /** Give up an open reading. */
  record CloseScan(String loop, long number) implements TableRequest {}

  /**
   * Begin a query: {@link TableAnswer.QueryRows}, {@link TableAnswer.QueryRefused}.
   *
   * @param typing the definition of the table as the loop knows it
   */
  record OpenQuery(String loop, long number, RowQuery query, TableDefinition typing)
      implements TableRequest {}

  /** The next page of a query: {@link TableAnswer.QueryRows}, {@link TableAnswer.QueryRefused}. */
  record MoreOfQuery(String loop, long number) implements TableRequest {}

  /** Give up a query. */
  record CloseQuery(String loop, long number) implements TableRequest {}

  /** Read the journal: {@link TableAnswer.Page}, {@link TableAnswer.Trimmed}. */
  record ReadOn(String loop, long reader, List<TopicFilter> filters, From from)
      implements TableRequest {}

  /**
   * Read a page of history: {@link TableAnswer.History}.
   *
   * @param from the place behind which to go on, or null to begin at the start time
   * @param limit the most entries
   */
  record ReadHistory(
      String loop, long number, TopicFilter filter, long startTime, @Nullable Place from, int limit)
      implements TableRequest {}

  /** Find where a local time begins: {@link TableAnswer.Found}. */
  record FindSince(String loop, long reader, long localTime) implements TableRequest {}

  /** Find behind which place so many entries match: {@link TableAnswer.Found}. */
  record FindPrevious(String loop, long reader, List<TopicFilter> filters, int count)
      implements TableRequest {}

  /** A fresh numeric id: {@link TableAnswer.NextNumber}. */
  record AskNumber(String loop, long number) implements TableRequest {}

  /** Another node is in the cluster from now on. */
  record PeerJoined(long node) implements TableRequest {
    @Override
    public String loop() {
      return Membership.ADDRESS;
    }
  }

  /** Another node is no longer in the cluster. */
  record PeerLeft(long node) implements TableRequest {
    @Override
    public String loop() {
      return Membership.ADDRESS;
    }
  }

  /**
   * What the journal holds: a reply, {@link RetentionReport}.
   *
   * @param standing what those have seen who stand behind
   */
  record AskRetention(List<VersionVector> standing) implements TableRequest {
    @Override
    public String loop() {
      return Membership.ADDRESS;
    }
  }

  /** What is asked of a definition that is to follow the one in force. */
  sealed interface OfDefinition extends TableRequest {
    @Override
    default String loop() {
      return Membership.ADDRESS;
    }
  }

  /** Hold all rows against a definition: a reply, what is wrong with them by attribute. */
  record TryOut(TableDefinition definition) implements OfDefinition {}

  /** Hold writes to the definition on trial as well: a reply, as for {@link TryOut}. */
  record Bind() implements OfDefinition {}

  /** Put the definition on trial in force: an empty reply. */
  record Redefine() implements OfDefinition {}

  /** Forget the definition on trial; no reply. */
  record GiveUp() implements OfDefinition {}

  /** How the table's replica stands: a reply, {@link dev.lyrebird.replication.ReplicaReport}. */
  record AskReplica() implements TableRequest {
    @Override
    public String loop() {
      return Membership.ADDRESS;
    }
  }
}
