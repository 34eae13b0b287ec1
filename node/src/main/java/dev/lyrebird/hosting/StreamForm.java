package dev.lyrebird.hosting;

import dev.lyrebird.api.Change;
import dev.lyrebird.api.Message;
import dev.lyrebird.api.Protocol;
import dev.lyrebird.stream.EventWire;
import dev.lyrebird.stream.StreamPicks;
import dev.lyrebird.stream.StreamQuery;
import dev.lyrebird.stream.StreamTarget;
import dev.lyrebird.stream.Telling;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;

/**
 * In what form a stream of a table is handed over.
 *
 * @param tellings makes how one stream is told its events
 * @param reset how a notice of a reset looks
 * @param sizes how many bytes are held in memory while one waits
 * @param isOfRows whether who hears keeps rows, and not each change for itself; who does is told of
 *     resets, and when all rows have come
 * @param <T> what it hands over
 */
record StreamForm<T>(
    Tellings<T> tellings, UnaryOperator<T> reset, ToIntFunction<T> sizes, boolean isOfRows) {

  /** Makes how a stream is told. */
  @FunctionalInterface
  interface Tellings<T> {
    Telling<T> of(StreamPicks<ChangeWires> picks, StreamQuery query, StreamTarget target);
  }

  /** Of users' code that reads for itself. */
  static final StreamForm<Change> CHANGES =
      new StreamForm<>(
          picked(query -> ChangeWires::changes),
          reset -> reset,
          change -> change.value() == null ? 0 : change.value().bytes().length,
          true);

  private static final StreamForm<Message> EVENTS =
      of(picked(query -> ChangeWires::events), reset -> reset.withEvent("reset"), true);

  private static final StreamForm<Message> FRAMES =
      of(
          picked(query -> wires -> wires.frames(query.tellsCursor())),
          UnaryOperator.identity(),
          true);

  private static final StreamForm<Message> PAYLOADS =
      of((picks, query, target) -> new Payloads(), UnaryOperator.identity(), false);

  private static StreamForm<Message> of(
      Tellings<Message> tellings, UnaryOperator<Message> reset, boolean isOfRows) {
    return new StreamForm<>(tellings, reset, message -> message.bytes().length, isOfRows);
  }

  private static <T> Tellings<T> picked(
      Function<StreamQuery, Function<ChangeWires, EventWire<T>>> kind) {
    return (picks, query, target) -> picks.telling(query, target, kind.apply(query));
  }

  /**
   * Returns the form of a connection. MQTT tells of many rows by their topics, which messages to a
   * connection do not have; so there the events name their rows.
   */
  static StreamForm<Message> of(Protocol protocol, UserStream wanted) {
    return switch (protocol) {
      case SSE -> EVENTS;
      case REST, WEB_SOCKET -> FRAMES;
      case MQTT ->
          wanted.isOfRow() && wanted.query().query().condition() == null ? PAYLOADS : FRAMES;
    };
  }
}
