package dev.lyrebird.query;

import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.journal.Timestamp;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.regex.Pattern;

/** Reads the values of parameters of a query, and refuses by their names those that are none. */
public final class ParameterValues {

  private static final Pattern MILLIS = Pattern.compile("\\d{1,14}(\\.\\d{1,4})?");
  private static final Pattern COUNT = Pattern.compile("\\d{1,15}");

  private ParameterValues() {}

  /** Reads true or false. */
  public static boolean flag(String name, String value) {
    return switch (value) {
      case "true" -> true;
      case "false" -> false;
      default -> throw refused("the parameter '%s' is true or false".formatted(name));
    };
  }

  /** Reads milliseconds since 1970; returns them in the unit of {@link Timestamp#time}. */
  public static long time(String name, String value) {
    if (!MILLIS.matcher(value).matches()) {
      throw refused(name + " is in milliseconds since 1970, such as 1795219620000.0");
    }
    return new BigDecimal(value)
        .multiply(BigDecimal.valueOf(Timestamp.UNITS_PER_MILLI))
        .setScale(0, RoundingMode.HALF_UP)
        .longValueExact();
  }

  /** Reads a count of entries, 1 or more. */
  public static long count(String name, String value, long most) {
    long count = COUNT.matcher(value).matches() ? Long.parseLong(value) : 0;
    if (count < 1 || count > most) {
      String bound = most == Long.MAX_VALUE ? "1 or more" : "from 1 to " + most;
      throw refused("%s is a number of entries, %s".formatted(name, bound));
    }
    return count;
  }

  /** Returns the refusal of a query, with the reason. */
  public static RefusedException refused(String detail) {
    return new RefusedException(Refusal.of(Refusal.Reason.BAD_REQUEST, detail));
  }
}
