package dev.lyrebird.http;

import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.schema.Protocol;
import dev.lyrebird.schema.TableDefinition;
import dev.lyrebird.schema.Target;

/**
 * Takes plain requests: finds what the path names and hands over to whoever carries the method out.
 * Owned by one event loop.
 */
final class RestDoor implements Door {

  private static final String ROW_METHODS = "GET, HEAD, PUT, POST, PATCH, DELETE, OPTIONS";

  private final Paths paths;
  private final RowReads rowReads;

  RestDoor(HttpSettings settings, Tables tables, Paths paths, PerTable<RowView> views) {
    this.paths = paths;
    this.rowReads = new RowReads(tables, views, settings.lastModified());
  }

  @Override
  public void open(Exchange exchange) {
    String query = exchange.query();
    if (query != null) {
      throw refusal(Refusal.Reason.BAD_REQUEST, "this query is not understood here: " + query);
    }
    String path = exchange.path();
    switch (paths.resolve(path, Protocol.REST)) {
      case Target.Table table -> throw notAllowed(exchange);
      case Target.Collection rows -> throw notAllowed(exchange);
      case Target.Row row -> row(exchange, row.definition(), row.id());
      case Target.NotOffered other -> throw Paths.refusal(other, path);
      case Target.NotFound nothing -> throw Paths.refusal(nothing, path);
    }
  }

  private void row(Exchange exchange, TableDefinition table, String id) {
    exchange.allow(ROW_METHODS);
    if (RowIds.isTooLong(id)) {
      exchange.problem(Problem.of(414, "the id of a row in a URL has at most 4096 bytes"));
      return;
    }
    switch (exchange.request().method().name()) {
      case "GET", "HEAD" -> rowReads.read(exchange, table, id);
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
