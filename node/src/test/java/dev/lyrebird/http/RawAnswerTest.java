package dev.lyrebird.http;

import static dev.lyrebird.http.HttpNode.header;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ranges of rows that are kept byte for byte (RFC 9110 §14). */
final class RawAnswerTest {

  private final HttpNode node = HttpNode.start("type T @table @export { id: ID @primaryKey }");

  @BeforeEach
  void fill() {
    put("/T/raw", "0123456789");
  }

  private void put(String path, String content) {
    node.send(
        node.request(path)
            .header("Content-Type", "image/png")
            .PUT(HttpRequest.BodyPublishers.ofString(content))
            .build());
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @ParameterizedTest
  @CsvSource({
    "bytes=0-0, 0-0, 0",
    "bytes=2-4, 2-4, 234",
    "BYTES=7-, 7-9, 789",
    "bytes=8-99999999999999999999, 8-9, 89",
    "bytes=-3, 7-9, 789",
    "bytes=-99, 0-9, 0123456789"
  })
  void rangeThatIsThereIsSentAlone(String range, String sent, String content) {
    HttpResponse<String> answer = node.send("GET", "/T/raw", "Range", range);

    assertEquals(206, answer.statusCode());
    assertEquals(content, answer.body());
    assertEquals("bytes " + sent + "/10", header(answer, "Content-Range"));
    assertEquals("image/png", header(answer, "Content-Type"));
    assertEquals(Integer.toString(content.length()), header(answer, "Content-Length"));
    assertEquals(header(node.send("GET", "/T/raw"), "ETag"), header(answer, "ETag"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes=10-", "bytes=10-20", "bytes=-0", "bytes=99999999999999999999-"})
  void rangeThatIsNotThereIsRefusedWithTheLength(String range) {
    HttpResponse<String> answer = node.send("GET", "/T/raw", "Range", range);

    assertEquals(416, answer.statusCode());
    assertEquals("bytes */10", header(answer, "Content-Range"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bytes=4-2",
        "bytes=0-1,3-4",
        "bytes=",
        "bytes=-",
        "bytes=a-b",
        "bytes=1",
        "rows=0-1",
        "x"
      })
  void whatIsNoSingleRangeIsAnsweredWithTheWhole(String range) {
    HttpResponse<String> answer = node.send("GET", "/T/raw", "Range", range);

    assertEquals(200, answer.statusCode());
    assertEquals("0123456789", answer.body());
    assertEquals("bytes", header(answer, "Accept-Ranges"));
  }

  @Test
  void rangeOfWhatHasChangedIsTheWhole() {
    String tag = header(node.send("GET", "/T/raw"), "ETag");

    assertEquals(206, status(tag));
    assertEquals(200, status("W/" + tag));
    assertEquals(200, status("\"other\""));
    assertEquals(200, status(header(node.send("GET", "/T/raw"), "Last-Modified")));
    put("/T/raw", "abc");
    assertEquals(200, status(tag));
  }

  private int status(String ifRange) {
    return node.send("GET", "/T/raw", "Range", "bytes=0-1", "If-Range", ifRange).statusCode();
  }

  @Test
  void headAndRowsThatAreNotRawKnowNoRanges() {
    node.sendJson("PUT", "/T/json", "{\"a\":1}");

    assertEquals(200, node.send("HEAD", "/T/raw", "Range", "bytes=0-1").statusCode());
    assertEquals("10", header(node.send("HEAD", "/T/raw", "Range", "bytes=0-1"), "Content-Length"));
    HttpResponse<String> answer = node.send("GET", "/T/json", "Range", "bytes=0-1");
    assertEquals(200, answer.statusCode());
    assertEquals("(no Accept-Ranges)", header(answer, "Accept-Ranges"));
  }
}
