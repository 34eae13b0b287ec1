package dev.lyrebird.http;

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
 */
final class EventWire {

  private final EventJson json;
  private final Packing packing;
  private final boolean tellsCursor;
  private final Form<byte[]> shared;

  /** Puts JSON between whatever the wire wants before and behind it. */
  @FunctionalInterface
  interface Packing {

    /**
     * Returns the bytes that go out.
     *
     * @param json a document
     * @param cursor where the client stands once it has it; null where that is no place to go on
     *     from, or where it is not told
     */
    byte[] pack(byte[] json, @Nullable Cursor cursor);
  }

  /**
   * Makes the wire of a kind of streams.
   *
   * @param tellsCursor whether clients are told where they stand after each event
   */
  EventWire(Hub hub, EventJson json, boolean tellsCursor, Packing packing) {
    this.json = json;
    this.packing = packing;
    this.tellsCursor = tellsCursor;
    this.shared =
        event -> {
          boolean hasCursor = tellsCursor && event.place() != null;
          return packing.pack(event.as(json), hasCursor ? event.as(hub.cursorForm()) : null);
        };
  }

  /** Returns an event as a member is sent it. */
  byte[] event(Event event, Member<?> member) {
    return tellsCursor && !member.sharesCursors()
        ? packing.pack(event.as(json), member.cursorAfter(event))
        : event.as(shared);
  }

  /**
   * Returns a {@link Notice} as it is sent.
   *
   * @param cursor where the client stands, or null where that is not known
   */
  byte[] notice(byte[] json, @Nullable Cursor cursor) {
    return packing.pack(json, tellsCursor ? cursor : null);
  }
}
