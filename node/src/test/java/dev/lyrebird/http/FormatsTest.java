package dev.lyrebird.http;

import static dev.lyrebird.http.HttpNode.header;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.format.Format;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Rows in all formats, as clients ask for them and send them. */
final class FormatsTest {

  private static final String SDL =
      "type T @table @export { id: ID @primaryKey temp: Float name: String }";

  private final HttpNode node = HttpNode.start(SDL);

  @BeforeEach
  void fill() {
    node.sendJson("PUT", "/T/a", "{\"temp\":97.2,\"name\":\"A, B\",\"more\":[1]}");
    node.sendJson("PUT", "/T/b", "[1,\n2]");
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "/T/a.json | application/json | `{\"temp\":97.2,\"name\":\"A, B\",\"more\":[1],\"id\":\"a\"}`",
        "/T/a.csv | text/csv | `id,temp,name,*\r\na,97.2,\"A, B\",\"{\"\"more\"\":[1]}\"\r\n`",
        "/T/a.ndjson | application/x-ndjson | `{\"temp\":97.2,\"name\":\"A, B\",\"more\":[1],\"id\":\"a\"}\n`",
        "/T/b.ndjson | application/x-ndjson | `{\"contentType\":\"application/json\",\"data\":[1,2],\"id\":\"b\"}\n`",
        "/T/a.temp.csv | text/csv | `temp\r\n97.2\r\n`",
        "/T/.csv | text/csv | `id,temp,name,*\r\na,97.2,\"A, B\",\"{\"\"more\"\":[1]}\"\r\nb,,,\"{\"\"contentType\"\":\"\"application/json\"\",\"\"data\"\":[1,2]}\"\r\n`",
        "/T/.ndjson | application/x-ndjson | `{\"temp\":97.2,\"name\":\"A, B\",\"more\":[1],\"id\":\"a\"}\n{\"contentType\":\"application/json\",\"data\":[1,2],\"id\":\"b\"}\n`"
      })
  void extensionAsksForAFormat(String path, String type, String content) {
    HttpResponse<String> answer = node.send("GET", path);

    assertEquals(content, answer.body());
    assertEquals(type, header(answer, "Content-Type"));
  }

  @ParameterizedTest
  @EnumSource(names = {"CBOR", "MSGPACK"})
  void binaryFormatsSayWhatJsonDoes(Format format) {
    String type = format.mediaType().name();

    assertEquals(node.send("GET", "/T/").body(), json(format, "/T/", type));
    assertEquals(node.send("GET", "/T/a").body(), json(format, "/T/a", type));
    assertEquals("97.2", json(format, "/T/a.temp", type));
    assertTrue(json(format, "/T/a?history", type).contains("\"value\":{\"temp\":97.2,"));
  }

  private String json(Format format, String path, String type) {
    HttpResponse<byte[]> answer =
        node.send(
            node.request(path, "Accept", type).build(), HttpResponse.BodyHandlers.ofByteArray());
    assertEquals(type, header(answer, "Content-Type"));
    return new String(format.toJson(answer.body()), UTF_8);
  }

  @Test
  void formatIsCalledByTheNameThatTheClientUses() {
    assertEquals(
        "application/x-msgpack",
        header(node.send("GET", "/T/a", "Accept", "application/x-msgpack"), "Content-Type"));
    assertEquals(
        "application/jsonl",
        header(node.send("GET", "/T/", "Accept", "application/jsonl"), "Content-Type"));
  }

  @Test
  void eachFormatHasAnEntityTagOfItsOwn() {
    String json = header(node.send("GET", "/T/a"), "ETag").replace("\"", "");

    for (Format format : Format.ALL) {
      String end = format == Format.JSON ? "" : '.' + format.extension();
      assertEquals(
          '"' + json + end + '"', header(node.send("GET", "/T/a." + format.extension()), "ETag"));
    }
  }

  @Test
  void historyComesAsLinesOfCsvToo() {
    String csv = node.send("GET", "/T/a?history", "Accept", "text/csv").body();

    assertTrue(csv.startsWith("id,localTime,value,version,type,origin,user,superseded\r\na,17"));
    assertTrue(csv.contains(",\"{\"\"temp\"\":97.2,"));
  }

  @Test
  void descriptionIsNoListOfRows() {
    assertEquals(406, node.send("GET", "/T", "Accept", "text/csv").statusCode());
    assertEquals(200, node.send("GET", "/T", "Accept", "application/msgpack").statusCode());
  }

  @ParameterizedTest
  @EnumSource(names = {"CBOR", "MSGPACK"})
  void rowsAreTakenInBinaryFormats(Format format) {
    byte[] row = format.fromJson("{\"temp\":1.5}".getBytes(UTF_8));
    byte[] rows = format.fromJson("[{\"id\":\"x1\"},{\"id\":\"x2\",\"temp\":2}]".getBytes(UTF_8));

    assertEquals(201, send("PUT", "/T/x", format, row));
    assertEquals("{\"temp\":1.5,\"id\":\"x\"}", node.send("GET", "/T/x").body());
    assertEquals(204, send("PATCH", "/T/x", format, row));
    assertEquals(202, send("POST", "/T/x", format, row));
    assertEquals(204, send("PUT", "/T/", format, rows));
    assertEquals("2", node.send("GET", "/T/x2.temp").body());
    assertEquals(409, send("POST", "/T/", format, rows));
    assertEquals(400, send("PUT", "/T/x", format, new byte[] {(byte) 0xc1}));
  }

  @Test
  void putOfLinesIsAllOrNothing() {
    byte[] csv = "id,temp,note\nx1,1.5,007\nx2,,\"\"\n".getBytes(UTF_8);
    byte[] faulty = "id,temp\ny1,1\ny2,warm\n".getBytes(UTF_8);

    assertEquals(204, send("PUT", "/T/", Format.CSV, csv));
    assertEquals(
        "[{\"id\":\"x1\",\"temp\":1.5,\"note\":\"007\"},{\"id\":\"x2\",\"note\":\"\"}]",
        node.send("GET", "/T/").body().replaceFirst(".*\"b\"},", "["));
    assertEquals(422, send("PUT", "/T/", Format.CSV, faulty));
    assertEquals(404, node.send("GET", "/T/y1").statusCode());
    assertEquals(204, send("PUT", "/T/", Format.NDJSON, "{\"id\":\"z\"}\n".getBytes(UTF_8)));
    assertEquals(400, send("PUT", "/T/", Format.NDJSON, "{},{}".getBytes(UTF_8)));
  }

  @Test
  void linesAtARowsPathAreKeptAsTheyAre() {
    assertEquals(201, send("PUT", "/T/report.csv", Format.CSV, "a,b\n1,2\n".getBytes(UTF_8)));

    HttpResponse<String> answer = node.send("GET", "/T/report.csv");
    assertEquals("a,b\n1,2\n", answer.body());
    assertEquals("text/csv", header(answer, "Content-Type"));
  }

  private int send(String method, String path, Format format, byte[] content) {
    return node.send(
            node.request(path)
                .header("Content-Type", format.mediaType().name())
                .method(method, HttpRequest.BodyPublishers.ofByteArray(content))
                .build())
        .statusCode();
  }
}
