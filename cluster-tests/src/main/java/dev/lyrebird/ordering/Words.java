package dev.lyrebird.ordering;

import dev.lyrebird.history.Kind;
import dev.lyrebird.ordering.Trace.Arrival;
import dev.lyrebird.ordering.Trace.Change;
import java.time.Duration;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Collectors;

/** How a report puts things into words. */
final class Words {

  private static final long UNITS_PER_MILLI = 4096;

  private Words() {}

  static String kind(Kind kind) {
    return switch (kind) {
      case MESSAGE -> "message";
      case PUT -> "row";
      case DELETE -> "delete";
    };
  }

  /** How a node's clock goes. */
  static String clock(Duration ahead) {
    if (ahead.isZero()) {
      return "clock exact";
    }
    return "clock %s%s s"
        .formatted(ahead.isNegative() ? "\u2212" : "+", seconds(ahead.abs().toNanos() / 1000));
  }

  /** Seconds with as many decimals as they need, at most two. */
  static String seconds(long micros) {
    return String.format(Locale.ROOT, "%.2f", micros / 1e6).replaceFirst("\\.?0+$", "");
  }

  /**
   * A version as the seconds within its minute, and its count among those of the same millisecond:
   * what tells it from its rivals.
   */
  static String version(long version) {
    long millis = version / UNITS_PER_MILLI;
    long count = version % UNITS_PER_MILLI;
    return String.format(Locale.ROOT, "%02d.%03d", millis / 1000 % 60, millis % 1000)
        + (count == 0 ? "" : " +" + count);
  }

  /** All about one change, a line a node. */
  static String story(Trace trace, Change change) {
    String head =
        switch (change.kind()) {
          case MESSAGE -> "%s: message to %s".formatted(change.name(), change.topic());
          case PUT ->
              "%s: row %s, version %s"
                  .formatted(change.name(), change.topic(), version(change.version()));
          case DELETE ->
              "%s: row %s deleted, version %s"
                  .formatted(change.name(), change.topic(), version(change.version()));
        };
    return head
        + (trace.isWinner(change) ? " \u2014 the latest, so it wins" : "")
        + "\n"
        + change.arrivals().stream()
            .sorted(Comparator.comparingLong(Arrival::micros))
            .map(arrival -> stop(trace, change, arrival))
            .collect(Collectors.joining("\n"));
  }

  private static String stop(Trace trace, Change change, Arrival arrival) {
    String node = trace.nodes().get(arrival.node()).name();
    if (arrival.node() == change.origin()) {
      return "%s accepted it at %s s".formatted(node, seconds(arrival.micros()));
    }
    return "%s applied it %s later%s"
        .formatted(
            node,
            later(arrival.micros() - change.beginMicros()),
            arrival.told() ? "" : " and told nobody: it knew a later version");
  }

  private static String later(long micros) {
    return micros >= 1_000_000
        ? seconds(micros) + " s"
        : String.format(Locale.ROOT, "%.0f ms", micros / 1000.0);
  }
}
