package dev.lyrebird.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Write;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds what the node tells of itself against what it does. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ApiDocumentsTest {

  private static final String SDL =
      """
      type topics @table @export(name: "") { id: ID @primaryKey }

      "What rooms measure."
      type Sensors @table @export(name: "hall 1/sensors") {
        number: Int @primaryKey
        "In degrees Celsius."
        temp: Float
        changed: Date @updatedTime
        tags: [String!]!
        twins: [Sensors] @relationship(from: "tags")
      }
      type Seen @table @export(rest: false) { id: ID @primaryKey }
      type Unseen @table @export(rest: false, sse: false, ws: false, mqtt: false) { id: ID }
      type Private @table { id: ID }
      """;

  private static final Set<String> OF_REST = Set.of("history", "limit", "explain");

  private final HttpNode node = HttpNode.start(SDL);

  @AfterAll
  void stop() {
    node.close();
  }

  @Test
  void everyPathTakesTheMethodsThatTheDocumentTells() {
    JsonNode paths = document("/openapi.json").path("paths");
    assertFalse(paths.isEmpty());
    List<String> differing = new ArrayList<>();
    paths.forEachEntry((template, item) -> {
      Set<String> told = new TreeSet<>();
      item.fieldNames().forEachRemaining(name -> told.add(name.toUpperCase(Locale.ROOT)));
      told.remove("PARAMETERS");
      Set<String> taken = taken(template);
      if (!told.equals(taken)) {
        differing.add("%s: told %s, takes %s".formatted(template, told, taken));
      }
    });
    assertEquals(List.of(), differing);
  }

  /** The methods that a path takes; where REST is not offered, a stream is had by GET. */
  private Set<String> taken(String template) {
    String path =
        template.replace("{id}", "7").replace("{prefix}", "7").replace("{attribute}", "temp");
    HttpResponse<String> answer = node.send("OPTIONS", path);
    Set<String> methods =
        answer.statusCode() == 404
            ? new TreeSet<>(Set.of("GET", "HEAD"))
            : new TreeSet<>(Arrays.asList(HttpNode.header(answer, "Allow").split(", ")));
    methods.remove("OPTIONS");
    if (template.contains("{attribute}")) {
      methods.retainAll(Set.of("GET", "HEAD")); // an attribute is only read
    }
    return methods;
  }

  @Test
  void everyParameterOfAStreamIsTaken() {
    JsonNode document = document("/openapi.json");
    JsonNode get = document.at("/paths/~1hall%201~1sensors~1/get");
    List<String> taken = new ArrayList<>();
    for (JsonNode reference : get.path("parameters")) {
      JsonNode parameter = document.at(reference.path("$ref").asText("#/none").substring(1));
      String name = parameter.path("name").asText();
      if (!parameter.path("in").asText().equals("query") || OF_REST.contains(name)) {
        continue;
      }
      String path = "/hall%201/sensors/?" + name + '=' + sample(parameter.path("schema"));
      if (!name.equals("since")) {
        assertEquals(
            200, node.send("HEAD", path, "Accept", "text/event-stream").statusCode(), path);
      }
      taken.add(name);
    }
    assertEquals(7, taken.size(), taken.toString());
  }

  private static String sample(JsonNode schema) {
    return schema.path("type").asText().equals("boolean") ? "true" : "1";
  }

  @Test
  void historyIsAskedForAsTheDocumentTells() {
    assertEquals(200, node.send("GET", "/hall%201/sensors/?history=true&limit=1").statusCode());
  }

  @Test
  void theSchemaOfARowIsThatOfItsType() throws JsonProcessingException {
    JsonNode schemas = document("/openapi.json").at("/components/schemas");
    assertEquals(
        new JsonMapper()
            .readTree(
                """
                {"type": "object", "description": "What rooms measure.",
                 "properties": {
                   "number": {"type": "integer", "format": "int32"},
                   "temp": {"type": ["number", "null"], "format": "double",
                     "description": "In degrees Celsius."},
                   "changed": {"type": ["string", "number", "null"], "readOnly": true,
                     "description":
                       "an ISO 8601 date or time, or a number of milliseconds since 1970"},
                   "tags": {"type": "array", "items": {"type": "string"}}},
                 "required": ["number", "tags"]}
                """),
        schemas.path("Sensors"));
    assertEquals(List.of("tags"), texts(schemas.at("/Sensors-written/required")));
    assertTrue(schemas.at("/Sensors-patch/required").isMissingNode());
    assertTrue(schemas.path("Unseen").isMissingNode());
    assertTrue(schemas.path("Private").isMissingNode());
  }

  @Test
  void everyTableHasChannelsOnTheProtocolsOfItsExport() {
    JsonNode channels = document("/asyncapi.json").path("channels");
    List<String> names = new ArrayList<>();
    channels.fieldNames().forEachRemaining(names::add);
    assertEquals(
        List.of(
            "topics_topic",
            "topics_row",
            "topics_rows",
            "Sensors_topic",
            "Sensors_row",
            "Sensors_rows",
            "Seen_topic",
            "Seen_row",
            "Seen_rows",
            "filter"),
        names);
    assertEquals("hall 1/sensors/{id}", channels.at("/Sensors_topic/address").asText());
    assertEquals("/hall%201/sensors/{id}", channels.at("/Sensors_row/address").asText());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/openapi.json", "/asyncapi.json"})
  void aDocumentIsSentOnceAndCompressed(String path) throws IOException {
    HttpResponse<String> plain = node.send("GET", path);
    assertEquals("application/json", HttpNode.header(plain, "Content-Type"));
    String tag = HttpNode.header(plain, "ETag");
    assertEquals(304, node.send("GET", path, "If-None-Match", tag).statusCode());
    assertEquals(200, node.send("GET", path, "If-None-Match", "\"other\"").statusCode());

    HttpResponse<byte[]> compressed =
        node.send(
            node.request(path, "Accept-Encoding", "gzip").build(),
            HttpResponse.BodyHandlers.ofByteArray());
    assertEquals("gzip", compressed.headers().firstValue("Content-Encoding").orElseThrow());
    assertNotEquals(tag, compressed.headers().firstValue("ETag").orElseThrow());
    try (var gzip = new GZIPInputStream(new ByteArrayInputStream(compressed.body()))) {
      assertEquals(plain.body(), new String(gzip.readAllBytes(), UTF_8));
    }

    HttpResponse<String> head = node.send("HEAD", path);
    assertEquals(
        Integer.toString(plain.body().getBytes(UTF_8).length),
        HttpNode.header(head, "Content-Length"));
  }

  @Test
  void theDocumentOfASchemaIsAlwaysTheSame() {
    try (HttpNode other = HttpNode.start(SDL)) {
      assertEquals(
          HttpNode.header(node.send("GET", "/openapi.json"), "ETag"),
          HttpNode.header(other.send("GET", "/openapi.json"), "ETag"));
    }
  }

  @Test
  void aDocumentIsNobodysRow() {
    node.write("openapi.json", id -> Write.put(id, Payload.json("{\"a\":1}".getBytes(UTF_8))));
    assertTrue(node.send("GET", "/openapi.json").body().startsWith("{\"openapi\":"));
    assertEquals(
        "{\"a\":1,\"id\":\"openapi.json\"}", node.send("GET", "/openapi.json.json").body());
    HttpResponse<String> put = node.sendJson("PUT", "/openapi.json", "{}");
    assertEquals(405, put.statusCode());
    assertEquals("GET, HEAD, OPTIONS", HttpNode.header(put, "Allow"));
  }

  @Test
  void whatADocumentCannotGiveIsRefused() {
    assertEquals(406, node.send("GET", "/openapi.json", "Accept", "application/cbor").statusCode());
    assertEquals(400, node.send("GET", "/openapi.json?temp=gt=1").statusCode());
  }

  private JsonNode document(String path) {
    try {
      return new JsonMapper().readTree(node.send("GET", path).body());
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(each -> texts.add(each.asText()));
    return texts;
  }
}
