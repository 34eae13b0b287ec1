package dev.lyrebird.http;

import dev.lyrebird.format.Format;
import dev.lyrebird.format.ListWriter;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.Row;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.view.Columns;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Sends the rows of one reading as one array. Owned by the event loop of its connection. */
final class RowList implements Tables.QuerySink {

  private final Exchange exchange;
  private final Function<List<Row>, CompletableFuture<List<byte[]>>> shown;
  private final ListWriter list;
  private final PagedAnswer answer;

  /**
   * Begins a list.
   *
   * @param format in which it is sent
   * @param columns of it, where it is sent as lines
   * @param shown returns what is shown of the rows of a page, as JSON
   */
  RowList(
      Exchange exchange,
      Format format,
      Columns columns,
      Function<List<Row>, CompletableFuture<List<byte[]>>> shown) {
    this.exchange = exchange;
    this.shown = shown;
    this.list = format.list(columns, PagedAnswer.MOST_GATHERED_BYTES);
    this.answer = new PagedAnswer(exchange, exchange.accept().mediaType(format).name());
  }

  /** Takes the reading whose sink this is, before its first page. */
  void of(Tables.Scan reading) {
    answer.of(reading);
  }

  @Override
  public void rows(List<Row> rows, boolean last) {
    if (answer.isClosed()) {
      return;
    }
    CompletableFuture<byte[]> page =
        shown
            .apply(rows)
            .thenApply(json -> list.page(json, last))
            .whenComplete((bytes, fault) -> {
              if (fault != null) {
                answer.giveUp();
              }
            });
    exchange.attempt(page, bytes -> answer.send(bytes, last));
  }

  @Override
  public void refused(Refusal refusal) {
    exchange.attempt(() -> exchange.refuse(refusal));
  }
}
