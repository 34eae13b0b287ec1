package dev.lyrebird.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.schema.TableDefinition;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A condition with the types of one table: tells which of its rows pass. Immutable; any thread may
 * use it.
 *
 * <p>A list passes where one of its elements does, lists within lists alike; an empty one has none
 * and passes nothing. What is missing is null.
 */
public sealed interface RowMatcher {

  /**
   * Makes a condition fit for the rows of a table.
   *
   * @throws RefusedException where the table has no such attribute, or one of another type
   */
  static RowMatcher of(Expression condition, TableDefinition table) {
    return of(condition, table, Map.of());
  }

  /**
   * Makes a condition that asks something of joined rows fit for the rows of a table.
   *
   * @param joins the term of each {@link Join}, and what it comes to for a row of this table
   * @throws RefusedException where the table has no such attribute, or one of another type
   */
  static RowMatcher of(
      Expression condition, TableDefinition table, Map<Expression, RowMatcher> joins) {
    return new Typing(table, joins).matcher(condition);
  }

  /**
   * Tells whether a row passes.
   *
   * @param row as {@link RowTree} reads what clients are shown of it
   */
  boolean passes(JsonNode row);

  /** Returns the attributes of a row that it looks at. */
  Stream<String> attributes();

  /** The other does not pass. */
  record Not(RowMatcher other) implements RowMatcher {

    @Override
    public boolean passes(JsonNode row) {
      return !other.passes(row);
    }

    @Override
    public Stream<String> attributes() {
      return other.attributes();
    }
  }

  /** All of them pass. */
  record All(List<RowMatcher> matchers) implements RowMatcher {

    public All {
      matchers = List.copyOf(matchers);
    }

    @Override
    public boolean passes(JsonNode row) {
      for (RowMatcher matcher : matchers) {
        if (!matcher.passes(row)) {
          return false;
        }
      }
      return true;
    }

    @Override
    public Stream<String> attributes() {
      return matchers.stream().flatMap(RowMatcher::attributes);
    }
  }

  /** One of them passes. */
  record Any(List<RowMatcher> matchers) implements RowMatcher {

    public Any {
      matchers = List.copyOf(matchers);
    }

    @Override
    public boolean passes(JsonNode row) {
      for (RowMatcher matcher : matchers) {
        if (matcher.passes(row)) {
          return true;
        }
      }
      return false;
    }

    @Override
    public Stream<String> attributes() {
      return matchers.stream().flatMap(RowMatcher::attributes);
    }
  }

  /**
   * An attribute passes.
   *
   * @param names from the row inwards
   * @param matcher what is asked of its value
   */
  record OfAttribute(List<String> names, ValueMatcher matcher) implements RowMatcher {

    public OfAttribute {
      names = List.copyOf(names);
    }

    @Override
    public boolean passes(JsonNode row) {
      return row.isObject() && passes(row, 0);
    }

    @Override
    public Stream<String> attributes() {
      return Stream.of(names.getFirst());
    }

    private boolean passes(JsonNode value, int depth) {
      if (value.isArray()) {
        return anyPasses(value, depth);
      }
      if (depth == names.size()) {
        return matcher.passes(value);
      }
      JsonNode inner = value.get(names.get(depth));
      return inner == null ? matcher.passes(MissingNode.getInstance()) : passes(inner, depth + 1);
    }

    private boolean anyPasses(JsonNode list, int depth) {
      for (int i = 0; i < list.size(); i++) {
        if (passes(list.get(i), depth)) {
          return true;
        }
      }
      return false;
    }
  }
}
