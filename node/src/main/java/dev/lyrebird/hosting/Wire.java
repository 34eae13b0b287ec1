package dev.lyrebird.hosting;

import dev.lyrebird.api.ProblemException;

/**
 * A client that wants to be connected, as its door gives it. Owned by the event loop of the door,
 * on which all but {@link #execute} is called; never twice at once. The door tells the {@link
 * HostedConnection} what happens.
 */
public interface Wire {

  /** Has a task run on the event loop, behind those before. Any thread may call. */
  void execute(Runnable task);

  /**
   * Lets the client in. As soon as it can be sent to, {@link HostedConnection#drained} is called.
   */
  void accept();

  /** Tells the client why it is not let in. Nothing follows. */
  void refuse(ProblemException problem);

  /** Tells whether there is room; {@link HostedConnection#drained} tells when there is again. */
  boolean isWritable();

  /** Sends a message with the next flush. */
  void send(Sent message);

  /** Sends what there is. */
  void flush();

  /** Stops to read from the client, or goes on. */
  void read(boolean on);

  /**
   * Ends the connection. {@link HostedConnection#gone} follows, or has been called.
   *
   * @param code of a close frame
   */
  void close(int code, String reason);

  /**
   * Ends the connection likewise, though some of what its client was to get is lost: the client
   * must not take what it has for all there was.
   */
  default void cut(int code, String reason) {
    close(code, reason); // the code tells, where there is one
  }
}
