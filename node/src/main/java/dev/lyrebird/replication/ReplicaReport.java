package dev.lyrebird.replication;

import dev.lyrebird.journal.VersionVector;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a replica and its peers stand, for operators.
 *
 * @param origin in whose name its changes are made
 * @param vector what it has
 * @param peers those it has heard of
 */
public record ReplicaReport(long origin, VersionVector vector, List<PeerReport> peers) {

  /**
   * How a peer stands, as far as is known.
   *
   * @param node its id
   * @param isPresent whether it is a member of the cluster at the moment
   * @param isKnown whether it is one of the replicas that exchange changes
   * @param origin in whose name its changes are made
   * @param vector what it has
   * @param heardMillis when it was heard last, ms since the epoch; 0 for never
   * @param skewMillis how far its clock is ahead of ours
   * @param entriesBehind entries of our journal that it lacks; -1 where the journal no longer
   *     reaches back so far
   * @param lastError what went wrong last with it, or null
   */
  public record PeerReport(
      long node,
      boolean isPresent,
      boolean isKnown,
      long origin,
      VersionVector vector,
      long heardMillis,
      long skewMillis,
      long entriesBehind,
      @Nullable String lastError) {}
}
