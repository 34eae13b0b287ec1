package dev.lyrebird.query;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a query asks for. Queries that ask for the same are equal, wherever their parts stood.
 *
 * @param condition which rows; null for all
 * @param select what of each row; null for all of it
 * @param sort in which order, the first key first; empty for the order of the ids
 * @param limit how many of them; null for all
 */
public record Query(
    @Nullable Expression condition,
    @Nullable Select select,
    List<SortKey> sort,
    @Nullable Limit limit) {

  /** Asks for everything. */
  public static final Query ALL = new Query(null, null, List.of(), null);

  public Query {
    sort = List.copyOf(sort);
  }

  /**
   * By what rows are ordered.
   *
   * @param attribute whose values are compared
   * @param isDescending whether the greatest come first
   */
  public record SortKey(AttributePath attribute, boolean isDescending) {

    @Override
    public String toString() {
      return (isDescending ? "-" : "+") + attribute;
    }
  }

  /**
   * Which of the rows that pass, counted from 0 in the order asked for.
   *
   * @param from the first
   * @param to the one behind the last
   */
  public record Limit(int from, int to) {

    @Override
    public String toString() {
      return "limit(" + from + ',' + to + ')';
    }
  }

  /** Returns the query as text that is read as the same query. */
  @Override
  public String toString() {
    List<String> parts = new ArrayList<>();
    if (select != null) {
      parts.add(select.toString());
    }
    if (!sort.isEmpty()) {
      parts.add(
          sort.stream().map(SortKey::toString).collect(Collectors.joining(",", "sort(", ")")));
    }
    if (limit != null) {
      parts.add(limit.toString());
    }
    if (condition != null) {
      boolean isAmongOthers = condition instanceof Expression.Or && !parts.isEmpty();
      parts.addFirst(isAmongOthers ? "(" + condition + ')' : condition.toString());
    }
    return String.join("&", parts);
  }
}
