package dev.lyrebird.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.util.stream.Collectors;

/** Objects as JSON and back, by Jackson. Times are written as ISO 8601. */
final class Json {

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
          .build();

  private Json() {}

  /**
   * Writes an object.
   *
   * @throws IllegalArgumentException where Jackson cannot
   */
  static byte[] write(Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
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
    try {
      value = MAPPER.readValue(json, type);
    } catch (JsonMappingException e) {
      throw new ProblemException(400, misfit(e));
    } catch (JsonProcessingException e) {
      throw new ProblemException(400, "this is no JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new IllegalStateException("bytes in memory are always read", e);
    }
    if (value == null) {
      throw new ProblemException(400, "null was sent where a value is needed");
    }
    return value;
  }

  /** Names the place in the JSON, but no class of the resource. */
  private static String misfit(JsonMappingException fault) {
    String place =
        fault.getPath().stream()
            .map(step -> step.getFieldName() == null ? "[]" : step.getFieldName())
            .collect(Collectors.joining("."));
    return switch (fault) {
      case com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException unknown ->
          "there is no attribute %s here; there are %s"
              .formatted(place, unknown.getKnownPropertyIds());
      default ->
          place.isEmpty()
              ? "the value does not have the form that is needed here"
              : "the attribute %s does not have the form that is needed here".formatted(place);
    };
  }
}
