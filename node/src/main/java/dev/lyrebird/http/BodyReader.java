package dev.lyrebird.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the content of one request, up to a limit. Owned by the event loop of its connection.
 *
 * <p>What is over the limit is refused as soon as that is known. The rest of it is read and
 * dropped, so that a client which sends before it listens gets the answer; but only as much again
 * as the limit, then the connection ends.
 */
final class BodyReader {

  private static final byte[] NOTHING = {};

  private final Exchange exchange;
  private final int limit;
  private final Consumer<byte[]> then;
  private @Nullable Buffer gathered;
  private long read;
  private boolean refused;

  private BodyReader(Exchange exchange, int limit, Consumer<byte[]> then) {
    this.exchange = exchange;
    this.limit = limit;
    this.then = then;
  }

  /**
   * Reads the content of a request. Call it in the turn in which the request came.
   *
   * @param limit the most bytes that are taken
   * @param then is handed the content; what it throws is answered
   */
  static void read(Exchange exchange, int limit, Consumer<byte[]> then) {
    new BodyReader(exchange, limit, then).begin();
  }

  private void begin() {
    String coding = exchange.header(HttpHeaders.CONTENT_ENCODING);
    if (coding != null && !coding.equalsIgnoreCase("identity")) {
      exchange.problem(
          Problem.of(
              415,
              "content is taken uncompressed, not as " + coding,
              HttpHeaders.ACCEPT_ENCODING,
              "identity"));
      return;
    }
    boolean waits = "100-continue".equalsIgnoreCase(exchange.header(HttpHeaders.EXPECT));
    if (announced() > limit) {
      refuse();
      if (waits) {
        exchange.request().connection().close(); // nobody can tell whether the content will follow
      }
    } else if (waits) {
      exchange.response().writeContinue();
    }
    exchange.request().handler(this::take).endHandler(nothing -> end());
  }

  private long announced() {
    String length = exchange.header(HttpHeaderNames.CONTENT_LENGTH);
    return length == null ? 0 : Long.parseLong(length);
  }

  private void take(Buffer chunk) {
    read += chunk.length();
    if (refused) {
      if (read > 2L * limit) {
        exchange.request().connection().close();
      }
    } else if (read > limit) {
      gathered = null;
      refuse();
    } else if (gathered == null) {
      gathered = chunk;
    } else {
      gathered = gathered.appendBuffer(chunk);
    }
  }

  private void refuse() {
    refused = true;
    exchange.problem(Problem.of(413, "the content has more than " + limit + " bytes"));
  }

  private void end() {
    if (!refused) {
      byte[] content = gathered == null ? NOTHING : gathered.getBytes();
      exchange.attempt(() -> then.accept(content));
    }
  }
}
