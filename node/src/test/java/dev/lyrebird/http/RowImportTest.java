package dev.lyrebird.http;

import static dev.lyrebird.http.HttpNode.header;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows that come a line each, as many as there are. */
final class RowImportTest {

  private static final String SDL =
      """
      type T @table @export { id: ID @primaryKey temp: Float name: String }
      type N @table @export { id: Int @primaryKey }
      type Confirmed @table(confirm: 1) @export { id: ID @primaryKey }
      """;

  private final HttpNode node = HttpNode.start(SDL);

  @AfterEach
  void stop() {
    node.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "application/x-ndjson | `{\"id\":\"a\",\"temp\":1}\n{\"id\":\"b\"}`",
        "application/jsonl | `\uFEFF{\"id\":\"a\",\"temp\":1}\r\n\r\n{\"id\":\"b\"}\r\n`",
        "text/csv; charset=UTF-8 | `id,temp\na,1\nb,\n`"
      })
  void rowsAreWrittenInPlaceOfWhatHasTheirIds(String type, String lines) {
    node.sendJson("PUT", "/T/b", "{\"name\":\"old\"}");

    HttpResponse<String> answer = post("/T/", type, lines.getBytes(UTF_8));

    assertEquals(200, answer.statusCode());
    assertEquals("{\"imported\":2,\"faulty\":0,\"faults\":[]}", answer.body());
    assertEquals("application/json", header(answer, "Content-Type"));
    assertEquals("[{\"id\":\"a\",\"temp\":1},{\"id\":\"b\"}]", node.send("GET", "/T/").body());
  }

  @Test
  void faultsAreToldLineByLineAndHarmNoOtherRow() {
    String lines =
        """
        {"id":"a"}
        {"id":"b","temp":"warm","name":2}
        nonsense
        [1]
        {"id":"c","id":"d"}
        {"id":{}}

        {"id":"e","temp":1}
        """;

    HttpResponse<String> answer = post("/T/", "application/x-ndjson", lines.getBytes(UTF_8));

    assertEquals(200, answer.statusCode());
    String body = answer.body();
    assertTrue(body.startsWith("{\"imported\":2,\"faulty\":5,\"faults\":["), body);
    assertTrue(
        body.contains(
            "{\"line\":2,\"attribute\":\"temp\",\"detail\":\"must be a number (Float), but is a string\"}"),
        body);
    assertTrue(body.contains("{\"line\":2,\"attribute\":\"name\","), body);
    assertTrue(body.contains("{\"line\":3,\"detail\":\"is no JSON object\"}"), body);
    assertTrue(
        body.contains(
            "{\"line\":5,\"detail\":\"the content is no JSON that we take: Duplicate field 'id'"),
        body);
    assertTrue(body.contains("{\"line\":6,\"detail\":\"the key id is of a type"), body);
    assertEquals("[{\"id\":\"a\"},{\"id\":\"e\",\"temp\":1}]", node.send("GET", "/T/").body());
  }

  @Test
  void onlyTheFirstFaultsAreListed() {
    byte[] lines = ("{\"id\":\"a\"}\n" + "x\n".repeat(1000)).getBytes(UTF_8);

    String body = post("/T/", "application/x-ndjson", lines).body();
    assertTrue(body.startsWith("{\"imported\":1,\"faulty\":1000,\"faults\":["));
    assertTrue(body.endsWith("{\"line\":101,\"detail\":\"is no JSON object\"}]}"));
  }

  @Test
  void importOfFaultsAloneIsRefused() {
    HttpResponse<String> answer = post("/T/", "text/csv", "id,temp\na,warm\nb\n".getBytes(UTF_8));

    assertEquals(422, answer.statusCode());
    assertEquals("application/problem+json", header(answer, "Content-Type"));
    assertTrue(answer.body().contains("\"errors\":[{\"line\":3,"), answer.body());
    assertTrue(answer.body().contains("{\"line\":2,\"attribute\":\"temp\","), answer.body());
    assertEquals(400, post("/T/", "text/csv", "id,id\n".getBytes(UTF_8)).statusCode());
  }

  @Test
  void emptyImportWritesNothing() {
    assertEquals(
        "{\"imported\":0,\"faulty\":0,\"faults\":[]}",
        post("/T/", "application/x-ndjson", new byte[0]).body());
  }

  @Test
  void rowsWithoutAnIdAreGivenOne() {
    post("/N/", "application/x-ndjson", "{}\n{}\n{\"id\":7}\n".getBytes(UTF_8));

    assertEquals("[{\"id\":1},{\"id\":2},{\"id\":7}]", node.send("GET", "/N/").body());
  }

  @Test
  void contentOfAnyLengthIsReadNoFasterThanItIsWritten() {
    int rows = 60_000; // more than a body may have, and much more than may be unanswered
    byte[] lines = lines(rows);
    assertTrue(lines.length > HttpNode.SETTINGS.maxBodyBytes());

    HttpResponse<String> answer =
        node.send(
            node.request("/T/")
                .header("Content-Type", "application/x-ndjson")
                .POST(
                    HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(lines)))
                .build());

    assertEquals("{\"imported\":60000,\"faulty\":0,\"faults\":[]}", answer.body());
    assertTrue(node.row("T/59999").isPresent());
  }

  private static byte[] lines(int rows) {
    return IntStream.range(0, rows)
        .mapToObj(i -> "{\"id\":\"%d\",\"name\":\"%s\"}%n".formatted(i, "x".repeat(120)))
        .collect(Collectors.joining())
        .getBytes(UTF_8);
  }

  @Test
  void compressedContentIsTaken() {
    byte[] lines = lines(5000);

    HttpResponse<String> answer = postCoded("gzip", GzipContentTest.gzip(lines));
    assertEquals("{\"imported\":5000,\"faulty\":0,\"faults\":[]}", answer.body());
    assertEquals(415, postCoded("deflate", lines).statusCode());
    assertEquals("gzip", header(postCoded("deflate", lines), "Accept-Encoding"));
    assertEquals(400, postCoded("gzip", lines).statusCode());
  }

  private HttpResponse<String> postCoded(String coding, byte[] content) {
    return node.send(
        node.request("/T/")
            .header("Content-Type", "application/x-ndjson")
            .header("Content-Encoding", coding)
            .POST(HttpRequest.BodyPublishers.ofByteArray(content))
            .build());
  }

  @Test
  void compressedRowIsNoLongerThanARowMayBe() {
    byte[] bomb = GzipContentTest.gzip(new byte[64 << 20]);
    HttpResponse<String> answer =
        node.send(
            node.request("/T/big")
                .header("Content-Encoding", "gzip")
                .PUT(HttpRequest.BodyPublishers.ofByteArray(bomb))
                .build());

    assertEquals(413, answer.statusCode());
    assertTrue(node.row("T/big").isEmpty());
  }

  @Test
  void importThatBreaksOffLeavesWhatIsWritten() {
    try (RawHttp client = new RawHttp(node.port())) {
      client.send(
          """
          POST /T/ HTTP/1.1\r
          Host: x\r
          Content-Type: application/x-ndjson\r
          Content-Length: 1000\r
          \r
          {"id":"a"}
          {"id":"b"}
          {"id":\
          """);
      await("T/b");
    }
    assertEquals("[{\"id\":\"a\"},{\"id\":\"b\"}]", node.send("GET", "/T/").body());
  }

  private void await(String path) {
    long deadline = System.nanoTime() + HttpNode.WAIT_SECONDS * 1_000_000_000L;
    while (node.row(path).isEmpty()) {
      assertTrue(System.nanoTime() < deadline, () -> "no row " + path);
    }
  }

  @Test
  void importThatIsNotConfirmedEndsAndSaysSo() {
    HttpResponse<String> answer =
        post("/Confirmed/", "application/x-ndjson", "{\"id\":\"a\"}\n".getBytes(UTF_8));

    assertEquals(504, answer.statusCode());
    assertTrue(answer.body().contains("; 0 rows were imported before"), answer.body());
  }

  private HttpResponse<String> post(String path, String type, byte[] content) {
    return node.send(
        node.request(path)
            .header("Content-Type", type)
            .POST(HttpRequest.BodyPublishers.ofByteArray(content))
            .build());
  }
}
