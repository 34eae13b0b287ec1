package dev.lyrebird.replication;

import dev.lyrebird.table.Table;
import java.util.List;

/** What is to be done, once, in the order in which a replica says so. */
public sealed interface Effect {

  /**
   * Send a message.
   *
   * @param to node ids
   */
  record Send(List<Long> to, Message message) implements Effect {}

  /** Tell subscribers what other nodes have changed. */
  record Deliver(Table.Commit commit) implements Effect {}

  /**
   * Tell subscribers to begin anew: rows have changed without entries that tell how.
   *
   * @param reason for the client
   */
  record Reset(String reason) implements Effect {}
}
