package dev.lyrebird.query;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lyrebird.schema.ScalarType;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * A value as {@code sort(...)} sees it. Values of one type are in their own order; the types
 * themselves follow one another as they stand here. Immutable.
 */
sealed interface SortValue {

  record Numeral(BigDecimal number) implements SortValue {}

  /**
   * A time.
   *
   * @param millis since the epoch
   */
  record Moment(BigDecimal millis) implements SortValue {}

  record Text(String text) implements SortValue {}

  /** False comes before true. */
  record Truth(boolean truth) implements SortValue {}

  /** What has no order: lists and objects, which are as good as equal. */
  record Unordered() implements SortValue {}

  /** What is null or not there. */
  record Missing() implements SortValue {}

  /**
   * Returns the value of an attribute.
   *
   * @param value as the row shows it; null where the row lacks it
   * @param type that the schema gives it, or the elements of it where it is a list
   */
  static SortValue of(@Nullable JsonNode value, ScalarType type) {
    if (value == null || value.isNull() || value.isMissingNode()) {
      return new Missing();
    }
    if (value.isTextual()) {
      return ofText(value.textValue(), type);
    }
    if (value.isNumber()) {
      return switch (type) {
        case ID -> new Text(value.asText());
        case DATE -> new Moment(value.decimalValue());
        case STRING, INT, LONG, FLOAT, BOOLEAN, BYTES, BIG_INT, ANY ->
            new Numeral(value.decimalValue());
      };
    }
    return value.isBoolean() ? new Truth(value.booleanValue()) : new Unordered();
  }

  private static SortValue ofText(String text, ScalarType type) {
    return switch (type) {
      case DATE -> {
        BigDecimal millis = Literals.millis(text);
        yield millis == null ? new Text(text) : new Moment(millis);
      }
      case BIG_INT -> {
        BigDecimal number = Literals.number(text);
        yield number == null ? new Text(text) : new Numeral(number);
      }
      case ID, STRING, INT, LONG, FLOAT, BOOLEAN, BYTES, ANY -> new Text(text);
    };
  }

  /** Compares with another value, both of which are there. */
  default int order(SortValue other) {
    int types = Integer.compare(typeRank(), other.typeRank());
    if (types != 0) {
      return types;
    }
    return switch (this) {
      case Numeral(var number) -> number.compareTo(((Numeral) other).number());
      case Moment(var millis) -> millis.compareTo(((Moment) other).millis());
      case Text(var text) -> Scalar.Text.order(text, ((Text) other).text());
      case Truth(var truth) -> Boolean.compare(truth, ((Truth) other).truth());
      case Unordered unordered -> 0;
      case Missing missing -> 0;
    };
  }

  private int typeRank() {
    return switch (this) {
      case Numeral number -> 0;
      case Moment moment -> 1;
      case Text text -> 2;
      case Truth truth -> 3;
      case Unordered unordered -> 4;
      case Missing missing -> 5;
    };
  }
}
