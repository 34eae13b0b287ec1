package dev.lyrebird.stream;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.lyrebird.journal.Cursor;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.pubsub.Event;
import dev.lyrebird.pubsub.Form;
import dev.lyrebird.resource.PerTable;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.schema.KeyType;
import dev.lyrebird.schema.TableDefinition;
import dev.lyrebird.view.Columns;
import dev.lyrebird.view.RowView;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The JSON of an event, the same on every kind of stream, on one line:
 *
 * <pre>
 * {"id":"w1","localTime":1795219619332.3696,"value":{"temp":1},"version":1795219619331.6174,"type":"put"}
 * </pre>
 *
 * <p>Owned by one event loop.
 */
public final class EventJson implements Form<byte[]> {

  /** What {@link #ofHistory} tells, for formats of lines. */
  public static final Columns COLUMNS_OF_HISTORY =
      Columns.named("id", "localTime", "value", "version", "type", "origin", "user", "superseded");

  private static final int ROOM_FOR_THE_REST = 128;
  private static final byte[] NO_VALUE = {};

  private final Tables tables;
  private final PerTable<RowView> views;

  public EventJson(Tables tables, PerTable<RowView> views) {
    this.tables = tables;
    this.views = views;
  }

  @Override
  public byte[] encode(Event event) {
    Entry entry = event.entry();
    RowView view = views.of(definition(event));
    return switch (entry.type()) {
      case PUT -> withValue(event, view.rowValue(row(entry)));
      case MESSAGE -> withValue(event, view.messageValue(entry.payload()));
      case DELETE -> leaving(event);
    };
  }

  /** Returns an event with something else as the value of its row or message. */
  byte[] withValue(Event event, byte[] value) {
    return encode(definition(event), event.entry(), event.entry().type(), value);
  }

  /** Returns the event as one that takes the row away, whatever it is. */
  byte[] leaving(Event event) {
    return encode(definition(event), event.entry(), Entry.Type.DELETE, NO_VALUE);
  }

  private TableDefinition definition(Event event) {
    return tables.definition(event.table());
  }

  private static byte[] encode(TableDefinition table, Entry entry, Entry.Type type, byte[] value) {
    ByteArrayOutputStream json = new ByteArrayOutputStream(value.length + ROOM_FOR_THE_REST);
    write(json, "{\"id\":");
    writeId(json, table.key().type(), entry.id());
    write(json, ",\"localTime\":" + Timestamp.decimalMillis(entry.localTime()));
    if (value.length > 0) {
      write(json, ",\"value\":");
      json.writeBytes(value);
    }
    write(json, ",\"version\":" + Timestamp.decimalMillis(entry.version().time()));
    write(json, ",\"type\":\"" + type(type) + "\"}");
    return json.toByteArray();
  }

  /**
   * Returns an entry as history shows it: as the event that it was, then who has made the change.
   * Of one that nobody was told of, because a later one was here first, it shows what was written.
   */
  public byte[] ofHistory(TableDefinition table, Entry entry) {
    RowView view = views.of(table);
    byte[] value =
        switch (entry.type()) {
          case PUT -> view.rowValue(row(entry));
          case MESSAGE -> view.messageValue(entry.payload());
          case DELETE -> NO_VALUE;
        };
    ByteArrayOutputStream tail = new ByteArrayOutputStream(ROOM_FOR_THE_REST);
    write(tail, ",\"origin\":\"" + Long.toHexString(entry.change().timestamp().node()) + '"');
    String user = entry.change().write().user();
    if (user != null) {
      write(tail, ",\"user\":\"");
      tail.writeBytes(JsonStringEncoder.getInstance().quoteAsUTF8(user));
      tail.write('"');
    }
    write(tail, entry.isSuperseded() ? ",\"superseded\":true}" : "}");
    return withTail(encode(table, entry, entry.type(), value), tail.toByteArray());
  }

  /** Returns the JSON of an event with a cursor behind its other attributes. */
  public static byte[] withCursor(byte[] json, Cursor cursor) {
    byte[] tail = (",\"cursor\":\"" + cursor.encode() + "\"}").getBytes(StandardCharsets.US_ASCII);
    return withTail(json, tail);
  }

  /** Returns an object with more behind its attributes, in place of its closing brace. */
  private static byte[] withTail(byte[] json, byte[] tail) {
    byte[] whole = Arrays.copyOf(json, json.length - 1 + tail.length);
    System.arraycopy(tail, 0, whole, json.length - 1, tail.length);
    return whole;
  }

  /** Returns the row that an entry made visible. */
  static Row row(Entry entry) {
    return new Row(
        entry.id(),
        entry.version(),
        entry.payload(),
        entry.change().write().qos(),
        entry.change().write().expiresAtMillis(),
        entry.createdMillis());
  }

  private static void writeId(ByteArrayOutputStream json, KeyType type, String id) {
    switch (type) {
      case ID, STRING -> {
        json.write('"');
        json.writeBytes(JsonStringEncoder.getInstance().quoteAsUTF8(id));
        json.write('"');
      }
      case INT, LONG -> write(json, id);
    }
  }

  private static String type(Entry.Type type) {
    return switch (type) {
      case PUT -> "put";
      case DELETE -> "delete";
      case MESSAGE -> "message";
    };
  }

  private static void write(ByteArrayOutputStream json, String ascii) {
    json.writeBytes(ascii.getBytes(StandardCharsets.ISO_8859_1));
  }
}
