package dev.lyrebird.query;

import dev.lyrebird.schema.IsoDate;
import java.math.BigDecimal;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the text of values that are no text. */
final class Literals {

  /** A number of JSON (RFC 8259 §6), but for leading zeros, which do no harm. */
  private static final Pattern NUMBER =
      Pattern.compile("-?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]{1,9})?");

  /** As long as Jackson lets a number in JSON be: longer ones would cost more than they say. */
  private static final int MAX_NUMBER_LENGTH = 1000;

  private Literals() {}

  /** Returns the number that a text spells, or null where it spells none. */
  static @Nullable BigDecimal number(String text) {
    return text.length() <= MAX_NUMBER_LENGTH && NUMBER.matcher(text).matches()
        ? new BigDecimal(text)
        : null;
  }

  /** Returns the truth value that a text spells, or null where it spells none. */
  static @Nullable Boolean truth(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> null;
    };
  }

  /** Returns the time that a text names, in ms since the epoch, or null where it names none. */
  static @Nullable BigDecimal millis(String text) {
    BigDecimal number = number(text);
    return number != null ? number : IsoDate.millis(text);
  }

  /** Refuses an operand that is not what its prefix says. */
  static void check(Operand.Kind kind, String text, int at) {
    String expected =
        switch (kind) {
          case PLAIN, NULL, STRING -> null;
          case NUMBER -> number(text) == null ? "a number" : null;
          case BOOLEAN -> truth(text) == null ? "true or false" : null;
          case DATE -> millis(text) == null ? "an ISO 8601 date or time, or milliseconds" : null;
        };
    if (expected != null) {
      throw QueryFault.at(
          at + kind.prefix().length(),
          "expected %s behind '%s', but there is '%s'".formatted(expected, kind.prefix(), text));
    }
  }
}
