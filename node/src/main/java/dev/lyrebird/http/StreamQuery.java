package dev.lyrebird.http;

import dev.lyrebird.journal.Cursor;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.pubsub.Hub;
import dev.lyrebird.pubsub.Start;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the query of a stream asks for. A parameter that is not known, or said twice, is refused: it
 * is never passed over.
 *
 * @param start where the stream begins
 * @param tellsReady whether the client is told when it has caught up
 * @param tellsCursor whether each event tells where the client stands
 */
record StreamQuery(Start start, boolean tellsReady, boolean tellsCursor) {

  /**
   * Reads a query.
   *
   * @param query as it stands in the request line, or null for none
   * @param lastEventId where the client says it stands, or null; wins over {@code since}
   */
  static StreamQuery parse(@Nullable String query, @Nullable String lastEventId) {
    boolean omitsCurrent = false;
    boolean tellsReady = false;
    boolean tellsCursor = false;
    String since = null;
    for (Map.Entry<String, List<String>> parameter : parameters(query).entrySet()) {
      String name = parameter.getKey();
      String value = only(parameter);
      switch (name) {
        case "omitCurrent" -> omitsCurrent = flag(name, value);
        case "ready" -> tellsReady = flag(name, value);
        case "cursor" -> tellsCursor = flag(name, value);
        case "since" -> since = value;
        default ->
            throw refused(
                "a stream takes no parameter '%s'; it takes omitCurrent, since, ready, cursor"
                    .formatted(name));
      }
    }
    String cursor = lastEventId == null || lastEventId.isEmpty() ? since : lastEventId;
    Start start =
        cursor != null
            ? new Start.After(Cursor.decode(cursor))
            : omitsCurrent ? new Start.Live() : new Start.Current();
    return new StreamQuery(start, tellsReady, tellsCursor);
  }

  /** Refuses a cursor that is not of the tables to read. */
  void checkStart(Hub hub, StreamTarget target) {
    if (start instanceof Start.After(var cursor) && !hub.knows(cursor, target.tables())) {
      throw refused("this cursor was not given out on this path; leave it out to begin anew");
    }
  }

  private static Map<String, List<String>> parameters(@Nullable String query) {
    if (query == null) {
      return Map.of();
    }
    try {
      return new QueryStringDecoder(query, false).parameters();
    } catch (IllegalArgumentException e) {
      throw refused("in a query '%' is followed by two hexadecimal digits; write '%25' for itself");
    }
  }

  private static String only(Map.Entry<String, List<String>> parameter) {
    if (parameter.getValue().size() > 1) {
      throw refused("the parameter '%s' is given twice".formatted(parameter.getKey()));
    }
    return parameter.getValue().getFirst();
  }

  private static boolean flag(String name, String value) {
    return switch (value) {
      case "true" -> true;
      case "false" -> false;
      default -> throw refused("the parameter '%s' is true or false".formatted(name));
    };
  }

  private static RefusedException refused(String detail) {
    return new RefusedException(Refusal.of(Refusal.Reason.BAD_REQUEST, detail));
  }
}
