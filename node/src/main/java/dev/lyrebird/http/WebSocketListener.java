package dev.lyrebird.http;

/**
 * What a WebSocket's messages mean. Called on the event loop of its connection, never twice at
 * once.
 */
public interface WebSocketListener {

  /** Takes a text message, whole. */
  void text(byte[] utf8);

  /** Takes a binary message, whole. */
  void binary(byte[] bytes);

  /** There is room in the socket again, after there was none. */
  default void drained() {}

  /** The socket is no longer open, whoever ended it. Called once, and nothing after it. */
  default void closed() {}
}
