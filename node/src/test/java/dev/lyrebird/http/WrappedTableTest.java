package dev.lyrebird.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.api.Router;
import dev.lyrebird.api.TableResource;
import dev.lyrebird.hosting.Host;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Write;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A table's own path beside that of a resource that wraps it: clients see no difference. */
final class WrappedTableTest {

  private static final String SDL =
      """
      type Sensors @table @export {
        id: ID @primaryKey
        temp: Float
        room: Room @relationship(from: "roomId")
        roomId: ID
      }
      type Room @table @export { id: ID @primaryKey name: String }
      """;

  private static final List<String> PREFIXES = List.of("/Sensors/", "/wrapped/");

  private final Host host = Host.of(router());
  private final HttpNode node = HttpNode.start(SDL, host);

  private static Router router() {
    Router router = new Router();
    router.resource("/wrapped/{id*}", new TableResource("Sensors"));
    return router;
  }

  @BeforeEach
  void fill() {
    node.sendJson("PUT", "/Room/k", "{\"name\":\"kitchen\"}");
    refill();
  }

  private void refill() {
    assertEquals(
        204,
        node.sendJson(
                "PUT",
                "/Sensors/",
                """
                [{"id":"a","temp":50,"roomId":"k"},{"id":"b","temp":10},{"id":"x/1","temp":50},
                 {"id":"x/2","temp":20},{"id":"x/3","temp":30},{"id":"y"}]\
                """)
            .statusCode());
  }

  @AfterEach
  void stop() {
    node.stopDoors();
    node.close();
    host.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "?temp=50",
        "?temp=gt=1000",
        "x/?temp=ge=20",
        "x/?id=sw=x&sort(-temp)&limit(2)",
        "none/?temp=50",
        "?room.name=kitchen",
        "?(roomId=k&temp=gt=20)&temp=lt=60"
      })
  void conditionDeletesTheSameRows(String rows) {
    HttpResponse<String> own = node.send("DELETE", "/Sensors/" + rows);
    String left = node.send("GET", "/Sensors/").body();
    refill();
    HttpResponse<String> wrapped = node.send("DELETE", "/wrapped/" + rows);

    assertEquals(200, own.statusCode(), own.body());
    assertEquals(told(own), told(wrapped));
    assertEquals(left, node.send("GET", "/Sensors/").body());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "?",
        "x/",
        "?limit(1)",
        "?sort(temp)",
        "?select(id)",
        "?temp=50&select(id)",
        "?temp=50&explain",
        "?temp=gt=warm",
        "?temp=gt=",
        "?tmp(5)"
      })
  void whatDoesNotSayWhichRowsDeletesNone(String rows) {
    for (String prefix : PREFIXES) {
      HttpResponse<String> answer = node.send("DELETE", prefix + rows);
      assertEquals(400, answer.statusCode(), prefix + answer.body());
    }
    assertEquals(6, rows(node.send("GET", "/Sensors/").body()));
  }

  @Test
  void clientThatLikesNoFormatLearnsAllTheSameWhatIsGone() {
    for (String prefix : PREFIXES) {
      HttpResponse<String> answer = node.send("DELETE", prefix + "?temp=50", "Accept", "text/html");
      assertEquals(200, answer.statusCode(), prefix + answer.body());
      assertTrue(answer.body().contains("\"deleted\":"), answer.body());
    }
    assertEquals(406, node.send("GET", "/wrapped/", "Accept", "text/html").statusCode());
  }

  @Test
  void conditionsOnOneRowAreNotForMany() {
    for (String prefix : PREFIXES) {
      for (String field : List.of("If-Match", "If-None-Match")) {
        HttpResponse<String> answer = node.send("DELETE", prefix + "?temp=50", field, "*");
        assertEquals(400, answer.statusCode(), answer.body());
        assertTrue(answer.body().contains("are about one row"), answer.body());
      }
    }
    assertEquals(6, rows(node.send("GET", "/Sensors/").body()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "a.temp",
        "a.id",
        "x/1.temp",
        "a.roomId",
        "b.roomId",
        "y.temp",
        "a.room",
        "a.other",
        "none.temp",
        ".temp",
        "x/.temp",
        "a.temp.temp",
        "a.temp?select(temp)",
        "a.temp?temp=50",
        "b.temp",
        "b.temp.temp",
        "b.temp?select(temp)",
        "n",
        "n.temp"
      })
  void oneRowOrAttributeIsAnsweredAlike(String path) {
    node.sendJson("PUT", "/Sensors/b.temp", "{\"temp\":11}");
    node.write(
        "Sensors/n", id -> Write.put(id, new Payload("hi".getBytes(UTF_8), "text/x-note", null)));

    for (String method : List.of("GET", "HEAD")) {
      HttpResponse<String> own = node.send(method, "/Sensors/" + path);
      HttpResponse<String> wrapped = node.send(method, "/wrapped/" + path);
      assertEquals(own.statusCode(), wrapped.statusCode(), own.body() + wrapped.body());
      if (own.statusCode() == 200) {
        assertEquals(shown(own), shown(wrapped));
      }
    }
  }

  @Test
  void attributeIsReadOnConditions() {
    String tag = HttpNode.header(node.send("GET", "/Sensors/a"), "ETag");
    String modified = HttpNode.header(node.send("GET", "/Sensors/a"), "Last-Modified");
    for (String prefix : PREFIXES) {
      String path = prefix + "a.temp";
      HttpResponse<String> known = node.send("GET", path, "If-None-Match", tag);
      assertEquals("304 " + tag, known.statusCode() + " " + HttpNode.header(known, "ETag"));
      assertEquals(304, node.send("GET", path, "If-Modified-Since", modified).statusCode());
      assertEquals(200, node.send("GET", path, "If-None-Match", "\"x\"").statusCode());
      assertEquals(200, node.send("GET", path, "If-Match", tag).statusCode());
      assertEquals(412, node.send("GET", path, "If-Match", "\"x\"").statusCode());
      assertEquals(404, node.send("GET", prefix + "y.temp", "If-Match", "*").statusCode());
    }
  }

  private static List<String> shown(HttpResponse<String> answer) {
    return List.of(
        answer.body(),
        HttpNode.header(answer, "Content-Type"),
        HttpNode.header(answer, "Content-Length"),
        HttpNode.header(answer, "ETag"),
        HttpNode.header(answer, "Last-Modified"));
  }

  private static int rows(String list) {
    return list.split("\"id\":", -1).length - 1;
  }

  private static String told(HttpResponse<String> answer) {
    return "%d %s %s"
        .formatted(answer.statusCode(), HttpNode.header(answer, "Content-Type"), answer.body());
  }
}
