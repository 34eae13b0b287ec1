package dev.lyrebird.stream;

import dev.lyrebird.pubsub.Subscription;
import dev.lyrebird.pubsub.TopicFilter;
import dev.lyrebird.resource.RowIds;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.schema.TableDefinition;

/**
 * What a stream's path names: which topics it hears of, and what a client may send there.
 *
 * @param filter what it hears of
 * @param tables the indexes of the tables that the filter is kept to
 * @param scope what a frame of the client is about
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never changed
public record StreamTarget(TopicFilter filter, int[] tables, Scope scope) implements Subscription {

  /**
   * Returns the rows of a table whose ids begin with a prefix.
   *
   * @param prefix empty for all of them, else ending in a slash
   */
  public static StreamTarget below(Tables tables, TableDefinition table, String prefix) {
    int index = tables.indexOf(table);
    return new StreamTarget(
        tables.hub().channel(index).below(prefix), new int[] {index}, new Scope.OneTable(table));
  }

  /**
   * Returns one row of a table, whether it exists or not.
   *
   * @throws dev.lyrebird.journal.RefusedException where the id can be no key of the table
   */
  public static StreamTarget row(Tables tables, TableDefinition table, String id) {
    RowIds.check(table, id);
    int index = tables.indexOf(table);
    return new StreamTarget(
        TopicFilter.topic(tables.hub().channel(index).topic(id)),
        new int[] {index},
        new Scope.OneRow(table, id));
  }

  /** What a frame of a client is about. */
  public sealed interface Scope {

    /** One row: a frame is a message to its topic. */
    record OneRow(TableDefinition table, String id) implements Scope {}

    /** Rows of one table: a frame names one of them. */
    record OneTable(TableDefinition table) implements Scope {}

    /** Topics anywhere: a frame names one of them, whole. */
    record AnyTable() implements Scope {}
  }
}
