package dev.lyrebird.http;

import dev.lyrebird.pubsub.Subscription;
import dev.lyrebird.pubsub.TopicFilter;
import dev.lyrebird.schema.TableDefinition;

/**
 * What a stream's path names: which topics it hears of, and what a client may send there.
 *
 * @param filter what it hears of
 * @param tables the indexes of the tables that the filter is kept to
 * @param scope what a frame of the client is about
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never changed
record StreamTarget(TopicFilter filter, int[] tables, Scope scope) implements Subscription {

  /** What a frame of a client is about. */
  sealed interface Scope {

    /** One row: a frame is a message to its topic. */
    record OneRow(TableDefinition table, String id) implements Scope {}

    /** Rows of one table: a frame names one of them. */
    record OneTable(TableDefinition table) implements Scope {}

    /** Topics anywhere: a frame names one of them, whole. */
    record AnyTable() implements Scope {}
  }
}
