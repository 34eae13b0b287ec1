package dev.lyrebird.http;

import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.query.ParameterValues;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a request for history asks: {@code ?history&startTime=<ms>&limit=<n>}, where programs that
 * know parameters with values only write {@code history=true}.
 *
 * @param startTime in the unit of {@link Timestamp#time}; 0 for all there is
 * @param limit the most entries
 */
record HistoryQuery(long startTime, long limit) {

  private static final String NAME = "history";

  /**
   * Reads a query.
   *
   * @return null where it does not ask for history
   * @throws RefusedException where it does, and is not understood
   */
  static @Nullable HistoryQuery parse(String query) {
    List<String> parts = List.of(query.split("&", -1));
    if (!parts.contains(NAME) && !parts.contains(NAME + "=true")) {
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
        throw ParameterValues.refused("the parameter '%s' stands twice".formatted(name));
      }
      switch (name) {
        case NAME -> {}
        case "startTime" -> startTime = ParameterValues.time(name, value);
        case "limit" -> limit = ParameterValues.count(name, value, Long.MAX_VALUE);
        default ->
            throw ParameterValues.refused(
                "history takes no parameter '%s'; it takes startTime and limit".formatted(name));
      }
    }
    return new HistoryQuery(startTime, limit);
  }
}
