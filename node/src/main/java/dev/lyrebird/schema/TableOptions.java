package dev.lyrebird.schema;

import java.util.OptionalLong;

/**
 * How a table is kept, as the arguments of {@code @table} say.
 *
 * @param expirationSeconds how long after its last write a row expires; empty: never
 * @param replicated whether the table is shared with the other nodes
 * @param retentionSeconds how long the journal is kept
 * @param journalMaxBytes how large it may grow; empty: as large as the node's configuration says
 * @param partitions how many workers share the table's keys
 * @param confirm how many other nodes must have applied a write before it is acknowledged, at
 *     least; 0 where the table is not replicated
 */
public record TableOptions(
    OptionalLong expirationSeconds,
    boolean replicated,
    long retentionSeconds,
    OptionalLong journalMaxBytes,
    int partitions,
    int confirm) {

  public static final long DEFAULT_RETENTION_SECONDS = 3 * 24 * 60 * 60;

  public static final TableOptions DEFAULTS =
      new TableOptions(
          OptionalLong.empty(), true, DEFAULT_RETENTION_SECONDS, OptionalLong.empty(), 1, 0);
}
