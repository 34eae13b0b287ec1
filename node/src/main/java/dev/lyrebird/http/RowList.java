package dev.lyrebird.http;

import dev.lyrebird.journal.Row;
import dev.lyrebird.resource.Tables;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.io.ByteArrayOutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sends the rows of one reading as one array, page by page: the next page is asked for when the
 * client has room for it, and none when the client is gone. Owned by the event loop of its
 * connection.
 */
final class RowList implements Tables.RowSink {

  private final Exchange exchange;
  private final RowView view;
  private final Format format;
  private Tables.@Nullable Scan scan;
  private @Nullable Gzip gzip;
  private boolean begun;
  private boolean empty = true;

  RowList(Exchange exchange, RowView view, Format format) {
    this.exchange = exchange;
    this.view = view;
    this.format = format;
  }

  /** Takes the reading whose sink this is, before its first page. */
  void of(Tables.Scan reading) {
    scan = reading;
    exchange.response().closeHandler(gone -> reading.close());
  }

  @Override
  public void rows(List<Row> rows, boolean last) {
    exchange.attempt(() -> take(rows, last));
  }

  private void take(List<Row> rows, boolean last) {
    HttpServerResponse response = exchange.response();
    if (response.closed()) {
      return;
    }
    byte[] page = page(rows, last);
    if (last && !begun) {
      exchange.compressible(200, format.mediaType().name(), page);
      return;
    }
    if (!begun) {
      begin(response);
    }
    if (last) {
      response.end(Buffer.buffer(gzip == null ? page : gzip.last(page)));
    } else {
      response.write(Buffer.buffer(gzip == null ? page : gzip.part(page)));
      goOn(response);
    }
  }

  /** Several pages are worth compressing, however long each is. */
  private void begin(HttpServerResponse response) {
    begun = true;
    exchange.head(200).setChunked(true);
    response.putHeader(HttpHeaders.CONTENT_TYPE, format.mediaType().name());
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

  private byte[] page(List<Row> rows, boolean last) {
    ByteArrayOutputStream page = new ByteArrayOutputStream();
    if (!begun) {
      page.write(
          switch (format) {
            case JSON -> '[';
            case CBOR -> Cbor.OPEN_ARRAY;
          });
    }
    for (Row row : rows) {
      byte[] json = view.rowObject(row);
      switch (format) {
        case JSON -> {
          if (!empty) {
            page.write(',');
          }
          page.writeBytes(json);
        }
        case CBOR -> page.writeBytes(Cbor.ofJson(json));
      }
      empty = false;
    }
    if (last) {
      page.write(
          switch (format) {
            case JSON -> ']';
            case CBOR -> Cbor.CLOSE_ARRAY;
          });
    }
    return page.toByteArray();
  }
}
