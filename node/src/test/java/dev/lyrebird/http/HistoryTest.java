package dev.lyrebird.http;

import static dev.lyrebird.http.HttpNode.header;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What has come to a table, as clients ask for it afterwards. */
final class HistoryTest {
  private static final String SDL =
      """
      type Sensors @table @export { id: ID @primaryKey temp: Float }
      type Other @table @export { id: ID @primaryKey }
      """;

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

  private final HttpNode node = HttpNode.start(SDL);

  @BeforeEach
  void fill() {
    node.sendJson("PUT", "/Sensors/a", "{\"temp\":1}");
    node.sendJson("PUT", "/Sensors/b/1", "{\"temp\":2}");
    node.sendJson("PATCH", "/Sensors/a", "{\"note\":\"x\"}");
    node.sendJson("POST", "/Sensors/a", "{\"said\":1}");
    node.send("DELETE", "/Sensors/a");
    node.sendJson("PUT", "/Sensors/b/2", "{\"temp\":3}");
    node.sendJson("PUT", "/Other/a", "{}");
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void rowsHistoryTellsAllThatHasComeToItOldestFirst() throws JsonProcessingException {
    JsonNode entries = array("/Sensors/a?history");
    assertEquals("put put message delete", types(entries));
    assertEquals("{\"temp\":1,\"id\":\"a\"}", entries.get(0).get("value").toString());
    assertEquals(
        "{\"temp\":1,\"id\":\"a\",\"note\":\"x\"}", entries.get(1).get("value").toString());
    assertEquals("{\"said\":1}", entries.get(2).get("value").toString());
    assertNull(entries.get(3).get("value"));
    for (JsonNode entry : entries) {
      assertEquals("1", entry.get("origin").textValue());
      assertTrue(entry.get("version").isNumber() && entry.get("localTime").isNumber());
    }
  }

  @Test
  void historyOfTablesAndPrefixesIsTheirs() throws JsonProcessingException {
    assertEquals("a b/1 a a a b/2", ids(array("/Sensors/?history")));
    assertEquals("a b/1 a a a b/2", ids(array("/Sensors?history")));
    assertEquals("b/1 b/2", ids(array("/Sensors/b/?history")));
    assertEquals("", ids(array("/Sensors/none?history")));
  }

  @Test
  void limitAndStartTimeSayHowMuchIsTold() throws JsonProcessingException {
    assertEquals("a b/1", ids(array("/Sensors/?history&limit=2")));
    assertEquals("a b/1 a a", ids(array("/Sensors/?limit=4&history")));
    JsonNode third = array("/Sensors/?history").get(2);
    String time = third.get("localTime").decimalValue().toPlainString();
    assertEquals("a a a b/2", ids(array("/Sensors/?history&startTime=" + time)));
    assertEquals("a", ids(array("/Sensors/?history&limit=1&startTime=" + time)));
    assertEquals("", ids(array("/Sensors/?history&startTime=9999999999999")));
  }

  @Test
  void historyComesAsLinesToo() throws JsonProcessingException {
    HttpResponse<String> answer =
        node.send("GET", "/Sensors/?history", "Accept", "application/x-ndjson");
    assertEquals("application/x-ndjson", header(answer, "Content-Type"));
    List<String> lines = answer.body().lines().toList();
    assertEquals(6, lines.size());
    assertTrue(answer.body().endsWith("}\n"));
    assertEquals("b/2", JSON.readTree(lines.get(5)).get("id").textValue());
    assertEquals(406, node.send("GET", "/Sensors/?history", "Accept", "text/html").statusCode());
  }

  @Test
  void whatTheJournalHasDroppedIsNotPassedOverInSilence() throws JsonProcessingException {
    assertTrue(
        node.send("GET", "/Sensors/?history")
            .headers()
            .firstValue("Lyrebird-History-From")
            .isEmpty());
    node.onLoop(tables -> {
      tables.trim();
      return true;
    });
    node.sendJson("PUT", "/Sensors/c", "{}");
    HttpResponse<String> answer = node.send("GET", "/Sensors/?history");
    assertEquals("c", ids(JSON.readTree(answer.body())));
    assertNotNull(header(answer, "Lyrebird-History-From"));
  }

  @Test
  void whatIsNotUnderstoodIsRefused() {
    for (String query :
        List.of(
            "history&limit=0",
            "history&limit=x",
            "history&startTime=yesterday",
            "history&limit=1&limit=2",
            "history&history",
            "history&select=a")) {
      assertEquals(400, node.send("GET", "/Sensors/?" + query).statusCode(), query);
    }
    assertEquals(400, node.send("GET", "/Sensors/b/1?startTime=1").statusCode());
    assertEquals(405, node.send("DELETE", "/Sensors/a?history").statusCode());
    assertEquals(404, node.send("GET", "/Nothing/a?history").statusCode());
    HttpResponse<String> head = node.send("HEAD", "/Sensors/a?history");
    assertEquals(200, head.statusCode());
    assertEquals("", head.body());
    assertEquals("GET, HEAD, OPTIONS", header(node.send("OPTIONS", "/Sensors/?history"), "Allow"));
  }

  private JsonNode array(String path) throws JsonProcessingException {
    HttpResponse<String> answer = node.send("GET", path);
    assertEquals(200, answer.statusCode(), answer::body);
    assertEquals("application/json", header(answer, "Content-Type"));
    return JSON.readTree(answer.body());
  }

  private static String types(JsonNode entries) {
    return joined(entries, "type");
  }

  private static String ids(JsonNode entries) {
    return joined(entries, "id");
  }

  private static String joined(JsonNode entries, String attribute) {
    return entries
        .valueStream()
        .map(entry -> entry.get(attribute).textValue())
        .collect(Collectors.joining(" "));
  }
}
