package dev.lyrebird.http;

import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.schema.TableDefinition;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Answers GET and HEAD of one row, or of one attribute of it. Owned by one event loop.
 *
 * <p>The end of a path may be part of the id, an extension ({@code .json}) or an attribute ({@code
 * .temp}). The row whose id is the whole of it comes first, so that every row can be reached; only
 * where there is none is the end cut off. Attributes are those that the schema declares.
 */
final class RowReads {

  private static final CharSequence NO_CACHE = HttpHeaders.createOptimized("no-cache");
  private static final CharSequence VARY = HttpHeaders.createOptimized("Accept, Accept-Encoding");

  private final Tables tables;
  private final PerTable<RowView> views;
  private final boolean lastModified;

  RowReads(Tables tables, PerTable<RowView> views, boolean lastModified) {
    this.tables = tables;
    this.views = views;
    this.lastModified = lastModified;
  }

  /**
   * One way to understand a path.
   *
   * @param format that an extension asks for, or null for what {@code Accept} says
   * @param attribute to show alone, or null for the whole row
   */
  private record Reading(String id, @Nullable Format format, @Nullable String attribute) {}

  void read(Exchange exchange, TableDefinition table, String id) {
    List<Reading> readings = new ArrayList<>(1);
    add(readings, table, new Reading(id, null, null));
    int dot = id.lastIndexOf('.');
    if (dot > id.lastIndexOf('/') + 1) {
      addShorter(readings, table, id.substring(0, dot), id.substring(dot + 1));
    }
    if (readings.isEmpty()) {
      RowIds.check(table, id);
    }
    read(exchange, table, readings, 0);
  }

  private static void addShorter(
      List<Reading> readings, TableDefinition table, String id, String end) {
    Format format = Format.ofExtension(end);
    if (format == null) {
      addAttribute(readings, table, id, end, null);
      return;
    }
    add(readings, table, new Reading(id, format, null));
    int dot = id.lastIndexOf('.');
    if (dot > id.lastIndexOf('/') + 1) {
      addAttribute(readings, table, id.substring(0, dot), id.substring(dot + 1), format);
    }
  }

  private static void addAttribute(
      List<Reading> readings,
      TableDefinition table,
      String id,
      String attribute,
      @Nullable Format format) {
    if (table.attribute(attribute).isPresent()) {
      add(readings, table, new Reading(id, format, attribute));
    }
  }

  private static void add(List<Reading> readings, TableDefinition table, Reading reading) {
    if (table.key().type().check(reading.id()) == null) {
      readings.add(reading);
    }
  }

  private void read(Exchange exchange, TableDefinition table, List<Reading> readings, int at) {
    Reading reading = readings.get(at);
    tables.read(
        table,
        reading.id(),
        row ->
            exchange.attempt(() -> {
              if (row != null) {
                show(exchange, views.of(table), row, reading);
              } else if (at + 1 < readings.size()) {
                read(exchange, table, readings, at + 1);
              } else {
                throw notFound("there is no row " + readings.getFirst().id());
              }
            }));
  }

  private void show(Exchange exchange, RowView view, Row row, Reading reading) {
    Accept accept = Accept.parse(exchange.list(HttpHeaders.ACCEPT));
    Representation shown =
        reading.attribute() == null
            ? Representation.of(view, row, reading.format(), accept)
            : attribute(view, row, reading, accept);
    if (shown == null) {
      exchange.problem(Problem.of(406, "rows can be had as application/json or application/cbor"));
      return;
    }
    String tag = EntityTag.ofVersion(row.version()) + shown.tagEnd();
    Preconditions conditions = Preconditions.of(exchange.request().headers(), lastModified);
    switch (conditions.judge(row.version(), tag)) {
      case SHOWN -> {
        describe(exchange, row.version());
        send(exchange, shown, tag);
      }
      case NOT_MODIFIED -> {
        describe(exchange, row.version());
        exchange.tag(tag);
        exchange.empty(304);
      }
      case FAILED -> exchange.problem(Problem.of(412, "the row has changed since"));
    }
  }

  private static @Nullable Representation attribute(
      RowView view, Row row, Reading reading, Accept accept) {
    String name = Objects.requireNonNull(reading.attribute());
    byte[] json = view.attribute(row, name);
    if (json == null) {
      throw notFound("the row " + row.id() + " has no attribute " + name);
    }
    Format format = reading.format() != null ? reading.format() : accept.format();
    return Representation.inFormat(json, format, "");
  }

  /** Caches may keep the row but must ask each time whether it is still the one. */
  private void describe(Exchange exchange, Timestamp version) {
    HttpServerResponse response = exchange.response();
    response.putHeader(HttpHeaders.CACHE_CONTROL, NO_CACHE);
    response.headers().add(HttpHeaders.VARY, VARY);
    if (lastModified) {
      response.putHeader(HttpHeaders.LAST_MODIFIED, HttpDate.format(version.millis()));
    }
  }

  private static void send(Exchange exchange, Representation shown, String tag) {
    if (shown.isOpaque()) {
      // Whoever may write a row could write a page: it must not act in this node's name.
      exchange.response().putHeader(HttpHeaderNames.CONTENT_SECURITY_POLICY, "sandbox");
    }
    if (shown.isCompressible() && exchange.takesGzip()) {
      exchange.tag(tag + EntityTag.GZIP);
      exchange.response().putHeader(HttpHeaders.CONTENT_ENCODING, HttpHeaderValues.GZIP);
      exchange.body(200, shown.mediaType(), new Gzip().last(shown.content()));
    } else {
      exchange.tag(tag);
      exchange.body(200, shown.mediaType(), shown.content());
    }
  }

  private static RefusedException notFound(String detail) {
    return new RefusedException(Refusal.of(Refusal.Reason.NOT_FOUND, detail));
  }
}
