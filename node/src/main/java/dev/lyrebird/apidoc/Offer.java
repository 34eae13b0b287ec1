package dev.lyrebird.apidoc;

import dev.lyrebird.schema.TableDefinition;
import java.util.List;

/**
 * What a node offers to its clients, as far as its documents tell it.
 *
 * @param version of the node
 * @param tables those that are exported, in the order of the schema
 * @param hasSse whether tables are followed over Server-Sent Events
 * @param hasWebSocket whether tables are followed over WebSocket
 * @param hasLastModified whether conditions on time are heeded
 * @param http where the HTTP door listens
 * @param mqtt where the MQTT door listens
 */
public record Offer(
    String version,
    List<TableDefinition> tables,
    boolean hasSse,
    boolean hasWebSocket,
    boolean hasLastModified,
    Address http,
    Address mqtt) {

  public Offer {
    tables = List.copyOf(tables);
  }

  /**
   * Where a door listens.
   *
   * @param port 0 where it is one that was free
   */
  public record Address(String host, int port) {}
}
