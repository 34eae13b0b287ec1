package dev.lyrebird.history;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Locale;
import java.util.Optional;

/** The JSON of WebSocket frames and of the data of Server-Sent Events (BEHAVIOUR §5). */
public final class EventJson {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int UNITS_PER_MILLI = 4096;

  private EventJson() {}

  /**
   * The sighting that an event is; empty for one that tells of no change.
   *
   * @throws IllegalArgumentException if the text is no JSON
   */
  public static Optional<Sighting> sighting(String text) {
    JsonNode event = read(text);
    if (!event.has("version")) {
      return Optional.empty();
    }
    return Optional.of(
        new Sighting(
            Kind.valueOf(event.get("type").textValue().toUpperCase(Locale.ROOT)),
            event.get("id").asText(),
            Write.in(text),
            Math.round(event.get("version").doubleValue() * UNITS_PER_MILLI)));
  }

  private static JsonNode read(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("no JSON: " + text, e);
    }
  }
}
