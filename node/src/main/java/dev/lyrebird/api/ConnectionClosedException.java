package dev.lyrebird.api;

import org.jspecify.annotations.Nullable;

/**
 * There is nobody to send to any more. Code that lets it pass simply ends with its connection;
 * nothing is logged.
 *
 * <p>It may also come from a connection to which code of another sends. A call of a {@link
 * ConnectionHandler} that lets that pass has ended, without what was still to be done; its own
 * connection goes on, and nothing is logged. What runs as long as its connection, {@link
 * OutgoingMessages} or a task {@link Connection#alongside}, has failed then, as a handler has that
 * does not get past {@code open}: it is to catch this. Whoever tells the same to many does so in a
 * {@link Room}, which does not throw.
 */
public sealed class ConnectionClosedException extends RuntimeException permits SlowClientException {

  private final transient @Nullable Connection connection;

  public ConnectionClosedException(String message) {
    this(message, null);
  }

  /**
   * @param connection that has ended
   */
  public ConnectionClosedException(String message, @Nullable Connection connection) {
    super(message);
    this.connection = connection;
  }

  /** Returns the connection that has ended; null where that is not known. */
  public @Nullable Connection connection() {
    return connection;
  }
}
