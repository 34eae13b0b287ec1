package dev.lyrebird.relation;

import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Outcome;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.Write;
import dev.lyrebird.query.ParameterValues;
import dev.lyrebird.query.Query;
import dev.lyrebird.query.RowMatcher;
import dev.lyrebird.query.RowQuery;
import dev.lyrebird.query.RowTree;
import dev.lyrebird.resource.Confirmation;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.schema.TableDefinition;
import dev.lyrebird.view.RowView;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The deletion of all rows that pass a condition, under way. Owned by one event loop.
 *
 * <p>Rows are deleted a page at a time, each in the version in which it passed. One that has
 * changed meanwhile is looked at again: no row goes in a state in which nobody has seen it. A
 * deletion whose next page nobody asks for stands still.
 */
public final class RowDeletion {

  /** What is told to whoever asks for what is not there to be shown. */
  public static final String SHOWS_NONE =
      "DELETE shows no rows: it takes no select(...), no explain";

  /** A row that changes more often between two looks is left to a client that tries again. */
  private static final int MOST_LOOKS = 100;

  private static final Refusal CHANGED =
      Refusal.of(Refusal.Reason.PRECONDITION_FAILED, "the row has changed since");

  private static final Refusal CHANGES_TOO_OFTEN =
      Refusal.of(
          Refusal.Reason.OVERLOADED,
          "a row changed %d times while it was to be deleted; try again".formatted(MOST_LOOKS));

  private final Tables tables;
  private final TableDefinition table;
  private final RowView view;
  private final RowQuery query;
  private final RowMatcher condition;
  private final Confirmation confirmation;
  private Tables.@Nullable Scan reading;

  private CompletableFuture<Progress> page = new CompletableFuture<>();
  private boolean isLastPage;

  /** Rows of the page whose fate is not known yet. */
  private int open;

  private long deleted;
  private @Nullable Refusal refusal;

  /**
   * How far it has come.
   *
   * @param deleted rows so far
   * @param isLast whether there are no more pages
   */
  public record Progress(long deleted, boolean isLast) {}

  /**
   * @param query with a condition
   */
  RowDeletion(
      Tables tables,
      TableDefinition table,
      RowView view,
      RowQuery query,
      Confirmation confirmation) {
    this.tables = tables;
    this.table = table;
    this.view = view;
    this.query = query;
    this.condition = Objects.requireNonNull(query.condition());
    this.confirmation = confirmation;
  }

  /** Refuses a query that does not say which rows are to go, or asks for more than that. */
  static void check(Query query) {
    if (query.condition() == null) {
      throw ParameterValues.refused(
          "DELETE of many rows says which: a condition behind '?', as in ?temp=gt=50");
    }
    if (query.select() != null) {
      throw ParameterValues.refused(SHOWS_NONE);
    }
  }

  /**
   * Deletes the rows of the next page; to be called again when that is done, unless it was the
   * last.
   *
   * @return fails with a {@link RefusedException}, which tells how many were deleted before, where
   *     the query costs too much or the deletion of a row is refused: then it is over
   */
  public CompletableFuture<Progress> nextPage() {
    CompletableFuture<Progress> asked = new CompletableFuture<>();
    page = asked;
    attempt(() -> {
      if (reading == null) {
        reading = tables.query(table, query, new Found());
      } else {
        reading.more();
      }
    });
    return asked;
  }

  /** Gives up before the last page; what is under way goes on to its end. */
  public void close() {
    if (reading != null) {
      reading.close();
    }
  }

  private final class Found implements Tables.QuerySink {

    @Override
    public void rows(List<Row> rows, boolean last) {
      attempt(() -> {
        isLastPage = last;
        open = rows.size();
        rows.forEach(row -> delete(row, 1));
        if (open == 0) {
          endPage();
        }
      });
    }

    @Override
    public void refused(Refusal reason) {
      fail(reason);
    }
  }

  /**
   * Deletes a row in the version in which it was seen.
   *
   * @param look how often it was looked at
   */
  private void delete(Row row, int look) {
    Condition unchanged =
        Condition.EXISTS.and(version -> row.version().equals(version) ? null : CHANGED);
    tables.write(
        table,
        Write.delete(row.id()),
        unchanged,
        confirmation,
        (outcome, looks) -> attempt(() -> told(row.id(), outcome, looks)),
        look);
  }

  private void told(String id, Outcome outcome, int looks) {
    switch (outcome) {
      case Outcome.Applied applied -> {
        deleted++;
        endRow();
      }
      case Outcome.Unchanged unchanged -> endRow();
      case Outcome.Refused refused -> {
        switch (refused.refusal().reason()) {
          case NOT_FOUND -> endRow(); // others were faster
          case PRECONDITION_FAILED -> lookAgain(id, looks);
          case BAD_REQUEST,
              NOT_ALLOWED,
              CONFLICT,
              SCHEMA,
              TOO_LARGE,
              UNSUPPORTED_TYPE,
              OVERLOADED,
              FAULT,
              UNCONFIRMED ->
              endRow(refused.refusal());
        }
      }
    }
  }

  private void lookAgain(String id, int looks) {
    if (looks == MOST_LOOKS) {
      endRow(CHANGES_TOO_OFTEN);
      return;
    }
    tables.read(
        table,
        id,
        row ->
            attempt(() -> {
              if (row != null && condition.passes(RowTree.read(view.rowObject(row)))) {
                delete(row, looks + 1);
              } else {
                endRow();
              }
            }));
  }

  private void endRow(Refusal reason) {
    refusal = refusal == null ? reason : refusal;
    endRow();
  }

  private void endRow() {
    if (--open == 0) {
      endPage();
    }
  }

  private void endPage() {
    if (refusal == null) {
      page.complete(new Progress(deleted, isLastPage));
    } else {
      close();
      fail(refusal);
    }
  }

  private void fail(Refusal reason) {
    String before = deleted == 0 ? "" : "; %d rows were deleted before".formatted(deleted);
    page.completeExceptionally(
        new RefusedException(Refusal.of(reason.reason(), reason.detail() + before)));
  }

  /** Does something on which the page depends: what it throws is its end. */
  private void attempt(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      close();
      page.completeExceptionally(e);
    }
  }
}
