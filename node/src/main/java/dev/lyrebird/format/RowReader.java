package dev.lyrebird.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.schema.Key;
import dev.lyrebird.schema.TableDefinition;
import dev.lyrebird.view.Columns;
import dev.lyrebird.view.JsonCopy;
import dev.lyrebird.view.PlainObject;
import dev.lyrebird.view.RowJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns the content of requests into what one table stores. Immutable.
 *
 * <p>A JSON object becomes the row as MQTT subscribers see it: compact, with its key. Any other
 * JSON is kept as it was sent, once it has proven to be JSON; other formats are kept as JSON.
 * Content of other types is kept byte for byte.
 */
public final class RowReader {

  /** An object that names an attribute twice means different rows to different readers. */
  private static final JsonFactory STRICT =
      JsonCopy.FACTORY.rebuild().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final Key key;

  /** The attribute of the key as it stands in rows. */
  private final byte[] keyName;

  private final RowJson rowJson;
  private final Columns columns;

  public RowReader(TableDefinition table) {
    this.columns = Columns.of(table);
    this.key = table.key();
    this.keyName = key.attribute().getBytes(StandardCharsets.UTF_8);
    this.rowJson = new RowJson(table);
  }

  /** Returns the columns of the table's rows, for formats of lines. */
  public Columns columns() {
    return columns;
  }

  /** Returns the row that the content is. */
  public Payload row(String id, Content content, byte[] bytes) {
    if (bytes.length == 0) {
      throw refused("a row is never empty; DELETE removes it");
    }
    return switch (content) {
      case Content.Formatted(var format, var mediaType) -> row(id, format.toJson(bytes));
      case Content.Undeclared undeclared -> undeclared(id, bytes);
      case Content.Opaque(var mediaType) -> new Payload(bytes, mediaType, null);
    };
  }

  private Payload row(String id, byte[] json) {
    PlainObject plain = PlainObject.of(json);
    if (plain != null && plain.hasDistinctNames() && rowJson.isAsWritten(plain, id)) {
      return Payload.json(json);
    }
    byte[] structured = read(json, (in, out) -> writeRow(in, out, id));
    return Payload.json(structured != null ? structured : json);
  }

  private boolean writeRow(JsonParser in, JsonGenerator out, String id) throws IOException {
    if (in.currentToken() != JsonToken.START_OBJECT) {
      return skip(in, out);
    }
    rowJson.writeRow(in, out, id, null);
    return true;
  }

  private Payload undeclared(String id, byte[] bytes) {
    if (!isObject(bytes)) {
      return Payload.of(bytes);
    }
    try {
      return row(id, bytes);
    } catch (RefusedException e) {
      return Payload.of(bytes); // nobody said that it was JSON
    }
  }

  /** Returns the attributes to merge that the content is. */
  public Payload patch(String id, Content content, byte[] bytes) {
    byte[] json =
        switch (content) {
          case Content.Formatted(var format, var mediaType) -> format.toJson(bytes);
          case Content.Undeclared undeclared -> bytes;
          case Content.Opaque opaque ->
              throw new IllegalArgumentException("opaque content cannot be merged");
        };
    byte[] attributes = read(json, (in, out) -> writePatch(in, out, id));
    if (attributes == null) {
      throw refused("what is merged into a row is a JSON object");
    }
    return Payload.json(attributes);
  }

  private boolean writePatch(JsonParser in, JsonGenerator out, String id) throws IOException {
    if (in.currentToken() != JsonToken.START_OBJECT) {
      return skip(in, out);
    }
    rowJson.writePatch(in, out, id);
    return true;
  }

  /** Returns the message that the content is. */
  public static Payload message(Content content, byte[] bytes) {
    return switch (content) {
      case Content.Formatted(var format, var mediaType) -> {
        byte[] json = format.toJson(bytes);
        read(json, RowReader::skip);
        yield Payload.json(json);
      }
      case Content.Undeclared undeclared -> Payload.of(bytes);
      case Content.Opaque(var mediaType) -> new Payload(bytes, mediaType, null);
    };
  }

  /**
   * Returns the elements of a JSON array, each as compact JSON; null where the value is no array.
   *
   * @param most as many elements as are taken
   */
  public static @Nullable List<byte[]> elements(byte[] json, int most) {
    if (JsonCopy.firstCharacter(json) != '[') {
      return null;
    }
    List<byte[]> elements = new ArrayList<>();
    read(
        json,
        (in, nothing) -> {
          while (in.nextToken() != JsonToken.END_ARRAY) {
            if (elements.size() == most) {
              throw new RefusedException(
                  Refusal.of(
                      Refusal.Reason.TOO_LARGE, "a request holds at most " + most + " rows"));
            }
            elements.add(element(in));
          }
          return false;
        });
    return elements;
  }

  private static byte[] element(JsonParser in) throws IOException {
    try (ByteArrayBuilder bytes = new ByteArrayBuilder()) {
      try (JsonGenerator out = JsonCopy.generator(bytes)) {
        JsonCopy.value(in, out, JsonCopy.Numbers.AS_SPELT);
      }
      return bytes.toByteArray();
    }
  }

  /**
   * Returns the id that an object names as its key, or null where it names none.
   *
   * @throws RefusedException where its key attribute holds what can be no key of the table
   */
  public @Nullable String idIn(byte[] object) {
    PlainObject plain = PlainObject.of(object);
    String text = plain != null && plain.hasDistinctNames() ? plain.text(keyName) : null;
    return text != null ? text : parsedId(object);
  }

  private @Nullable String parsedId(byte[] object) {
    String[] id = new String[1];
    read(
        object,
        (in, nothing) -> {
          while (in.nextToken() == JsonToken.FIELD_NAME) {
            boolean isKey = in.currentName().equals(key.attribute());
            JsonToken value = in.nextToken();
            if (isKey && value != JsonToken.VALUE_NULL) {
              id[0] = id(in, value);
            }
            in.skipChildren();
          }
          return false;
        });
    return id[0];
  }

  private String id(JsonParser in, JsonToken value) throws IOException {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    String id =
        switch (value) {
          case VALUE_STRING -> in.getText();
          case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
              key.type().idOf(nodes.numberNode(in.getDecimalValue()));
          default -> null;
        };
    if (id == null) {
      throw refused("the key " + key.attribute() + " is of a type that no key here has");
    }
    return id;
  }

  /** Looks at a value only to see that it is JSON. */
  private static boolean skip(JsonParser in, JsonGenerator nothing) throws IOException {
    in.skipChildren();
    return false;
  }

  public static boolean isObject(byte[] json) {
    return JsonCopy.firstCharacter(json) == '{';
  }

  private static byte @Nullable [] read(byte[] json, JsonCopy.Transcoder transcoder) {
    try {
      return JsonCopy.document(STRICT, json, transcoder);
    } catch (JsonProcessingException e) {
      throw refused("the content is no JSON that we take: " + reason(e));
    } catch (IOException e) {
      throw refused("the content is no JSON: " + e.getMessage());
    }
  }

  private static String reason(JsonProcessingException e) {
    JsonLocation at = e.getLocation();
    return e.getOriginalMessage()
        + (at == null ? "" : ", at line " + at.getLineNr() + ", column " + at.getColumnNr());
  }

  private static RefusedException refused(String detail) {
    return new RefusedException(Refusal.of(Refusal.Reason.BAD_REQUEST, detail));
  }
}
