package dev.lyrebird.acceptance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * What REST and events must show of a payload: a JSON object as itself, with its key if it is a
 * row; anything else so that its bytes can be restored.
 */
final class ShownValue {

  /** How deep JSON may be nested and still must be taken for a structured row. */
  private static final int DEEP = 1000;

  /** Reads whatever a payload may hold: this test must not be narrower than the node. */
  private static final JsonMapper JSON =
      JsonMapper.builder(
              new JsonFactoryBuilder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(Integer.MAX_VALUE)
                          .maxNumberLength(Integer.MAX_VALUE)
                          .maxStringLength(Integer.MAX_VALUE)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private final byte[] payload;
  private final Optional<ObjectNode> object;

  private ShownValue(byte[] payload, Optional<ObjectNode> object) {
    this.payload = payload;
    this.object = object;
  }

  static ShownValue ofRow(byte[] payload, String id) {
    return new ShownValue(payload, object(payload).map(object -> object.put("id", id)));
  }

  static ShownValue ofMessage(byte[] payload) {
    return new ShownValue(payload, object(payload));
  }

  /** Checks the {@code value} of an event. */
  void assertShownBy(String event) throws JsonProcessingException {
    JsonNode value = JSON.readTree(event).path("value");
    if (object.isPresent()) {
      assertEquals(object.get(), value);
    } else if (value.path("contentType").isTextual()) {
      assertArrayEquals(payload, restored(value));
    } else {
      assertEquals(JSON.readTree(new String(payload, StandardCharsets.UTF_8)), value);
    }
  }

  /** Checks the body of a GET. */
  void assertBody(byte[] body) throws JsonProcessingException {
    if (object.isPresent()) {
      assertEquals(object.get(), JSON.readTree(new String(body, StandardCharsets.UTF_8)));
    } else {
      assertArrayEquals(payload, body);
    }
  }

  private static byte[] restored(JsonNode value) {
    String data = value.get("data").textValue();
    return value.path("encoding").asText().equals("base64")
        ? Base64.getDecoder().decode(data)
        : data.getBytes(StandardCharsets.UTF_8);
  }

  private static Optional<ObjectNode> object(byte[] payload) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(payload)).toString();
      return !isDeep(text) && JSON.readTree(text) instanceof ObjectNode object
          ? Optional.of(object)
          : Optional.empty();
    } catch (JsonProcessingException | CharacterCodingException e) {
      return Optional.empty();
    }
  }

  private static boolean isDeep(String text) {
    return text.startsWith("[".repeat(DEEP + 1)) || text.startsWith("{\"a\":".repeat(DEEP + 1));
  }
}
