package dev.lyrebird.cluster;

import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Outcome;
import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Reception;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.Row;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.table.QueryReading;
import dev.lyrebird.table.Table;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a table tells an event loop. */
sealed interface TableAnswer {

  /** Returns the index of the table that answers. */
  int table();

  /**
   * One outcome per write, for the oldest writes that the loop sent and has no answer to.
   *
   * @param ticket under which {@link Confirmed} will tell that those that were applied may be told,
   *     or {@link Confirmations#NOT_HELD} where that is now
   */
  record Outcomes(int table, List<Outcome> outcomes, long ticket) implements TableAnswer {}

  /**
   * Outcomes that were held need wait no longer.
   *
   * @param refusal what is to be told in their place, or null where other nodes have the writes
   */
  record Confirmed(int table, long ticket, @Nullable Refusal refusal) implements TableAnswer {}

  /** The receptions of the oldest {@link TableRequest.Release} without an answer are deleted. */
  record Released(int table) implements TableAnswer {}

  /** The receptions of a client. */
  record Receptions(int table, long number, List<Reception> receptions) implements TableAnswer {}

  /** The feed begins behind that place. */
  record Attached(int table, Place place) implements TableAnswer {}

  /** Entries that were journalled, all of one origin. */
  record Changes(int table, Place before, List<Entry> entries) implements TableAnswer {}

  /**
   * The feed goes on behind that place; the journal does not tell what lies before it.
   *
   * @param reason for clients
   */
  record Lost(int table, Place place, String reason) implements TableAnswer {}

  /** One row per id, or null where there is none, for the oldest reads without an answer. */
  record RowsRead(int table, List<@Nullable Row> rows) implements TableAnswer {}

  /** What is known of a row. */
  record RowKnown(int table, long number, Tables.Known known) implements TableAnswer {}

  /** A page of rows as they stood at a place. */
  record Rows(int table, long number, List<Row> rows, Place at, boolean last)
      implements TableAnswer {}

  /** A page of what a query finds; it has rows, or is the last. */
  record QueryRows(int table, long number, QueryReading.Slice page) implements TableAnswer {}

  /** A query ends, for it would take more than its bounds allow. */
  record QueryRefused(int table, long number, Refusal refusal) implements TableAnswer {}

  /** A page of the journal. */
  record Page(int table, long reader, List<Entry> entries, List<Place> places, Place end)
      implements TableAnswer {}

  /** The journal no longer reaches back so far. */
  record Trimmed(int table, long reader) implements TableAnswer {}

  /**
   * A page of history.
   *
   * @param end the place behind all that it has looked at, or null where the journal no longer
   *     reaches back to where it was to go on
   * @param head the position at which the journal ends
   * @param beginsAt as {@link Table.Beginning} says; 0 where the page is not the first
   */
  record History(
      int table, long number, List<Entry> entries, @Nullable Place end, long head, long beginsAt)
      implements TableAnswer {}

  /**
   * A place that was looked for; it may overtake other answers.
   *
   * @param place null where the journal no longer reaches back to it
   */
  record Found(int table, long reader, @Nullable Place place) implements TableAnswer {}

  /** A fresh numeric id. */
  record NextNumber(int table, long number, long id) implements TableAnswer {}
}
