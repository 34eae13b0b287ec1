package dev.lyrebird.api;

import org.jspecify.annotations.Nullable;

/**
 * A path, or a pattern of paths, and the code behind it. To be set up before the node starts; any
 * thread may broadcast.
 */
public final class Route {

  /** What carries out for a route what concerns its connections. */
  public interface Host {

    /** Returns a room of the route; null names the one that all its connections are in. */
    Room room(@Nullable String name);
  }

  private final String pattern;
  private Endpoint endpoint;
  private @Nullable Limits limits;
  private volatile @Nullable Host host;

  Route(String pattern, Endpoint endpoint) {
    this.pattern = pattern;
    this.endpoint = endpoint;
  }

  /** Returns the pattern below its router, without its first slash. */
  public String pattern() {
    return pattern;
  }

  /** Returns the code. */
  public Endpoint endpoint() {
    return endpoint;
  }

  /** Returns how much its connections and calls may use. */
  public Limits limits() {
    return limits == null ? endpoint.limits() : limits;
  }

  /** Sets its limits. */
  public Route limits(Limits wanted) {
    limits = wanted;
    return this;
  }

  /** Has a handler serve the connections. */
  void serveConnectionsBy(ConnectionHandler<?> handler) {
    endpoint = new Endpoint(endpoint.resource(), endpoint.calls(), handler);
  }

  /** Sends a message to all connections of the route, on all nodes, as {@link Room#broadcast}. */
  public void broadcast(@Nullable Object message) {
    everybody().broadcast(message);
  }

  /** Sends a message to all connections of the route on this node. */
  public void broadcastHere(@Nullable Object message) {
    everybody().broadcastHere(message);
  }

  /** Returns how many connections there are on this node. */
  public int size() {
    return everybody().size();
  }

  /** Returns a room of the route. */
  public Room room(String name) {
    return hosted().room(name);
  }

  /** Called by the node that serves the route, before anything else is. */
  public void serveBy(Host by) {
    if (host != null) {
      throw new IllegalStateException(
          "the route %s is served already; make another router for another node"
              .formatted(pattern));
    }
    host = by;
  }

  private Room everybody() {
    return hosted().room(null);
  }

  private Host hosted() {
    Host by = host;
    if (by == null) {
      throw new IllegalStateException("no node serves the route %s yet".formatted(pattern));
    }
    return by;
  }
}
