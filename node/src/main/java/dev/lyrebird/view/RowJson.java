package dev.lyrebird.view;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.schema.Attribute;
import dev.lyrebird.schema.Key;
import dev.lyrebird.schema.Mark;
import dev.lyrebird.schema.ScalarType;
import dev.lyrebird.schema.TableDefinition;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes the JSON object of a row of one table as the table means it: its key is the id of its
 * path, whatever the object says, and its stamps are the table's own. Immutable.
 */
public final class RowJson {

  private final Key key;
  private final @Nullable Attribute createdTime;
  private final @Nullable Attribute updatedTime;

  /** The same as bytes, as they stand in rows. */
  private final byte[] keyName;

  private final List<byte[]> stampNames;

  /**
   * When a row came into being and was last changed.
   *
   * @param createdMillis ms since the epoch; 0 where the table does not keep that
   */
  public record Stamps(Timestamp version, long createdMillis) {}

  public RowJson(TableDefinition table) {
    this.key = table.key();
    this.createdTime = stamp(table, Mark.CREATED_TIME);
    this.updatedTime = stamp(table, Mark.UPDATED_TIME);
    this.keyName = key.attribute().getBytes(StandardCharsets.UTF_8);
    this.stampNames =
        Stream.of(Mark.CREATED_TIME, Mark.UPDATED_TIME)
            .flatMap(mark -> table.marked(mark).stream().limit(1))
            .map(attribute -> attribute.name().getBytes(StandardCharsets.UTF_8))
            .toList();
  }

  private static @Nullable Attribute stamp(TableDefinition table, Mark mark) {
    return table.marked(mark).stream().findFirst().orElse(null);
  }

  /**
   * Copies a whole row. A key that is missing follows the row's own attributes.
   *
   * @param in stands on the row's opening brace, and afterwards on the closing one
   * @param stamps to show, or null to leave stamps out
   */
  public void writeRow(JsonParser in, JsonGenerator out, String id, @Nullable Stamps stamps)
      throws IOException {
    write(in, out, id, true, stamps, name -> true);
  }

  /** Tells whether {@link #writeRow} would copy a row without stamps as it is, byte for byte. */
  public boolean isAsWritten(PlainObject row, String id) {
    boolean keyed = false;
    for (int i = 0; i < row.size(); i++) {
      if (row.isNamed(i, keyName)) {
        if (!holdsKey(row, i, id)) {
          return false;
        }
        keyed = true;
      }
      for (byte[] stamp : stampNames) {
        if (row.isNamed(i, stamp)) {
          return false;
        }
      }
    }
    return keyed;
  }

  private boolean holdsKey(PlainObject row, int attribute, String id) {
    return switch (key.type()) {
      case ID -> row.holdsText(attribute, id) || row.holdsWholeNumber(attribute, id);
      case STRING -> row.holdsText(attribute, id);
      case INT, LONG -> row.holdsWholeNumber(attribute, Long.toString(Long.parseLong(id)));
    };
  }

  /** Returns a row that {@link #isAsWritten} with its stamps; these are its own bytes if it may. */
  byte[] withStamps(PlainObject row, Stamps stamps) throws IOException {
    if (stampNames.isEmpty()) {
      return row.json();
    }
    try (ByteArrayBuilder bytes = new ByteArrayBuilder()) {
      try (JsonGenerator out = JsonCopy.generator(bytes)) {
        out.writeStartObject();
        write(stamps, out);
        out.writeEndObject();
      }
      byte[] object = bytes.toByteArray();
      byte[] json = row.json();
      if (object.length == 2) { // there are none
        return json;
      }
      byte[] stamped = Arrays.copyOf(json, json.length - 1 + object.length);
      System.arraycopy(object, 0, stamped, json.length - 1, object.length);
      stamped[json.length - 1] = ','; // in place of both braces
      return stamped;
    }
  }

  /** Tells whether stamps are among some attributes. */
  boolean stampsAreAmong(Predicate<String> names) {
    return (createdTime != null && names.test(createdTime.name()))
        || (updatedTime != null && names.test(updatedTime.name()));
  }

  /** Copies likewise of a whole row the key, the stamps, and what else is wanted of it. */
  void writePart(
      JsonParser in, JsonGenerator out, String id, Stamps stamps, Predicate<String> isWanted)
      throws IOException {
    write(in, out, id, true, stamps, isWanted);
  }

  /** Copies what is to be merged into a row: a key that is missing stays so. */
  public void writePatch(JsonParser in, JsonGenerator out, String id) throws IOException {
    write(in, out, id, false, null, name -> true);
  }

  private void write(
      JsonParser in,
      JsonGenerator out,
      String id,
      boolean whole,
      @Nullable Stamps stamps,
      Predicate<String> isWanted)
      throws IOException {
    out.writeStartObject();
    boolean keyed = !whole;
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String name = in.currentName();
      JsonToken value = in.nextToken();
      if (name.equals(key.attribute())) {
        in.skipChildren();
        out.writeFieldName(name);
        writeKey(value, in, out, id);
        keyed = true;
      } else if (isStamp(createdTime, name) || isStamp(updatedTime, name) || !isWanted.test(name)) {
        in.skipChildren();
      } else {
        out.writeFieldName(name);
        JsonCopy.value(in, out, JsonCopy.Numbers.AS_SPELT);
      }
    }
    if (!keyed) {
      writeKey(out, id);
    }
    if (stamps != null) {
      write(stamps, out);
    }
    out.writeEndObject();
  }

  private static boolean isStamp(@Nullable Attribute stamp, String name) {
    return stamp != null && stamp.name().equals(name);
  }

  /** A number that spells the id may stand for a key of type ID, as GraphQL allows. */
  private void writeKey(JsonToken value, JsonParser in, JsonGenerator out, String id)
      throws IOException {
    switch (key.type()) {
      case ID -> {
        if (value == JsonToken.VALUE_NUMBER_INT && in.getText().equals(id)) {
          out.writeNumber(id);
        } else {
          out.writeString(id);
        }
      }
      case STRING, INT, LONG -> writeKeyValue(out, id);
    }
  }

  /** Writes the key attribute with the value that an id stands for. */
  public void writeKey(JsonGenerator out, String id) throws IOException {
    out.writeFieldName(key.attribute());
    writeKeyValue(out, id);
  }

  private void writeKeyValue(JsonGenerator out, String id) throws IOException {
    switch (key.type()) {
      case ID, STRING -> out.writeString(id);
      case INT, LONG -> out.writeNumber(Long.parseLong(id));
    }
  }

  private void write(Stamps stamps, JsonGenerator out) throws IOException {
    if (createdTime != null && stamps.createdMillis() > 0) {
      out.writeNumberField(createdTime.name(), stamps.createdMillis());
    }
    if (updatedTime != null) {
      out.writeFieldName(updatedTime.name());
      if (updatedTime.type() == ScalarType.LONG) {
        out.writeNumber(stamps.version().millis());
      } else {
        out.writeNumber(Timestamp.decimalMillis(stamps.version().time()));
      }
    }
  }
}
