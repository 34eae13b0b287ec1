package dev.lyrebird.stream;

import dev.lyrebird.journal.Cursor;
import dev.lyrebird.pubsub.Event;
import dev.lyrebird.pubsub.Form;
import dev.lyrebird.pubsub.Hub;
import dev.lyrebird.pubsub.Member;
import org.jspecify.annotations.Nullable;

/**
 * How events look on the wire of one kind of stream. There is one object for each kind and event
 * loop, and an event is encoded once for all streams of that kind.
 *
 * <p>Owned by one event loop.
 *
 * @param <T> what streams of that kind are sent
 */
public final class EventWire<T> implements Telling<T> {

  private final Form<byte[]> json;
  private final Packing<T> packing;
  private final boolean tellsCursor;
  private final Form<T> shared;

  /**
   * Puts JSON between whatever the wire wants before and behind it.
   *
   * @param <T> what comes of it
   */
  @FunctionalInterface
  public interface Packing<T> {

    /**
     * Returns what goes out.
     *
     * @param json a document
     * @param cursor where the client stands once it has it; null where that is no place to go on
     *     from, or where it is not told
     */
    T pack(byte[] json, @Nullable Cursor cursor);
  }

  /**
   * Makes the wire of a kind of streams.
   *
   * @param json of its events
   * @param tellsCursor whether clients are told where they stand after each event
   */
  public EventWire(Hub hub, Form<byte[]> json, boolean tellsCursor, Packing<T> packing) {
    this.json = json;
    this.packing = packing;
    this.tellsCursor = tellsCursor;
    this.shared =
        event -> {
          boolean hasCursor = tellsCursor && event.place() != null;
          return packing.pack(event.as(json), hasCursor ? event.as(hub.cursorForm()) : null);
        };
  }

  @Override
  public T event(Event event, Member<?> member) {
    return tellsCursor && !member.sharesCursors()
        ? packing.pack(event.as(json), member.cursorAfter(event))
        : event.as(shared);
  }

  @Override
  public T notice(byte[] json, @Nullable Cursor cursor) {
    return packing.pack(json, tellsCursor ? cursor : null);
  }

  /** What all streams of a kind are told depends on none of them. */
  @Override
  public void reset() {}

  @Override
  public void end() {}
}
