package dev.lyrebird.http;

import dev.lyrebird.format.Format;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.query.ParameterValues;
import dev.lyrebird.relation.JoinedQueries;
import dev.lyrebird.resource.AttributePath;
import dev.lyrebird.resource.PerTable;
import dev.lyrebird.resource.RowIds;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.schema.TableDefinition;
import dev.lyrebird.view.Columns;
import dev.lyrebird.view.RowView;
import io.vertx.core.http.HttpHeaders;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Answers GET and HEAD of one row, of one attribute of it, or of what is selected of it. Owned by
 * one event loop.
 *
 * <p>The end of a path may be part of the id, an extension ({@code .json}) or an attribute ({@code
 * .temp}). The row whose id is the whole of it comes first, so that every row can be reached; only
 * where there is none is the end cut off. Attributes are those that the schema declares. An
 * extension alone ({@code T/.json}, {@code T/x/.json}) stands for the rows below the path before
 * it.
 */
final class RowReads {

  private final Tables tables;
  private final PerTable<RowView> views;
  private final JoinedQueries joined;
  private final TableReads tableReads;
  private final boolean lastModified;

  RowReads(
      Tables tables,
      PerTable<RowView> views,
      JoinedQueries joined,
      TableReads tableReads,
      boolean lastModified) {
    this.tables = tables;
    this.views = views;
    this.joined = joined;
    this.tableReads = tableReads;
    this.lastModified = lastModified;
  }

  /**
   * One way to understand a path.
   *
   * @param format that an extension asks for, or null for what {@code Accept} says
   * @param attribute to show alone, or null for the whole row
   */
  private record Reading(String id, @Nullable Format format, @Nullable String attribute) {}

  void read(Exchange exchange, TableDefinition table, String id, RestQuery query) {
    List<Reading> readings = new ArrayList<>(1);
    add(readings, table, new Reading(id, null, null));
    int dot = id.lastIndexOf('.');
    int name = id.lastIndexOf('/') + 1;
    Format ofRows = dot == name ? Format.ofExtension(id.substring(dot + 1)) : null;
    if (dot > name) {
      addShorter(readings, table, id, dot);
    }
    if (readings.isEmpty()) {
      RowIds.check(table, id);
    }
    read(
        exchange,
        table,
        query,
        readings.iterator(),
        () -> {
          if (ofRows == null) {
            throw notFound("there is no row " + id);
          }
          tableReads.list(exchange, table, id.substring(0, name), query, ofRows);
        });
  }

  private static void addShorter(
      List<Reading> readings, TableDefinition table, String path, int dot) {
    Format format = Format.ofExtension(path.substring(dot + 1));
    String plain = format == null ? path : path.substring(0, dot);
    if (format != null) {
      add(readings, table, new Reading(plain, format, null));
    }
    AttributePath named = AttributePath.of(table, plain);
    if (named != null) {
      readings.add(new Reading(named.id(), format, named.attribute()));
    }
  }

  private static void add(List<Reading> readings, TableDefinition table, Reading reading) {
    if (table.key().type().check(reading.id()) == null) {
      readings.add(reading);
    }
  }

  private void read(
      Exchange exchange,
      TableDefinition table,
      RestQuery query,
      Iterator<Reading> readings,
      Runnable otherwise) {
    Reading reading = readings.next();
    tables.read(
        table,
        reading.id(),
        row ->
            exchange.attempt(() -> {
              if (row != null) {
                show(exchange, table, query, row, reading);
              } else if (readings.hasNext()) {
                read(exchange, table, query, readings, otherwise);
              } else {
                otherwise.run();
              }
            }));
  }

  private void show(
      Exchange exchange, TableDefinition table, RestQuery query, Row row, Reading reading) {
    if (!query.isEmpty()) {
      select(exchange, table, query, row, reading);
      return;
    }
    Representation shown = representation(exchange.accept(), table, row, reading);
    show(exchange, row, shown);
  }

  private void show(Exchange exchange, Row row, @Nullable Representation shown) {
    if (shown == null) {
      exchange.notAcceptable(Format.ALL);
      return;
    }
    String tag = EntityTag.ofVersion(row.version()) + shown.tagEnd();
    Preconditions conditions = Preconditions.of(exchange.request().headers(), lastModified);
    switch (conditions.judge(row.version(), tag)) {
      case SHOWN -> {
        describe(exchange, row.version());
        if (shown.isOpaque()) {
          RawAnswer.send(exchange, shown, tag);
        } else {
          exchange.representation(shown, tag);
        }
      }
      case NOT_MODIFIED -> {
        describe(exchange, row.version());
        exchange.tag(tag);
        exchange.empty(304);
      }
      case FAILED -> exchange.problem(Problem.of(412, "the row has changed since"));
    }
  }

  private @Nullable Representation representation(
      Accept accept, TableDefinition table, Row row, Reading reading) {
    RowView view = views.of(table);
    return reading.attribute() == null
        ? Representation.of(view, row, reading.format(), accept)
        : attribute(view, row, reading, accept);
  }

  private void select(
      Exchange exchange, TableDefinition table, RestQuery query, Row row, Reading reading) {
    query.demandSelectAlone();
    if (reading.attribute() != null) {
      throw ParameterValues.refused(
          "the path names the attribute %s, so that there is nothing to select"
              .formatted(reading.attribute()));
    }
    RowView view = views.of(table);
    exchange.attempt(
        joined.shown(query.query(), table, view).apply(List.of(row)),
        json -> {
          Accept accept = exchange.accept();
          Format format = reading.format() != null ? reading.format() : accept.format();
          Representation shown =
              Representation.ifTaken(json.getFirst(), format, accept, query.columns(view), "");
          if (shown != null && JoinedQueries.showsJoined(query.query(), table)) {
            // Joined rows change without this one: its version says nothing of them.
            exchange.describeVariant();
            exchange.compressible(200, shown.mediaType(), shown.content());
          } else {
            show(exchange, row, shown);
          }
        });
  }

  private static @Nullable Representation attribute(
      RowView view, Row row, Reading reading, Accept accept) {
    String name = Objects.requireNonNull(reading.attribute());
    byte[] json = view.attribute(row, name);
    if (json == null) {
      throw notFound("the row " + row.id() + " has no attribute " + name);
    }
    Format format = reading.format() != null ? reading.format() : accept.format();
    Columns columns = view.columns().select(List.of(name), Columns.Shape.VALUES);
    return Representation.ifTaken(json, format, accept, columns, "");
  }

  private void describe(Exchange exchange, Timestamp version) {
    exchange.describeVariant();
    if (lastModified) {
      exchange.response().putHeader(HttpHeaders.LAST_MODIFIED, HttpDate.format(version.millis()));
    }
  }

  private static RefusedException notFound(String detail) {
    return new RefusedException(Refusal.of(Refusal.Reason.NOT_FOUND, detail));
  }
}
