package dev.lyrebird.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lyrebird.format.Format;
import dev.lyrebird.journal.Row;
import dev.lyrebird.query.RowQuery;
import dev.lyrebird.relation.JoinedQueries;
import dev.lyrebird.resource.PerTable;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.schema.TableDefinition;
import dev.lyrebird.schema.TableDescription;
import dev.lyrebird.view.Columns;
import dev.lyrebird.view.RowView;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Answers GET and HEAD of a table: its description, its rows. Owned by one event loop. */
final class TableReads {

  /** A description counts rows by reading them; past this many it says that there are more. */
  private static final int MOST_COUNTED = 10_000;

  private final Tables tables;
  private final PerTable<RowView> views;
  private final JoinedQueries joined;
  private final int socketBytes;

  /**
   * @param socketBytes may wait in a client's socket before the next page of rows is read
   */
  TableReads(Tables tables, PerTable<RowView> views, JoinedQueries joined, int socketBytes) {
    this.tables = tables;
    this.views = views;
    this.joined = joined;
    this.socketBytes = socketBytes;
  }

  /**
   * Sends the rows that a query finds among those whose ids begin with a prefix, or how it does so.
   *
   * @param asked the format that the path asks for, or null for what {@code Accept} says
   */
  void list(
      Exchange exchange,
      TableDefinition table,
      String prefix,
      RestQuery query,
      @Nullable Format asked) {
    var shown = joined.shown(query.query(), table, views.of(table));
    exchange.attempt(
        joined.typed(table, prefix, query.query()),
        wanted -> {
          if (query.isExplained()) {
            explain(exchange, table, wanted, asked);
          } else {
            list(exchange, table, wanted, query, shown, asked);
          }
        });
  }

  private void list(
      Exchange exchange,
      TableDefinition table,
      RowQuery wanted,
      RestQuery query,
      Function<List<Row>, CompletableFuture<List<byte[]>>> shown,
      @Nullable Format asked) {
    Format format = asked != null ? asked : exchange.accept().format();
    if (format == null) {
      exchange.notAcceptable(Format.ALL);
      return;
    }
    exchange.describeVariant();
    exchange.response().setWriteQueueMaxSize(socketBytes);
    RowList list = new RowList(exchange, format, query.columns(views.of(table)), shown);
    list.of(tables.query(table, wanted, list));
  }

  private void explain(
      Exchange exchange, TableDefinition table, RowQuery query, @Nullable Format asked) {
    Format format = asked != null ? asked : exchange.accept().format(Format.OF_VALUES);
    if (format == null || format.isOfRows()) {
      exchange.notAcceptable(Format.OF_VALUES);
      return;
    }
    Explanation explanation = new Explanation(exchange, format);
    explanation.of(tables.query(table, query, explanation));
  }

  /** Sends what the schema says of a table, and how many rows it has. */
  void describe(Exchange exchange, TableDefinition table) {
    Format format = exchange.accept().format(Format.OF_VALUES);
    if (format == null) {
      exchange.notAcceptable(Format.OF_VALUES);
      return;
    }
    exchange.describeVariant();
    RowCount count =
        new RowCount(
            MOST_COUNTED,
            (rows, exact) -> exchange.attempt(() -> send(exchange, table, format, rows, exact)));
    count.of(tables.scan(table, "", count));
  }

  private static void send(
      Exchange exchange, TableDefinition table, Format format, int rows, boolean exact) {
    ObjectNode description = TableDescription.of(table);
    description.putObject("records").put("count", rows).put("exact", exact);
    byte[] json = description.toString().getBytes(StandardCharsets.UTF_8);
    Representation shown =
        Representation.inFormat(json, format, exchange.accept(), Columns.named(), "");
    exchange.compressible(200, shown.mediaType(), shown.content());
  }
}
