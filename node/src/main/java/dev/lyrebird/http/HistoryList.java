package dev.lyrebird.http;

import dev.lyrebird.format.Format;
import dev.lyrebird.format.ListWriter;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.schema.TableDefinition;
import dev.lyrebird.stream.EventJson;
import io.vertx.core.http.HttpHeaders;
import java.util.List;

/** Sends the entries of a journal as they came. Owned by the event loop of its connection. */
final class HistoryList implements Tables.HistorySink {

  /** Since when the journal tells all, in ms: only where that is less than was asked for. */
  private static final CharSequence FROM = HttpHeaders.createOptimized("lyrebird-history-from");

  private final Exchange exchange;
  private final EventJson events;
  private final TableDefinition table;
  private final ListWriter list;
  private final PagedAnswer answer;

  HistoryList(Exchange exchange, EventJson events, TableDefinition table, Format format) {
    this.exchange = exchange;
    this.events = events;
    this.table = table;
    this.list = format.list(EventJson.COLUMNS_OF_HISTORY, PagedAnswer.MOST_GATHERED_BYTES);
    this.answer = new PagedAnswer(exchange, exchange.accept().mediaType(format).name());
  }

  /** Takes the reading whose sink this is, before its first page. */
  void of(Tables.Scan reading) {
    answer.of(reading);
  }

  @Override
  public void take(Tables.HistoryPage page) {
    exchange.attempt(() -> {
      if (answer.isClosed()) {
        return;
      }
      if (page.isCut()) {
        // What has begun is broken off, so that nobody takes it for whole.
        exchange.problem(Problem.of(503, "the journal has dropped what was to come next"));
        return;
      }
      if (!answer.hasBegun() && page.beginsAt() > 0) {
        exchange.response().putHeader(FROM, Timestamp.decimalMillis(page.beginsAt()));
      }
      answer.send(list.page(json(page), page.isLast()), page.isLast());
    });
  }

  private List<byte[]> json(Tables.HistoryPage page) {
    return page.entries().stream().map(entry -> events.ofHistory(table, entry)).toList();
  }
}
