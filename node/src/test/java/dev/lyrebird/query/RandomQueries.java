package dev.lyrebird.query;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes up queries, and rows that some of them pass: few names and few values, so that many meet.
 */
final class RandomQueries {

  private static final List<String> DECLARED =
      List.of("id", "name", "count", "temp", "on", "at", "big", "tags", "marks", "changed");

  private static final List<String> UNDECLARED =
      List.of("x", "y", "lt", "a.b", "ä&", "ready", "data");

  private static final List<String> TEXTS =
      List.of(
          "",
          "a",
          "ab",
          "abc",
          "b",
          "5",
          "10",
          "null",
          "true",
          "*",
          "ü€",
          "😀",
          "&|()[]=%",
          "\uFFFD");

  private static final List<String> NUMBERS =
      List.of("0", "-1", "5", "5.0", "10", "1e1", "0.1", "9007199254740993", "1e400");

  private static final List<String> DATES =
      List.of("2024-01-05", "2024-01-05T00:00:00Z", "2024-01-06T12:00:00+01:00", "1704412800000");

  private static final List<String> BIG = List.of("5", "10", "12345678901234567890");

  private final Random random;

  RandomQueries(Random random) {
    this.random = random;
  }

  Query query() {
    return new Query(
        random.nextInt(5) == 0 ? null : condition(3),
        random.nextBoolean() ? null : select(),
        random.nextBoolean() ? List.of() : some(this::sortKey),
        random.nextBoolean() ? null : limit());
  }

  Expression condition(int depth) {
    return switch (depth == 0 ? 2 : random.nextInt(4)) {
      case 0 -> and(depth);
      case 1 -> or(depth);
      default -> comparison();
    };
  }

  private Expression and(int depth) {
    List<Expression> terms = new ArrayList<>();
    while (terms.size() < 2 || random.nextBoolean()) {
      Expression term = condition(depth - 1);
      if (!(term instanceof Expression.And)) {
        terms.add(term);
      }
    }
    return new Expression.And(terms);
  }

  private Expression or(int depth) {
    List<Expression> terms = new ArrayList<>();
    while (terms.size() < 2 || random.nextBoolean()) {
      Expression term = condition(depth - 1);
      if (!(term instanceof Expression.Or)) {
        terms.add(term);
      }
    }
    return new Expression.Or(terms);
  }

  /** Always one that the table takes. */
  private Expression comparison() {
    String name = one(random.nextBoolean() ? DECLARED : UNDECLARED);
    boolean isDeclared = DECLARED.contains(name);
    List<String> names =
        isDeclared || random.nextInt(3) > 0 ? List.of(name) : List.of(name, one(UNDECLARED));
    AttributePath path = new AttributePath(names, 0);
    boolean hasOrder = !name.equals("on");
    if (hasOrder && random.nextInt(5) == 0) {
      Expression.Relation low = relation(oneOf(Operator.GREATER, Operator.GREATER_OR_EQUAL), name);
      Expression.Relation high = relation(oneOf(Operator.LESS, Operator.LESS_OR_EQUAL), name);
      return random.nextBoolean()
          ? new Expression.Range(path, low, high)
          : new Expression.Range(path, high, low);
    }
    Operator operator;
    do {
      operator = oneOf(Operator.values());
    } while (!allows(name, operator));
    return new Expression.Comparison(path, relation(operator, name));
  }

  private static boolean allows(String name, Operator operator) {
    return switch (operator.kind()) {
      case EQUALITY -> true;
      case LOWER_BOUND, UPPER_BOUND -> !name.equals("on");
      case TEXT -> List.of("id", "name", "tags").contains(name) || UNDECLARED.contains(name);
    };
  }

  private Expression.Relation relation(Operator operator, String name) {
    return new Expression.Relation(operator, operand(operator, name));
  }

  private Operand operand(Operator operator, String name) {
    boolean takesNull = operator == Operator.EQUAL || operator == Operator.NOT_EQUAL;
    if (takesNull && random.nextInt(4) == 0) {
      return new Operand(Operand.Kind.NULL, "", 0);
    }
    if (operator.kind() == Operator.Kind.TEXT) {
      String part = TEXTS.get(1 + random.nextInt(TEXTS.size() - 1));
      return new Operand(oneOf(Operand.Kind.PLAIN, Operand.Kind.STRING), part, 0);
    }
    return switch (name) {
      case "id", "name", "tags" ->
          new Operand(oneOf(Operand.Kind.PLAIN, Operand.Kind.STRING), one(TEXTS), 0);
      case "count", "temp", "marks", "changed" ->
          new Operand(oneOf(Operand.Kind.PLAIN, Operand.Kind.NUMBER), one(NUMBERS), 0);
      case "big" -> new Operand(Operand.Kind.PLAIN, one(BIG), 0);
      case "on" ->
          new Operand(
              oneOf(Operand.Kind.PLAIN, Operand.Kind.BOOLEAN), one(List.of("true", "false")), 0);
      case "at" -> new Operand(oneOf(Operand.Kind.PLAIN, Operand.Kind.DATE), one(DATES), 0);
      default -> anyOperand(operator);
    };
  }

  private Operand anyOperand(Operator operator) {
    Operand.Kind kind;
    do {
      kind = oneOf(Operand.Kind.values());
    } while (kind == Operand.Kind.NULL
        || (kind == Operand.Kind.BOOLEAN && operator.kind().isBound()));
    return switch (kind) {
      case PLAIN -> new Operand(kind, one(one(List.of(TEXTS, NUMBERS))), 0);
      case STRING -> new Operand(kind, one(TEXTS), 0);
      case NUMBER -> new Operand(kind, one(NUMBERS), 0);
      case BOOLEAN -> new Operand(kind, one(List.of("true", "false")), 0);
      case DATE -> new Operand(kind, one(DATES), 0);
      case NULL -> throw new AssertionError();
    };
  }

  private Select select() {
    return switch (random.nextInt(3)) {
      case 0 -> new Select.Value(item(2));
      case 1 -> new Select.Attributes(items(2));
      default -> new Select.Values(items(2));
    };
  }

  private List<Select.Item> items(int depth) {
    Set<String> names = new HashSet<>();
    return some(() -> item(depth)).stream().filter(item -> names.add(item.name())).toList();
  }

  private Select.Item item(int depth) {
    boolean isPart = depth == 0 || random.nextInt(3) > 0;
    return new Select.Item(one(UNDECLARED), isPart ? null : items(depth - 1), 0);
  }

  private Query.SortKey sortKey() {
    List<String> names =
        random.nextBoolean() ? List.of(one(DECLARED)) : some(() -> one(UNDECLARED));
    return new Query.SortKey(new AttributePath(names, 0), random.nextBoolean());
  }

  private Query.Limit limit() {
    int from = random.nextInt(100);
    return new Query.Limit(from, from + random.nextInt(100));
  }

  /** Makes up a row: maps, lists, texts, numbers as they are spelt, truth values and null. */
  Map<String, @Nullable Object> row() {
    Map<String, @Nullable Object> row = new LinkedHashMap<>();
    for (String name : DECLARED) {
      if (random.nextBoolean()) {
        row.put(name, declared(name));
      }
    }
    for (String name : UNDECLARED) {
      if (random.nextBoolean()) {
        row.put(name, value(3));
      }
    }
    return row;
  }

  private @Nullable Object declared(String name) {
    if (random.nextInt(5) == 0) {
      return random.nextBoolean() ? null : value(2); // an older schema may have let anything in
    }
    return switch (name) {
      case "id", "name" -> one(TEXTS);
      case "count", "temp", "changed" -> new Spelt(one(NUMBERS));
      case "on" -> random.nextBoolean();
      case "at" -> one(DATES);
      case "big" -> random.nextBoolean() ? one(BIG) : new Spelt(one(BIG));
      case "tags" -> some(() -> one(TEXTS));
      default -> some(() -> new Spelt(one(NUMBERS)));
    };
  }

  private @Nullable Object value(int depth) {
    return switch (random.nextInt(depth == 0 ? 5 : 8)) {
      case 0 -> null;
      case 1 -> random.nextBoolean();
      case 2 -> new Spelt(one(NUMBERS));
      case 3 -> one(DATES);
      case 4 -> one(TEXTS);
      case 5 -> List.of();
      case 6 -> {
        List<@Nullable Object> list = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          list.add(value(depth - 1));
        }
        yield list;
      }
      default -> {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        for (int i = random.nextInt(3); i > 0; i--) {
          object.put(one(UNDECLARED), value(depth - 1));
        }
        yield object;
      }
    };
  }

  /** Returns what is made up, as JSON. */
  static String json(@Nullable Object value) {
    return switch (value) {
      case null -> "null";
      case String text ->
          '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
      case Spelt(var digits) -> digits;
      case List<?> list ->
          list.stream().map(RandomQueries::json).collect(Collectors.joining(",", "[", "]"));
      case Map<?, ?> object ->
          object.entrySet().stream()
              .map(member -> json(member.getKey()) + ':' + json(member.getValue()))
              .collect(Collectors.joining(",", "{", "}"));
      default -> value.toString();
    };
  }

  /** A number, as it is spelt. */
  record Spelt(String digits) {}

  private <T> List<T> some(Supplier<T> maker) {
    List<T> some = new ArrayList<>(List.of(maker.get()));
    while (random.nextInt(3) > 0) {
      some.add(maker.get());
    }
    return some;
  }

  private <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  @SafeVarargs
  private <T> T oneOf(T... of) {
    return of[random.nextInt(of.length)];
  }
}
