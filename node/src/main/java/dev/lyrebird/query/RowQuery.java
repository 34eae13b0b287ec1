package dev.lyrebird.query;

import dev.lyrebird.schema.TableDefinition;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of one table: which of its rows, in which order, how many. Immutable; it travels
 * from an event loop to the table.
 *
 * @param idPrefix what the ids of all of them begin with; may be empty
 * @param condition which of those; null for all
 * @param order in which order
 * @param limit how many of them; null for all
 */
public record RowQuery(
    String idPrefix, @Nullable RowMatcher condition, RowOrder order, Query.@Nullable Limit limit) {

  /**
   * Gives a query the types of a table. What it selects is for whoever shows the rows.
   *
   * @throws dev.lyrebird.journal.RefusedException where the table has no such attribute, or one of
   *     another type
   */
  public static RowQuery of(String idPrefix, Query query, TableDefinition table) {
    Expression condition = query.condition();
    return of(idPrefix, condition == null ? null : RowMatcher.of(condition, table), query, table);
  }

  /**
   * Gives the rest of a query the types of a table.
   *
   * @param condition what the condition of the query comes to
   * @throws dev.lyrebird.journal.RefusedException where the table has no such attribute
   */
  public static RowQuery of(
      String idPrefix, @Nullable RowMatcher condition, Query query, TableDefinition table) {
    return new RowQuery(idPrefix, condition, RowOrder.of(query.sort(), table), query.limit());
  }

  /** Asks for all rows whose ids begin so. */
  public static RowQuery all(String idPrefix) {
    return new RowQuery(idPrefix, null, RowOrder.BY_ID, null);
  }

  /** Returns the attributes that tell which rows it wants, and in which order. */
  public Set<String> attributes() {
    Set<String> attributes = new HashSet<>();
    if (condition != null) {
      condition.attributes().forEach(attributes::add);
    }
    order.keys().forEach(key -> attributes.add(key.names().getFirst()));
    return attributes;
  }

  /** Returns the number of the first row that is wanted, counted from 0. */
  public int from() {
    return limit == null ? 0 : limit.from();
  }

  /** Returns the number behind that of the last row that is wanted. */
  public int to() {
    return limit == null ? Integer.MAX_VALUE : limit.to();
  }
}
