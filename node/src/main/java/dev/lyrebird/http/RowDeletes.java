package dev.lyrebird.http;

import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Outcome;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.Write;
import dev.lyrebird.query.ParameterValues;
import dev.lyrebird.query.RowMatcher;
import dev.lyrebird.query.RowQuery;
import dev.lyrebird.query.RowTree;
import dev.lyrebird.relation.JoinedQueries;
import dev.lyrebird.resource.Confirmation;
import dev.lyrebird.resource.PerTable;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.schema.TableDefinition;
import dev.lyrebird.view.RowView;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Answers DELETE of the rows that pass a condition. Owned by one event loop.
 *
 * <p>Rows are deleted a page at a time, each in the version in which it passed. One that has
 * changed meanwhile is looked at again: no row goes in a state in which nobody has seen it.
 */
final class RowDeletes {

  /** A row that changes more often between two looks is left to a client that tries again. */
  private static final int MOST_LOOKS = 100;

  private static final Refusal CHANGED =
      Refusal.of(Refusal.Reason.PRECONDITION_FAILED, "the row has changed since");

  private static final Refusal CHANGES_TOO_OFTEN =
      Refusal.of(
          Refusal.Reason.OVERLOADED,
          "a row changed %d times while it was to be deleted; try again".formatted(MOST_LOOKS));

  private final Tables tables;
  private final PerTable<RowView> views;
  private final JoinedQueries joined;

  RowDeletes(Tables tables, PerTable<RowView> views, JoinedQueries joined) {
    this.tables = tables;
    this.views = views;
    this.joined = joined;
  }

  /** Deletes the rows that a query finds among those whose ids begin with a prefix. */
  void delete(Exchange exchange, TableDefinition table, String prefix, RestQuery asked) {
    if (asked.query().condition() == null) {
      throw ParameterValues.refused(
          "DELETE of many rows says which: a condition behind '?', as in ?temp=gt=50");
    }
    if (asked.query().select() != null || asked.isExplained()) {
      throw ParameterValues.refused("DELETE shows no rows: it takes no select(...), no explain");
    }
    if (!Preconditions.of(exchange.request().headers(), true).isEmpty()) {
      throw ParameterValues.refused("If-Match and the like are about one row; DELETE it by itself");
    }
    exchange.attempt(
        joined.typed(table, prefix, asked.query()),
        query -> {
          Deletion deletion = new Deletion(exchange, table, query);
          deletion.of(tables.query(table, query, deletion));
        });
  }

  /** One request under way. */
  private final class Deletion implements Tables.QuerySink {

    private final Exchange exchange;
    private final TableDefinition table;
    private final RowView view;
    private final RowMatcher condition;
    private final Confirmation confirmation;
    private Tables.@Nullable Scan reading;
    private boolean isLastPage;

    /** Rows of the page whose fate is not known yet. */
    private int open;

    private long deleted;
    private @Nullable Refusal refusal;

    Deletion(Exchange exchange, TableDefinition table, RowQuery query) {
      this.exchange = exchange;
      this.table = table;
      this.view = views.of(table);
      this.condition = Objects.requireNonNull(query.condition());
      this.confirmation = ReplicateTo.confirmation(exchange);
    }

    void of(Tables.Scan query) {
      reading = query;
      exchange.response().closeHandler(gone -> query.close());
    }

    @Override
    public void rows(List<Row> rows, boolean last) {
      exchange.attempt(() -> {
        isLastPage = last;
        open = rows.size();
        rows.forEach(row -> delete(row, 1));
        if (open == 0) {
          endPage();
        }
      });
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
          (outcome, looks) -> exchange.attempt(() -> told(row.id(), outcome, looks)),
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
                fail(refused.refusal());
          }
        }
      }
    }

    private void lookAgain(String id, int looks) {
      if (looks == MOST_LOOKS) {
        fail(CHANGES_TOO_OFTEN);
        return;
      }
      tables.read(
          table,
          id,
          row ->
              exchange.attempt(() -> {
                if (row != null && condition.passes(RowTree.read(view.rowObject(row)))) {
                  delete(row, looks + 1);
                } else {
                  endRow();
                }
              }));
    }

    private void fail(Refusal reason) {
      refusal = refusal == null ? reason : refusal;
      endRow();
    }

    private void endRow() {
      if (--open == 0) {
        endPage();
      }
    }

    private void endPage() {
      Tables.Scan query = Objects.requireNonNull(reading, "a page came before its query");
      if (refusal != null) {
        query.close();
        refused(refusal);
      } else if (isLastPage) {
        exchange.json(200, "{\"deleted\":" + deleted + '}');
      } else {
        query.more();
      }
    }

    @Override
    public void refused(Refusal reason) {
      String before = deleted == 0 ? "" : "; %d rows were deleted before".formatted(deleted);
      exchange.attempt(
          () -> exchange.refuse(Refusal.of(reason.reason(), reason.detail() + before)));
    }
  }
}
