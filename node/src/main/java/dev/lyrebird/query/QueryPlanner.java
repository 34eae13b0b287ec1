package dev.lyrebird.query;

import dev.lyrebird.schema.Attribute;
import dev.lyrebird.schema.Key;
import dev.lyrebird.schema.Mark;
import dev.lyrebird.schema.ScalarType;
import dev.lyrebird.schema.TableDefinition;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds how the key and the indexes of a table serve a query. It takes what each term of a
 * condition offers and never asks whether that is worth its while: only who reads the indexes
 * knows.
 *
 * <p>Plans one query, on the table's thread.
 */
public final class QueryPlanner {

  private final TableDefinition table;
  private final Function<String, @Nullable Integer> readyIndex;

  /** Why terms of the condition, or its order, are served by nothing. */
  private final Set<String> reasons = new LinkedHashSet<>();

  private KeyRange ids = KeyRange.ALL;

  private QueryPlanner(TableDefinition table, Function<String, @Nullable Integer> readyIndex) {
    this.table = table;
    this.readyIndex = readyIndex;
  }

  /**
   * Plans a query.
   *
   * @param readyIndex returns the number of the index of an attribute, or null where none holds all
   *     rows
   */
  public static QueryPlan plan(
      RowQuery query, TableDefinition table, Function<String, @Nullable Integer> readyIndex) {
    return new QueryPlanner(table, readyIndex).plan(query);
  }

  private QueryPlan plan(RowQuery query) {
    ids = KeyRange.startingWith(utf8(query.idPrefix()));
    RowMatcher condition = query.condition();
    Access named = condition == null ? null : named(condition);
    if (condition != null) {
      narrow(condition);
    }
    Access.InOrder inOrder = inOrder(query.order());
    Access.Scan scan = new Access.Scan(ids);
    if (ids.isEmpty()) {
      named = new Access.Ids(sorted(List.of()));
    } else if (!ids.equals(KeyRange.ALL)) {
      named = named == null ? null : all(List.of(named, scan));
      inOrder = null; // what is narrow is sorted sooner
    }
    return new QueryPlan(named, inOrder, scan, String.join("; ", reasons));
  }

  /** Returns how a condition names rows; null where it does not. */
  private @Nullable Access named(RowMatcher condition) {
    return switch (condition) {
      case RowMatcher.All(var terms) -> {
        List<Access> parts = new ArrayList<>();
        for (RowMatcher term : terms) {
          Access part = named(term);
          if (part != null) {
            parts.add(part);
          }
        }
        yield parts.isEmpty() ? null : all(parts);
      }
      case RowMatcher.Any(var terms) -> {
        List<Access> parts = new ArrayList<>();
        for (RowMatcher term : terms) {
          Access part = named(term);
          if (part == null) {
            yield null;
          }
          parts.add(part);
        }
        yield new Access.Any(parts);
      }
      case RowMatcher.Not not -> {
        reasons.add("no index finds what does not pass");
        yield null;
      }
      case RowMatcher.OfAttribute(var names, var asked) -> named(names, asked);
    };
  }

  /** The fewest rows are to be expected where few keys are asked for. */
  private Access all(List<Access> parts) {
    List<Access> flat = new ArrayList<>();
    for (Access part : parts) {
      if (part instanceof Access.All(var inner)) {
        flat.addAll(inner);
      } else {
        flat.add(part);
      }
    }
    List<Access> ways = withRangesJoined(flat);
    ways.sort((one, other) -> Integer.compare(expectation(one), expectation(other)));
    return ways.size() == 1 ? ways.getFirst() : new Access.All(ways);
  }

  /**
   * Makes one of the parts that go through one index: a row with a single key there has it in the
   * ranges of each. An index of lists may have a row in them by different keys.
   */
  private List<Access> withRangesJoined(List<Access> parts) {
    List<Access> ways = new ArrayList<>();
    Map<Integer, Access.Index> ranges = new LinkedHashMap<>();
    for (Access part : parts) {
      if (part instanceof Access.Index index && !index.isOfOneKey() && isScalar(index)) {
        ranges.merge(index.number(), index, QueryPlanner::both);
      } else {
        ways.add(part);
      }
    }
    ways.addAll(ranges.values());
    return ways;
  }

  private boolean isScalar(Access.Index index) {
    return table.attribute(index.attribute()).orElseThrow().type() instanceof ScalarType;
  }

  /** Rows that have several keys, against their type, are all found: the condition decides. */
  private static Access.Index both(Access.Index one, Access.Index other) {
    List<KeyRange> ranges = new ArrayList<>();
    for (KeyRange range : one.ranges()) {
      for (KeyRange too : other.ranges()) {
        KeyRange both = both(range, too);
        if (!both.isEmpty()) {
          ranges.add(both);
        }
      }
    }
    ranges.remove(IndexKeys.SEVERAL); // one may be made of two already
    ranges.add(IndexKeys.SEVERAL);
    return new Access.Index(one.attribute(), one.number(), ranges, false);
  }

  private static int expectation(Access access) {
    return switch (access) {
      case Access.Ids named -> 0;
      case Access.Index index -> index.isOfOneKey() ? 1 : 2;
      case Access.Any any -> 3;
      case Access.Scan scan -> 4;
      case Access.All all -> 5;
      case Access.InOrder inOrder -> 6;
    };
  }

  private @Nullable Access named(List<String> names, ValueMatcher asked) {
    String path = String.join(".", names);
    Attribute attribute = names.size() > 1 ? null : table.attribute(path).orElse(null);
    if (attribute == null) {
      reasons.add(path + " has no type in the schema and so no index");
      return null;
    }
    if (attribute.is(Mark.PRIMARY_KEY)) {
      SortedSet<String> named = ids(asked);
      if (named != null) {
        return new Access.Ids(named);
      }
      if (isText(table.key())) {
        if (range(asked) == null) {
          reasons.add("the key serves =, bounds and beginnings alone");
        }
        return null; // see narrow
      }
    }
    Integer number = readyIndex.apply(path);
    if (number == null) {
      reasons.add(
          path + (attribute.is(Mark.INDEXED) ? " has no index that is ready" : " is not @indexed"));
      return null;
    }
    List<KeyRange> ranges = IndexKeys.ranges(asked, attribute.type());
    if (ranges == null) {
      reasons.add("an index of " + path + " does not serve !=, =ct=, =ew= and the like");
      return null;
    }
    return new Access.Index(path, number, ranges, ranges.size() == 1 && isOfOneKey(asked));
  }

  private static boolean isOfOneKey(ValueMatcher asked) {
    return switch (asked) {
      case ValueMatcher.IsNull isNull -> true;
      case ValueMatcher.Equals equals -> true;
      case ValueMatcher.IsKey(var keys) -> keys.size() == 1;
      case ValueMatcher.IsNotNull isNotNull -> false;
      case ValueMatcher.Within within -> false;
      case ValueMatcher.HasText text -> false;
      case ValueMatcher.Differs differs -> false;
    };
  }

  /** Returns the ids of the rows whose key passes, where those can be named; otherwise null. */
  private @Nullable SortedSet<String> ids(ValueMatcher asked) {
    return switch (asked) {
      case ValueMatcher.Equals(var operand) ->
          switch (operand) {
            case Scalar.Text(var text, var takesNumbers) -> sorted(List.of(text));
            case Scalar.Numeral(var number, var takesDigits) -> sorted(wholeNumber(number));
            case Scalar.Truth truth -> null;
            case Scalar.Moment moment -> null;
            case Scalar.Untyped untyped -> null;
          };
      case ValueMatcher.IsKey(var keys) -> sorted(keys);
      case ValueMatcher.IsNull isNull -> null;
      case ValueMatcher.IsNotNull isNotNull -> null;
      case ValueMatcher.Within within -> null;
      case ValueMatcher.HasText text -> null;
      case ValueMatcher.Differs differs -> null;
    };
  }

  private static List<String> wholeNumber(BigDecimal number) {
    try {
      return List.of(Long.toString(number.longValueExact()));
    } catch (ArithmeticException e) {
      return List.of(); // no key is such a number
    }
  }

  private static SortedSet<String> sorted(Collection<String> ids) {
    SortedSet<String> sorted = new TreeSet<>(RowOrder::compareIds);
    sorted.addAll(ids);
    return sorted;
  }

  /** Takes what a condition says of the ids of all rows that pass. */
  private void narrow(RowMatcher condition) {
    switch (condition) {
      case RowMatcher.All(var terms) -> terms.forEach(this::narrow);
      case RowMatcher.OfAttribute(var names, var asked) -> {
        Key key = table.key();
        if (isText(key) && names.equals(List.of(key.attribute()))) {
          KeyRange range = range(asked);
          ids = range == null ? ids : both(ids, range);
        }
      }
      case RowMatcher.Any any -> {}
      case RowMatcher.Not not -> {}
    }
  }

  /** Returns the ids of all rows whose key passes, where it is text and these are in a row. */
  private static @Nullable KeyRange range(ValueMatcher asked) {
    return switch (asked) {
      case ValueMatcher.Within(var low, var high) ->
          new KeyRange(
              low == null ? new byte[0] : utf8(text(low)),
              high == null ? null : behind(utf8(text(high))));
      case ValueMatcher.HasText(var operator, var part, var takesNumbers) ->
          operator == Operator.STARTS_WITH ? KeyRange.startingWith(utf8(part)) : null;
      case ValueMatcher.Equals equals -> null;
      case ValueMatcher.IsKey isKey -> null;
      case ValueMatcher.IsNull isNull -> null;
      case ValueMatcher.IsNotNull isNotNull -> null;
      case ValueMatcher.Differs differs -> null;
    };
  }

  private static boolean isText(Key key) {
    return switch (key.type()) {
      case ID, STRING -> true;
      case INT, LONG -> false;
    };
  }

  private static String text(ValueMatcher.Bound bound) {
    if (bound.operand() instanceof Scalar.Text(var text, var takesNumbers)) {
      return text;
    }
    throw new IllegalStateException("a key that is text is compared with " + bound.operand());
  }

  private static byte[] behind(byte[] id) {
    return Arrays.copyOf(id, id.length + 1);
  }

  private static KeyRange both(KeyRange one, KeyRange other) {
    byte[] low = Arrays.compareUnsigned(one.low(), other.low()) < 0 ? other.low() : one.low();
    byte[] high = one.high();
    if (high == null || (other.high() != null && Arrays.compareUnsigned(other.high(), high) < 0)) {
      high = other.high();
    }
    return new KeyRange(low, high);
  }

  /** An index of lists has a row where each of its elements stands, which is no order of rows. */
  private Access.@Nullable InOrder inOrder(RowOrder order) {
    if (order.isById()) {
      return null;
    }
    RowOrder.Key first = order.keys().getFirst();
    String path = String.join(".", first.names());
    Attribute attribute = first.names().size() > 1 ? null : table.attribute(path).orElse(null);
    if (attribute != null && attribute.type() instanceof ScalarType) {
      Integer number = readyIndex.apply(path);
      if (number != null) {
        return new Access.InOrder(path, number, first.isDescending());
      }
    }
    reasons.add("no index has the rows in the order of " + path);
    return null;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
