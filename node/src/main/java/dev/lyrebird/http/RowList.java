package dev.lyrebird.http;

import dev.lyrebird.journal.Row;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.view.RowView;
import java.io.ByteArrayOutputStream;
import java.util.List;

/** Sends the rows of one reading as one array. Owned by the event loop of its connection. */
final class RowList implements Tables.RowSink {

  private final Exchange exchange;
  private final RowView view;
  private final Format format;
  private final PagedAnswer answer;
  private boolean empty = true;

  RowList(Exchange exchange, RowView view, Format format) {
    this.exchange = exchange;
    this.view = view;
    this.format = format;
    this.answer = new PagedAnswer(exchange, format.mediaType().name());
  }

  /** Takes the reading whose sink this is, before its first page. */
  void of(Tables.Scan reading) {
    answer.of(reading);
  }

  @Override
  public void rows(List<Row> rows, boolean last) {
    exchange.attempt(() -> {
      if (!answer.isClosed()) {
        answer.send(page(rows, last), last);
      }
    });
  }

  private byte[] page(List<Row> rows, boolean last) {
    ByteArrayOutputStream page = new ByteArrayOutputStream();
    if (!answer.hasBegun()) {
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
