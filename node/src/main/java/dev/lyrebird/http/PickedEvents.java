package dev.lyrebird.http;

import dev.lyrebird.journal.Cursor;
import dev.lyrebird.pubsub.Event;
import dev.lyrebird.pubsub.Member;
import org.jspecify.annotations.Nullable;

/**
 * Tells one stream the events that its condition lets through: messages that pass, rows that pass,
 * and of a row that the client has and that does not pass any more, that it is gone.
 *
 * <p>Owned by the event loop of the stream.
 */
final class PickedEvents implements Telling {

  private final StreamCondition condition;
  private final EventWire passing;
  private final EventWire leaving;
  private final ClientRows rows;

  /**
   * @param passing how events that pass look
   * @param leaving how an event looks that takes a row away
   * @param rows which rows the client has
   */
  PickedEvents(StreamCondition condition, EventWire passing, EventWire leaving, ClientRows rows) {
    this.condition = condition;
    this.passing = passing;
    this.leaving = leaving;
    this.rows = rows;
  }

  @Override
  public byte @Nullable [] event(Event event, Member<?> member) {
    return switch (event.entry().type()) {
      case MESSAGE -> condition.passes(event) ? passing.event(event, member) : null;
      case PUT -> {
        if (condition.passes(event)) {
          rows.enters(event.topic());
          yield passing.event(event, member);
        }
        yield leaving(event, member);
      }
      case DELETE -> leaving(event, member);
    };
  }

  private byte @Nullable [] leaving(Event event, Member<?> member) {
    return rows.leaves(event.topic()) ? leaving.event(event, member) : null;
  }

  @Override
  public byte[] notice(byte[] json, @Nullable Cursor cursor) {
    return passing.notice(json, cursor);
  }

  @Override
  public void reset() {
    rows.reset();
  }

  @Override
  public void end() {
    rows.end();
  }
}
