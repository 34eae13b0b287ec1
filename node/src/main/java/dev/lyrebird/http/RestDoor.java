package dev.lyrebird.http;

import dev.lyrebird.format.RowReader;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.relation.JoinedQueries;
import dev.lyrebird.resource.PerTable;
import dev.lyrebird.resource.RowIds;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.schema.Protocol;
import dev.lyrebird.schema.TableDefinition;
import dev.lyrebird.schema.Target;
import dev.lyrebird.view.RowView;

/**
 * Takes plain requests: finds what the path names and hands over to whoever carries the method out.
 * Owned by one event loop.
 */
final class RestDoor implements Door {

  private static final String READ_METHODS = "GET, HEAD, OPTIONS";
  private static final String ALL_ROWS_METHODS = "GET, HEAD, PUT, POST, DELETE, OPTIONS";
  private static final String SOME_ROWS_METHODS = "GET, HEAD, DELETE, OPTIONS";

  /** All that any path takes; a row takes them all. */
  static final String METHODS = "GET, HEAD, PUT, POST, PATCH, DELETE, OPTIONS";

  private final Paths paths;
  private final RowReads rowReads;
  private final TableReads tableReads;
  private final HistoryReads historyReads;
  private final RowWrites rowWrites;
  private final CollectionWrites collectionWrites;
  private final RowDeletes rowDeletes;

  RestDoor(
      HttpSettings settings,
      Tables tables,
      Paths paths,
      PerTable<RowView> views,
      PerTable<RowReader> readers) {
    this.paths = paths;
    JoinedQueries joined = new JoinedQueries(tables);
    this.tableReads = new TableReads(tables, views, joined, settings.socketBytes());
    this.historyReads = new HistoryReads(tables, views, settings.socketBytes());
    this.rowReads = new RowReads(tables, views, joined, tableReads, settings.lastModified());
    this.rowWrites = new RowWrites(tables, readers, settings);
    this.collectionWrites = new CollectionWrites(tables, readers, settings);
    this.rowDeletes = new RowDeletes(views, joined);
  }

  @Override
  public void open(Exchange exchange) {
    String query = exchange.query();
    HistoryQuery history = query == null ? null : HistoryQuery.parse(query);
    String path = exchange.path();
    Target target = paths.resolve(path, Protocol.REST);
    if (history == null) {
      open(exchange, path, target, RestQuery.parse(query));
    } else {
      history(exchange, path, target, history);
    }
  }

  private void open(Exchange exchange, String path, Target target, RestQuery query) {
    switch (target) {
      case Target.Table table -> table(exchange, table.definition(), query);
      case Target.Collection rows when rows.prefix().isEmpty() ->
          allRows(exchange, rows.definition(), query);
      case Target.Collection rows -> someRows(exchange, rows.definition(), rows.prefix(), query);
      case Target.Row row -> row(exchange, row.definition(), row.id(), query);
      case Target.NotOffered other -> throw Paths.refusal(other, path);
      case Target.NotFound nothing -> throw Paths.refusal(nothing, path);
    }
  }

  private void history(Exchange exchange, String path, Target target, HistoryQuery query) {
    exchange.allow(READ_METHODS);
    switch (exchange.request().method().name()) {
      case "GET", "HEAD" -> {
        switch (target) {
          case Target.Table table -> historyReads.below(exchange, table.definition(), "", query);
          case Target.Collection rows ->
              historyReads.below(exchange, rows.definition(), rows.prefix(), query);
          case Target.Row row -> historyReads.ofRow(exchange, row.definition(), row.id(), query);
          case Target.NotOffered other -> throw Paths.refusal(other, path);
          case Target.NotFound nothing -> throw Paths.refusal(nothing, path);
        }
      }
      case "OPTIONS" -> exchange.options(exchange.allow());
      default -> throw notAllowed(exchange);
    }
  }

  private void table(Exchange exchange, TableDefinition table, RestQuery query) {
    exchange.allow(READ_METHODS);
    query.demandNone("the description of a table");
    switch (exchange.request().method().name()) {
      case "GET", "HEAD" -> tableReads.describe(exchange, table);
      case "OPTIONS" -> exchange.options(exchange.allow());
      default -> throw notAllowed(exchange);
    }
  }

  private void allRows(Exchange exchange, TableDefinition table, RestQuery query) {
    exchange.allow(ALL_ROWS_METHODS);
    switch (exchange.request().method().name()) {
      case "GET", "HEAD" -> tableReads.list(exchange, table, "", query, null);
      case "PUT" -> {
        query.demandNone("a write of given rows");
        collectionWrites.put(exchange, table);
      }
      case "POST" -> {
        query.demandNone("a write of given rows");
        collectionWrites.post(exchange, table);
      }
      case "DELETE" -> rowDeletes.delete(exchange, table, "", query);
      case "OPTIONS" -> exchange.options(exchange.allow());
      default -> throw notAllowed(exchange);
    }
  }

  private void someRows(Exchange exchange, TableDefinition table, String prefix, RestQuery query) {
    exchange.allow(SOME_ROWS_METHODS);
    switch (exchange.request().method().name()) {
      case "GET", "HEAD" -> tableReads.list(exchange, table, prefix, query, null);
      case "DELETE" -> rowDeletes.delete(exchange, table, prefix, query);
      case "OPTIONS" -> exchange.options(exchange.allow());
      default -> throw notAllowed(exchange);
    }
  }

  private void row(Exchange exchange, TableDefinition table, String id, RestQuery query) {
    exchange.allow(METHODS);
    if (RowIds.isTooLong(id)) {
      exchange.problem(Problem.of(414, "the id of a row in a URL has at most 4096 bytes"));
      return;
    }
    switch (exchange.request().method().name()) {
      case "GET", "HEAD" -> rowReads.read(exchange, table, id, query);
      case "OPTIONS" -> exchange.options(exchange.allow());
      default -> {
        query.demandNone("a write of one row");
        write(exchange, table, id);
      }
    }
  }

  private void write(Exchange exchange, TableDefinition table, String id) {
    switch (exchange.request().method().name()) {
      case "PUT" -> rowWrites.put(exchange, table, id);
      case "POST" -> rowWrites.message(exchange, table, id);
      case "PATCH" -> rowWrites.patch(exchange, table, id);
      case "DELETE" -> rowWrites.delete(exchange, table, id);
      default -> throw notAllowed(exchange);
    }
  }

  private static RefusedException notAllowed(Exchange exchange) {
    return refusal(
        Refusal.Reason.NOT_ALLOWED,
        "this path takes " + exchange.allow() + ", not " + exchange.request().method());
  }

  private static RefusedException refusal(Refusal.Reason reason, String detail) {
    return new RefusedException(Refusal.of(reason, detail));
  }
}
