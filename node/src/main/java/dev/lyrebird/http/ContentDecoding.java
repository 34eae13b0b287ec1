package dev.lyrebird.http;

import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import io.vertx.core.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Takes the coding off the content of one request (RFC 9110 §8.4), piece by piece. Owned by the
 * event loop of its connection.
 */
interface ContentDecoding {

  /** The codings that are taken, as {@code Accept-Encoding} lists them. */
  String TAKEN = "gzip";

  /** Takes the next piece as it came. Call it when {@link #next} has no more. */
  void feed(byte[] piece);

  /**
   * Returns what comes next of the content itself, or null where more must be fed first.
   *
   * @throws RefusedException where what was fed is not in this coding
   */
  byte @Nullable [] next();

  /**
   * There is no more to feed.
   *
   * @throws RefusedException where the content ends too early
   */
  void end();

  /**
   * Returns the decoding for what a request brings.
   *
   * @throws RefusedException where it is in a coding that is not taken
   */
  static ContentDecoding of(Exchange exchange) {
    String coding = exchange.header(HttpHeaders.CONTENT_ENCODING);
    if (coding == null || coding.equalsIgnoreCase("identity")) {
      return new PlainContent();
    }
    if (coding.equalsIgnoreCase("gzip") || coding.equalsIgnoreCase("x-gzip")) {
      return new GzipContent();
    }
    exchange.response().putHeader(HttpHeaders.ACCEPT_ENCODING, TAKEN); // RFC 9110 §15.5.16
    throw new RefusedException(
        Refusal.of(
            Refusal.Reason.UNSUPPORTED_TYPE,
            "content is taken as it is or in %s, not in %s".formatted(TAKEN, coding)));
  }

  /** Content that is not coded. */
  final class PlainContent implements ContentDecoding {

    private byte @Nullable [] piece;

    @Override
    public void feed(byte[] fed) {
      if (piece != null) {
        throw new IllegalStateException("a piece was fed before the one before it was taken");
      }
      piece = fed;
    }

    @Override
    public byte @Nullable [] next() {
      byte[] next = piece;
      piece = null;
      return next;
    }

    @Override
    public void end() {}
  }
}
