package dev.lyrebird.api;

import org.jspecify.annotations.Nullable;

/**
 * Serves connections by being called: for one connection in order, and never twice at once. Each
 * call has a virtual thread and may wait; while it does, the connection's later messages wait too,
 * and nobody else.
 *
 * <pre>
 *   open --- returns data ---> message, drain, error, in any number ---> close
 *     |
 *     +---- throws ---> refused: the client is told, and nothing follows
 * </pre>
 *
 * @param <D> what is kept of each connection
 */
@FunctionalInterface
public interface ConnectionHandler<D extends @Nullable Object> {

  /**
   * A client wants to come in. It is let in when this returns, or sends for the first time.
   *
   * @return what is kept of the connection and handed to the other calls
   * @throws ProblemException to refuse the client, who is told why
   */
  D open(Connection connection) throws Exception;

  /** The client says something. */
  default void message(Connection connection, D data, Message message) throws Exception {}

  /** There is room for messages again, after {@link Connection#isWritable} was false. */
  default void drain(Connection connection, D data) throws Exception {}

  /**
   * The connection has ended, whoever ended it. Called once where {@code open} has returned, and
   * nothing after it.
   *
   * @param code of the close frame; {@link Connection#LOST} where the client is gone without one
   * @param reason that goes with it
   */
  default void close(Connection connection, D data, int code, String reason) throws Exception {}

  /**
   * {@code message} or {@code drain} has thrown. As it stands, the client is told of a {@link
   * ProblemException} of a status below 500 and goes on; of all else it is closed with 1011, and
   * the log has the fault.
   */
  default void error(Connection connection, D data, Exception fault) throws Exception {
    if (fault instanceof ProblemException problem && problem.status() < 500) {
      connection.send(new Refusal("error", problem.status(), problem.detail()));
    } else {
      throw fault;
    }
  }

  /** Returns whether a client may come in; one that may not is told 403. */
  default boolean allows(Action action, Context context) {
    return true;
  }

  /** Returns how much its connections may use, where its {@link Route} sets no limits. */
  default Limits limits() {
    return Limits.DEFAULT;
  }

  /** How a client is told that its message could not be taken. */
  record Refusal(String type, int status, @Nullable String title) {}
}
