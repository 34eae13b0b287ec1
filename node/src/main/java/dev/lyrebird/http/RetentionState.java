package dev.lyrebird.http;

import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a node keeps in its journals, and for whom. Its components are the keys of the JSON that
 * {@code GET /retention} answers; ids of nodes are hexadecimal there.
 *
 * @param tables those that have answered
 * @param faults why others have not, in words for the operator
 */
public record RetentionState(List<Table> tables, List<String> faults) {

  public RetentionState {
    tables = List.copyOf(tables);
    faults = List.copyOf(faults);
  }

  /**
   * A table's journal.
   *
   * @param entries how many there are
   * @param bytes of them
   * @param dropped how many have gone before
   * @param oldest when the first of them came here, in ms since the epoch; null where there is none
   * @param retentionSeconds how long they are kept
   * @param maxBytes how many bytes are kept
   * @param peers the other nodes
   * @param sessions MQTT sessions whose clients are away, of the whole cluster
   * @param subscribers streams and MQTT clients that are connected here
   */
  public record Table(
      String name,
      long entries,
      long bytes,
      long dropped,
      @Nullable BigDecimal oldest,
      long retentionSeconds,
      long maxBytes,
      List<Peer> peers,
      Sessions sessions,
      Subscribers subscribers) {

    public Table {
      peers = List.copyOf(peers);
    }
  }

  /**
   * Another node.
   *
   * @param present whether it is in the cluster at the moment
   * @param lacks how many entries it has yet to get; null where the journal no longer reaches back
   *     so far, so that it will take over rows
   */
  public record Peer(String peer, boolean present, @Nullable Long lacks) {}

  /**
   * Sessions.
   *
   * @param away how many
   * @param furthest the client id of the one that is furthest behind; null where there is none
   * @param lacks how many entries that one has yet to get; null where there is none, or the journal
   *     no longer reaches back so far
   */
  public record Sessions(int away, @Nullable String furthest, @Nullable Long lacks) {}

  /**
   * Subscribers.
   *
   * @param connected how many
   * @param behind those that do not keep up and are fed from the journal
   * @param lacks how many entries the one furthest behind has yet to get; null where none is
   *     behind, or the journal no longer reaches back so far
   */
  public record Subscribers(int connected, int behind, @Nullable Long lacks) {}
}
