package dev.lyrebird.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a table's stream tells. Where it is sent, or written as JSON within another object, it is
 * {@code {"id": ..., "value": ..., "type": "put", "cursor": ...}}, without what it has not.
 *
 * @param kind what it is
 * @param id of the row or topic; empty for {@link Kind#READY} and {@link Kind#RESET}
 * @param value the row or message as JSON; null where there is none
 * @param cursor behind which to go on, by {@code since=<cursor>}, on any node; null amid the rows
 *     that come first
 */
public record Change(Kind kind, String id, @Nullable Message value, @Nullable String cursor) {

  /** What can be told. */
  public enum Kind {
    /** A row as it stands now. */
    PUT,
    /** A row is gone. */
    DELETE,
    /** A message, which leaves the row alone. */
    MESSAGE,
    /** All that was there has been told; asked for by {@code ready=true}. */
    READY,
    /** The journal does not tell what came next; all rows follow as they are. */
    RESET
  }

  /**
   * Returns the value as an object, as {@link Row#as} does.
   *
   * @throws IllegalStateException where it is none of that type, or there is none
   */
  public <T> T as(Class<T> type) {
    if (value == null) {
      throw new IllegalStateException("a change of kind %s has no value".formatted(kind));
    }
    return Json.fit("the value of " + id, value.bytes(), type);
  }

  /** Reads what a stream sends, as {@link Table#changes} describes it. */
  public static Change of(byte[] json) {
    JsonNode event = Json.tree(json);
    JsonNode id = event.get("id");
    JsonNode value = event.get("value");
    JsonNode cursor = event.get("cursor");
    return new Change(
        Kind.valueOf(Objects.requireNonNull(event.get("type")).asText().toUpperCase(Locale.ROOT)),
        id == null ? "" : id.asText(),
        value == null ? null : Message.json(value),
        cursor == null ? null : cursor.asText());
  }
}
