package dev.lyrebird.api;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A client that is connected: by a WebSocket, by an event stream, or by an MQTT subscription. Any
 * thread may call; what one thread sends goes out in its order.
 */
public interface Connection {

  /** A normal end (RFC 6455 §7.4.1). */
  int NORMAL = 1000;

  /** The node is stopping. */
  int GOING_AWAY = 1001;

  /** The client is gone without a word. */
  int LOST = 1006;

  /** A limit was overstepped, or a request was none. */
  int POLICY = 1008;

  /** The resource has failed. */
  int FAULT = 1011;

  /** The resource is being replaced. */
  int RELOAD = 1012;

  /** Code that may wait, and fail. */
  @FunctionalInterface
  interface Task {
    void run() throws Exception;
  }

  /** Returns a name for this connection, for logs: no other of this node has or had it. */
  String id();

  /** Returns with what the client came. */
  Context context();

  /**
   * Sends a message behind all that were sent before. Waits while the client is slow and {@link
   * Limits#outgoing} messages wait for it, or messages of {@link Limits#queuedBytes}; such a wait
   * is no part of {@link Limits#callTime}, here as in {@link #awaitWritable}.
   *
   * @param message a {@link Message}, text, bytes, or what Jackson writes as JSON
   * @throws ConnectionClosedException where the connection has ended, or ends while this waits
   * @throws SlowClientException where the client has taken nothing for {@link Limits#sendTime}
   */
  void send(@Nullable Object message);

  /**
   * Tells whether less than half of what may wait for the client does, so that {@link #send} will
   * not wait. {@link ConnectionHandler#drain} tells when it is true again.
   */
  boolean isWritable();

  /**
   * Waits until {@link #isWritable}, for a client that may be slow as long as it likes.
   *
   * @return whether it is; false where the connection has ended, or the time is up
   */
  boolean awaitWritable(Duration limit);

  /** Tells whether the connection has not ended. */
  boolean isOpen();

  /** Ends the connection normally, behind all that was sent. Does nothing if it has ended. */
  default void close() {
    close(NORMAL, "");
  }

  /**
   * Ends the connection, behind all that was sent. Does nothing if it has ended.
   *
   * @param code of a close frame: 1000, 1001, 1003, 1007 to 1014, or 3000 to 4999
   * @param reason for people; 123 bytes of it are sent
   */
  void close(int code, String reason);

  /**
   * Runs a task once, when the connection has ended and all its other code has returned; at once on
   * the calling thread if that is so already. Tasks run in the order in which they came, each
   * within {@link Limits#callTime}; what one throws is logged.
   */
  void onClose(Runnable task);

  /**
   * Waits for the end of the connection.
   *
   * @return whether it has ended
   */
  boolean awaitClose(Duration limit);

  /**
   * Runs a task on a virtual thread of its own, at the same time as all else of this connection.
   * The tasks of {@link #onClose} wait until it has returned, and so does the end of a connection
   * whose {@link OutgoingMessages} have. A {@link ProblemException} of a status below 500 closes
   * the connection with 1008, anything else that the task throws with 1011. Does nothing once all
   * code of the connection is over.
   */
  void alongside(Task task);

  /**
   * Enters a room; leaves it with the end of the connection. Does nothing if it is in there. A
   * client that has not been let in yet hears what was told meanwhile as soon as it is; one for
   * whom too much waits before is refused with 503.
   */
  void join(Room room);

  /** Leaves a room. Does nothing if it is not in there. */
  void leave(Room room);

  /** Returns the room of that name on this connection's route. */
  Room room(String name);
}
