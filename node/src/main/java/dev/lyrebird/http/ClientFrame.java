package dev.lyrebird.http;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.journal.Write;
import dev.lyrebird.view.JsonCopy;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What a client sends where a frame names its row: {@code {"id": ..., "value": ..., "type":
 * "message"|"put"|"patch"|"delete"}}.
 *
 * @param kind what is to happen; a message where the frame does not say
 * @param id of the row, spelt as a path spells it
 * @param isNumber whether the id was written as a number
 * @param value as compact JSON, or null for a delete
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record ClientFrame(Write.Kind kind, String id, boolean isNumber, byte @Nullable [] value) {

  /**
   * Reads a frame.
   *
   * @throws RefusedException where it is no such frame
   */
  static ClientFrame parse(byte[] json) {
    Fields fields = new Fields();
    try {
      JsonCopy.document(JsonCopy.FACTORY, json, (in, out) -> fields.read(in));
      return fields.frame();
    } catch (JsonProcessingException e) {
      throw refused("the frame is no JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw refused("the frame is no JSON: " + e.getMessage());
    }
  }

  /** What has been read of a frame. */
  private static final class Fields {

    private Write.@Nullable Kind kind;
    private @Nullable String id;
    private boolean isNumber;
    private byte @Nullable [] value;

    /** Reads a whole frame; nothing is written. */
    boolean read(JsonParser in) throws IOException {
      if (in.currentToken() != JsonToken.START_OBJECT) {
        throw refused("a frame here is an object with id, value and type");
      }
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String name = in.currentName();
        in.nextToken();
        take(name, in);
      }
      return false;
    }

    private void take(String name, JsonParser in) throws IOException {
      switch (name) {
        case "id" -> takeId(in);
        case "type" -> kind = kind(in.getText());
        case "value" -> value = compact(in);
        default -> throw refused("a frame has id, value and type, but no " + name);
      }
    }

    private void takeId(JsonParser in) throws IOException {
      isNumber = in.currentToken() == JsonToken.VALUE_NUMBER_INT;
      if (!isNumber && in.currentToken() != JsonToken.VALUE_STRING) {
        throw refused("the id of a frame is a string or a whole number");
      }
      id = in.getText();
    }

    ClientFrame frame() {
      String named = id;
      Write.Kind what = kind == null ? Write.Kind.MESSAGE : kind;
      if (named == null) {
        throw refused("the frame lacks an id");
      }
      if (what == Write.Kind.DELETE && value != null) {
        throw refused("a frame that deletes has no value");
      }
      if (what != Write.Kind.DELETE && value == null) {
        throw refused("the frame lacks a value");
      }
      return new ClientFrame(what, named, isNumber, value);
    }

    private static Write.Kind kind(String text) {
      return switch (text) {
        case "message" -> Write.Kind.MESSAGE;
        case "put" -> Write.Kind.PUT;
        case "patch" -> Write.Kind.PATCH;
        case "delete" -> Write.Kind.DELETE;
        default -> throw refused("the type of a frame is message, put, patch or delete");
      };
    }

    private static byte[] compact(JsonParser in) throws IOException {
      try (ByteArrayBuilder bytes = new ByteArrayBuilder()) {
        try (JsonGenerator out = JsonCopy.generator(bytes)) {
          JsonCopy.value(in, out, JsonCopy.Numbers.AS_SPELT);
        }
        return bytes.toByteArray();
      }
    }
  }

  private static RefusedException refused(String detail) {
    return new RefusedException(Refusal.of(Refusal.Reason.BAD_REQUEST, detail));
  }
}
