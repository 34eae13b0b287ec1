package dev.lyrebird.schema;

import java.util.Set;

/**
 * Where clients find a table, and by which protocols.
 *
 * @param path segments joined by slashes, with none at either end; empty for the root table, which
 *     takes every path that no other export takes
 */
public record Export(String path, Set<Protocol> protocols) {

  /** Where a node describes its paths; no table is exported there. */
  public static final String OPENAPI = "openapi.json";

  /** Where it describes its topics; no table is exported there either. */
  public static final String ASYNCAPI = "asyncapi.json";

  public Export {
    protocols = Set.copyOf(protocols);
  }

  public boolean isRoot() {
    return path.isEmpty();
  }

  public boolean allows(Protocol protocol) {
    return protocols.contains(protocol);
  }

  /** The topic, and the path without its leading slash, of the row with this id. */
  public String pathOf(String id) {
    return isRoot() ? id : path + '/' + id;
  }

  /**
   * Whether the row with this id has a topic. An id that holds a wildcard has none, since no topic
   * name may hold one [MQTT-3.3.2-2]: other protocols serve such a row, MQTT cannot.
   */
  public static boolean isTopic(String id) {
    return id.indexOf('+') < 0 && id.indexOf('#') < 0;
  }
}
