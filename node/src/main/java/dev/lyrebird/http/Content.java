package dev.lyrebird.http;

import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.view.MediaType;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the content of a request is, by its {@code Content-Type}.
 *
 * @param kind how it is understood
 * @param mediaType as the client named it, or null where it named none that says anything
 */
record Content(Kind kind, @Nullable String mediaType) {

  /** How content is understood. */
  enum Kind {
    /** A JSON value. */
    JSON,
    /** A CBOR value, which is kept as JSON. */
    CBOR,
    /** JSON if it reads as JSON, else text or bytes. */
    UNDECLARED,
    /** Bytes of a type that the node does not look into. */
    OPAQUE
  }

  private static final Content UNDECLARED = new Content(Kind.UNDECLARED, null);

  /**
   * Reads the header field; null stands for its absence. Forms count as undeclared: curl and its
   * likes claim that type for whatever they are told to send.
   *
   * @throws RefusedException where the field is no media type, or JSON in another charset than
   *     UTF-8
   */
  static Content of(@Nullable String field) {
    if (field == null) {
      return UNDECLARED;
    }
    MediaType mediaType = MediaType.parse(field);
    if (mediaType == null) {
      throw refusal(Refusal.Reason.BAD_REQUEST, "Content-Type is no media type: " + field);
    }
    if (mediaType.isJson()) {
      String charset = mediaType.parameter("charset");
      if (charset != null && !charset.toLowerCase(Locale.ROOT).equals("utf-8")) {
        throw refusal(Refusal.Reason.UNSUPPORTED_TYPE, "JSON is taken in UTF-8, not " + charset);
      }
      return new Content(Kind.JSON, field);
    }
    if (mediaType.isCbor()) {
      return new Content(Kind.CBOR, field);
    }
    return mediaType.is("application", "x-www-form-urlencoded")
        ? UNDECLARED
        : new Content(Kind.OPAQUE, field);
  }

  private static RefusedException refusal(Refusal.Reason reason, String detail) {
    return new RefusedException(Refusal.of(reason, detail));
  }
}
