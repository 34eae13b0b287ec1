package dev.lyrebird.relation;

import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.journal.Row;
import dev.lyrebird.query.RowMatcher;
import dev.lyrebird.query.RowOrder;
import dev.lyrebird.query.RowQuery;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.schema.TableDefinition;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Reads all rows of a table that pass, page by page. Owned by one event loop. */
final class RowGathering implements Tables.QuerySink {

  private final Predicate<Row> each;
  private final Refusal tooMany;
  private final CompletableFuture<Void> done = new CompletableFuture<>();
  private Tables.@Nullable Scan reading;

  private RowGathering(Predicate<Row> each, Refusal tooMany) {
    this.each = each;
    this.tooMany = tooMany;
  }

  /**
   * Reads rows.
   *
   * @param condition which; null for all
   * @param each takes a row, and tells whether there is room for more
   * @param tooMany what is said where there is none
   * @return when all have been taken; fails with a {@link RefusedException}
   */
  static CompletableFuture<Void> of(
      Tables tables,
      TableDefinition table,
      @Nullable RowMatcher condition,
      Predicate<Row> each,
      Refusal tooMany) {
    RowGathering gathering = new RowGathering(each, tooMany);
    RowQuery query = new RowQuery("", condition, RowOrder.BY_ID, null);
    gathering.reading = tables.query(table, query, gathering);
    return gathering.done;
  }

  @Override
  public void rows(List<Row> rows, boolean last) {
    Tables.Scan scan = reading;
    if (scan == null) {
      throw new IllegalStateException("a page came before its reading");
    }
    for (Row row : rows) {
      if (!each.test(row)) {
        scan.close();
        refused(tooMany);
        return;
      }
    }
    if (last) {
      done.complete(null);
    } else {
      scan.more();
    }
  }

  @Override
  public void refused(Refusal refusal) {
    done.completeExceptionally(new RefusedException(refusal));
  }
}
