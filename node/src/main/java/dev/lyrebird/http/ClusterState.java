package dev.lyrebird.http;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a node sees its cluster. Its components are the keys of the JSON that {@code GET /cluster}
 * answers; ids of nodes and origins are hexadecimal there.
 *
 * @param node this node
 * @param members the other nodes, also those that are known and not there
 * @param tables how each table stands here and on the others
 * @param faults what keeps the node from its place in the cluster, in words for the operator; empty
 *     while nothing does
 */
public record ClusterState(
    Self node, List<Member> members, List<Table> tables, List<String> faults) {

  public ClusterState {
    members = List.copyOf(members);
    tables = List.copyOf(tables);
    faults = List.copyOf(faults);
  }

  /** Returns how many nodes are there, this one included. */
  @JsonIgnore
  public long present() {
    return 1 + members.stream().filter(Member::present).count();
  }

  /**
   * This node.
   *
   * @param address where the others reach it
   * @param time what its wall clock shows, in ms since the epoch
   * @param aheadMillis how far the clock that stamps its changes is ahead of that
   */
  public record Self(
      String id, String name, String address, BigDecimal time, BigDecimal aheadMillis) {}

  /**
   * Another node.
   *
   * @param name null where it was never there since this node has started
   * @param address where it is or was reached
   * @param operations the URL of its operations port, where that is known
   * @param present whether it is in the cluster at the moment
   * @param heardMillisAgo when a table of it was heard last; null for never
   * @param skewMillis how far its clock is ahead of this node's; null where it was never heard
   * @param lastError what went wrong last with it
   */
  public record Member(
      String id,
      @Nullable String name,
      @Nullable String address,
      @Nullable String operations,
      boolean present,
      @Nullable Long heardMillisAgo,
      @Nullable Long skewMillis,
      @Nullable String lastError) {}

  /**
   * A table.
   *
   * @param origin in whose name this node's changes of it are made
   * @param vector for each origin the time of its last change that is applied here
   * @param peers how it stands on the others
   */
  public record Table(
      String name, String origin, Map<String, BigDecimal> vector, List<Replica> peers) {

    public Table {
      vector = new LinkedHashMap<>(vector);
      peers = List.copyOf(peers);
    }
  }

  /**
   * A table on another node, as that node has told last.
   *
   * @param peer the other node
   * @param vector for each origin the time of its last change that is applied there
   * @param peerLacks what it has yet to get from here
   * @param nodeLacks what this node has yet to get; how many entries that are is not known here
   */
  public record Replica(String peer, Map<String, BigDecimal> vector, Lag peerLacks, Lag nodeLacks) {

    public Replica {
      vector = new LinkedHashMap<>(vector);
    }
  }

  /**
   * How far one node is behind another in a table.
   *
   * @param entries how many entries of the other's journal it lacks; null where that is not known,
   *     or the journal no longer reaches back so far
   * @param origins how far in the changes of each origin
   */
  public record Lag(@Nullable Long entries, List<OriginLag> origins) {

    public Lag {
      origins = List.copyOf(origins);
    }
  }

  /**
   * How far one node is behind another in the changes of an origin.
   *
   * @param millis the time between the last changes that the two have; null where the one behind
   *     has none
   */
  public record OriginLag(String origin, @Nullable BigDecimal millis) {}
}
