package dev.lyrebird.http;

import dev.lyrebird.resource.Tables;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What a WebSocket may lead to besides the rows of a table.
 *
 * @param subprotocols makes, for the tables of an event loop, what is spoken there on any path
 * @param acceptors who answers at a path, by the decoded path without its leading slash
 */
public record Upgrades(
    Function<Tables, List<Subprotocol>> subprotocols, Map<String, WebSocketAcceptor> acceptors) {

  /** Nothing else. */
  public static final Upgrades NONE = new Upgrades(tables -> List.of(), Map.of());

  public Upgrades {
    acceptors = Map.copyOf(acceptors);
  }
}
