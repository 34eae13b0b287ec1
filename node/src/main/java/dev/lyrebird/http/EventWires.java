package dev.lyrebird.http;

import dev.lyrebird.journal.Cursor;
import dev.lyrebird.pubsub.Form;
import dev.lyrebird.pubsub.Hub;
import org.jspecify.annotations.Nullable;

/** The wires of all kinds of streams, for events of one JSON. Owned by one event loop. */
final class EventWires {

  private final EventWire sse;
  private final EventWire text;
  private final EventWire textWithCursor;
  private final EventWire cbor;
  private final EventWire cborWithCursor;

  EventWires(Hub hub, Form<byte[]> json) {
    this.sse = new EventWire(hub, json, true, EventWires::block);
    this.text = new EventWire(hub, json, false, EventWires::text);
    this.textWithCursor = new EventWire(hub, json, true, EventWires::text);
    this.cbor = new EventWire(hub, json, false, EventWires::cbor);
    this.cborWithCursor = new EventWire(hub, json, true, EventWires::cbor);
  }

  EventWire sse() {
    return sse;
  }

  EventWire webSocket(Format format, boolean tellsCursor) {
    return switch (format) {
      case JSON -> tellsCursor ? textWithCursor : text;
      case CBOR -> tellsCursor ? cborWithCursor : cbor;
    };
  }

  private static byte[] block(byte[] json, @Nullable Cursor cursor) {
    return EventBlock.of(null, cursor == null ? null : cursor.encode(), json);
  }

  private static byte[] text(byte[] json, @Nullable Cursor cursor) {
    return ServerFrame.of(ServerFrame.TEXT, withCursor(json, cursor));
  }

  private static byte[] cbor(byte[] json, @Nullable Cursor cursor) {
    return ServerFrame.of(ServerFrame.BINARY, Cbor.ofJson(withCursor(json, cursor)));
  }

  private static byte[] withCursor(byte[] json, @Nullable Cursor cursor) {
    return cursor == null ? json : EventJson.withCursor(json, cursor);
  }
}
