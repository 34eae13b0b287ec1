package dev.lyrebird.http;

import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.schema.TableDefinition;
import dev.lyrebird.view.MediaType;
import io.vertx.core.http.HttpHeaders;
import java.io.ByteArrayOutputStream;

/**
 * Sends the entries of a journal as they came: as one array, or as a line each. Owned by the event
 * loop of its connection.
 */
final class HistoryList implements Tables.HistorySink {

  /** Since when the journal tells all, in ms: only where that is less than was asked for. */
  private static final CharSequence FROM = HttpHeaders.createOptimized("lyrebird-history-from");

  private final Exchange exchange;
  private final EventJson events;
  private final TableDefinition table;
  private final boolean asLines;
  private final PagedAnswer answer;
  private boolean empty = true;

  HistoryList(Exchange exchange, EventJson events, TableDefinition table, MediaType mediaType) {
    this.exchange = exchange;
    this.events = events;
    this.table = table;
    this.asLines = mediaType.equals(MediaType.NDJSON);
    this.answer = new PagedAnswer(exchange, mediaType.name());
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
      answer.send(bytes(page), page.isLast());
    });
  }

  private byte[] bytes(Tables.HistoryPage page) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (!asLines && !answer.hasBegun()) {
      out.write('[');
    }
    for (Entry entry : page.entries()) {
      if (!asLines && !empty) {
        out.write(',');
      }
      out.writeBytes(events.ofHistory(table, entry));
      if (asLines) {
        out.write('\n');
      }
      empty = false;
    }
    if (!asLines && page.isLast()) {
      out.write(']');
    }
    return out.toByteArray();
  }
}
