package dev.lyrebird.hosting;

import dev.lyrebird.api.Message;
import dev.lyrebird.journal.Cursor;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.pubsub.Event;
import dev.lyrebird.pubsub.Form;
import dev.lyrebird.pubsub.Member;
import dev.lyrebird.stream.Telling;
import org.jspecify.annotations.Nullable;

/**
 * What an MQTT subscription to one row is sent: what the row holds and what is published, byte for
 * byte. A row that goes is an empty message. Owned by one event loop.
 */
final class Payloads implements Telling<Message> {

  private static final Message NOTHING = Message.binary(new byte[0]);

  private static final Form<Message> FORM =
      event -> {
        Entry entry = event.entry();
        return entry.type() == Entry.Type.DELETE ? NOTHING : message(entry.payload());
      };

  private static Message message(Payload payload) {
    String type = payload.contentType();
    return type == null
        ? Message.binary(payload.bytes())
        : Message.of(payload.bytes(), type, type.startsWith("text/") || type.equals(Payload.JSON));
  }

  @Override
  public Message event(Event event, Member<?> member) {
    return event.as(FORM);
  }

  @Override
  public Message notice(byte[] json, @Nullable Cursor cursor) {
    return ShownRows.json(json);
  }

  @Override
  public void reset() {}

  @Override
  public void end() {}
}
