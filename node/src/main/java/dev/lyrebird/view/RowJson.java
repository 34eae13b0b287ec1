package dev.lyrebird.view;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.schema.Attribute;
import dev.lyrebird.schema.Key;
import dev.lyrebird.schema.Mark;
import dev.lyrebird.schema.ScalarType;
import dev.lyrebird.schema.TableDefinition;
import java.io.IOException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Writes the JSON object of a row of one table as the table means it: its key is the id of its
 * path, whatever the object says, and its stamps are the table's own. Immutable.
 */
public final class RowJson {

  private final Key key;
  private final @Nullable Attribute createdTime;
  private final @Nullable Attribute updatedTime;

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
