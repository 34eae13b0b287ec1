package dev.lyrebird.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Objects as JSON and back, by Jackson. Times are written as ISO 8601. */
final class Json {

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .addModule(new Jdk8Module())
          .addModule(ShownAsJson.module())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();

  /** Reads rows, which may have attributes that a class of users does not know, and lack others. */
  private static final JsonMapper LENIENT =
      MAPPER
          .rebuild()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();

  /** Changes no value that only passes through. */
  private static final JsonMapper EXACT =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private Json() {}

  /**
   * Writes an object.
   *
   * @throws IllegalArgumentException where Jackson cannot
   * @throws ProblemException what a getter throws of that kind
   */
  static byte[] write(Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      rethrowProblem(e);
      throw new IllegalArgumentException(
          "%s cannot be written as JSON: %s".formatted(value.getClass(), e.getOriginalMessage()),
          e);
    }
  }

  /**
   * Reads an object.
   *
   * @throws ProblemException 400 where the JSON is at fault or does not fit the type
   */
  static <T> T read(byte[] json, Class<T> type) {
    T value;
    try (JsonParser in = MAPPER.createParser(text(json))) {
      value = MAPPER.readValue(in, type);
      if (in.nextToken() != null) {
        throw new ProblemException(400, "this is more than one JSON value");
      }
    } catch (JsonMappingException e) {
      rethrowProblem(e);
      throw new ProblemException(400, misfit(e));
    } catch (JsonProcessingException e) {
      throw new ProblemException(400, "this is no JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new IllegalStateException("text in memory is always read", e);
    }
    if (value == null) {
      throw new ProblemException(400, "null was sent where a value is needed");
    }
    return value;
  }

  /**
   * Reads what the node itself holds.
   *
   * @param what for the message
   * @throws IllegalStateException where it does not fit the type
   */
  static <T> T fit(String what, byte[] json, Class<T> type) {
    T value;
    try {
      value = LENIENT.readValue(json, type);
    } catch (IOException e) {
      throw new IllegalStateException("%s is no %s".formatted(what, type.getName()), e);
    }
    if (value == null) {
      throw new IllegalStateException("%s is null and no %s".formatted(what, type.getName()));
    }
    return value;
  }

  /**
   * Reads any one value, with every digit of its numbers.
   *
   * @throws ProblemException 400 where it is no JSON
   */
  static JsonNode tree(byte[] json) {
    try {
      return EXACT.readTree(text(json));
    } catch (JsonProcessingException e) {
      throw new ProblemException(400, "this is no JSON: " + e.getOriginalMessage());
    }
  }

  /**
   * Returns the elements of an array, or null where it is none.
   *
   * @throws ProblemException 400 where it begins like one and is no JSON
   */
  static @Nullable List<Message> elements(byte[] json) {
    int at = 0;
    while (at < json.length && json[at] <= ' ' && json[at] >= 0) {
      at++;
    }
    if (at == json.length || json[at] != '[') {
      return null;
    }
    List<Message> elements = new ArrayList<>();
    tree(json).forEach(element -> elements.add(Message.json(element)));
    return elements;
  }

  /** Tells whether bytes are one JSON value. */
  static boolean isJson(byte[] bytes) {
    try (JsonParser in = MAPPER.createParser(text(bytes))) {
      if (in.nextToken() == null) {
        return false;
      }
      in.skipChildren();
      return in.nextToken() == null;
    } catch (ProblemException | IOException e) {
      return false;
    }
  }

  /** Only UTF-8 is JSON (RFC 8259 §8.1); Jackson would guess, and take malformed characters. */
  private static String text(byte[] json) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
    } catch (CharacterCodingException e) {
      throw new ProblemException(400, "this is no JSON: it is not in UTF-8");
    }
  }

  /** Users' getters and constructors may say themselves what the client is told. */
  private static void rethrowProblem(JsonProcessingException fault) {
    if (fault.getCause() instanceof ProblemException problem) {
      throw problem;
    }
  }

  /** Names the place in the JSON, but no class of the resource. */
  private static String misfit(JsonMappingException fault) {
    String place =
        fault.getPath().stream()
            .map(step -> step.getFieldName() == null ? "[]" : step.getFieldName())
            .collect(Collectors.joining("."));
    String form = "does not have the form that is needed here";
    return switch (fault) {
      case com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException unknown ->
          "there is no attribute %s here; there are %s"
              .formatted(place, unknown.getKnownPropertyIds());
      case InvalidFormatException other when !place.isEmpty() ->
          "the attribute %s %s".formatted(place, form);
      case MismatchedInputException other
          when !place.isEmpty()
              && other.getTargetType() != null
              && other.getTargetType().isPrimitive() ->
          "the attribute %s is missing, or %s".formatted(place, form);
      default ->
          place.isEmpty() ? "the value " + form : "the attribute %s %s".formatted(place, form);
    };
  }
}
