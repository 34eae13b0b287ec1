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

  /**
   * The socket is no longer open, whoever ended it. Called once, and nothing after it.
   *
   * @param code of the first close frame, whoever sent it (RFC 6455 §7.1.5): 1005 where it had
   *     none, 1006 where there was no such frame
   * @param reason that went with it
   */
  default void closed(int code, String reason) {}
}
