package dev.lyrebird.http;

import dev.lyrebird.format.Format;
import dev.lyrebird.journal.Cursor;
import dev.lyrebird.pubsub.Form;
import dev.lyrebird.pubsub.Hub;
import dev.lyrebird.stream.EventJson;
import dev.lyrebird.stream.EventWire;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The wires of all kinds of streams, for events of one JSON. Owned by one event loop. */
final class EventWires {

  private final EventWire<byte[]> sse;
  private final Map<Format, EventWire<byte[]>> frames = new EnumMap<>(Format.class);
  private final Map<Format, EventWire<byte[]>> framesWithCursor = new EnumMap<>(Format.class);

  EventWires(Hub hub, Form<byte[]> json) {
    this.sse = new EventWire<>(hub, json, true, EventWires::block);
    for (Format format : Format.OF_VALUES) {
      EventWire.Packing<byte[]> frame = (event, cursor) -> frame(format, withCursor(event, cursor));
      frames.put(format, new EventWire<>(hub, json, false, frame));
      framesWithCursor.put(format, new EventWire<>(hub, json, true, frame));
    }
  }

  EventWire<byte[]> sse() {
    return sse;
  }

  /** Returns the wire of a kind of WebSockets, in one of the formats of values. */
  EventWire<byte[]> webSocket(Format format, boolean tellsCursor) {
    return Objects.requireNonNull((tellsCursor ? framesWithCursor : frames).get(format));
  }

  private static byte[] block(byte[] json, @Nullable Cursor cursor) {
    return EventBlock.of(null, cursor == null ? null : cursor.encode(), json);
  }

  private static byte[] frame(Format format, byte[] json) {
    int opcode = format.isText() ? ServerFrame.TEXT : ServerFrame.BINARY;
    return ServerFrame.of(opcode, format.fromJson(json));
  }

  private static byte[] withCursor(byte[] json, @Nullable Cursor cursor) {
    return cursor == null ? json : EventJson.withCursor(json, cursor);
  }
}
