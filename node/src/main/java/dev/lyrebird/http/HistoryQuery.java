package dev.lyrebird.http;

import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.journal.Timestamp;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a request for history asks: {@code ?history&startTime=<ms>&limit=<n>}.
 *
 * @param startTime in the unit of {@link Timestamp#time}; 0 for all there is
 * @param limit the most entries
 */
record HistoryQuery(long startTime, long limit) {

  private static final String NAME = "history";
  private static final Pattern MILLIS = Pattern.compile("\\d{1,14}(\\.\\d{1,4})?");
  private static final Pattern COUNT = Pattern.compile("\\d{1,15}");

  /**
   * Reads a query.
   *
   * @return null where it does not ask for history
   * @throws RefusedException where it does, and is not understood
   */
  static @Nullable HistoryQuery parse(String query) {
    List<String> parts = List.of(query.split("&", -1));
    if (!parts.contains(NAME)) {
      return null;
    }
    long startTime = 0;
    long limit = Long.MAX_VALUE;
    Set<String> names = new HashSet<>();
    for (String part : parts) {
      int equals = part.indexOf('=');
      String name = equals < 0 ? part : part.substring(0, equals);
      String value = equals < 0 ? "" : part.substring(equals + 1);
      if (!names.add(name)) {
        throw refused("the parameter '%s' stands twice".formatted(name));
      }
      switch (name) {
        case NAME -> {}
        case "startTime" -> startTime = startTime(value);
        case "limit" -> limit = limit(value);
        default ->
            throw refused(
                "history takes no parameter '%s'; it takes startTime and limit".formatted(name));
      }
    }
    return new HistoryQuery(startTime, limit);
  }

  private static long startTime(String text) {
    if (!MILLIS.matcher(text).matches()) {
      throw refused("startTime is in milliseconds since 1970, such as 1795219620000.0");
    }
    return new BigDecimal(text)
        .multiply(BigDecimal.valueOf(Timestamp.UNITS_PER_MILLI))
        .setScale(0, RoundingMode.HALF_UP)
        .longValueExact();
  }

  private static long limit(String text) {
    long limit = COUNT.matcher(text).matches() ? Long.parseLong(text) : 0;
    if (limit == 0) {
      throw refused("limit is how many entries to show at the most, 1 or more");
    }
    return limit;
  }

  private static RefusedException refused(String detail) {
    return new RefusedException(Refusal.of(Refusal.Reason.BAD_REQUEST, detail));
  }
}
