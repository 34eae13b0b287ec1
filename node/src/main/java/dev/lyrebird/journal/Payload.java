package dev.lyrebird.journal;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Bytes with a media type: what a row holds and what a message carries.
 *
 * @param bytes the content, exactly as it was sent; never changed after construction
 * @param contentType the media type that the sender named, or null where it named none: then the
 *     bytes speak for themselves
 * @param properties what MQTT 5 sends along, or null where the sender gave none
 */
@SuppressWarnings("ArrayRecordComponent") // compared by content, see equals; copied never
public record Payload(
    byte[] bytes, @Nullable String contentType, @Nullable PublishProperties properties) {

  /** The media type of JSON. */
  public static final String JSON = "application/json";

  /** No content at all: the payload of a delete. */
  public static final Payload EMPTY = new Payload(new byte[0], null, null);

  /** Returns JSON text in UTF-8 as a payload. */
  public static Payload json(byte[] utf8) {
    return new Payload(utf8, JSON, null);
  }

  /** Returns bytes whose sender named no media type as a payload. */
  public static Payload of(byte[] bytes) {
    return new Payload(bytes, null, null);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Payload that
        && Arrays.equals(bytes, that.bytes)
        && Objects.equals(contentType, that.contentType)
        && Objects.equals(properties, that.properties);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(bytes) + Objects.hashCode(contentType);
  }

  @Override
  public String toString() {
    return bytes.length + " bytes of " + (contentType == null ? "unnamed type" : contentType);
  }
}
