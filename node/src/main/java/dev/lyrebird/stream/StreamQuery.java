package dev.lyrebird.stream;

import dev.lyrebird.journal.Cursor;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.pubsub.Feeds;
import dev.lyrebird.pubsub.Hub;
import dev.lyrebird.pubsub.Start;
import dev.lyrebird.query.ParameterValues;
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
 * @param conflates whether a client that lags is told only how rows stand
 */
public record StreamQuery(
    Query query, Start start, boolean tellsReady, boolean tellsCursor, boolean conflates) {

  /** What a stream takes for itself; an attribute of such a name is written in parentheses. */
  private static final Set<String> PARAMETERS =
      Set.of("omitCurrent", "since", "ready", "cursor", "startTime", "previousCount", "conflate");

  /**
   * Reads a query.
   *
   * @param query as it stands in the request line, or null for none
   * @param lastEventId where the client says it stands, or null; wins over {@code since}
   */
  public static StreamQuery parse(@Nullable String query, @Nullable String lastEventId) {
    ParsedQuery parsed = QueryParser.parse(query == null ? "" : query, PARAMETERS);
    if (!parsed.query().sort().isEmpty() || parsed.query().limit() != null) {
      throw ParameterValues.refused(
          "a stream tells events as they come: it takes no sort(...) and no limit(...)");
    }
    boolean omitsCurrent = false;
    boolean tellsReady = false;
    boolean tellsCursor = false;
    boolean conflates = false;
    String since = null;
    Start past = null;
    for (Map.Entry<String, String> parameter : parsed.parameters().entrySet()) {
      String name = parameter.getKey();
      String value = parameter.getValue();
      switch (name) {
        case "omitCurrent" -> omitsCurrent = ParameterValues.flag(name, value);
        case "ready" -> tellsReady = ParameterValues.flag(name, value);
        case "cursor" -> tellsCursor = ParameterValues.flag(name, value);
        case "conflate" -> conflates = ParameterValues.flag(name, value);
        case "since" -> since = value;
        case "startTime" ->
            past = earlier(past, new Start.Since(ParameterValues.time(name, value)));
        case "previousCount" -> {
          long count = ParameterValues.count(name, value, Feeds.MOST_PREVIOUS);
          past = earlier(past, new Start.Previous((int) count));
        }
        default -> throw new IllegalStateException("a parameter that is not known: " + name);
      }
    }
    if (since != null && past != null) {
      throw sayOne();
    }
    String cursor = lastEventId == null || lastEventId.isEmpty() ? since : lastEventId;
    Start start;
    if (cursor != null) {
      start = new Start.After(Cursor.decode(cursor));
    } else if (past != null) {
      start = past;
    } else {
      start = omitsCurrent ? new Start.Live() : new Start.Current();
    }
    return new StreamQuery(parsed.query(), start, tellsReady, tellsCursor, conflates);
  }

  private static Start earlier(@Nullable Start other, Start start) {
    if (other != null) {
      throw sayOne();
    }
    return start;
  }

  private static RefusedException sayOne() {
    return ParameterValues.refused(
        "a stream begins at one place: say since, startTime or previousCount");
  }

  /** Refuses a cursor that is not of the tables to read. */
  public void checkStart(Hub hub, StreamTarget target) {
    if (start instanceof Start.After(var cursor) && !hub.knows(cursor, target.tables())) {
      throw ParameterValues.refused(
          "this cursor was not given out on this path; leave it out to begin anew");
    }
  }
}
