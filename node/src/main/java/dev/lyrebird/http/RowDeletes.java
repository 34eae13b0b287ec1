package dev.lyrebird.http;

import dev.lyrebird.query.ParameterValues;
import dev.lyrebird.relation.JoinedQueries;
import dev.lyrebird.relation.RowDeletion;
import dev.lyrebird.resource.PerTable;
import dev.lyrebird.schema.TableDefinition;
import dev.lyrebird.view.RowView;

/** Answers DELETE of the rows that pass a condition. Owned by one event loop. */
final class RowDeletes {

  private final PerTable<RowView> views;
  private final JoinedQueries joined;

  RowDeletes(PerTable<RowView> views, JoinedQueries joined) {
    this.views = views;
    this.joined = joined;
  }

  /** Deletes the rows that a query finds among those whose ids begin with a prefix. */
  void delete(Exchange exchange, TableDefinition table, String prefix, RestQuery asked) {
    if (asked.isExplained()) {
      throw ParameterValues.refused(RowDeletion.SHOWS_NONE);
    }
    if (!Preconditions.of(exchange.request().headers(), true).isEmpty()) {
      throw ParameterValues.refused("If-Match and the like are about one row; DELETE it by itself");
    }
    exchange.attempt(
        joined.deletion(
            table, prefix, asked.query(), views.of(table), ReplicateTo.confirmation(exchange)),
        deletion -> {
          exchange.response().closeHandler(gone -> deletion.close());
          deletePage(exchange, deletion);
        });
  }

  private static void deletePage(Exchange exchange, RowDeletion deletion) {
    exchange.attempt(
        deletion.nextPage(),
        progress -> {
          if (progress.isLast()) {
            exchange.json(200, "{\"deleted\":" + progress.deleted() + '}');
          } else {
            deletePage(exchange, deletion);
          }
        });
  }
}
