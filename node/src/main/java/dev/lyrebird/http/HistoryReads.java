package dev.lyrebird.http;

import dev.lyrebird.resource.Tables;
import dev.lyrebird.schema.TableDefinition;
import dev.lyrebird.view.MediaType;
import dev.lyrebird.view.RowView;
import io.vertx.core.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Answers GET and HEAD of what a journal holds of a row, of the rows below a path, or of a table.
 * Owned by one event loop.
 */
final class HistoryReads {

  private final Tables tables;
  private final EventJson events;
  private final int socketBytes;

  /**
   * @param socketBytes may wait in a client's socket before the next page of entries is read
   */
  HistoryReads(Tables tables, PerTable<RowView> views, int socketBytes) {
    this.tables = tables;
    this.events = new EventJson(tables, views);
    this.socketBytes = socketBytes;
  }

  void ofRow(Exchange exchange, TableDefinition table, String id, HistoryQuery query) {
    RowIds.check(table, id);
    send(exchange, table, new Tables.HistoryOf(id, false, query.startTime(), query.limit()));
  }

  void below(Exchange exchange, TableDefinition table, String prefix, HistoryQuery query) {
    send(exchange, table, new Tables.HistoryOf(prefix, true, query.startTime(), query.limit()));
  }

  private void send(Exchange exchange, TableDefinition table, Tables.HistoryOf what) {
    MediaType mediaType = mediaType(exchange.accept());
    if (mediaType == null) {
      exchange.problem(
          Problem.of(406, "history can be had as application/json or application/x-ndjson"));
      return;
    }
    exchange.describeVariant();
    if (exchange.isHead()) {
      exchange.head(200).putHeader(HttpHeaders.CONTENT_TYPE, mediaType.name()).end();
      return;
    }
    exchange.response().setWriteQueueMaxSize(socketBytes);
    HistoryList list = new HistoryList(exchange, events, table, mediaType);
    list.of(tables.history(table, what, list));
  }

  /**
   * Returns what the client likes best, one array where it likes both as well; null for neither.
   */
  private static @Nullable MediaType mediaType(Accept accept) {
    int array = accept.weight(MediaType.JSON);
    int lines = accept.weight(MediaType.NDJSON);
    return lines > array ? MediaType.NDJSON : array > 0 ? MediaType.JSON : null;
  }
}
