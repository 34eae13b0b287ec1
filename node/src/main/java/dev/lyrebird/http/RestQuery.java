package dev.lyrebird.http;

import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.query.ParameterValues;
import dev.lyrebird.query.ParsedQuery;
import dev.lyrebird.query.Query;
import dev.lyrebird.query.QueryParser;
import dev.lyrebird.query.Select;
import dev.lyrebird.view.Columns;
import dev.lyrebird.view.RowView;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind the {@code ?} of a request to REST.
 *
 * @param query what is asked of the rows
 * @param isExplained whether the client wants to know how that is carried out, and not what it
 *     finds
 */
record RestQuery(Query query, boolean isExplained) {

  /** The query of a request without one. */
  static final RestQuery NONE = new RestQuery(Query.ALL, false);

  private static final String EXPLAIN = "explain";
  private static final Set<String> PARAMETERS = Set.of(EXPLAIN);

  /**
   * Reads a query.
   *
   * @param raw as it was written, or null where there is none
   * @throws RefusedException where it is not understood
   */
  static RestQuery parse(@Nullable String raw) {
    if (raw == null) {
      return NONE;
    }
    ParsedQuery parsed = QueryParser.parse(raw, PARAMETERS);
    String explain = parsed.parameters().get(EXPLAIN);
    boolean isExplained =
        explain != null && (explain.isEmpty() || ParameterValues.flag(EXPLAIN, explain));
    return new RestQuery(parsed.query(), isExplained);
  }

  /** Tells whether it asks for nothing but what the path names. */
  boolean isEmpty() {
    return equals(NONE);
  }

  /**
   * Refuses any query.
   *
   * @param who takes none, such as "a write of one row"
   */
  void demandNone(String who) {
    if (!isEmpty()) {
      throw ParameterValues.refused("%s takes no query, but there is ?%s".formatted(who, query));
    }
  }

  /** Refuses a query that asks of one row more than what of it is to be shown. */
  void demandSelectAlone() {
    if (!equals(new RestQuery(new Query(null, query.select(), Query.ALL.sort(), null), false))) {
      throw ParameterValues.refused(
          "the path names one row: its query can be select(...) and nothing else, not ?" + query);
    }
  }

  /** Returns under which headings the rows are shown in formats of lines. */
  Columns columns(RowView view) {
    Select select = query.select();
    if (select == null) {
      return view.columns();
    }
    List<String> names = select.items().stream().map(Select.Item::name).toList();
    return switch (select) {
      case Select.Value value -> view.columns().select(names, Columns.Shape.VALUES);
      case Select.Attributes attributes -> view.columns().select(names, Columns.Shape.OBJECTS);
      case Select.Values values -> view.columns().select(names, Columns.Shape.ARRAYS);
    };
  }
}
