package dev.lyrebird.view;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import dev.lyrebird.journal.Utf8;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Copies JSON from a parser to a generator, event by event, without building a tree: compact, and
 * with every number spelt as it was ({@code 97.20} stays {@code 97.20}).
 */
public final class JsonCopy {

  /**
   * Nesting, numbers, names and strings have Jackson's default limits. What is beyond them is no
   * JSON to us: to a reader it is text, from a writer it is refused. Names are not interned:
   * clients make them up, and would fill the JVM's table of strings.
   */
  public static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .build();

  private static final int ROOM_FOR_KEY_AND_STAMPS = 128;

  private JsonCopy() {}

  /** Copies a number, which is where formats differ. */
  @FunctionalInterface
  public interface Numbers {

    /** Numbers between JSON and JSON: as they are spelt. */
    Numbers AS_SPELT =
        (in, out) ->
            out.writeNumber(in.getTextCharacters(), in.getTextOffset(), in.getTextLength());

    void copy(JsonParser in, JsonGenerator out) throws IOException;
  }

  /** Copies, or looks at, the one value of a document. */
  @FunctionalInterface
  public interface Transcoder {

    /**
     * Takes the value whose first token the parser stands on, up to its last token.
     *
     * @return whether what was written is wanted
     */
    boolean write(JsonParser in, JsonGenerator out) throws IOException;
  }

  /**
   * Reads a document of UTF-8 text: one value and nothing behind it.
   *
   * @param factory says how strictly
   * @return what the transcoder wrote, or null where it did not want it
   * @throws IOException where the document is no JSON, by its syntax or by a limit
   */
  public static byte @Nullable [] document(JsonFactory factory, byte[] utf8, Transcoder transcoder)
      throws IOException {
    try (JsonParser in = parser(factory, utf8);
        ByteArrayBuilder bytes = new ByteArrayBuilder(utf8.length + ROOM_FOR_KEY_AND_STAMPS)) {
      if (in.nextToken() == null) {
        throw new JsonEOFException(in, null, "there is none");
      }
      boolean wanted;
      try (JsonGenerator out = generator(bytes)) {
        wanted = transcoder.write(in, out);
      }
      if (in.nextToken() != null) {
        throw new JsonParseException(in, "something follows the first value");
      }
      return wanted ? bytes.toByteArray() : null;
    }
  }

  /**
   * Returns a document of UTF-8 text without white space between its tokens.
   *
   * @throws IOException where the document is no JSON
   */
  public static byte[] compact(byte[] utf8) throws IOException {
    return Objects.requireNonNull(
        document(
            FACTORY,
            utf8,
            (in, out) -> {
              value(in, out, Numbers.AS_SPELT);
              return true;
            }));
  }

  /**
   * Only UTF-8 is JSON (RFC 8259 §8.1). Left to itself the parser would guess at UTF-16 and UTF-32,
   * and take overlong characters and halves of surrogate pairs for others.
   */
  private static JsonParser parser(JsonFactory factory, byte[] utf8) throws IOException {
    if (!isUtf8(utf8)) {
      throw new CharConversionException("it is not in UTF-8");
    }
    return factory.createParser(utf8);
  }

  private static boolean isUtf8(byte[] bytes) {
    for (int i = 0; i < Math.min(4, bytes.length); i++) {
      if (bytes[i] == 0) { // no JSON in UTF-8 begins so, all in UTF-16 and UTF-32 does
        return false;
      }
    }
    return Utf8.isWellFormed(bytes);
  }

  public static JsonGenerator generator(OutputStream out) throws IOException {
    return FACTORY.createGenerator(out);
  }

  /** Copies the value whose first token the parser stands on, and stops at its last. */
  public static void value(JsonParser in, JsonGenerator out, Numbers numbers) throws IOException {
    int depth = 0;
    JsonToken token = in.currentToken();
    do {
      depth += copy(token, in, out, numbers);
    } while (depth > 0 && (token = in.nextToken()) != null);
  }

  /** Returns the first character that is not white space, or -1 where there is none. */
  public static int firstCharacter(byte[] utf8) {
    for (byte b : utf8) {
      if (b != ' ' && b != '\t' && b != '\r' && b != '\n') {
        return b;
      }
    }
    return -1;
  }

  /** Copies one token and returns by how much it leads deeper. */
  private static int copy(JsonToken token, JsonParser in, JsonGenerator out, Numbers numbers)
      throws IOException {
    switch (token) {
      case START_OBJECT -> out.writeStartObject();
      case END_OBJECT -> out.writeEndObject();
      case START_ARRAY -> out.writeStartArray();
      case END_ARRAY -> out.writeEndArray();
      case FIELD_NAME -> out.writeFieldName(in.currentName());
      case VALUE_STRING ->
          out.writeString(in.getTextCharacters(), in.getTextOffset(), in.getTextLength());
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> numbers.copy(in, out);
      case VALUE_TRUE -> out.writeBoolean(true);
      case VALUE_FALSE -> out.writeBoolean(false);
      case VALUE_NULL -> out.writeNull();
      case VALUE_EMBEDDED_OBJECT -> out.writeBinary(in.getBinaryValue());
      case NOT_AVAILABLE ->
          throw new IllegalStateException("a parser of whole documents waits for nothing");
    }
    return token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
  }
}
