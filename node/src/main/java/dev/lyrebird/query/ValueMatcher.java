package dev.lyrebird.query;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is asked of one value that is no list. Immutable. */
public sealed interface ValueMatcher {

  /**
   * Tells whether a value passes.
   *
   * @param value no list; missing counts as null
   */
  boolean passes(JsonNode value);

  /** It is null, or missing. */
  record IsNull() implements ValueMatcher {

    @Override
    public boolean passes(JsonNode value) {
      return value.isNull() || value.isMissingNode();
    }
  }

  /** It is there and not null. */
  record IsNotNull() implements ValueMatcher {

    @Override
    public boolean passes(JsonNode value) {
      return !value.isNull() && !value.isMissingNode();
    }
  }

  /** It equals the operand. */
  record Equals(Scalar operand) implements ValueMatcher {

    @Override
    public boolean passes(JsonNode value) {
      return operand.compare(value) == 0;
    }
  }

  /**
   * It is the key of a row, or of one of several.
   *
   * @param keys as {@link #key} writes them
   */
  record IsKey(Set<String> keys) implements ValueMatcher {

    public IsKey {
      keys = Set.copyOf(keys);
    }

    @Override
    public boolean passes(JsonNode value) {
      String key = key(value);
      return key != null && keys.contains(key);
    }

    /** Returns the key that a value spells: a number as its digits; null where it spells none. */
    public static @Nullable String key(JsonNode value) {
      if (value.isTextual()) {
        return value.textValue();
      }
      if (value.isIntegralNumber()) {
        return value.asText();
      }
      boolean isWhole = value.canConvertToLong() && value.canConvertToExactIntegral();
      return value.isNumber() && isWhole ? Long.toString(value.longValue()) : null;
    }
  }

  /** It is anything but the operand: null and values of other types pass. */
  record Differs(Scalar operand) implements ValueMatcher {

    @Override
    public boolean passes(JsonNode value) {
      return operand.compare(value) != 0;
    }
  }

  /**
   * It lies between two bounds, or on one side of one. What has no order with them does not, null
   * included.
   */
  record Within(@Nullable Bound low, @Nullable Bound high) implements ValueMatcher {

    @Override
    public boolean passes(JsonNode value) {
      return (low == null || low.leavesBelow(value)) && (high == null || high.leavesAbove(value));
    }
  }

  /**
   * An end of a range.
   *
   * @param isIncluded whether the operand itself belongs to the range
   */
  record Bound(Scalar operand, boolean isIncluded) {

    private boolean leavesBelow(JsonNode value) {
      int order = operand.compare(value);
      return order != Scalar.UNLIKE && (isIncluded ? order >= 0 : order > 0);
    }

    private boolean leavesAbove(JsonNode value) {
      int order = operand.compare(value);
      return order != Scalar.UNLIKE && (isIncluded ? order <= 0 : order < 0);
    }
  }

  /**
   * It is text that has another as a part, at its beginning or at its end.
   *
   * @param operator one of kind {@link Operator.Kind#TEXT}
   * @param takesNumbers whether a number counts as its digits, as in attributes of type ID
   */
  record HasText(Operator operator, String part, boolean takesNumbers) implements ValueMatcher {

    @Override
    public boolean passes(JsonNode value) {
      if (!value.isTextual() && !(takesNumbers && value.isNumber())) {
        return false;
      }
      String text = value.asText();
      return switch (operator) {
        case CONTAINS -> text.contains(part);
        case STARTS_WITH -> text.startsWith(part);
        case ENDS_WITH -> text.endsWith(part);
        case EQUAL,
            STRICTLY_EQUAL,
            NOT_EQUAL,
            STRICTLY_NOT_EQUAL,
            GREATER,
            GREATER_OR_EQUAL,
            LESS,
            LESS_OR_EQUAL ->
            throw new IllegalStateException(operator + " looks for no part of a text");
      };
    }
  }
}
