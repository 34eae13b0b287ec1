package dev.lyrebird.http;

import dev.lyrebird.resource.Tables;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.io.ByteArrayOutputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Sends what comes page by page of one reading: the next page is asked for when the client has room
 * for it, and none when the client is gone. An answer to HEAD is made all the same, and measured.
 * Owned by the event loop of its connection.
 */
final class PagedAnswer {

  /** Of a list that cannot be sent before all of it is there. */
  static final int MOST_GATHERED_BYTES = 16 << 20;

  private final Exchange exchange;
  private final String mediaType;
  private Tables.@Nullable Scan scan;
  private final ByteArrayOutputStream held = new ByteArrayOutputStream();
  private @Nullable Compression compression;
  private boolean begun;
  private long length;

  PagedAnswer(Exchange exchange, String mediaType) {
    this.exchange = exchange;
    this.mediaType = mediaType;
  }

  /** Takes the reading whose pages these are, before the first. */
  void of(Tables.Scan reading) {
    scan = reading;
    exchange.response().closeHandler(gone -> close(reading));
  }

  private void close(Tables.Scan reading) {
    reading.close();
    if (compression != null) {
      compression.close();
    }
  }

  /** Reads no more: what was to come cannot be sent. */
  void giveUp() {
    close(reading());
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
    if (begun) {
      sendOn(page, last);
      return;
    }
    held.writeBytes(page);
    if (last) {
      exchange.compressible(200, mediaType, held.toByteArray());
    } else if (held.size() > Compression.MIN_BYTES) {
      begin();
      sendOn(held.toByteArray(), false);
      held.reset();
    } else {
      goOn(exchange.response());
    }
  }

  private void begin() {
    begun = true;
    HttpServerResponse response = exchange.head(200);
    response.putHeader(HttpHeaders.CONTENT_TYPE, mediaType);
    Coding coding = exchange.coding();
    if (coding != null) {
      compression = new Compression(coding);
      response.putHeader(HttpHeaders.CONTENT_ENCODING, coding.token());
    }
    if (!exchange.isHead()) {
      response.setChunked(true);
    }
  }

  private void sendOn(byte[] page, boolean last) {
    byte[] content =
        compression == null ? page : last ? compression.last(page) : compression.part(page);
    if (exchange.isHead()) {
      measure(content, last);
    } else {
      send(exchange.response(), content, last);
    }
  }

  private void send(HttpServerResponse response, byte[] content, boolean last) {
    if (last) {
      response.end(Buffer.buffer(content));
    } else {
      if (content.length > 0) {
        response.write(Buffer.buffer(content));
      }
      goOn(response);
    }
  }

  /** An answer to HEAD tells how long the same answer to GET would be (RFC 9110 §8.6). */
  private void measure(byte[] content, boolean last) {
    length += content.length;
    HttpServerResponse response = exchange.response();
    if (last) {
      response.putHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(length)).end();
    } else {
      goOn(response);
    }
  }

  private void goOn(HttpServerResponse response) {
    Tables.Scan reading = reading();
    if (response.writeQueueFull()) {
      response.drainHandler(drained -> reading.more());
    } else {
      reading.more();
    }
  }

  private Tables.Scan reading() {
    return Objects.requireNonNull(scan, "a page came before its reading");
  }
}
