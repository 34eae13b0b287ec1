package dev.lyrebird.apidoc;

import dev.lyrebird.apidoc.OpenApi.MediaType;
import dev.lyrebird.apidoc.OpenApi.Response;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Why a request may be refused. Each answer stands once among the components. */
enum Refused {
  MALFORMED(400, "Syntax, content, id or query is at fault, and nothing was done."),
  NOT_FOUND(404, "There is no such row."),
  NOT_ACCEPTABLE(406, "This can be had in none of the types that `Accept` names."),
  CONFLICT(409, "There is such a row already; nothing was written."),
  PRECONDITION_FAILED(412, "A condition does not hold, and nothing was done."),
  TOO_LARGE(413, "The content, or a row in it, is larger than the node takes."),
  URI_TOO_LONG(414, "The id is longer than 4096 bytes."),
  UNSUPPORTED_TYPE(
      415, "The content is of a type that is not taken here.", CommonHeader.ACCEPT_PATCH),
  BEYOND_THE_END(
      416, "The part that was asked for begins behind the end.", CommonHeader.CONTENT_RANGE),
  SCHEMA_FAULT(422, "Attributes do not fit the schema; `errors` lists all that are at fault."),
  UNCONFIRMED(504, "The write stays, but was not confirmed by as many other nodes in time.");

  /** The media type of every refusal. */
  static final String MEDIA_TYPE = "application/problem+json";

  private static final String ANY_OTHER = "problem";

  private final int status;
  private final String description;
  private final @Nullable CommonHeader header;

  Refused(int status, String description) {
    this(status, description, null);
  }

  Refused(int status, String description, @Nullable CommonHeader header) {
    this.status = status;
    this.description = description;
    this.header = header;
  }

  String status() {
    return Integer.toString(status);
  }

  Reference reference() {
    return reference(component());
  }

  /** The answer for all else that may go wrong. */
  static Reference anyOther() {
    return reference(ANY_OTHER);
  }

  private static Reference reference(String component) {
    return new Reference("#/components/responses/" + component);
  }

  private String component() {
    return ANY_OTHER + '-' + status;
  }

  /** Adds all of them to the components of a document. */
  static void addTo(Map<String, Response> components) {
    for (Refused each : values()) {
      components.put(each.component(), problem(each.description, each.header));
    }
    components.put(
        ANY_OTHER,
        problem(
            "Any other problem: pages of this origin may not call (403), the path takes other"
                + " methods (405), the node failed (500), is overloaded or short of memory (503).",
            CommonHeader.ALLOW,
            CommonHeader.RETRY_AFTER));
  }

  private static Response problem(String description, @Nullable CommonHeader... headers) {
    Map<String, OpenApi.Referable> fields = new LinkedHashMap<>();
    for (CommonHeader header : headers) {
      if (header != null) {
        fields.put(header.field(), header.reference());
      }
    }
    return new Response(
        description, fields, Map.of(MEDIA_TYPE, new MediaType(CommonSchemas.problem())));
  }
}
