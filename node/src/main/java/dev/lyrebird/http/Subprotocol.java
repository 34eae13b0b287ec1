package dev.lyrebird.http;

import io.vertx.core.Future;
import io.vertx.core.internal.net.NetSocketInternal;

/** A protocol of bytes that is spoken over WebSockets, on any path, when a client offers it. */
public interface Subprotocol {

  /** Returns the name by which clients offer it and the handshake takes it. */
  String name();

  /** Returns the size of the largest frame; a larger one closes its socket with 1009. */
  int maxFrameBytes();

  /**
   * Takes a connection. Its pipeline carries the protocol's bytes as buffers, in both directions:
   * handlers go in before {@code "handler"}, in this same call. What is written up to a flush goes
   * out as one binary frame.
   */
  void accept(NetSocketInternal socket);

  /**
   * Ends all connections, since the node stops. May be called more than once.
   *
   * @return ends when nothing of them is left to be done
   */
  Future<Void> end();
}
