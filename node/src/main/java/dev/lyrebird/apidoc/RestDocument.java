package dev.lyrebird.apidoc;

import dev.lyrebird.apidoc.OpenApi.Components;
import dev.lyrebird.apidoc.OpenApi.Header;
import dev.lyrebird.apidoc.OpenApi.Parameter;
import dev.lyrebird.apidoc.OpenApi.PathItem;
import dev.lyrebird.apidoc.OpenApi.Response;
import dev.lyrebird.apidoc.OpenApi.Tag;
import dev.lyrebird.format.Format;
import dev.lyrebird.schema.Protocol;
import dev.lyrebird.schema.TableDefinition;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The OpenAPI document of a node: its paths, and what each takes and answers. */
public final class RestDocument {

  private static final String SPECIFICATION = "3.1.0";

  private static final String TITLE = "Lyrebird: tables over HTTP";

  private RestDocument() {}

  /** Returns the document, in JSON. */
  public static byte[] of(Offer offer) {
    return DocumentText.of(
        new OpenApi.Document(
            SPECIFICATION,
            new OpenApi.About(TITLE, offer.version(), description()),
            List.of(new OpenApi.Server("/")),
            tags(offer),
            paths(offer),
            components(offer)));
  }

  private static String description() {
    return """
    A path is a table, rows below a prefix, or a row; what is behind the table is the id, slashes
    included. Each path answers HEAD and OPTIONS beside what stands here.

    Rows come and go in %s, by `Accept` and `Content-Type`; %s at the end of a path asks for one
    of them too. A row may also be anything else, kept byte for byte with its media type.
    Answers of more than 1 KiB are compressed for whoever takes gzip.

    `select(...)` in a query has attributes of each row in place of the row:
    `select(a,b)` an object, `select([a,b])` a list, `select(a)` the value. A query that is not
    understood is refused, never passed over.\
    """
        .formatted(
            Format.names(Format.ALL),
            Format.ALL.stream()
                .map(format -> "`." + format.extension() + '`')
                .collect(Collectors.joining(", ")));
  }

  private static List<Tag> tags(Offer offer) {
    return offer.tables().stream()
        .filter(table -> isTold(offer, table))
        .map(table -> new Tag(table.typeName(), table.description()))
        .toList();
  }

  private static boolean isTold(Offer offer, TableDefinition table) {
    return table.isExportedOn(Protocol.REST)
        || (offer.hasSse() && table.isExportedOn(Protocol.SSE));
  }

  private static Map<String, PathItem> paths(Offer offer) {
    Map<String, PathItem> paths = new LinkedHashMap<>();
    offer.tables().forEach(table -> new TablePaths(offer, table).addTo(paths));
    return paths;
  }

  private static Components components(Offer offer) {
    Map<String, JsonSchema> schemas = new LinkedHashMap<>();
    offer.tables().stream()
        .filter(table -> isTold(offer, table))
        .forEach(table -> new RowSchemas(table).addTo(schemas));
    CommonSchemas.addTo(schemas);
    Map<String, Parameter> parameters = new LinkedHashMap<>();
    CommonParameter.addTo(parameters);
    Map<String, Header> headers = new LinkedHashMap<>();
    CommonHeader.addTo(headers);
    Map<String, Response> responses = new LinkedHashMap<>();
    Refused.addTo(responses);
    return new Components(schemas, parameters, headers, responses);
  }
}
