package dev.lyrebird.http;

/** What answers on a path: takes each WebSocket that is opened there. */
@FunctionalInterface
public interface WebSocketAcceptor {

  /** Takes an open connection and returns who listens to it. */
  WebSocketListener open(WebSocketConnection connection);
}
