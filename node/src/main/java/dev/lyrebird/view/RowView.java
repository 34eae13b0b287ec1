package dev.lyrebird.view;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Row;
import dev.lyrebird.schema.TableDefinition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How the rows and messages of one table look to clients of REST, WebSocket and SSE. Immutable.
 *
 * <p>What a payload is, is found by looking: content that is JSON and was declared so, or not
 * declared at all, is JSON; a JSON object in a row is a <em>structured row</em>. Everything else is
 * opaque. A payload that was declared JSON and is none is opaque too: a publisher's mistake is
 * shown as it is.
 */
public final class RowView {

  /** The media type of undeclared content that is UTF-8. */
  public static final String TEXT = "text/plain;charset=utf-8";

  private static final int ROOM_FOR_TYPE_AND_KEY = 128;

  private final RowJson rowJson;
  private final Columns columns;

  public RowView(TableDefinition table) {
    this.rowJson = new RowJson(table);
    this.columns = Columns.of(table);
  }

  /** What a row turned out to be. The bytes are never changed. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public sealed interface Shown {

    /** An object, with key and stamps. */
    record Structured(byte[] json) implements Shown {}

    /** Any other JSON, exactly as it was stored. */
    record Value(byte[] json) implements Shown {}

    /** Bytes of some other type, exactly as they were stored. */
    record Opaque(byte[] content, String mediaType) implements Shown {}
  }

  /** Returns under which headings {@link #rowObject} is shown in a format of lines. */
  public Columns columns() {
    return columns;
  }

  /** Returns a row as REST shows it. */
  public Shown show(Row row) {
    Payload payload = row.payload();
    byte[] structured = structured(row);
    if (structured != null) {
      return new Shown.Structured(structured);
    }
    if (compact(payload) != null) {
      return new Shown.Value(payload.bytes());
    }
    return new Shown.Opaque(payload.bytes(), mediaType(payload, text(payload.bytes())));
  }

  /**
   * Returns the JSON that events show as the value of a row: the structured row, any other JSON as
   * it is, anything else as {@code {"contentType": ..., "data": ...}} with {@code "encoding":
   * "base64"} where it is no text.
   */
  public byte[] rowValue(Row row) {
    byte[] structured = structured(row);
    return structured != null ? structured : messageValue(row.payload());
  }

  /** Returns the same of a message: its content without a key added. */
  public byte[] messageValue(Payload payload) {
    byte[] json = compact(payload);
    return json != null ? json : wrapped(payload, null, null);
  }

  /** Returns the JSON of one attribute of a structured row, or null where there is none. */
  public byte @Nullable [] attribute(Row row, String name) {
    byte[] structured = structured(row);
    if (structured == null) {
      return null;
    }
    return transcoded(
        Payload.json(structured),
        (in, out) -> {
          boolean found = false;
          while (in.nextToken() == JsonToken.FIELD_NAME) {
            boolean wanted = !found && in.currentName().equals(name);
            in.nextToken();
            if (wanted) {
              JsonCopy.value(in, out, JsonCopy.Numbers.AS_SPELT);
              found = true;
            } else {
              in.skipChildren();
            }
          }
          return found;
        });
  }

  /**
   * Returns the JSON object that stands for a row in a list of rows, and wherever only JSON will
   * do: the structured row, anything else as {@code {"contentType": ..., "data": ..., "<key>":
   * ...}}, where other JSON is its own data.
   */
  public byte[] rowObject(Row row) {
    return objectOf(row, structured(row));
  }

  /**
   * Returns the same for who looks only at some attributes: of a structured row those that are
   * wanted, its key and its stamps. What is passed over costs little.
   */
  public byte[] rowObject(Row row, Predicate<String> isWanted) {
    return objectOf(row, structured(row, isWanted));
  }

  /**
   * Returns as a tree what {@link #rowObject(Row, Predicate)} tells of the attributes that are
   * wanted, without the others; null where that needs a parser, which few rows do.
   */
  public @Nullable ObjectNode plainTree(Row row, Predicate<String> isWanted) {
    PlainObject plain = plain(row);
    if (plain == null || rowJson.stampsAreAmong(isWanted)) {
      return null;
    }
    ObjectNode tree = JsonNodeFactory.instance.objectNode();
    for (int i = 0; i < plain.size(); i++) {
      String name = plain.name(i);
      if (isWanted.test(name)) {
        JsonNode value = plain.node(i);
        if (value == null) {
          return null;
        }
        tree.set(name, value);
      }
    }
    return tree;
  }

  private byte[] objectOf(Row row, byte @Nullable [] structured) {
    return structured != null
        ? structured
        : wrapped(row.payload(), compact(row.payload()), row.id());
  }

  /** Returns the compact JSON of a structured row, or null where the row is none. */
  private byte @Nullable [] structured(Row row) {
    PlainObject plain = plain(row);
    if (plain == null) {
      return structured(row, name -> true);
    }
    try {
      return rowJson.withStamps(plain, new RowJson.Stamps(row.version(), row.createdMillis()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns a structured row that is stored just as it is shown, but for its stamps. */
  private @Nullable PlainObject plain(Row row) {
    PlainObject plain = mayBeJson(row.payload()) ? PlainObject.of(row.payload().bytes()) : null;
    return plain != null && rowJson.isAsWritten(plain, row.id()) ? plain : null;
  }

  /** Returns likewise what is wanted of it. */
  private byte @Nullable [] structured(Row row, Predicate<String> isWanted) {
    RowJson.Stamps stamps = new RowJson.Stamps(row.version(), row.createdMillis());
    return transcoded(
        row.payload(),
        (in, out) -> {
          boolean object = in.currentToken() == JsonToken.START_OBJECT;
          if (object) {
            rowJson.writePart(in, out, row.id(), stamps, isWanted);
          }
          return object;
        });
  }

  /** Returns JSON content without white space between its tokens, or null where it is none. */
  private static byte @Nullable [] compact(Payload payload) {
    if (!mayBeJson(payload)) {
      return null;
    }
    try {
      return JsonCopy.compact(payload.bytes());
    } catch (IOException e) {
      return null;
    }
  }

  private static byte @Nullable [] transcoded(Payload payload, JsonCopy.Transcoder transcoder) {
    if (!mayBeJson(payload)) {
      return null;
    }
    try {
      return JsonCopy.document(JsonCopy.FACTORY, payload.bytes(), transcoder);
    } catch (IOException e) {
      return null;
    }
  }

  /** Looks at the first character too: the parser's refusal of plain text would cost far more. */
  private static boolean mayBeJson(Payload payload) {
    String declared = payload.contentType();
    if (declared != null && !declared.equals(Payload.JSON) && !MediaType.isJson(declared)) {
      return false;
    }
    int first = JsonCopy.firstCharacter(payload.bytes());
    return (first >= '0' && first <= '9') || "{[\"-tfn".indexOf(first) >= 0;
  }

  /**
   * @param json what stands as data, or null for the payload's content as a string
   * @param id of the row whose key is added, or null for none
   */
  private byte[] wrapped(Payload payload, byte @Nullable [] json, @Nullable String id) {
    byte[] content = payload.bytes();
    try (ByteArrayBuilder bytes = new ByteArrayBuilder(content.length + ROOM_FOR_TYPE_AND_KEY)) {
      try (JsonGenerator out = JsonCopy.generator(bytes)) {
        out.writeStartObject();
        if (json != null) {
          out.writeStringField("contentType", Payload.JSON);
          out.writeFieldName("data");
          out.writeRawValue(new String(json, StandardCharsets.UTF_8));
        } else {
          writeOpaque(payload, out);
        }
        if (id != null) {
          rowJson.writeKey(out, id);
        }
        out.writeEndObject();
      }
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void writeOpaque(Payload payload, JsonGenerator out) throws IOException {
    String text = text(payload.bytes());
    out.writeStringField("contentType", mediaType(payload, text));
    if (text != null) {
      out.writeStringField("data", text);
    } else {
      out.writeStringField("data", Base64.getEncoder().encodeToString(payload.bytes()));
      out.writeStringField("encoding", "base64");
    }
  }

  private static String mediaType(Payload payload, @Nullable String text) {
    String declared = payload.contentType();
    return declared != null ? declared : text != null ? TEXT : MediaType.BINARY.name();
  }

  /** Returns the text that the bytes are in UTF-8, or null where they are not UTF-8. */
  private static @Nullable String text(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }
}
