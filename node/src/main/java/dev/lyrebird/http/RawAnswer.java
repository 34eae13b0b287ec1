package dev.lyrebird.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.http.HttpMethod;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Answers with a row that is opaque, byte for byte: as a whole, or the range that is asked for (RFC
 * 9110 §14). Ranges are of the content as it was written, never of it compressed.
 */
final class RawAnswer {

  private RawAnswer() {}

  static void send(Exchange exchange, Representation shown, String tag) {
    // Whoever may write a row could write a page: it must not act in this node's name.
    exchange.response().putHeader(HttpHeaderNames.CONTENT_SECURITY_POLICY, "sandbox");
    exchange.response().putHeader(HttpHeaderNames.ACCEPT_RANGES, ByteRange.UNIT);
    byte[] content = shown.content();
    switch (asked(exchange, tag, content.length)) {
      case ByteRange.Whole whole -> exchange.representation(shown, tag);
      case ByteRange.Part(int from, int to) -> {
        exchange.tag(tag);
        contentRange(exchange, "%d-%d".formatted(from, to - 1), content.length);
        exchange.body(206, shown.mediaType(), Arrays.copyOfRange(content, from, to));
      }
      case ByteRange.Beyond beyond -> {
        contentRange(exchange, "*", content.length);
        exchange.problem(
            Problem.of(
                416, "the row has %d bytes, none of them asked for".formatted(content.length)));
      }
    }
  }

  /** Ranges have a meaning for GET alone. */
  private static ByteRange asked(Exchange exchange, String tag, int length) {
    boolean isAsked =
        exchange.request().method().equals(HttpMethod.GET)
            && isStillThat(exchange.header(HttpHeaderNames.IF_RANGE), tag);
    return ByteRange.of(isAsked ? exchange.header(HttpHeaderNames.RANGE) : null, length);
  }

  /**
   * RFC 9110 §13.1.5. A date never holds: a row may change twice in a second, so that its date does
   * not tell one content from another.
   */
  private static boolean isStillThat(@Nullable String ifRange, String tag) {
    return ifRange == null || ifRange.strip().equals('"' + tag + '"');
  }

  private static void contentRange(Exchange exchange, String range, int length) {
    exchange
        .response()
        .putHeader(
            HttpHeaderNames.CONTENT_RANGE, "%s %s/%d".formatted(ByteRange.UNIT, range, length));
  }
}
