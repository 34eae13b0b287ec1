package dev.lyrebird.apidoc;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The objects of an OpenAPI 3.1 document by the names of the specification, as far as a node's has
 * them. What is null or empty is left out.
 */
final class OpenApi {

  private OpenApi() {}

  record Document(
      String openapi,
      About info,
      List<Server> servers,
      List<Tag> tags,
      Map<String, PathItem> paths,
      Components components) {}

  record About(String title, String version, String description) {}

  record Server(String url) {}

  record Tag(String name, String description) {}

  record PathItem(
      List<Referable> parameters,
      @Nullable Operation get,
      @Nullable Operation head,
      @Nullable Operation put,
      @Nullable Operation post,
      @Nullable Operation patch,
      @Nullable Operation delete) {

    /** A path that is only read. */
    static PathItem read(List<Referable> parameters, Operation get) {
      return new PathItem(parameters, get, get.head(), null, null, null, null);
    }
  }

  /**
   * @param responses by status, or {@code default}
   */
  record Operation(
      String operationId,
      List<String> tags,
      String summary,
      String description,
      List<Referable> parameters,
      @Nullable RequestBody requestBody,
      Map<String, Referable> responses) {

    /** The operation HEAD for this one, which is GET: it answers the same without content. */
    Operation head() {
      Map<String, Referable> heads = new LinkedHashMap<>();
      responses.forEach((status, response) -> heads.put(status, head(response)));
      return new Operation(
          "head_" + operationId, tags, "Likewise without content", "", parameters, null, heads);
    }

    private static Referable head(Referable response) {
      return response instanceof Response told
          ? new Response(told.description(), told.headers(), Map.of())
          : response;
    }
  }

  /** What may stand among the components and be referred to from elsewhere. */
  sealed interface Referable permits Parameter, Header, Response, Reference {}

  /**
   * @param style null for that which {@code in} has by itself
   */
  record Parameter(
      String name,
      Place in,
      String description,
      boolean required,
      @Nullable String style,
      @Nullable Boolean explode,
      @Nullable Boolean allowReserved,
      JsonSchema schema)
      implements Referable {

    /** Where a parameter stands. */
    enum Place {
      @JsonProperty("path")
      PATH,
      @JsonProperty("query")
      QUERY,
      @JsonProperty("header")
      HEADER
    }

    static Parameter of(String name, Place in, String description, JsonSchema schema) {
      boolean required = in == Place.PATH;
      return new Parameter(name, in, description, required, null, null, null, schema);
    }

    /** Parameters of any name, as they are: nothing that is structure is escaped. */
    static Parameter anyOfQuery(String name, String description, JsonSchema schema) {
      return new Parameter(name, Place.QUERY, description, false, "form", true, true, schema);
    }
  }

  record RequestBody(String description, boolean required, Map<String, MediaType> content) {}

  record MediaType(JsonSchema schema) {}

  record Response(
      String description, Map<String, Referable> headers, Map<String, MediaType> content)
      implements Referable {}

  record Header(String description, JsonSchema schema) implements Referable {}

  record Components(
      Map<String, JsonSchema> schemas,
      Map<String, Parameter> parameters,
      Map<String, Header> headers,
      Map<String, Response> responses) {}
}
