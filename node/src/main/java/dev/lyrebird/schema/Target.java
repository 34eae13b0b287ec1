package dev.lyrebird.schema;

import org.jspecify.annotations.Nullable;

/**
 * What a path or a topic names. A {@code nearMiss} is the path of an export that was missed by case
 * alone, for the one warning or the refusal that names it.
 */
public sealed interface Target {

  /** What a topic can name: it is a row's or nobody's. */
  sealed interface OfTopic extends Target {}

  /** The table itself, {@code T}. The root table has no such path. */
  record Table(TableDefinition definition) implements Target {}

  /**
   * Rows of one table: {@code T/}, or {@code T/x/}.
   *
   * @param prefix what their ids begin with; empty for all of them, else ending in a slash
   */
  record Collection(TableDefinition definition, String prefix, @Nullable String nearMiss)
      implements Target {}

  /** One row, whether it exists or not: {@code T/x}. The id has not been held against the key. */
  record Row(TableDefinition definition, String id, @Nullable String nearMiss) implements OfTopic {}

  /** The table that takes the path is not exported on the protocol that asked. */
  record NotOffered(TableDefinition definition, @Nullable String nearMiss) implements OfTopic {}

  /** No export takes the path, and there is no root table. */
  record NotFound(@Nullable String nearMiss) implements OfTopic {}
}
