package dev.lyrebird.format;

import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.view.MediaType;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the content of a request is, by its {@code Content-Type}. */
public sealed interface Content {

  /** JSON in its own name. */
  Content JSON = new Formatted(Format.JSON, Payload.JSON);

  /**
   * A document in a format that is understood, and kept as JSON.
   *
   * @param mediaType as the client named it
   */
  record Formatted(Format format, String mediaType) implements Content {}

  /** JSON if it reads as JSON, else text or bytes: the client named no type that says anything. */
  record Undeclared() implements Content {}

  /**
   * Bytes of a type that the node does not look into.
   *
   * @param mediaType as the client named it
   */
  record Opaque(String mediaType) implements Content {}

  /**
   * Reads the header field; null stands for its absence. Forms count as undeclared: curl and its
   * likes claim that type for whatever they are told to send.
   *
   * @param taken the formats that are understood here; content in others is opaque
   * @throws RefusedException where the field is no media type, or names text in another charset
   *     than UTF-8
   */
  static Content of(@Nullable String field, Set<Format> taken) {
    if (field == null) {
      return new Undeclared();
    }
    MediaType mediaType = MediaType.parse(field);
    if (mediaType == null) {
      throw refusal(Refusal.Reason.BAD_REQUEST, "Content-Type is no media type: " + field);
    }
    Format format = Format.of(mediaType);
    if (format != null && taken.contains(format)) {
      checkCharset(format, mediaType);
      return new Formatted(format, field);
    }
    return mediaType.is("application", "x-www-form-urlencoded")
        ? new Undeclared()
        : new Opaque(field);
  }

  /** Reads the header field of what is to be a single row or message. */
  static Content ofValue(@Nullable String field) {
    return of(field, Format.OF_VALUES);
  }

  private static void checkCharset(Format format, MediaType mediaType) {
    String charset = mediaType.parameter("charset");
    if (format.isText() && charset != null && !charset.toLowerCase(Locale.ROOT).equals("utf-8")) {
      throw refusal(
          Refusal.Reason.UNSUPPORTED_TYPE,
          "%s is taken in UTF-8, not %s".formatted(format, charset));
    }
  }

  private static RefusedException refusal(Refusal.Reason reason, String detail) {
    return new RefusedException(Refusal.of(reason, detail));
  }
}
