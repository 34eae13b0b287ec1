package dev.lyrebird.hosting;

import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.schema.TableDefinition;
import dev.lyrebird.stream.StreamQuery;
import dev.lyrebird.stream.StreamTarget;
import org.jspecify.annotations.Nullable;

/**
 * What users' code wants to hear of a table.
 *
 * @param ids of one row, or what ids begin with and a slash at its end; empty for all
 * @param query what of that
 */
record UserStream(String ids, StreamQuery query) {

  /**
   * Reads what is wanted.
   *
   * @param query in the language of URLs; may be empty
   * @param lastEventId where the client says it stands, or null
   * @throws dev.lyrebird.api.ProblemException 400 where it is no query
   */
  static UserStream of(String ids, String query, @Nullable String lastEventId) {
    try {
      String text = query.isEmpty() ? null : UserQueries.escaped(query);
      return new UserStream(ids, StreamQuery.parse(text, lastEventId));
    } catch (RefusedException e) {
      throw Problems.of(e.refusal());
    }
  }

  /** Tells whether it is about one row. */
  boolean isOfRow() {
    return !ids.isEmpty() && !ids.endsWith("/");
  }

  StreamTarget target(LoopTables loop, TableDefinition table) {
    return isOfRow()
        ? StreamTarget.row(loop.tables(), table, ids)
        : StreamTarget.below(loop.tables(), table, ids);
  }

  /**
   * Lets pass what fits a table. Called on the loop.
   *
   * @throws RefusedException for any other
   */
  void check(LoopTables loop, TableDefinition table) {
    StreamTarget target = target(loop, table);
    query.checkStart(loop.tables().hub(), target);
    loop.picks().telling(query, target, ChangeWires::changes).end();
  }
}
