package dev.lyrebird.http;

import static dev.lyrebird.http.HttpNode.header;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Write;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Queries across relationships, as a client sees them. */
final class JoinedRowsTest {

  private static final String SDL =
      """
      type Products @table @export {
        id: ID @primaryKey
        price: Float
        brandId: ID
        brand: Brands @relationship(from: "brandId")
        tagIds: [ID]
        tags: [Tags] @relationship(from: "tagIds")
      }
      type Brands @table @export {
        id: ID @primaryKey
        name: String
        products: [Products] @relationship(to: "brandId")
      }
      type Tags @table { id: ID @primaryKey name: String }
      """;

  private final HttpNode node = HttpNode.start(SDL);

  @BeforeEach
  void fill() {
    put("Brands/b1", "{\"name\":\"Acme\"}");
    put("Brands/b2", "{\"name\":\"Best\"}");
    put("Brands/b3", "{\"name\":\"Cosy\"}");
    put("Products/p1", "{\"price\":5,\"brandId\":\"b1\"}");
    put("Products/p2", "{\"price\":9,\"brandId\":\"b1\"}");
    put("Products/p3", "{\"price\":7,\"brandId\":\"b2\"}");
    put("Products/p4", "{\"price\":1}");
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "   ",
      value = {
        "/Products/?brand.name=Acme&select(id)   [\"p1\",\"p2\"]",
        "/Products/?brand.name!=Acme&select(id)   [\"p3\",\"p4\"]",
        "/Products/?brand=null&select(id)   [\"p4\"]",
        "/Products/?brand!=null&price=gt=5&select(id)   [\"p2\",\"p3\"]",
        "/Products/?brand.products.price=9&select(id)   [\"p1\",\"p2\"]",
        "/Brands/?products.price=gt=6&lt=8&select(id)   [\"b2\"]",
        "/Brands/?products=null&select(id)   [\"b3\"]",
        "/Products/?brand.name=Best&explain   {\"plan\":",
      })
  void conditionsReachIntoJoinedRows(String path, String expected) {
    HttpResponse<String> answer = node.send("GET", path);
    assertTrue(answer.body().startsWith(expected), answer.body());
    assertEquals(200, answer.statusCode());
  }

  @Test
  void selectionsReachIntoJoinedRows() {
    assertShown(
        "/Products/?price=gt=6&select(id,brand{name})",
        "[{\"id\":\"p2\",\"brand\":{\"name\":\"Acme\"}},{\"id\":\"p3\",\"brand\":{\"name\":\"Best\"}}]");
    assertShown("/Products/?price=1&select(id,brand)", "[{\"id\":\"p4\"}]");
    assertShown(
        "/Brands/?name=Acme&select(products)",
        "[[{\"price\":5,\"brandId\":\"b1\",\"id\":\"p1\"},{\"price\":9,\"brandId\":\"b1\",\"id\":\"p2\"}]]");
    assertShown("/Brands/?name=Cosy&select(id,products)", "[{\"id\":\"b3\",\"products\":[]}]");
    assertShown(
        "/Products/p3?select(brand{name,products{id}})",
        "{\"name\":\"Best\",\"products\":[{\"id\":\"p3\"}]}");
  }

  /** The row's own version does not change with the rows that it joins. */
  @Test
  void rowWithJoinedRowsHasNoEntityTag() {
    String plain = header(node.send("GET", "/Products/p1?select(price)"), "ETag");
    assertTrue(plain.startsWith("\""), plain);
    HttpResponse<String> joined =
        node.send("GET", "/Products/p1?select(id,brand)", "If-None-Match", plain);
    assertEquals(200, joined.statusCode());
    assertEquals("(no ETag)", header(joined, "ETag"));
  }

  @Test
  void rowsThatJoinOthersAreDeleted() {
    HttpResponse<String> answer = node.send("DELETE", "/Products/?brand.name=Acme");
    assertEquals("{\"deleted\":2}", answer.body());
    assertShown("/Products/?select(id)", "[\"p3\",\"p4\"]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "   ",
      value = {
        "/Products/?brand=b1   compare with null",
        "/Products/?sort(brand.name)   joins rows of Brands",
        "/Products/?select(price{x})   no attributes",
        "/Products/?select(price{x})&explain   no attributes",
      })
  void whatCannotBeJoinedIsRefused(String path, String words) {
    String problem = get(path);
    assertTrue(problem.contains("\"status\":400"), problem);
    assertTrue(problem.contains(words), problem);
  }

  private void assertShown(String path, String expected) {
    assertEquals(expected, get(path), path);
  }

  /** Sends a path as it stands: the other client takes no {. */
  private String get(String path) {
    try (RawHttp client = new RawHttp(node.port())) {
      String answer = client.send("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n").answer();
      return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }
  }

  private void put(String path, String content) {
    node.write(path, row -> Write.put(row, Payload.of(content.getBytes(UTF_8))));
  }
}
