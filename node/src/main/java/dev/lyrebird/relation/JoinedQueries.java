package dev.lyrebird.relation;

import dev.lyrebird.journal.Row;
import dev.lyrebird.query.Expression;
import dev.lyrebird.query.Projection;
import dev.lyrebird.query.Query;
import dev.lyrebird.query.RowQuery;
import dev.lyrebird.query.RowTree;
import dev.lyrebird.query.Select;
import dev.lyrebird.resource.Confirmation;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.schema.TableDefinition;
import dev.lyrebird.view.RowView;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * What queries ask of joined rows: other tables are read before the one that is asked, or with each
 * page of what it finds. Owned by one event loop.
 */
public final class JoinedQueries {

  private final Tables tables;
  private final JoinedConditions conditions;
  private final JoinedRows rows;

  /**
   * @param tables of the loop
   */
  public JoinedQueries(Tables tables) {
    this.tables = tables;
    this.conditions = new JoinedConditions(tables);
    this.rows = new JoinedRows(tables);
  }

  /**
   * Gives a query the types of a table.
   *
   * @param prefix what the ids of all rows begin with
   * @return the query: at once where it asks nothing of joined rows; fails with a {@link
   *     dev.lyrebird.journal.RefusedException} where it does not fit the tables
   */
  public CompletableFuture<RowQuery> typed(TableDefinition table, String prefix, Query query) {
    Expression condition = query.condition();
    if (condition == null) {
      return CompletableFuture.completedFuture(RowQuery.of(prefix, null, query, table));
    }
    return conditions
        .matcher(condition, table)
        .thenApply(matcher -> RowQuery.of(prefix, matcher, query, table));
  }

  /**
   * Prepares the deletion of the rows that a query finds; nothing is deleted before its first page
   * is asked for.
   *
   * @param prefix what the ids of all rows begin with
   * @param confirmation how many other nodes must have a deletion before it counts as done
   * @return fails with a {@link dev.lyrebird.journal.RefusedException} where the query does not fit
   *     the tables
   * @throws dev.lyrebird.journal.RefusedException where it has no condition, or selects anything
   */
  public CompletableFuture<RowDeletion> deletion(
      TableDefinition table, String prefix, Query query, RowView view, Confirmation confirmation) {
    RowDeletion.check(query);
    return typed(table, prefix, query)
        .thenApply(wanted -> new RowDeletion(tables, table, view, wanted, confirmation));
  }

  /** Tells whether a query shows joined rows. */
  public static boolean showsJoined(Query query, TableDefinition table) {
    return query.select() != null && JoinedRows.areWanted(query.select(), table);
  }

  /**
   * Returns how a query shows rows, as JSON: a page comes at once where no rows are joined.
   *
   * @throws dev.lyrebird.journal.RefusedException where it selects what cannot be there
   */
  public Function<List<Row>, CompletableFuture<List<byte[]>>> shown(
      Query query, TableDefinition table, RowView view) {
    Select select = query.select();
    if (select == null) {
      return page -> CompletableFuture.completedFuture(each(page, view::rowObject));
    }
    Projection.check(select, table, tables::ofType);
    Projection projection = new Projection(select);
    if (!showsJoined(query, table)) {
      return page ->
          CompletableFuture.completedFuture(
              each(page, row -> RowTree.write(projection.of(RowTree.read(view.rowObject(row))))));
    }
    return page ->
        rows.of(page, table, select)
            .thenApply(trees -> each(trees, tree -> RowTree.write(projection.of(tree))));
  }

  private static <T> List<byte[]> each(List<T> page, Function<T, byte[]> json) {
    return page.stream().map(json).toList();
  }
}
