package dev.lyrebird.http;

import dev.lyrebird.journal.Cursor;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.pubsub.Hub;
import dev.lyrebird.pubsub.Start;
import dev.lyrebird.query.ParsedQuery;
import dev.lyrebird.query.Query;
import dev.lyrebird.query.QueryParser;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the query of a stream asks for: parameters of its own beside a {@link Query}.
 *
 * @param query which events, and what of them; without order and limit
 * @param start where the stream begins
 * @param tellsReady whether the client is told when it has caught up
 * @param tellsCursor whether each event tells where the client stands
 */
record StreamQuery(Query query, Start start, boolean tellsReady, boolean tellsCursor) {

  /** What a stream takes for itself; an attribute of such a name is written in parentheses. */
  private static final Set<String> PARAMETERS =
      Set.of("omitCurrent", "since", "ready", "cursor", "startTime", "previousCount", "conflate");

  /**
   * Reads a query.
   *
   * @param query as it stands in the request line, or null for none
   * @param lastEventId where the client says it stands, or null; wins over {@code since}
   */
  static StreamQuery parse(@Nullable String query, @Nullable String lastEventId) {
    ParsedQuery parsed = QueryParser.parse(query == null ? "" : query, PARAMETERS);
    if (!parsed.query().sort().isEmpty() || parsed.query().limit() != null) {
      throw refused("a stream tells events as they come: it takes no sort(...) and no limit(...)");
    }
    boolean omitsCurrent = false;
    boolean tellsReady = false;
    boolean tellsCursor = false;
    String since = null;
    for (Map.Entry<String, String> parameter : parsed.parameters().entrySet()) {
      String name = parameter.getKey();
      String value = parameter.getValue();
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
    return new StreamQuery(parsed.query(), start, tellsReady, tellsCursor);
  }

  /** Refuses a cursor that is not of the tables to read. */
  void checkStart(Hub hub, StreamTarget target) {
    if (start instanceof Start.After(var cursor) && !hub.knows(cursor, target.tables())) {
      throw refused("this cursor was not given out on this path; leave it out to begin anew");
    }
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
