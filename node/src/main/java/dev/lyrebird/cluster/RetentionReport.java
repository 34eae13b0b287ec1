package dev.lyrebird.cluster;

import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.replication.ReplicaReport;
import dev.lyrebird.table.Table;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a table's journal holds, and how much of it those lack who stand behind, for operators.
 *
 * @param extent what there is
 * @param head what the journal covers
 * @param lacking for each of the vectors that were asked about, how many entries whoever has it
 *     lacks; -1 where the journal no longer reaches back so far
 * @param replica how the peers stand; null where there are none
 */
public record RetentionReport(
    Table.Extent extent, VersionVector head, List<Long> lacking, @Nullable ReplicaReport replica) {

  public RetentionReport {
    lacking = List.copyOf(lacking);
  }
}
