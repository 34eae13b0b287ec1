package dev.lyrebird.http;

import dev.lyrebird.format.Format;
import dev.lyrebird.resource.PerTable;
import dev.lyrebird.resource.RowIds;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.schema.TableDefinition;
import dev.lyrebird.stream.EventJson;
import dev.lyrebird.view.RowView;

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
    Format format = exchange.accept().format();
    if (format == null) {
      exchange.notAcceptable(Format.ALL);
      return;
    }
    exchange.describeVariant();
    exchange.response().setWriteQueueMaxSize(socketBytes);
    HistoryList list = new HistoryList(exchange, events, table, format);
    list.of(tables.history(table, what, list));
  }
}
