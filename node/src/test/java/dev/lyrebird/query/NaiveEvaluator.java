package dev.lyrebird.query;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What conditions mean, in the plainest words: every value an attribute has is written down in a
 * list, and each is put beside the operand.
 */
final class NaiveEvaluator {

  private final Map<String, ?> row;

  NaiveEvaluator(Map<String, ?> row) {
    this.row = row;
  }

  boolean passes(Expression condition) {
    return switch (condition) {
      case Expression.And(var terms) -> terms.stream().allMatch(this::passes);
      case Expression.Or(var terms) -> terms.stream().anyMatch(this::passes);
      case Expression.Comparison(var path, var relation) ->
          values(path).stream().anyMatch(value -> passes(path, value, relation));
      case Expression.Range(var path, var first, var second) ->
          values(path).stream()
              .anyMatch(value -> passes(path, value, first) && passes(path, value, second));
    };
  }

  private List<@Nullable Object> values(AttributePath path) {
    List<@Nullable Object> values = List.of(row);
    for (String name : path.names()) {
      List<@Nullable Object> inner = new ArrayList<>();
      for (Object value : values) {
        if (value instanceof Map<?, ?> object) {
          flatten(object.get(name), inner);
        } else {
          inner.add(null);
        }
      }
      values = inner;
    }
    return values;
  }

  private static void flatten(@Nullable Object value, List<@Nullable Object> into) {
    if (value instanceof List<?> list) {
      list.forEach(element -> flatten(element, into));
    } else {
      into.add(value);
    }
  }

  private static boolean passes(
      AttributePath path, @Nullable Object value, Expression.Relation relation) {
    Operand operand = relation.operand();
    if (operand.kind() == Operand.Kind.NULL) {
      return (value == null) == (relation.operator() == Operator.EQUAL);
    }
    boolean isStrict =
        relation.operator() == Operator.STRICTLY_EQUAL
            || relation.operator() == Operator.STRICTLY_NOT_EQUAL;
    Optional<Integer> order = order(path.names(), value, operand, isStrict);
    return switch (relation.operator()) {
      case EQUAL, STRICTLY_EQUAL -> order.equals(Optional.of(0));
      case NOT_EQUAL, STRICTLY_NOT_EQUAL -> !order.equals(Optional.of(0));
      case GREATER -> order.isPresent() && order.get() > 0;
      case GREATER_OR_EQUAL -> order.isPresent() && order.get() >= 0;
      case LESS -> order.isPresent() && order.get() < 0;
      case LESS_OR_EQUAL -> order.isPresent() && order.get() <= 0;
      case CONTAINS -> text(path.names(), value).contains(operand.text());
      case STARTS_WITH -> text(path.names(), value).startsWith(operand.text());
      case ENDS_WITH -> text(path.names(), value).endsWith(operand.text());
    };
  }

  /** Returns -1, 0 or 1, or nothing where value and operand are of different types. */
  private static Optional<Integer> order(
      List<String> names, @Nullable Object value, Operand operand, boolean isStrict) {
    String name = names.size() > 1 ? "x" : names.getFirst();
    String read =
        switch (name) {
          case "id" -> "id";
          case "name", "tags" -> "text";
          case "count", "temp", "marks", "changed" -> "number";
          case "big" -> "digits";
          case "on" -> "truth";
          case "at" -> "time";
          default ->
              switch (operand.kind()) {
                case PLAIN -> isStrict ? "text" : "by value";
                case STRING -> "text";
                case NUMBER -> "number";
                case BOOLEAN -> "truth";
                case DATE -> "time";
                case NULL -> throw new AssertionError();
              };
        };
    String text = operand.text();
    return switch (read) {
      case "id" ->
          value instanceof RandomQueries.Spelt(var digits)
              ? order(new BigDecimal(digits).toString(), text)
              : value instanceof String string ? order(string, text) : Optional.empty();
      case "text" -> value instanceof String string ? order(string, text) : Optional.empty();
      case "number" -> order(number(value), number(new RandomQueries.Spelt(text)));
      case "digits" ->
          order(
              number(value instanceof String digits ? new RandomQueries.Spelt(digits) : value),
              number(new RandomQueries.Spelt(text)));
      case "truth" ->
          value instanceof Boolean truth && truth.toString().equals(text)
              ? Optional.of(0)
              : Optional.empty();
      case "time" -> order(time(value), time(text));
      default ->
          switch (value) {
            case String string -> order(string, text);
            case RandomQueries.Spelt number ->
                order(number(number), number(new RandomQueries.Spelt(text)));
            case Boolean truth -> truth.toString().equals(text) ? Optional.of(0) : Optional.empty();
            case null, default -> Optional.empty();
          };
    };
  }

  private static String text(List<String> names, @Nullable Object value) {
    if (value instanceof RandomQueries.Spelt(var digits) && names.getFirst().equals("id")) {
      return new BigDecimal(digits).toString();
    }
    return value instanceof String string ? string : "\uE000"; // a character no operand has
  }

  private static Optional<Integer> order(String one, String other) {
    return Optional.of(
        Integer.signum(
            Arrays.compareUnsigned(
                one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8))));
  }

  private static Optional<Integer> order(Optional<BigDecimal> one, Optional<BigDecimal> other) {
    return one.isPresent() && other.isPresent()
        ? Optional.of(one.get().compareTo(other.get()))
        : Optional.empty();
  }

  static Optional<BigDecimal> number(@Nullable Object value) {
    try {
      return value instanceof RandomQueries.Spelt(var digits)
          ? Optional.of(new BigDecimal(digits))
          : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  static Optional<BigDecimal> time(@Nullable Object value) {
    if (!(value instanceof String text)) {
      return number(value);
    }
    if (!text.contains("-") || text.startsWith("-")) {
      return number(new RandomQueries.Spelt(text));
    }
    return Optional.of(
        BigDecimal.valueOf(
            text.contains("T")
                ? OffsetDateTime.parse(text).toInstant().toEpochMilli()
                : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli()));
  }
}
