package dev.lyrebird.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lyrebird.format.Format;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.Row;
import dev.lyrebird.query.Access;
import dev.lyrebird.query.KeyRange;
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
    if (!told.reason().isEmpty()) {
      json.put("notServed", told.reason());
    }
    json.put("indexEntriesRead", told.indexEntriesRead());
    json.put("rowsRead", told.rowsRead());
    json.put("rowsReturned", told.rowsReturned());
    json.put("sortedInMemory", told.isSortedInMemory());
    return json;
  }

  private static ObjectNode plan(Access access) {
    ObjectNode plan = JsonNodeFactory.instance.objectNode();
    switch (access) {
      case Access.Scan(var ids) -> {
        plan.put("access", "scan");
        if (!ids.equals(KeyRange.ALL)) {
          plan.put("from", text(ids.low()));
          plan.put("before", ids.high() == null ? null : text(ids.high()));
        }
      }
      case Access.Ids(var ids) -> plan.put("access", "ids").put("ids", ids.size());
      case Access.Index index ->
          plan.put("access", "index")
              .put("attribute", index.attribute())
              .put("ranges", index.ranges().size());
      case Access.All(var parts) -> parts(plan.put("access", "all"), parts);
      case Access.Any(var parts) -> parts(plan.put("access", "any"), parts);
      case Access.InOrder inOrder ->
          plan.put("access", "inOrder")
              .put("attribute", inOrder.attribute())
              .put("descending", inOrder.isDescending());
    }
    return plan;
  }

  private static void parts(ObjectNode plan, List<Access> parts) {
    ArrayNode list = plan.putArray("parts");
    parts.forEach(part -> list.add(plan(part)));
  }

  private static String text(byte[] utf8) {
    return new String(utf8, StandardCharsets.UTF_8);
  }
}
