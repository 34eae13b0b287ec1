package dev.lyrebird.api;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * What a client is sent on its connection: code that sends, which runs once the client has been let
 * in. The connection ends when all of it has returned, with 1000; or when some of it throws: with
 * 1008 for a {@link ProblemException} of a status below 500, with 1011 for anything else, which is
 * logged.
 *
 * <pre>{@code
 * return OutgoingMessages.from(outgoing -> {
 *   for (Message message : incoming) {
 *     outgoing.send(message);
 *   }
 * });
 * }</pre>
 */
@FunctionalInterface
public interface OutgoingMessages {

  /**
   * Sends. Runs on a virtual thread of the connection, and may wait wherever it likes; it is
   * interrupted some time after the connection has closed, if it has not ended by itself.
   *
   * @param outgoing the connection, on which to send
   */
  void sendTo(Connection outgoing) throws Exception;

  /** Returns the same; spares a cast. */
  static OutgoingMessages from(OutgoingMessages code) {
    return code;
  }

  /**
   * Returns what sends both. Each has a thread of its own, so they run at the same time; what each
   * sends goes out in its order.
   */
  default OutgoingMessages and(OutgoingMessages other) {
    return outgoing -> {
      outgoing.alongside(() -> other.sendTo(outgoing));
      sendTo(outgoing);
    };
  }

  /**
   * Returns what also sends a message again and again, the first after the pause, and ends with the
   * connection.
   *
   * @param message is asked each time; null sends nothing this time
   */
  default OutgoingMessages andEvery(Duration pause, Callable<? extends @Nullable Object> message) {
    return and(every(pause, message));
  }

  /**
   * Returns what sends a message again and again until the connection ends, the first after one
   * pause.
   *
   * @param message is asked each time; null sends nothing this time
   */
  static OutgoingMessages every(Duration pause, Callable<? extends @Nullable Object> message) {
    return outgoing -> {
      while (!outgoing.awaitClose(pause)) {
        Object next = message.call();
        if (next != null) {
          outgoing.send(next);
        }
      }
    };
  }
}
