package dev.lyrebird.stream;

import dev.lyrebird.pubsub.Event;
import dev.lyrebird.pubsub.Form;
import dev.lyrebird.query.Expression;
import dev.lyrebird.query.RowMatcher;
import dev.lyrebird.schema.TableDefinition;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A condition of streams, with the types of the tables whose events they hear. All streams of an
 * event loop with equal conditions share one.
 *
 * <p>Owned by one event loop.
 */
final class StreamCondition {

  private final Expression expression;
  private final Form<ShownValue> shown;
  private final Map<Integer, RowMatcher> matchers = new HashMap<>(2);

  StreamCondition(Expression expression, Form<ShownValue> shown) {
    this.expression = expression;
    this.shown = shown;
  }

  /** Makes it fit for a table, or refuses it. */
  void addTable(int index, TableDefinition table) {
    matchers.computeIfAbsent(index, added -> RowMatcher.of(expression, table));
  }

  boolean passes(Event event) {
    return event.as(shown).passes(this, event);
  }

  RowMatcher matcher(int table) {
    return Objects.requireNonNull(matchers.get(table), "an event of a table that was not added");
  }
}
