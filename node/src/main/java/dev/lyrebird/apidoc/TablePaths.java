package dev.lyrebird.apidoc;

import dev.lyrebird.apidoc.OpenApi.MediaType;
import dev.lyrebird.apidoc.OpenApi.Operation;
import dev.lyrebird.apidoc.OpenApi.Parameter;
import dev.lyrebird.apidoc.OpenApi.PathItem;
import dev.lyrebird.format.Format;
import dev.lyrebird.schema.Attribute;
import dev.lyrebird.schema.Export;
import dev.lyrebird.schema.Protocol;
import dev.lyrebird.schema.TableDefinition;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** The paths at which one table is found, and what each of them takes and answers. */
final class TablePaths {

  private static final String EVENTS = "text/event-stream";
  private static final String JSON = "application/json";

  /** What is none of the formats is kept, and shown, as it is. */
  private static final String ANY_TYPE = "*/*";

  private final Offer offer;
  private final TableDefinition table;
  private final Export export;
  private final RowSchemas rows;
  private final boolean hasRest;
  private final boolean hasEvents;

  /**
   * @param table one that is exported
   */
  TablePaths(Offer offer, TableDefinition table) {
    this.offer = offer;
    this.table = table;
    this.export = Objects.requireNonNull(table.export());
    this.rows = new RowSchemas(table);
    this.hasRest = table.isExportedOn(Protocol.REST);
    this.hasEvents = offer.hasSse() && table.isExportedOn(Protocol.SSE);
  }

  /** Adds them to a document; none where the table is reached by neither REST nor events. */
  void addTo(Map<String, PathItem> paths) {
    if (!hasRest && !hasEvents) {
      return;
    }
    if (!export.isRoot()) {
      paths.put(path(""), PathItem.read(List.of(), describe()));
    }
    paths.put(path("/"), allRows());
    paths.put(path("/{id}"), oneRow());
    paths.put(path("/{prefix}/"), rowsBelow());
    if (hasRest) {
      paths.put(
          path("/{id}.{attribute}"), PathItem.read(List.of(id(), attribute()), readAttribute()));
    }
  }

  private String path(String rest) {
    return export.isRoot() ? rest : '/' + PathText.escaped(export.path()) + rest;
  }

  private PathItem allRows() {
    Operation list = listing("list", "Lists the rows of the table");
    return hasRest
        ? new PathItem(
            List.of(),
            list,
            list.head(),
            putAll(),
            add(),
            null,
            deleting("delete_all", "Deletes rows of the table"))
        : PathItem.read(List.of(), list);
  }

  private PathItem rowsBelow() {
    Operation list = listing("below", "Lists the rows whose ids begin with a prefix");
    return hasRest
        ? new PathItem(
            List.of(prefix()),
            list,
            list.head(),
            null,
            null,
            null,
            deleting("delete_below", "Deletes rows whose ids begin with a prefix"))
        : PathItem.read(List.of(prefix()), list);
  }

  private PathItem oneRow() {
    Operation read = read();
    return hasRest
        ? new PathItem(List.of(id()), read, read.head(), put(), message(), patch(), delete())
        : PathItem.read(List.of(id()), read);
  }

  private Operation describe() {
    OperationBuilder builder =
        picking(
            operation(
                "describe", "Tells what the schema says of the table, and how many rows it has"));
    return reading(builder, asValue(CommonSchemas.tableDescription()), "The table").build();
  }

  private Operation listing(String verb, String summary) {
    OperationBuilder builder = operation(verb, summary).takes(conditions());
    if (hasRest) {
      builder.takes(List.of(CommonParameter.EXPLAIN));
    }
    return reading(builder, inFormats(listOfRows()), "The rows", CommonHeader.HISTORY_FROM).build();
  }

  private Operation deleting(String verb, String summary) {
    JsonSchema count = JsonSchema.ofType("integer");
    JsonSchema answer = JsonSchema.object().property("deleted", count).required("deleted");
    return operation(verb, summary)
        .says("Those that pass the conditions; without any it is refused.")
        .takes(conditions())
        .takes(List.of(CommonParameter.REPLICATE_TO))
        .answers(200, "How many were deleted", Map.of(JSON, new MediaType(answer)))
        .isRefused(Refused.MALFORMED, Refused.UNCONFIRMED)
        .build();
  }

  private Operation read() {
    OperationBuilder builder =
        reading(
            picking(operation("read", "Reads a row")), shownContent(), "The row", versionHeaders());
    return hasRest ? readingOfRow(partly(builder)).build() : builder.build();
  }

  /** What is shown as it was written can be had in parts. */
  private static OperationBuilder partly(OperationBuilder builder) {
    return builder
        .takes(CommonParameter.OF_PARTS)
        .answers(
            206,
            "A part of the row",
            Map.of(ANY_TYPE, new MediaType(JsonSchema.any())),
            CommonHeader.ETAG,
            CommonHeader.CONTENT_RANGE)
        .isRefused(Refused.BEYOND_THE_END);
  }

  private OperationBuilder readingOfRow(OperationBuilder builder) {
    return conditional(builder)
        .answers(304, "The client has the row already.", versionHeaders())
        .isRefused(Refused.NOT_FOUND, Refused.PRECONDITION_FAILED, Refused.URI_TOO_LONG);
  }

  private Operation readAttribute() {
    OperationBuilder builder =
        operation("attribute", "Reads one attribute of a row")
            .says("A row whose id is the whole of the path comes first.")
            .answers(200, "The value", inFormats(rows.attribute()), versionHeaders())
            .isRefused(Refused.MALFORMED, Refused.NOT_ACCEPTABLE);
    return readingOfRow(builder).build();
  }

  private Operation put() {
    return writing(operation("put", "Creates or replaces a row"))
        .takesContent(
            "The row",
            orAnyType(
                Format.OF_VALUES,
                JsonSchema.anyOf(List.of(rows.written(), CommonSchemas.otherJson()))))
        .answers(201, "The row was created.", CommonHeader.ETAG)
        .answers(204, "The row was replaced.", CommonHeader.ETAG)
        .isRefused(Refused.TOO_LARGE, Refused.UNSUPPORTED_TYPE, Refused.SCHEMA_FAULT)
        .build();
  }

  private Operation patch() {
    return writing(operation("patch", "Merges attributes into a row"))
        .takesContent("The attributes", asValue(rows.patch()))
        .answers(204, "The row is as it was asked for.", CommonHeader.ETAG)
        .isRefused(
            Refused.NOT_FOUND, Refused.TOO_LARGE, Refused.UNSUPPORTED_TYPE, Refused.SCHEMA_FAULT)
        .build();
  }

  private Operation delete() {
    return writing(operation("delete", "Deletes a row"))
        .answers(204, "The row is gone.")
        .isRefused(Refused.NOT_FOUND)
        .build();
  }

  private Operation message() {
    return writing(operation("message", "Sends a message to the topic of a row"))
        .says("The row stays as it is; whoever follows it is told the message.")
        .takesContent("The message", Map.of(ANY_TYPE, new MediaType(JsonSchema.any())))
        .answers(202, "Subscribers are told.")
        .isRefused(Refused.TOO_LARGE)
        .build();
  }

  private Operation putAll() {
    return operation("put_all", "Creates or replaces rows")
        .says("All are written, or none. Each names its key.")
        .takes(List.of(CommonParameter.REPLICATE_TO))
        .takesContent("The rows", inFormats(JsonSchema.listOf(rows.written())))
        .answers(204, "All rows were written.")
        .isRefused(
            Refused.MALFORMED,
            Refused.TOO_LARGE,
            Refused.UNSUPPORTED_TYPE,
            Refused.SCHEMA_FAULT,
            Refused.UNCONFIRMED)
        .build();
  }

  private Operation add() {
    JsonSchema rowOrRows =
        JsonSchema.anyOf(List.of(rows.written(), JsonSchema.listOf(rows.written())));
    JsonSchema idOrIds = JsonSchema.anyOf(List.of(rows.id(), JsonSchema.listOf(rows.id())));
    return operation("add", "Creates a row, or all rows of a list")
        .says("A row that does not name its key is given one. Of a list all are created, or none.")
        .says("Lines of CSV or NDJSON are imported, each by itself: rows are created or replaced.")
        .takes(List.of(CommonParameter.REPLICATE_TO))
        .takesContent("The row or rows", inFormats(rowOrRows))
        .answers(
            200,
            "Lines were imported, but for those at fault.",
            Map.of(JSON, new MediaType(CommonSchemas.imported())))
        .answers(
            201,
            "The id of the row, or the ids of the rows; the headers are those of one row.",
            Map.of(JSON, new MediaType(idOrIds)),
            CommonHeader.LOCATION,
            CommonHeader.ETAG)
        .isRefused(
            Refused.MALFORMED,
            Refused.CONFLICT,
            Refused.TOO_LARGE,
            Refused.UNSUPPORTED_TYPE,
            Refused.SCHEMA_FAULT,
            Refused.UNCONFIRMED)
        .build();
  }

  private OperationBuilder operation(String verb, String summary) {
    return new OperationBuilder(verb + '_' + table.typeName(), table.typeName(), summary);
  }

  /** What every path can be asked: how it stands, what has been there, what comes. */
  private OperationBuilder reading(
      OperationBuilder builder,
      Map<String, MediaType> shown,
      String what,
      CommonHeader... headers) {
    Map<String, MediaType> content = new LinkedHashMap<>();
    if (hasRest) {
      content.putAll(shown);
      builder.takes(CommonParameter.OF_HISTORY).isRefused(Refused.NOT_ACCEPTABLE);
    }
    if (hasEvents) {
      content.put(EVENTS, new MediaType(JsonSchema.text()));
      builder
          .says("Asked for `text/event-stream` it follows them: `/asyncapi.json` has the events.")
          .takes(CommonParameter.OF_STREAMS)
          .takes(List.of(CommonParameter.LAST_EVENT_ID));
    }
    return builder.answers(200, what, content, headers).isRefused(Refused.MALFORMED);
  }

  /** Events are picked by conditions also where a path names no rows to choose from. */
  private OperationBuilder picking(OperationBuilder builder) {
    return hasEvents ? builder.takes(conditions()) : builder;
  }

  private OperationBuilder writing(OperationBuilder builder) {
    return conditional(builder)
        .takes(List.of(CommonParameter.REPLICATE_TO))
        .isRefused(
            Refused.MALFORMED,
            Refused.PRECONDITION_FAILED,
            Refused.URI_TOO_LONG,
            Refused.UNCONFIRMED);
  }

  private OperationBuilder conditional(OperationBuilder builder) {
    builder.takes(CommonParameter.VERSION_CONDITIONS);
    return offer.hasLastModified() ? builder.takes(CommonParameter.TIME_CONDITIONS) : builder;
  }

  private CommonHeader[] versionHeaders() {
    return offer.hasLastModified()
        ? new CommonHeader[] {CommonHeader.ETAG, CommonHeader.LAST_MODIFIED}
        : new CommonHeader[] {CommonHeader.ETAG};
  }

  private JsonSchema listOfRows() {
    JsonSchema row = JsonSchema.anyOf(List.of(rows.shown(), CommonSchemas.opaqueRow()));
    return JsonSchema.anyOf(
        List.of(JsonSchema.listOf(row), CommonSchemas.history(), CommonSchemas.explanation()));
  }

  /** Clients that take only the formats are shown an opaque row wrapped. */
  private Map<String, MediaType> shownContent() {
    return orAnyType(
        Format.ALL,
        JsonSchema.anyOf(
            List.of(
                rows.shown(),
                CommonSchemas.otherJson(),
                CommonSchemas.opaqueRow(),
                CommonSchemas.history())));
  }

  private static Map<String, MediaType> orAnyType(Set<Format> formats, JsonSchema schema) {
    Map<String, MediaType> content = inFormats(formats, schema);
    content.put(ANY_TYPE, new MediaType(JsonSchema.any()));
    return content;
  }

  /** Content in any format. A format of rows has no schema but that of its own standard. */
  private static Map<String, MediaType> inFormats(JsonSchema schema) {
    return inFormats(Format.ALL, schema);
  }

  /** Content that is one value. */
  private static Map<String, MediaType> asValue(JsonSchema schema) {
    return inFormats(Format.OF_VALUES, schema);
  }

  private static Map<String, MediaType> inFormats(Set<Format> formats, JsonSchema schema) {
    Map<String, MediaType> content = new LinkedHashMap<>();
    for (Format format : formats) {
      JsonSchema told = format.isOfRows() ? JsonSchema.text() : schema;
      content.put(format.mediaType().name(), new MediaType(told));
    }
    return content;
  }

  private Parameter id() {
    return Parameter.of(
        "id",
        Parameter.Place.PATH,
        "The id of the row. Slashes are part of it, written as such or as `%2F`.",
        rows.id());
  }

  private static Parameter prefix() {
    return Parameter.of(
        "prefix",
        Parameter.Place.PATH,
        "What ids begin with, up to a slash; it may hold others, written as such or as `%2F`.",
        JsonSchema.text());
  }

  private Parameter attribute() {
    return Parameter.of(
        "attribute",
        Parameter.Place.PATH,
        "The attribute.",
        JsonSchema.oneOf(storedAttributes().map(Attribute::name).toList()));
  }

  /** Each attribute may be asked of, and of a table that is open any other. */
  private Parameter conditions() {
    JsonSchema asked = JsonSchema.object();
    storedAttributes()
        .forEach(attribute ->
            asked.property(
                attribute.name(), JsonSchema.text().says("Of type " + attribute.type().sdl())));
    return Parameter.anyOfQuery("conditions", QueryLanguage.CONDITIONS, asked);
  }

  private Stream<Attribute> storedAttributes() {
    return table.attributes().stream().filter(attribute -> !attribute.isRelationship());
  }
}
