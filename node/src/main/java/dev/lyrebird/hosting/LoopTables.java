package dev.lyrebird.hosting;

import dev.lyrebird.api.Row;
import dev.lyrebird.format.Format;
import dev.lyrebird.format.RowReader;
import dev.lyrebird.query.ParameterValues;
import dev.lyrebird.query.Query;
import dev.lyrebird.relation.JoinedQueries;
import dev.lyrebird.resource.AttributePath;
import dev.lyrebird.resource.PerTable;
import dev.lyrebird.resource.RowIds;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.schema.NearestName;
import dev.lyrebird.schema.SystemTables;
import dev.lyrebird.schema.TableDefinition;
import dev.lyrebird.stream.StreamPicks;
import dev.lyrebird.view.RowView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The tables of one event loop, and what of them is worked out once for all users' code there.
 * Owned by that loop.
 *
 * @param tables as the loop reaches them
 * @param views how their rows look
 * @param readers what content comes to as a row
 * @param joined what queries ask of joined rows
 * @param picks how streams are told their events
 */
record LoopTables(
    Tables tables,
    PerTable<RowView> views,
    PerTable<RowReader> readers,
    JoinedQueries joined,
    StreamPicks<ChangeWires> picks) {

  static LoopTables of(Tables tables, RandomGenerator random) {
    PerTable<RowView> views = new PerTable<>(tables, RowView::new);
    return new LoopTables(
        tables,
        views,
        new PerTable<>(tables, RowReader::new),
        new JoinedQueries(tables),
        new StreamPicks<>(tables, views, random, json -> new ChangeWires(tables.hub(), json)));
  }

  /**
   * Returns the index of a table.
   *
   * @param name of its type, its own, or the path of its export
   * @throws IllegalArgumentException where there is none
   */
  int index(String name) {
    List<String> known = new ArrayList<>();
    for (TableDefinition table : tables.definitions()) {
      if (!SystemTables.contain(table)) {
        if (names(table).contains(name)) {
          return tables.indexOf(table);
        }
        known.addAll(names(table));
      }
    }
    throw new IllegalArgumentException(
        "there is no table %s%s".formatted(name, NearestName.hint(name, known)));
  }

  /**
   * Reads a row as users' code sees it.
   *
   * @param wanted what is selected of it
   */
  CompletableFuture<Optional<Row>> row(TableDefinition table, String id, Query wanted) {
    RowView view = views.of(table);
    CompletableFuture<Optional<dev.lyrebird.journal.Row>> read = new CompletableFuture<>();
    if (wanted.select() == null) {
      tables.read(table, id, row -> read.complete(Optional.ofNullable(row)));
      return read.thenApply(row -> row.map(one -> ShownRows.whole(view, one)));
    }
    var shown = joined.shown(wanted, table, view); // refused before anything is read
    tables.read(table, id, row -> read.complete(Optional.ofNullable(row)));
    return read.thenCompose(row ->
        row.map(one ->
                shown
                    .apply(List.of(one))
                    .thenApply(json -> Optional.of(ShownRows.of(one, json.getFirst()))))
            .orElse(CompletableFuture.completedFuture(Optional.empty())));
  }

  /**
   * Reads what the end of a path names as users' code sees it: the row whose id is the whole of it,
   * or else an attribute.
   *
   * @param wanted what is selected of the row
   */
  CompletableFuture<Optional<Row>> at(TableDefinition table, String path, Query wanted) {
    AttributePath named = named(table, path);
    if (named == null) {
      RowIds.check(table, path);
      return row(table, path, wanted);
    }
    CompletableFuture<Optional<Row>> whole =
        RowIds.fault(table, path) == null
            ? row(table, path, wanted)
            : CompletableFuture.completedFuture(Optional.empty());
    return whole.thenCompose(row -> row.isPresent() ? whole : attribute(table, named, wanted));
  }

  /** As REST has it, an extension that names a format names no attribute. */
  private static @Nullable AttributePath named(TableDefinition table, String path) {
    AttributePath named = AttributePath.of(table, path);
    return named == null || Format.ofExtension(named.attribute()) != null ? null : named;
  }

  private CompletableFuture<Optional<Row>> attribute(
      TableDefinition table, AttributePath named, Query wanted) {
    CompletableFuture<Optional<Row>> shown = new CompletableFuture<>();
    tables.read(
        table,
        named.id(),
        row ->
            LoopCalls.attempt(
                shown,
                () ->
                    shown.complete(
                        row == null ? Optional.empty() : shown(table, row, named, wanted))));
    return shown;
  }

  private Optional<Row> shown(
      TableDefinition table, dev.lyrebird.journal.Row row, AttributePath named, Query wanted) {
    if (wanted.select() != null) {
      throw ParameterValues.refused(
          "the path names the attribute %s, so that there is nothing to select"
              .formatted(named.attribute()));
    }
    return Optional.ofNullable(views.of(table).attribute(row, named.attribute()))
        .map(json -> ShownRows.of(row, json));
  }

  private static List<String> names(TableDefinition table) {
    List<String> names = new ArrayList<>(List.of(table.typeName(), table.table()));
    if (table.export() != null) {
      names.add(table.export().path());
    }
    return names;
  }
}
