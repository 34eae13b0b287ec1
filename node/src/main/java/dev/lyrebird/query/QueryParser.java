package dev.lyrebird.query;

import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.schema.NearestName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the text of a query by recursive descent; {@code node/QUERY.md} has the grammar. It knows
 * no table: which attributes there are, and of which types, is found when a condition is made into
 * a {@link RowMatcher}.
 *
 * <p>Reads one text, on one thread.
 */
public final class QueryParser {

  /** What ends the name of an attribute, a function or a parameter. */
  private static final String NAME_STOPS = "&|()[]=!.,{}<>";

  /** Deeper nesting is no human's and no program's that means well. */
  private static final int MAX_DEPTH = 50;

  /** A condition is evaluated on every event; this many comparisons take some microseconds. */
  private static final int MAX_COMPARISONS = 256;

  private static final int MAX_LIMIT_DIGITS = 9;

  private static final List<String> FUNCTIONS = List.of("select", "sort", "limit");

  private final QueryText text;
  private final RelationParser relations;
  private final Set<String> parameters;

  private final Map<String, String> given = new HashMap<>();
  private @Nullable Select select;
  private List<Query.SortKey> sort = List.of();
  private Query.@Nullable Limit limit;
  private int comparisons;

  /** Where the first function or parameter stands, which alternatives cannot hold; or -1. */
  private int directiveAt = -1;

  /** The bound that the term before this one is, to which another may be added. */
  private Expression.@Nullable Comparison openBound;

  private QueryParser(String raw, Set<String> parameters) {
    this.text = new QueryText(raw);
    this.relations = new RelationParser(text);
    this.parameters = parameters;
  }

  /**
   * Reads a query.
   *
   * @param raw as it stands in the request line behind the {@code ?}, not decoded
   * @param parameters the names that the door takes for itself. An attribute of such a name is
   *     reached within parentheses
   * @throws RefusedException where it is no query
   */
  public static ParsedQuery parse(String raw, Set<String> parameters) {
    QueryParser parser = new QueryParser(raw, parameters);
    Expression condition = raw.isEmpty() ? null : parser.query();
    return new ParsedQuery(
        new Query(condition, parser.select, parser.sort, parser.limit), parser.given);
  }

  private @Nullable Expression query() {
    Expression condition = alternatives(0);
    if (!text.isAtEnd()) {
      throw QueryFault.at(text.at(), "expected '&' or '|', but " + text.found());
    }
    return condition;
  }

  /** Reads what {@code |} joins; null where that is no condition but functions and parameters. */
  private @Nullable Expression alternatives(int depth) {
    List<Expression> alternatives = new ArrayList<>(1);
    boolean isFirst = true;
    do {
      openBound = null;
      Expression branch = conjunction(depth, isFirst);
      isFirst = false;
      if (depth == 0 && directiveAt >= 0 && (text.peek() == '|' || !alternatives.isEmpty())) {
        throw QueryFault.at(
            directiveAt,
            "functions and parameters are for the whole query: put what '|' joins in parentheses");
      }
      if (branch instanceof Expression.Or(var inner)) {
        alternatives.addAll(inner);
      } else if (branch != null) {
        alternatives.add(branch);
      }
    } while (text.take("|"));
    openBound = null;
    return alternatives.size() > 1
        ? new Expression.Or(alternatives)
        : alternatives.isEmpty() ? null : alternatives.getFirst();
  }

  private @Nullable Expression conjunction(int depth, boolean isFirst) {
    List<Expression> terms = new ArrayList<>(2);
    boolean startsGroup = isFirst;
    do {
      term(terms, depth, startsGroup);
      startsGroup = false;
    } while (text.take("&"));
    return terms.size() > 1 ? new Expression.And(terms) : terms.isEmpty() ? null : terms.getFirst();
  }

  /**
   * Reads one term and adds it to those before.
   *
   * @param startsGroup whether it is the first of the query or of a pair of parentheses, where the
   *     name of a bound can only be an attribute's
   */
  private void term(List<Expression> terms, int depth, boolean startsGroup) {
    Expression.Comparison bound = openBound;
    openBound = null;
    if (text.peek() == '(' || text.peek() == '[') {
      add(terms, group(depth));
      return;
    }
    int at = text.at();
    String name = text.takeUntil(NAME_STOPS);
    if (name.isEmpty()) {
      throw QueryFault.at(
          at,
          "expected a condition that begins with an attribute, '(' or '[', but " + text.found());
    }
    if (text.peek() == '(') {
      function(name, at, depth);
    } else if (depth == 0 && parameters.contains(name) && endsParameter(text.peek())) {
      parameter(name, at);
    } else if (Operator.isBound(name) && text.peek() == '=' && !startsGroup) {
      terms.set(terms.size() - 1, range(bound, name, at));
    } else {
      text.backTo(at);
      Expression.Comparison comparison = comparison();
      terms.add(comparison);
      openBound = comparison.relation().operator().kind().isBound() ? comparison : null;
    }
  }

  private static void add(List<Expression> terms, Expression group) {
    if (group instanceof Expression.And(var inner)) {
      terms.addAll(inner);
    } else {
      terms.add(group);
    }
  }

  private Expression group(int depth) {
    int at = text.at();
    if (depth == MAX_DEPTH) {
      throw QueryFault.at(at, "parentheses are nested " + MAX_DEPTH + " deep at most");
    }
    String close = text.take("(") ? ")" : "]";
    if (close.equals("]")) {
      text.take("[");
    }
    Expression inner = alternatives(depth + 1);
    if (!text.take(close) || inner == null) {
      throw QueryFault.at(
          text.at(),
          "expected '&', '|' or the '%s' that closes character %d, but %s"
              .formatted(close, at + 1, text.found()));
    }
    return inner;
  }

  private Expression.Comparison comparison() {
    AttributePath attribute = path();
    if (++comparisons > MAX_COMPARISONS) {
      throw QueryFault.at(
          attribute.at(), "a query has at most " + MAX_COMPARISONS + " comparisons");
    }
    return new Expression.Comparison(attribute, relations.relation(attribute));
  }

  private AttributePath path() {
    int at = text.at();
    List<String> names = new ArrayList<>(1);
    do {
      names.add(name("the name of an attribute"));
    } while (text.take("."));
    return new AttributePath(names, at);
  }

  private String name(String expected) {
    int at = text.at();
    String name = text.takeUntil(NAME_STOPS);
    if (name.isEmpty()) {
      throw QueryFault.at(at, "expected " + expected + ", but " + text.found());
    }
    return QueryText.decode(name, at);
  }

  /** Adds the second bound to the first. */
  private Expression.Range range(Expression.@Nullable Comparison first, String name, int at) {
    Operator operator = Operator.named(name).orElseThrow();
    if (first == null || first.relation().operator().kind() == operator.kind()) {
      throw QueryFault.at(
          at,
          "'%s=' adds a bound to one of the other direction right before it, as in".formatted(name)
              + " a=gt=1&lt=9; an attribute of that name is written in parentheses");
    }
    text.take("=");
    return new Expression.Range(
        first.attribute(),
        first.relation(),
        new Expression.Relation(operator, relations.operand(false, operator.kind())));
  }

  /** Whether a parameter may end before a character. */
  private static boolean endsParameter(char next) {
    return next == '=' || next == '&' || next == '|' || next == QueryText.END;
  }

  private void parameter(String name, int at) {
    directive(at);
    String value = "";
    if (text.take("=")) {
      int from = text.at();
      value = QueryText.decode(text.takeUntil("&|"), from);
    }
    if (given.put(name, value) != null) {
      throw QueryFault.at(at, "the parameter '%s' is given twice".formatted(name));
    }
  }

  private void directive(int at) {
    directiveAt = directiveAt < 0 ? at : directiveAt;
  }

  private void function(String name, int at, int depth) {
    if (!FUNCTIONS.contains(name)) {
      String hint =
          NearestName.of(name, FUNCTIONS).map(near -> "; did you mean " + near + '?').orElse("");
      throw QueryFault.at(
          at, "there is no function '%s', but select, sort and limit%s".formatted(name, hint));
    }
    if (depth > 0) {
      throw QueryFault.at(at, name + "(...) is for the whole query: not within parentheses");
    }
    directive(at);
    text.take("(");
    switch (name) {
      case "select" -> {
        once(name, select == null, at);
        select = select();
      }
      case "sort" -> {
        once(name, sort.isEmpty(), at);
        sort = sort();
      }
      default -> {
        once(name, limit == null, at);
        limit = limit();
      }
    }
    close(")");
  }

  private static void once(String name, boolean isFirst, int at) {
    if (!isFirst) {
      throw QueryFault.at(at, name + "(...) is given twice");
    }
  }

  private void close(String bracket) {
    if (!text.take(bracket)) {
      throw QueryFault.at(
          text.at(), "expected ',' or '%s', but %s".formatted(bracket, text.found()));
    }
  }

  private Select select() {
    if (text.take("[")) {
      List<Select.Item> items = items(0);
      close("]");
      return new Select.Values(items);
    }
    Set<String> names = new HashSet<>();
    List<Select.Item> items = new ArrayList<>();
    items.add(item(names, 0));
    boolean isObject = false;
    while (text.take(",")) {
      isObject = true;
      if (items.size() == 1 && text.peek() == ')') {
        break;
      }
      items.add(item(names, 0));
    }
    return isObject ? new Select.Attributes(items) : new Select.Value(items.getFirst());
  }

  private List<Select.Item> items(int depth) {
    Set<String> names = new HashSet<>();
    List<Select.Item> items = new ArrayList<>();
    do {
      items.add(item(names, depth));
    } while (text.take(","));
    return items;
  }

  private Select.Item item(Set<String> names, int depth) {
    int at = text.at();
    String name = name("the name of an attribute to select");
    if (!names.add(name)) {
      throw QueryFault.at(at, "'%s' is selected twice".formatted(name));
    }
    if (text.peek() == '.') {
      throw QueryFault.at(text.at(), "expected ',' or ')'; what is within an attribute is a{b}");
    }
    if (depth == MAX_DEPTH) {
      throw QueryFault.at(at, "braces are nested " + MAX_DEPTH + " deep at most");
    }
    List<Select.Item> within = null;
    if (text.take("{")) {
      within = items(depth + 1);
      close("}");
    }
    return new Select.Item(name, within, at);
  }

  private List<Query.SortKey> sort() {
    List<Query.SortKey> keys = new ArrayList<>(1);
    do {
      boolean isDescending = text.take("-");
      if (!isDescending) {
        text.take("+");
      }
      keys.add(new Query.SortKey(path(), isDescending));
    } while (text.take(","));
    return keys;
  }

  private Query.Limit limit() {
    int at = text.at();
    int one = number();
    if (!text.take(",")) {
      return new Query.Limit(0, one);
    }
    int to = number();
    if (to < one) {
      throw QueryFault.at(at, "limit(from,to) goes from the first row to the one behind the last");
    }
    return new Query.Limit(one, to);
  }

  private int number() {
    int at = text.at();
    String digits = text.takeUntil(NAME_STOPS);
    boolean isNumber =
        !digits.isEmpty()
            && digits.length() <= MAX_LIMIT_DIGITS
            && digits.chars().allMatch(c -> c >= '0' && c <= '9');
    if (!isNumber) {
      throw QueryFault.at(at, "expected a whole number of at most " + MAX_LIMIT_DIGITS + " digits");
    }
    return Integer.parseInt(digits);
  }
}
