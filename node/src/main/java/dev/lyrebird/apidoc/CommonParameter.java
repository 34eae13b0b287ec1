package dev.lyrebird.apidoc;

import dev.lyrebird.apidoc.OpenApi.Parameter;
import dev.lyrebird.apidoc.OpenApi.Parameter.Place;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What requests to paths of all tables take alike. Each stands once among the components. */
enum CommonParameter {
  IF_MATCH(
      Place.HEADER,
      "If-Match",
      Kind.TEXT,
      "Entity tags, or *: the request is carried out only where the row is in one of these versions"
          + " (RFC 9110 §13.1.1)."),
  IF_NONE_MATCH(
      Place.HEADER,
      "If-None-Match",
      Kind.TEXT,
      "Entity tags, or *: the request is carried out only where the row is in none of these versions"
          + " (RFC 9110 §13.1.2)."),
  IF_MODIFIED_SINCE(
      Place.HEADER,
      "If-Modified-Since",
      Kind.TEXT,
      "A date: the request is carried out only where the row was modified since."),
  IF_UNMODIFIED_SINCE(
      Place.HEADER,
      "If-Unmodified-Since",
      Kind.TEXT,
      "A date: the request is carried out only where the row was not modified since."),
  RANGE(
      Place.HEADER,
      "Range",
      Kind.TEXT,
      "`bytes=0-999`: this part of a row that is shown as it was written (RFC 9110 §14.2)."),
  IF_RANGE(
      Place.HEADER,
      "If-Range",
      Kind.TEXT,
      "An entity tag: the part only if the row is in that version, else all (RFC 9110 §13.1.5)."),
  REPLICATE_TO(
      Place.HEADER,
      "X-Replicate-To",
      Kind.TEXT,
      "`*;confirm=1`: the answer waits until so many other nodes have applied the write."),
  LAST_EVENT_ID(
      Place.HEADER,
      "Last-Event-ID",
      Kind.TEXT,
      "The id of an event: an event stream goes on behind it. Wins over `since`."),
  OMIT_CURRENT(
      Place.QUERY,
      "omitCurrent",
      Kind.FLAG,
      "An event stream begins with the next change, not with the current rows."),
  SINCE(Place.QUERY, "since", Kind.TEXT, "A cursor: an event stream goes on behind it."),
  PREVIOUS_COUNT(
      Place.QUERY,
      "previousCount",
      Kind.COUNT,
      "An event stream begins with so many of the last entries."),
  CONFLATE(
      Place.QUERY,
      "conflate",
      Kind.FLAG,
      "A client that lags is told of each row how it stands, not each change on the way there."),
  READY(Place.QUERY, "ready", Kind.FLAG, "A stream tells when the client has caught up."),
  CURSOR(Place.QUERY, "cursor", Kind.FLAG, "A WebSocket tells a cursor with each event."),
  START_TIME(
      Place.QUERY,
      "startTime",
      Kind.MILLIS,
      "Milliseconds since 1970: an event stream, or history, begins with what this node applied at"
          + " that time or later."),
  HISTORY(
      Place.QUERY,
      "history",
      Kind.FLAG,
      "Answers what the journal holds of the path, oldest first, in place of the rows."),
  EXPLAIN(
      Place.QUERY, "explain", Kind.FLAG, "Answers how the rows were found, in place of the rows."),
  LIMIT(Place.QUERY, "limit", Kind.COUNT, "The most entries of history.");

  /** Conditions on the version of a row. */
  static final List<CommonParameter> VERSION_CONDITIONS = List.of(IF_MATCH, IF_NONE_MATCH);

  /** For a part of a row. */
  static final List<CommonParameter> OF_PARTS = List.of(RANGE, IF_RANGE);

  /** Those on time, where {@code Last-Modified} is told. */
  static final List<CommonParameter> TIME_CONDITIONS =
      List.of(IF_MODIFIED_SINCE, IF_UNMODIFIED_SINCE);

  static final List<CommonParameter> OF_HISTORY = List.of(HISTORY, START_TIME, LIMIT);

  /** Those of every stream, in the query. */
  static final List<CommonParameter> OF_STREAMS =
      List.of(OMIT_CURRENT, SINCE, PREVIOUS_COUNT, START_TIME, CONFLATE, READY, CURSOR);

  private enum Kind {
    TEXT,
    FLAG,
    COUNT,
    MILLIS
  }

  private final Place in;
  private final String name;
  private final Kind kind;
  private final String description;

  CommonParameter(Place in, String name, Kind kind, String description) {
    this.in = in;
    this.name = name;
    this.kind = kind;
    this.description = description;
  }

  /** As it stands in a request. */
  String parameterName() {
    return name;
  }

  Reference reference() {
    return new Reference("#/components/parameters/" + component());
  }

  JsonSchema schema() {
    return switch (kind) {
      case TEXT -> JsonSchema.text();
      case FLAG -> JsonSchema.flag();
      case COUNT -> JsonSchema.ofType("integer").with("minimum", 1);
      case MILLIS -> JsonSchema.ofType("number");
    };
  }

  String description() {
    return description;
  }

  private String component() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Adds all of them to the components of a document. */
  static void addTo(Map<String, Parameter> components) {
    for (CommonParameter each : values()) {
      components.put(
          each.component(), Parameter.of(each.name, each.in, each.description, each.schema()));
    }
  }
}
