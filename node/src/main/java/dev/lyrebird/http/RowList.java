package dev.lyrebird.http;

import dev.lyrebird.journal.Row;
import dev.lyrebird.resource.Tables;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.function.Function;

/** Sends the rows of one reading as one array. Owned by the event loop of its connection. */
final class RowList implements Tables.RowSink {

  private final Exchange exchange;
  private final Function<Row, byte[]> json;
  private final Format format;
  private final PagedAnswer answer;
  private boolean empty = true;

  /**
   * Begins a list.
   *
   * @param format in which it is sent
   * @param json returns what is shown of a row, as JSON
   */
  RowList(Exchange exchange, Format format, Function<Row, byte[]> json) {
    this.exchange = exchange;
    this.format = format;
    this.json = json;
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
      byte[] shown = json.apply(row);
      switch (format) {
        case JSON -> {
          if (!empty) {
            page.write(',');
          }
          page.writeBytes(shown);
        }
        case CBOR -> page.writeBytes(Cbor.ofJson(shown));
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
