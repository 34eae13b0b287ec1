package dev.lyrebird.stream;

import dev.lyrebird.journal.Cursor;
import dev.lyrebird.pubsub.Event;
import dev.lyrebird.pubsub.Member;
import org.jspecify.annotations.Nullable;

/**
 * What one stream is sent of what happens. Owned by the event loop of the stream.
 *
 * @param <T> in what form; shared by streams, so never changed
 */
public interface Telling<T> {

  /** Returns an event as the stream is sent it, or null where it is not told. */
  @Nullable T event(Event event, Member<?> member);

  /**
   * Returns a {@link Notice} as it is sent.
   *
   * @param cursor where the client stands, or null where that is not known
   */
  T notice(byte[] json, @Nullable Cursor cursor);

  /** The stream begins anew, with the current rows. */
  void reset();

  /** The stream has ended; may be said more than once. */
  void end();
}
