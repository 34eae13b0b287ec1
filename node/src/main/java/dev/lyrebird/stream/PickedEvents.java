package dev.lyrebird.stream;

import dev.lyrebird.journal.Cursor;
import dev.lyrebird.pubsub.Event;
import dev.lyrebird.pubsub.Member;
import org.jspecify.annotations.Nullable;

/**
 * Tells one stream the events that its condition lets through: messages that pass, rows that pass,
 * and of a row that the client has and that does not pass any more, that it is gone.
 *
 * <p>Owned by the event loop of the stream.
 *
 * @param <T> what the stream is sent
 */
final class PickedEvents<T> implements Telling<T> {

  private final StreamCondition condition;
  private final EventWire<T> passing;
  private final EventWire<T> leaving;
  private final ClientRows rows;

  /**
   * @param passing how events that pass look
   * @param leaving how an event looks that takes a row away
   * @param rows which rows the client has
   */
  PickedEvents(
      StreamCondition condition, EventWire<T> passing, EventWire<T> leaving, ClientRows rows) {
    this.condition = condition;
    this.passing = passing;
    this.leaving = leaving;
    this.rows = rows;
  }

  @Override
  public @Nullable T event(Event event, Member<?> member) {
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

  private @Nullable T leaving(Event event, Member<?> member) {
    return rows.leaves(event.topic()) ? leaving.event(event, member) : null;
  }

  @Override
  public T notice(byte[] json, @Nullable Cursor cursor) {
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
