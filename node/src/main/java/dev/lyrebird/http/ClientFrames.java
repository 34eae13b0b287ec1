package dev.lyrebird.http;

import dev.lyrebird.format.Content;
import dev.lyrebird.format.Format;
import dev.lyrebird.format.RowReader;
import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Outcome;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.journal.Write;
import dev.lyrebird.resource.PerTable;
import dev.lyrebird.resource.RowIds;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.schema.KeyType;
import dev.lyrebird.schema.Protocol;
import dev.lyrebird.schema.TableDefinition;
import dev.lyrebird.schema.Target;
import dev.lyrebird.stream.EventWire;
import dev.lyrebird.stream.StreamTarget;
import dev.lyrebird.view.JsonCopy;
import java.io.IOException;
import java.util.function.Function;

/**
 * Carries out what a client sends on its stream, in order. A frame that cannot be taken is answered
 * with an error and harms nobody. A client with too many writes under way is not read until half of
 * them are answered.
 *
 * <p>Owned by the event loop of its connection.
 */
final class ClientFrames implements Tables.Receipt {

  private final WebSocketConnection connection;
  private final Tables tables;
  private final PerTable<RowReader> readers;
  private final StreamTarget target;
  private final EventWire<byte[]> wire;
  private final int maxUnanswered;

  private int unanswered;
  private boolean reading = true;

  /** Whether the client takes no answers: then it is not read either, else errors would pile up. */
  private boolean isDeaf;

  /**
   * @param target what the stream's path names
   * @param wire how errors are sent
   * @param maxUnanswered how many writes may be under way
   */
  ClientFrames(
      WebSocketConnection connection,
      Tables tables,
      PerTable<RowReader> readers,
      StreamTarget target,
      EventWire<byte[]> wire,
      int maxUnanswered) {
    this.connection = connection;
    this.tables = tables;
    this.readers = readers;
    this.target = target;
    this.wire = wire;
    this.maxUnanswered = maxUnanswered;
  }

  /** Takes a text frame. On a row's stream text that is no JSON is a message all the same. */
  void text(byte[] utf8) {
    take(utf8, text -> isJson(text) ? Payload.json(text) : new Payload(text, "text/plain", null));
  }

  /** Takes a binary frame: a value where the client speaks a binary format, else opaque bytes. */
  void binary(byte[] bytes, Format format) {
    if (format.isText()) {
      take(bytes, Payload::of);
    } else {
      takeValue(bytes, format);
    }
  }

  @Override
  public void done(Outcome outcome, int token) {
    unanswered--;
    if (outcome instanceof Outcome.Refused(var refusal)) {
      refuse(refusal);
    }
    mayRead();
  }

  /** There is room in the socket again. */
  void drained() {
    isDeaf = false;
    mayRead();
  }

  private void takeValue(byte[] bytes, Format format) {
    try {
      take(format.toJson(bytes), Payload::json);
    } catch (RefusedException e) {
      refuse(e.refusal());
    }
  }

  /**
   * Carries a frame out.
   *
   * @param message makes a message of a frame on a row's stream
   */
  private void take(byte[] frame, Function<byte[], Payload> message) {
    try {
      switch (target.scope()) {
        case StreamTarget.Scope.OneRow(var table, var id) ->
            write(table, Write.message(id, message.apply(frame)));
        case StreamTarget.Scope.OneTable(var table) -> write(table, ClientFrame.parse(frame));
        case StreamTarget.Scope.AnyTable() -> write(ClientFrame.parse(frame));
      }
    } catch (RefusedException e) {
      refuse(e.refusal());
    }
  }

  /** A frame that names a topic goes where the topic leads. */
  private void write(ClientFrame frame) {
    switch (tables.exports().path(frame.id(), Protocol.WEB_SOCKET)) {
      case Target.Row row ->
          write(row.definition(), new ClientFrame(frame.kind(), row.id(), false, frame.value()));
      case Target.NotOffered other -> throw Paths.refusal(other, frame.id());
      case Target.NotFound nothing -> throw Paths.refusal(nothing, frame.id());
      case Target.Table table -> throw noRow(frame.id());
      case Target.Collection rows -> throw noRow(frame.id());
    }
  }

  private void write(TableDefinition table, ClientFrame frame) {
    if (frame.isNumber() && table.key().type() == KeyType.STRING) {
      throw refused("the key of this table is a string, and so is the id of a frame");
    }
    RowIds.check(table, frame.id());
    String topic = tables.hub().channel(tables.indexOf(table)).topic(frame.id());
    if (!target.filter().matches(topic)) {
      throw refused("the id %s is not among those of this path".formatted(frame.id()));
    }
    byte[] value = frame.value();
    Write write =
        value == null
            ? Write.delete(frame.id())
            : write(frame.kind(), frame.id(), value, readers.of(table));
    write(table, write);
  }

  private static Write write(Write.Kind kind, String id, byte[] json, RowReader reader) {
    return switch (kind) {
      case PUT -> Write.put(id, reader.row(id, Content.JSON, json));
      case PATCH -> Write.patch(id, reader.patch(id, Content.JSON, json));
      case MESSAGE -> Write.message(id, Payload.json(json));
      case DELETE -> throw new IllegalArgumentException("a delete has no value");
    };
  }

  private void write(TableDefinition table, Write write) {
    unanswered++;
    mayRead();
    Condition condition = write.kind() == Write.Kind.PATCH ? Condition.EXISTS : Condition.NONE;
    tables.write(table, write, condition, this, 0);
  }

  private void refuse(Refusal refusal) {
    connection.frame(wire.notice(Problem.of(refusal, "").notice(), null));
    connection.flush();
    isDeaf = !connection.isWritable();
    mayRead();
  }

  private void mayRead() {
    int bound = reading ? maxUnanswered : maxUnanswered / 2 + 1;
    boolean may = !isDeaf && unanswered < bound;
    if (may != reading) {
      reading = may;
      connection.read(may);
    }
  }

  private static boolean isJson(byte[] utf8) {
    try {
      JsonCopy.document(
          JsonCopy.FACTORY,
          utf8,
          (in, out) -> {
            in.skipChildren();
            return false;
          });
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static RefusedException noRow(String topic) {
    return refused("the id of a frame is here the topic of a row, and %s is none".formatted(topic));
  }

  private static RefusedException refused(String detail) {
    return new RefusedException(Refusal.of(Refusal.Reason.BAD_REQUEST, detail));
  }
}
