package dev.lyrebird.http;

import dev.lyrebird.resource.Tables;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import org.jspecify.annotations.Nullable;

/**
 * Sends what comes page by page of one reading: the next page is asked for when the client has room
 * for it, and none when the client is gone. Owned by the event loop of its connection.
 */
final class PagedAnswer {

  private final Exchange exchange;
  private final String mediaType;
  private Tables.@Nullable Scan scan;
  private @Nullable Gzip gzip;
  private boolean begun;

  PagedAnswer(Exchange exchange, String mediaType) {
    this.exchange = exchange;
    this.mediaType = mediaType;
  }

  /** Takes the reading whose pages these are, before the first. */
  void of(Tables.Scan reading) {
    scan = reading;
    exchange.response().closeHandler(gone -> reading.close());
  }

  /** Tells whether the client is gone. */
  boolean isClosed() {
    return exchange.response().closed();
  }

  /** Tells whether something was sent. */
  boolean hasBegun() {
    return begun;
  }

  /** Sends a page, and asks for the next unless it is the last. */
  void send(byte[] page, boolean last) {
    if (last && !begun) {
      exchange.compressible(200, mediaType, page);
      return;
    }
    HttpServerResponse response = exchange.response();
    if (!begun) {
      begin(response);
    }
    if (last) {
      response.end(Buffer.buffer(gzip == null ? page : gzip.last(page)));
    } else {
      if (page.length > 0) {
        response.write(Buffer.buffer(gzip == null ? page : gzip.part(page)));
      }
      goOn(response);
    }
  }

  /** Several pages are worth compressing, however long each is. */
  private void begin(HttpServerResponse response) {
    begun = true;
    exchange.head(200).setChunked(true);
    response.putHeader(HttpHeaders.CONTENT_TYPE, mediaType);
    if (exchange.takesGzip()) {
      gzip = new Gzip();
      response.putHeader(HttpHeaders.CONTENT_ENCODING, HttpHeaderValues.GZIP);
    }
  }

  private void goOn(HttpServerResponse response) {
    Tables.Scan reading = scan;
    if (reading == null) {
      throw new IllegalStateException("a page came before its reading");
    }
    if (response.writeQueueFull()) {
      response.drainHandler(drained -> reading.more());
    } else {
      reading.more();
    }
  }
}
