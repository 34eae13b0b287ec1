package dev.lyrebird.http;

import static dev.lyrebird.http.SseTest.assertEvent;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Write;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Conditions and selections on streams, as their clients see them. */
final class PickedEventsTest {

  private static final String SDL =
      """
      type topics @table @export(name: "") { id: ID @primaryKey }
      type Sensors @table @export { id: ID @primaryKey temp: Float room: String }
      type Sealed @table @export @sealed { id: ID @primaryKey temp: Float }
      """;

  private HttpNode node;

  @BeforeEach
  void start() {
    node = HttpNode.start(SDL, HttpNode.settings(HttpNode.NEVER_SECONDS, 1));
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void rowIsToldAsItEntersAndAsItLeaves() {
    try (RawEventStream events = sse("/Sensors/?temp=gt=30");
        RawWebSocket socket = webSocket("/Sensors/?temp=gt=30")) {
      put("Sensors/cold", "{\"temp\":1}");
      put("Sensors/a", "{\"temp\":31}");
      node.write("Sensors/a", id -> Write.patch(id, json("{\"room\":\"hall\"}")));
      node.write("Sensors/a", id -> Write.patch(id, json("{\"temp\":30}")));
      put("Sensors/a", "{\"temp\":29}");
      node.write("Sensors/a", Write::delete);
      node.write("Sensors/cold", Write::delete);
      put("Sensors/b", "{\"temp\":40}");
      node.write("Sensors/b", Write::delete);
      for (Supplier<String> stream : List.<Supplier<String>>of(events::data, socket::readText)) {
        assertEvent("\"a\"", "{\"temp\":31,\"id\":\"a\"}", "put", stream.get());
        assertEvent(
            "\"a\"", "{\"room\":\"hall\",\"temp\":31,\"id\":\"a\"}", "put", sorted(stream.get()));
        assertEvent("\"a\"", null, "delete", stream.get());
        assertEvent("\"b\"", "{\"temp\":40,\"id\":\"b\"}", "put", stream.get());
        assertEvent("\"b\"", null, "delete", stream.get());
      }
    }
  }

  /** A merged row may have its attributes in either order. */
  private static String sorted(String event) {
    return event.replace("\"temp\":31,\"room\":\"hall\"", "\"room\":\"hall\",\"temp\":31");
  }

  @Test
  void rowsThatAreThereComeFirstIfTheyPass() {
    put("Sensors/a", "{\"temp\":31}");
    put("Sensors/b", "{\"temp\":1}");
    put("Sensors/c", "{\"temp\":32}");
    try (RawWebSocket socket = webSocket("/Sensors/?temp=gt=30&ready=true")) {
      assertEvent("\"a\"", "{\"temp\":31,\"id\":\"a\"}", "put", socket.readText());
      assertEvent("\"c\"", "{\"temp\":32,\"id\":\"c\"}", "put", socket.readText());
      assertEquals("{\"type\":\"ready\"}", socket.readText());
      put("Sensors/b", "{\"temp\":2}");
      put("Sensors/c", "{\"temp\":3}");
      assertEvent("\"c\"", null, "delete", socket.readText());
    }
  }

  @Test
  void rowThatAClientHasNotBeenToldDoesNotLeaveIt() {
    put("Sensors/a", "{\"temp\":31}");
    try (RawWebSocket socket = webSocket("/Sensors/?temp=gt=30&omitCurrent=true")) {
      put("Sensors/a", "{\"temp\":3}");
      put("Sensors/b", "{\"temp\":31}");
      assertEvent("\"b\"", "{\"temp\":31,\"id\":\"b\"}", "put", socket.readText());
    }
  }

  @Test
  void messageIsToldIfItPasses() {
    try (RawWebSocket socket = webSocket("/Sensors/a?level=warn|level=error")) {
      for (String message : List.of("{\"level\":\"info\"}", "5", "\"warn\"", "[\"warn\"]", "{}")) {
        node.write("Sensors/a", id -> Write.message(id, json(message)));
      }
      node.write("Sensors/a", id -> Write.message(id, Payload.of(utf8("level=warn"))));
      node.write("Sensors/a", id -> Write.message(id, json("{\"level\":\"warn\"}")));
      assertEvent("\"a\"", "{\"level\":\"warn\"}", "message", socket.readText());
    }
  }

  @Test
  void selectionMakesTheValue() {
    put("Sensors/a", "{\"temp\":97.25,\"room\":\"hall\"}");
    assertSelects("97.25", "/Sensors/?select(temp)");
    assertSelects("{\"room\":\"hall\",\"temp\":97.25}", "/Sensors/?select(room,temp)");
    assertSelects("[\"a\",97.25,null]", "/Sensors/?select([id,temp,x])&temp=gt=1");
    assertSelects("null", "/Sensors/a?select(x)");
    assertSelects("{}", "/Sensors/a?select(x,)");
  }

  private void assertSelects(String value, String path) {
    try (RawEventStream events = sse(path);
        RawWebSocket socket = webSocket(path + "&omitCurrent=true")) {
      assertEvent("\"a\"", value, "put", events.data());
      node.write("Sensors/a", id -> Write.patch(id, json("{\"y\":1}")));
      assertEvent("\"a\"", value, "put", events.data());
      assertEvent("\"a\"", value, "put", socket.readText());
    }
  }

  @Test
  void deletesHaveNoValueToSelectFrom() {
    try (RawWebSocket socket = webSocket("/Sensors/?select(temp)")) {
      put("Sensors/a", "{\"temp\":1}");
      node.write("Sensors/a", Write::delete);
      assertEvent("\"a\"", "1", "put", socket.readText());
      assertEvent("\"a\"", null, "delete", socket.readText());
    }
  }

  @Test
  void framesOfOtherFormatsAreSelectedFromAlike() throws IOException {
    try (RawWebSocket socket = RawWebSocket.connect(node.port())) {
      socket.request(
          "/Sensors/?temp=gt=30&select(temp)&cursor=true",
          RawWebSocket.KEY + "Accept: application/cbor\r\n");
      socket.head();
      put("Sensors/a", "{\"temp\":1}");
      put("Sensors/a", "{\"temp\":31}");
      JsonNode event = new CBORMapper().readTree(socket.read().body());
      assertEquals(31, event.get("value").intValue());
      assertTrue(event.has("cursor"));
    }
  }

  @Test
  void replayedEventsAreThoseThatLiveClientsHad() {
    List<String> live = new ArrayList<>();
    List<String> replayed = new ArrayList<>();
    String path = "/Sensors/?temp=gt=30&select(temp)&cursor=true";
    String before;
    try (RawWebSocket socket = webSocket(path + "&ready=true")) {
      String ready = socket.readText();
      before = ready.substring(ready.indexOf("\"cursor\":\"") + 10, ready.length() - 2);
      put("Sensors/a", "{\"temp\":31}");
      put("Sensors/a", "{\"temp\":1}");
      put("Sensors/a", "{\"temp\":2}");
      node.write("Sensors/a", id -> Write.message(id, json("{\"temp\":50}")));
      node.write("Sensors/a", id -> Write.message(id, json("{\"temp\":5}")));
      put("Sensors/b", "{\"temp\":32}");
      node.write("Sensors/b", Write::delete);
      for (int i = 0; i < 5; i++) {
        live.add(socket.readText());
      }
    }
    try (RawWebSocket socket = webSocket(path + "&since=" + before)) {
      for (int i = 0; i < 5; i++) {
        replayed.add(socket.readText());
      }
    }
    assertEquals(live, replayed);
  }

  @Test
  void clientThatComesBackIsToldOfEveryRowThatMayHaveLeftOnce() {
    String last;
    try (RawEventStream events = sse("/Sensors/?temp=gt=30")) {
      put("Sensors/a", "{\"temp\":31}");
      events.data();
      last = events.lastId();
    }
    put("Sensors/a", "{\"temp\":1}");
    put("Sensors/a", "{\"temp\":2}");
    put("Sensors/b", "{\"temp\":3}");
    put("Sensors/b", "{\"temp\":4}");
    put("Sensors/c", "{\"temp\":33}");
    try (RawEventStream events = sse("/Sensors/?temp=gt=30", "Last-Event-ID: " + last + "\r\n")) {
      assertEvent("\"a\"", null, "delete", events.data());
      assertEvent("\"b\"", null, "delete", events.data());
      assertEvent("\"c\"", "{\"temp\":33,\"id\":\"c\"}", "put", events.data());
    }
  }

  @Test
  void afterAResetRowsThatNeverPassedAreNotToldAgain() {
    String last;
    try (RawEventStream events = sse("/Sensors/?temp=gt=30")) {
      put("Sensors/a", "{\"temp\":31}");
      events.data();
      last = events.lastId();
    }
    put("Sensors/b", "{\"temp\":3}");
    node.onLoop(tables -> {
      tables.trim();
      return true;
    });
    try (RawEventStream events = sse("/Sensors/?temp=gt=30", "Last-Event-ID: " + last + "\r\n")) {
      assertTrue(events.data().startsWith("{\"type\":\"reset\""));
      assertEvent("\"a\"", "{\"temp\":31,\"id\":\"a\"}", "put", events.data());
      put("Sensors/b", "{\"temp\":4}");
      put("Sensors/a", "{\"temp\":1}");
      assertEvent("\"a\"", null, "delete", events.data());
    }
  }

  /** Once a second a comment comes here, and with it the place, which covers what was not told. */
  @Test
  void streamOfWhichNothingPassesMovesOn() {
    String last;
    try (RawEventStream events = sse("/Sensors/?temp=gt=30")) {
      String first = Objects.requireNonNull(events.block().id());
      put("Sensors/a", "{\"temp\":1}");
      RawEventStream.Block place = events.block();
      while (first.equals(place.id())) {
        place = events.block();
      }
      assertNotEquals(first, place.id());
      last = String.valueOf(place.id());
    }
    node.onLoop(tables -> {
      tables.trim();
      return true;
    });
    put("Sensors/b", "{\"temp\":31}");
    try (RawEventStream events = sse("/Sensors/?temp=gt=30", "Last-Event-ID: " + last + "\r\n")) {
      assertEvent("\"b\"", "{\"temp\":31,\"id\":\"b\"}", "put", events.data());
    }
  }

  @Test
  void slowClientGetsAllThatPassesAndNothingElse() {
    int events = 1_500;
    String filling = "x".repeat(16 * 1024);
    try (RawWebSocket slow =
        webSocket("/Sensors/?temp=ge=500&lt=1500&omitCurrent=true&ready=true")) {
      slow.readText();
      for (int i = 0; i < events; i++) {
        String row = "{\"temp\":" + i + ",\"filling\":\"" + filling + "\"}";
        put("Sensors/s" + i % 7, row);
      }
      put("Sensors/end", "{\"temp\":777}");
      for (int i = 500; i < events; i++) {
        String event = slow.readText();
        assertTrue(event.contains("\"value\":{\"temp\":" + i + ","), event.substring(0, 80));
      }
      assertTrue(slow.readText().contains("\"temp\":777"));
    }
  }

  @Test
  void filterOverSeveralTablesHoldsTheConditionAgainstEach() {
    try (RawEventStream events = sse("/%2B/x?temp=gt=30")) {
      put("Sensors/x", "{\"temp\":31}");
      put("Sealed/x", "{\"temp\":32}");
      put("any/x", "{\"temp\":33}");
      put("any/x", "{\"temp\":\"none\"}");
      assertEvent("\"x\"", "{\"temp\":31,\"id\":\"x\"}", "put", events.data());
      assertEvent("\"x\"", "{\"temp\":32,\"id\":\"x\"}", "put", events.data());
      assertEvent("\"any/x\"", "{\"temp\":33,\"id\":\"any/x\"}", "put", events.data());
      assertEvent("\"any/x\"", "{\"temp\":\"none\",\"id\":\"any/x\"}", "put", events.data());
    }
    assertRefused("/%2B/x?room=hall", "Sealed has no attribute 'room'");
    assertRefused("/%2B/x?select(room)", "Sealed has no attribute 'room'");
    assertRefused("/Sealed/?tmp=1", "at character 1 of the query: Sealed has no attribute 'tmp'");
    assertRefused("/Sensors/?temp=hot", "temp of Sensors is Float");
  }

  private void assertRefused(String path, String detail) {
    HttpResponse<String> answer = node.send("GET", path, "Accept", "text/event-stream");
    assertEquals(400, answer.statusCode());
    assertTrue(answer.body().contains(detail), answer.body());
    try (RawWebSocket socket = RawWebSocket.connect(node.port())) {
      socket.request(path, RawWebSocket.KEY);
      assertTrue(socket.head().startsWith("HTTP/1.1 400 "));
    }
  }

  @Test
  void streamsThatShareAConditionHaveRowsOfTheirOwn() {
    put("Sensors/a", "{\"temp\":31}");
    try (RawWebSocket early = webSocket("/Sensors/?temp=gt=30&ready=true");
        RawWebSocket late = webSocket("/Sensors/?temp=gt=30&ready=true&omitCurrent=true")) {
      assertEvent("\"a\"", "{\"temp\":31,\"id\":\"a\"}", "put", early.readText());
      early.readText();
      late.readText();
      put("Sensors/a", "{\"temp\":1}");
      put("Sensors/b", "{\"temp\":32}");
      assertEvent("\"a\"", null, "delete", early.readText());
      assertEvent("\"b\"", "{\"temp\":32,\"id\":\"b\"}", "put", early.readText());
      assertEvent("\"b\"", "{\"temp\":32,\"id\":\"b\"}", "put", late.readText());
    }
  }

  private RawEventStream sse(String path, String... headers) {
    return RawEventStream.open(node.port(), path, headers);
  }

  private RawWebSocket webSocket(String path) {
    return RawWebSocket.open(node.port(), path);
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
}
