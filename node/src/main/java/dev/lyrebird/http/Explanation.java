package dev.lyrebird.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lyrebird.format.Format;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.Row;
import dev.lyrebird.query.Access;
import dev.lyrebird.query.QueryReport;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.view.Columns;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Sends how a query was carried out in place of what it found. Owned by the event loop of its
 * connection.
 */
final class Explanation implements Tables.QuerySink {

  private final Exchange exchange;
  private final Format format;
  private Tables.@Nullable Scan reading;
  private @Nullable QueryReport report;

  Explanation(Exchange exchange, Format format) {
    this.exchange = exchange;
    this.format = format;
  }

  /** Takes the query whose sink this is, before its first page. */
  void of(Tables.Scan query) {
    reading = query;
    exchange.response().closeHandler(gone -> query.close());
  }

  @Override
  public void report(QueryReport told) {
    report = told;
  }

  @Override
  public void rows(List<Row> rows, boolean last) {
    exchange.attempt(() -> {
      if (last) {
        send(Objects.requireNonNull(report, "a query ended without a report"));
      } else {
        Objects.requireNonNull(reading, "a page came before its query").more();
      }
    });
  }

  @Override
  public void refused(Refusal refusal) {
    exchange.attempt(() -> exchange.refuse(refusal));
  }

  private void send(QueryReport told) {
    byte[] json = json(told).toString().getBytes(StandardCharsets.UTF_8);
    Representation shown =
        Representation.inFormat(json, format, exchange.accept(), Columns.named(), "");
    exchange.describeVariant();
    exchange.compressible(200, shown.mediaType(), shown.content());
  }

  private static ObjectNode json(QueryReport told) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.set("plan", plan(told.plan()));
    json.put("indexEntriesRead", told.indexEntriesRead());
    json.put("rowsRead", told.rowsRead());
    json.put("rowsReturned", told.rowsReturned());
    json.put("sortedInMemory", told.isSortedInMemory());
    return json;
  }

  private static ObjectNode plan(Access access) {
    ObjectNode plan = JsonNodeFactory.instance.objectNode();
    switch (access) {
      case Access.Scan scan -> {
        plan.put("access", "scan");
        plan.put("idPrefix", scan.idPrefix());
        plan.put("reason", scan.reason());
      }
    }
    return plan;
  }
}
