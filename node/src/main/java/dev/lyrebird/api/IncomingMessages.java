package dev.lyrebird.api;

import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * What a client says on its connection, in order. To read is to wait: a {@code for} loop ends when
 * the client is gone or the connection is closed. On an event stream the client says nothing, and
 * the loop only waits for that end.
 *
 * <p>One thread reads. While nobody reads, {@link Limits#mailbox} messages wait here and the rest
 * at the client.
 */
public interface IncomingMessages extends Iterable<Message> {

  /**
   * Waits for the next message.
   *
   * @return null where none will come any more
   */
  @Nullable Message next();

  /**
   * Waits for the next message for so long.
   *
   * @return null where none came in time, or none will come any more
   */
  @Nullable Message next(Duration limit);

  /** Waits in {@code hasNext}. Each message is had once, whichever iterator takes it. */
  @Override
  default Iterator<Message> iterator() {
    return new Iterator<>() {

      private @Nullable Message ahead;

      @Override
      public boolean hasNext() {
        if (ahead == null) {
          ahead = IncomingMessages.this.next();
        }
        return ahead != null;
      }

      @Override
      public Message next() {
        if (!hasNext() || ahead == null) {
          throw new NoSuchElementException("the connection has ended");
        }
        Message message = ahead;
        ahead = null;
        return message;
      }
    };
  }
}
