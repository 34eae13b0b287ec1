package dev.lyrebird.hosting;

import dev.lyrebird.api.Change;
import dev.lyrebird.api.Message;
import dev.lyrebird.journal.Cursor;
import dev.lyrebird.pubsub.Form;
import dev.lyrebird.pubsub.Hub;
import dev.lyrebird.stream.EventJson;
import dev.lyrebird.stream.EventWire;
import org.jspecify.annotations.Nullable;

/**
 * What users' code is handed of events of one JSON: each is made once per event for all who hear of
 * it. Owned by one event loop.
 */
final class ChangeWires {

  private final EventWire<Message> events;
  private final EventWire<Message> frames;
  private final EventWire<Message> framesWithCursor;
  private final EventWire<Change> changes;

  ChangeWires(Hub hub, Form<byte[]> json) {
    this.events = new EventWire<>(hub, json, true, ChangeWires::event);
    this.frames = new EventWire<>(hub, json, false, (frame, cursor) -> ShownRows.json(frame));
    this.framesWithCursor =
        new EventWire<>(
            hub, json, true, (frame, cursor) -> ShownRows.json(withCursor(frame, cursor)));
    this.changes =
        new EventWire<>(hub, json, true, (frame, cursor) -> Change.of(withCursor(frame, cursor)));
  }

  /** Returns the messages of event streams, whose ids are cursors. */
  EventWire<Message> events() {
    return events;
  }

  /** Returns the messages of WebSockets. */
  EventWire<Message> frames(boolean tellsCursor) {
    return tellsCursor ? framesWithCursor : frames;
  }

  /** Returns what is read by users' code itself. */
  EventWire<Change> changes() {
    return changes;
  }

  private static Message event(byte[] json, @Nullable Cursor cursor) {
    Message message = ShownRows.json(json);
    return cursor == null ? message : message.withId(cursor.encode());
  }

  private static byte[] withCursor(byte[] json, @Nullable Cursor cursor) {
    return cursor == null ? json : EventJson.withCursor(json, cursor);
  }
}
