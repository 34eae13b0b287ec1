package dev.lyrebird.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The content that is being read on one event loop, at most one of a connection, and how long each
 * client may keep it waiting. Owned by that loop.
 *
 * <p>One timer serves all, and runs only while there is content to come. It counts looks instead of
 * reading a clock: when the whole process was held up, nobody is blamed for what lies in his socket
 * unread.
 */
final class OpenBodies {

  private static final long LOOK_MILLIS = 1000;

  private final Vertx vertx;
  private final BodyRoom room;
  private final int timeoutSeconds;
  private final Map<HttpConnection, BodyStream> open = new HashMap<>();
  private boolean isWatched;

  /**
   * @param room for content that is gathered
   * @param timeoutSeconds after which a client that sends nothing more is given up
   */
  OpenBodies(Vertx vertx, BodyRoom room, int timeoutSeconds) {
    this.vertx = vertx;
    this.room = room;
    this.timeoutSeconds = timeoutSeconds;
  }

  BodyRoom room() {
    return room;
  }

  int timeoutSeconds() {
    return timeoutSeconds;
  }

  /** The content of a request is awaited. */
  void begin(HttpConnection connection, BodyStream body) {
    open.put(connection, body);
    if (!isWatched) {
      isWatched = true;
      vertx.setTimer(LOOK_MILLIS, fired -> look());
    }
  }

  /** Nothing more of its content is awaited, or its connection is gone. */
  void end(HttpConnection connection) {
    open.remove(connection);
  }

  /** Armed anew each time: a periodic timer would make up for looks that a held up loop missed. */
  private void look() {
    List.copyOf(open.values()).forEach(BodyStream::look);
    isWatched = !open.isEmpty();
    if (isWatched) {
      vertx.setTimer(LOOK_MILLIS, fired -> look());
    }
  }
}
