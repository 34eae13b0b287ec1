package dev.lyrebird.table;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.view.PlainObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Payloads as JSON objects and back, with every digit of a number kept. */
final class JsonObjects {

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private JsonObjects() {}

  /** Returns the JSON object that a payload is, or null where it is anything else. */
  static @Nullable ObjectNode parse(Payload payload) {
    if (!mayBeObject(payload)) {
      return null;
    }
    PlainObject plain = PlainObject.of(payload.bytes());
    ObjectNode tree = plain == null ? null : plain.tree();
    if (tree != null) {
      return tree;
    }
    try {
      return MAPPER.readTree(payload.bytes()) instanceof ObjectNode object ? object : null;
    } catch (IOException | NumberFormatException e) {
      return null; // whatever is wrong, the bytes are to blame: nothing else is read
    }
  }

  static ObjectNode empty() {
    return MAPPER.createObjectNode();
  }

  /** Returns the same object with its attributes in the order of their names. */
  static ObjectNode sorted(ObjectNode object) {
    ObjectNode sorted = empty();
    object.properties().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(attribute -> sorted.set(attribute.getKey(), attribute.getValue()));
    return sorted;
  }

  static Payload payload(ObjectNode object) {
    return Payload.json(bytes(object));
  }

  static byte[] bytes(JsonNode node) {
    try {
      return MAPPER.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads what {@link #bytes} wrote.
   *
   * @throws IllegalArgumentException where the bytes are no JSON value
   */
  static JsonNode read(byte[] json) {
    try {
      return MAPPER.readTree(json);
    } catch (IOException e) {
      throw new IllegalArgumentException("a stored value is no JSON", e);
    }
  }

  /** A cheap look, so that most payloads that are no objects need no parser. */
  private static boolean mayBeObject(Payload payload) {
    String type = payload.contentType();
    if (type != null && !isJson(type)) {
      return false;
    }
    for (byte octet : payload.bytes()) {
      if (octet != ' ' && octet != '\t' && octet != '\n' && octet != '\r') {
        return octet == '{';
      }
    }
    return false;
  }

  private static boolean isJson(String contentType) {
    int semicolon = contentType.indexOf(';');
    String bare = (semicolon < 0 ? contentType : contentType.substring(0, semicolon)).strip();
    return bare.equalsIgnoreCase(Payload.JSON)
        || bare.regionMatches(true, Math.max(0, bare.length() - 5), "+json", 0, 5);
  }
}
