package dev.lyrebird.query;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * What values are compared with, of one type: only values of the same type are equal to it, less or
 * greater. Immutable.
 */
public sealed interface Scalar {

  /** That a value is of another type. */
  int UNLIKE = Integer.MIN_VALUE;

  /**
   * Compares a value of a row with this one.
   *
   * @param value no list; may be missing
   * @return less than 0, 0 or more than 0 as the value is less, equal or greater; {@link #UNLIKE}
   *     where it is of another type
   */
  int compare(JsonNode value);

  /**
   * Text, ordered by its code points, as its UTF-8 is by its bytes.
   *
   * @param takesNumbers whether a number counts as its digits, as in attributes of type ID
   */
  record Text(String text, boolean takesNumbers) implements Scalar {

    @Override
    public int compare(JsonNode value) {
      return value.isTextual() || (takesNumbers && value.isNumber())
          ? order(value.asText(), text)
          : UNLIKE;
    }

    static int order(String one, String other) {
      int common = Math.min(one.length(), other.length());
      for (int i = 0; i < common; i++) {
        if (one.charAt(i) != other.charAt(i)) {
          return rank(one.charAt(i)) - rank(other.charAt(i));
        }
      }
      return one.length() - other.length();
    }

    /** Surrogates stand for code points behind all others, though their own numbers do not. */
    private static int rank(char unit) {
      return Character.isSurrogate(unit) ? unit + 0x10000 : unit;
    }
  }

  /**
   * A number, compared exactly: {@code 3}, {@code 3.0} and {@code 3e0} are the same.
   *
   * @param takesDigits whether digits in a string are a number, as in attributes of type BigInt
   */
  record Numeral(BigDecimal number, boolean takesDigits) implements Scalar {

    @Override
    public int compare(JsonNode value) {
      if (value.isNumber()) {
        return value.decimalValue().compareTo(number);
      }
      BigDecimal digits =
          takesDigits && value.isTextual() ? Literals.number(value.textValue()) : null;
      return digits == null ? UNLIKE : digits.compareTo(number);
    }
  }

  /** True or false, which have no order. */
  record Truth(boolean truth) implements Scalar {

    @Override
    public int compare(JsonNode value) {
      return value.isBoolean() && value.booleanValue() == truth ? 0 : UNLIKE;
    }
  }

  /**
   * A time: that of an ISO 8601 text, or of a number of milliseconds.
   *
   * @param millis since the epoch
   */
  record Moment(BigDecimal millis) implements Scalar {

    @Override
    public int compare(JsonNode value) {
      BigDecimal other =
          value.isNumber()
              ? value.decimalValue()
              : value.isTextual() ? Literals.millis(value.textValue()) : null;
      return other == null ? UNLIKE : other.compareTo(millis);
    }
  }

  /**
   * What was written without a type, of an attribute without one: the value's own type decides how
   * it is read.
   *
   * @param text as it was written
   * @param number the number that it spells, or null where it spells none
   */
  record Untyped(String text, @Nullable BigDecimal number) implements Scalar {

    @Override
    public int compare(JsonNode value) {
      if (value.isTextual()) {
        return Text.order(value.textValue(), text);
      }
      if (value.isNumber()) {
        return number == null ? UNLIKE : value.decimalValue().compareTo(number);
      }
      return value.isBoolean() && value.asText().equals(text) ? 0 : UNLIKE;
    }
  }
}
