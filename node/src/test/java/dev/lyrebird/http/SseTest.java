package dev.lyrebird.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Write;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Event streams as they come over the wire. */
final class SseTest {

  private static final String SDL =
      """
      type topics @table @export(name: "") { id: ID @primaryKey }
      type Sensors @table @export { id: ID @primaryKey temp: Float }
      type Numbers @table @export { n: Int @primaryKey }
      type Silent @table @export(sse: false) { id: ID @primaryKey }
      """;

  private HttpNode node;

  @BeforeEach
  void start() {
    node = HttpNode.start(SDL);
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void headComesAtOnceThoughThereIsNothingToSend() {
    try (RawEventStream stream = open("/Sensors/none")) {
      assertEquals("text/event-stream", stream.field("Content-Type"));
      assertEquals("no-store", stream.field("Cache-Control"));
      assertEquals("no", stream.field("X-Accel-Buffering"));
      assertNull(stream.field("Content-Encoding"));
      RawEventStream.Block place = stream.block();
      assertNull(place.data(), "a block of id alone is no event to a browser");
      assertNotNull(place.id());
    }
  }

  @Test
  void rowComesFirstAndThenEachChange() {
    put("Sensors/w1", "{\"temp\": 1}");
    try (RawEventStream stream = open("/Sensors/w1")) {
      assertEvent("\"w1\"", "{\"temp\":1,\"id\":\"w1\"}", "put", stream.data());
      node.write("Sensors/w1", id -> Write.patch(id, json("{\"temp\": 2}")));
      assertEvent("\"w1\"", "{\"temp\":2,\"id\":\"w1\"}", "put", stream.data());
      node.write("Sensors/w1", id -> Write.message(id, json("{\"note\": \"hi\"}")));
      assertEvent("\"w1\"", "{\"note\":\"hi\"}", "message", stream.data());
      node.write("Sensors/w1", Write::delete);
      assertEvent("\"w1\"", null, "delete", stream.data());
    }
  }

  @Test
  void tablePrefixAndFilterHearWhatIsTheirs() {
    try (RawEventStream table = open("/Sensors");
        RawEventStream all = open("/Sensors/");
        RawEventStream prefix = open("/Sensors/a/");
        RawEventStream filter = open("/+/a/%23");
        RawEventStream other = open("/topics-of-the-root/")) {
      put("Sensors/a/1", "1");
      put("Sensors/b", "2");
      put("x/a/1", "3");
      put("topics-of-the-root/1", "4");
      for (RawEventStream stream : List.of(table, all)) {
        assertEvent("\"a/1\"", "1", "put", stream.data());
        assertEvent("\"b\"", "2", "put", stream.data());
      }
      put("Sensors/a/end", "5");
      assertEvent("\"a/1\"", "1", "put", prefix.data());
      assertEvent("\"a/end\"", "5", "put", prefix.data());
      assertEvent("\"a/1\"", "1", "put", filter.data());
      assertEvent("\"x/a/1\"", "3", "put", filter.data());
      assertEvent("\"topics-of-the-root/1\"", "4", "put", other.data());
    }
  }

  @Test
  void keysOfNumbersAreNumbers() {
    try (RawEventStream stream = open("/Numbers/7")) {
      put("Numbers/7", "{}");
      assertEvent("7", "{\"n\":7}", "put", stream.data());
    }
  }

  @Test
  void payloadsOfOtherTypesAreWrapped() {
    try (RawEventStream stream = open("/a")) {
      node.write("a", id -> Write.put(id, new Payload(utf8("a\nb"), "text/plain", null)));
      assertEvent(
          "\"a\"", "{\"contentType\":\"text/plain\",\"data\":\"a\\nb\"}", "put", stream.data());
      node.write("a", id -> Write.message(id, Payload.of(new byte[] {(byte) 0xff})));
      assertTrue(stream.data().contains("\"data\":\"/w==\",\"encoding\":\"base64\""));
    }
  }

  @Test
  void clientThatComesBackMissesNothingAndGetsNothingTwice() {
    String last;
    try (RawEventStream stream = open("/Sensors/")) {
      put("Sensors/s1", "1");
      stream.data();
      last = stream.lastId();
    }
    put("Sensors/s1", "2");
    put("Sensors/s2", "3");
    assertEquals(List.of("2", "3", "4"), resumed("/Sensors/", "Last-Event-ID: " + last + "\r\n"));
    assertEquals(List.of("2", "3", "4"), resumed("/Sensors/?since=" + last));
    assertEquals(
        List.of("2", "3", "4"),
        resumed("/Sensors/?since=damaged", "Last-Event-ID: " + last + "\r\n"));
  }

  @Test
  void streamBeginsInThePast() {
    put("Sensors/s1", "1");
    put("Sensors/s2", "2");
    put("Sensors/s1", "3");
    assertEquals(List.of("1", "2", "3", "4"), resumed("/Sensors/?startTime=0"));
    assertEquals(List.of("3", "4"), resumed("/Sensors/?previousCount=3").subList(0, 2));
  }

  private List<String> resumed(String path, String... headers) {
    node.write("Sensors/end", id -> Write.message(id, json("4")));
    List<String> values = new ArrayList<>();
    try (RawEventStream stream = open(path, headers)) {
      while (!values.contains("4")) {
        values.add(value(stream.data()));
      }
    }
    return values;
  }

  @Test
  void placeIsToldToWhoeverHadNoEventYet() {
    String place;
    try (RawEventStream stream = open("/Sensors/quiet")) {
      place = stream.block().id();
    }
    put("Sensors/quiet", "1");
    try (RawEventStream stream = open("/Sensors/quiet", "Last-Event-ID: " + place + "\r\n")) {
      assertEquals("1", value(stream.data()));
    }
  }

  @Test
  void cursorThatTheJournalNoLongerCoversIsTold() {
    String last;
    try (RawEventStream stream = open("/Sensors/s1")) {
      put("Sensors/s1", "1");
      stream.data();
      last = stream.lastId();
    }
    put("Sensors/s1", "2");
    node.onLoop(tables -> {
      tables.trim();
      return true;
    });
    try (RawEventStream stream = open("/Sensors/s1", "Last-Event-ID: " + last + "\r\n")) {
      RawEventStream.Block reset = stream.block();
      assertEquals("reset", reset.event());
      assertTrue(String.valueOf(reset.data()).startsWith("{\"type\":\"reset\",\"reason\":\""));
      assertEquals("2", value(stream.data()));
    }
  }

  @Test
  void readyIsToldBehindTheCurrentRows() {
    put("Sensors/s1", "1");
    try (RawEventStream stream = open("/Sensors/?ready=true")) {
      assertEquals("1", value(stream.data()));
      assertEquals("{\"type\":\"ready\"}", stream.data());
      assertNotNull(stream.lastId());
    }
    try (RawEventStream stream = open("/Sensors/?ready=true&omitCurrent=true")) {
      assertEquals("{\"type\":\"ready\"}", stream.data());
    }
  }

  @Test
  void whatIsNotUnderstoodIsRefused() {
    assertRefused(400, "/Sensors/?startTime=soon", "startTime");
    assertRefused(400, "/Sensors/?sort(temp)", "sort");
    assertRefused(400, "/Sensors/?limit(1)", "limit");
    assertRefused(400, "/Sensors/?temp=gt=", "at character 9 of the query");
    assertRefused(400, "/Sensors/?temp", "at character 5 of the query");
    assertRefused(400, "/Sensors/?ready=yes", "ready");
    assertRefused(400, "/Sensors/?ready=true&ready=true", "ready");
    assertRefused(400, "/Sensors/?since=nonsense", "cursor");
    assertRefused(400, "/Sensors/?since=", "cursor");
    assertRefused(400, "/Sensors/a+/+", "'+' stands alone");
    assertRefused(400, "/Sensors/%23/x", "'#' stands alone");
    assertRefused(400, "/Numbers/x", "not a whole number");
    assertRefused(404, "/Silent/x", "not exported on this protocol");
    String ofOtherTable;
    try (RawEventStream stream = open("/Sensors/s1")) {
      ofOtherTable = stream.block().id();
    }
    assertRefused(400, "/Numbers/1?since=" + ofOtherTable, "cursor");
  }

  private void assertRefused(int status, String path, String detail) {
    HttpResponse<String> answer = node.send("GET", path, "Accept", "text/event-stream");
    assertEquals(status, answer.statusCode(), path);
    assertTrue(answer.body().contains(detail), answer.body());
  }

  @Test
  void acceptDecidesBetweenStreamAndRow() {
    put("Sensors/s1", "{\"temp\":1}");
    for (String accept :
        List.of(
            "text/event-stream",
            "TEXT/Event-Stream; charset=utf-8",
            "text/html;q=0.1, text/event-stream;q=0.2",
            "application/json, text/event-stream",
            "text/event-stream, */*;q=0.5")) {
      assertEquals("text/event-stream", contentTypeOfHead(accept), accept);
    }
    for (String accept :
        List.of(
            "*/*",
            "application/json",
            "text/event-stream;q=0, */*",
            "text/event-stream;q=0.5, application/json")) {
      assertEquals("application/json", contentTypeOfHead(accept), accept);
    }
  }

  private String contentTypeOfHead(String accept) {
    return node.send("HEAD", "/Sensors/s1", "Accept", accept)
        .headers()
        .firstValue("Content-Type")
        .orElse("");
  }

  @Test
  void foreignPagesAreRefused() {
    assertEquals(
        403,
        node.send(
                "GET",
                "/Sensors/",
                "Accept",
                "text/event-stream",
                "Origin",
                "https://elsewhere.example")
            .statusCode());
  }

  @Test
  void nodeThatStopsEndsItsStreams() {
    try (RawEventStream stream = open("/Sensors/")) {
      stream.block();
      node.close();
      stream.assertEnd();
    }
  }

  private RawEventStream open(String path, String... headers) {
    return RawEventStream.open(node.port(), path, headers);
  }

  private void put(String path, String row) {
    node.write(path, id -> Write.put(id, json(row)));
  }

  private static Payload json(String text) {
    return Payload.json(utf8(text));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String value(String event) {
    int from = event.indexOf("\"value\":") + "\"value\":".length();
    return event.substring(from, event.indexOf(",\"version\":"));
  }

  /** Holds an event to the shape that clients rely on, keys in this order. */
  static void assertEvent(String id, @Nullable String value, String type, String event) {
    String number = "\\d{13}\\.\\d{1,4}";
    String shape =
        "\\{\"id\":%s,\"localTime\":%s%s,\"version\":%s,\"type\":\"%s\"\\}"
            .formatted(
                Pattern.quote(id),
                number,
                value == null ? "" : ",\"value\":" + Pattern.quote(value),
                number,
                type);
    assertTrue(event.matches(shape), event);
  }
}
