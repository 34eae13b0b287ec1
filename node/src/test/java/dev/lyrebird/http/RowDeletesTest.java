package dev.lyrebird.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.Write;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.schema.TableDefinition;
import java.lang.reflect.Proxy;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rows that others write while a query deletes them. */
final class RowDeletesTest {

  /** What others put in the place of a row right before it is deleted, once. Of the loop. */
  private final Map<String, String> meanwhile = new HashMap<>();

  private final HttpNode node =
      HttpNode.start(
          "type T @table @export { id: ID @primaryKey temp: Float }",
          HttpNode.SETTINGS,
          Upgrades.NONE,
          this::withOthers);

  @BeforeEach
  void fill() {
    for (int i = 0; i < 5; i++) {
      node.write("T/" + i, id -> put(id, "{\"temp\":50}"));
    }
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void rowThatCeasesToPassStays() {
    meanwhile.put("2", "{\"temp\":10}");

    assertEquals("{\"deleted\":4}", node.send("DELETE", "/T/?temp=50").body());
    assertEquals("[{\"temp\":10,\"id\":\"2\"}]", node.send("GET", "/T/").body());
  }

  @Test
  void rowThatPassesAsItIsNowGoes() {
    meanwhile.put("2", "{\"temp\":60}");

    assertEquals("{\"deleted\":5}", node.send("DELETE", "/T/?temp=ge=50").body());
    assertEquals("[]", node.send("GET", "/T/").body());
  }

  @Test
  void rowThatOthersDeleteIsNotCounted() {
    meanwhile.put("2", "");

    assertEquals("{\"deleted\":4}", node.send("DELETE", "/T/?temp=50").body());
  }

  @Test
  void refusedWriteEndsItAndTheAnswerTellsHowFarItCame() {
    node.onLoop(tables -> {
      Refusal full = Refusal.of(Refusal.Reason.OVERLOADED, "no room");
      tables.refuse(write -> write.id().equals("4") ? full : null);
      return true;
    });

    HttpResponse<String> answer = node.send("DELETE", "/T/?temp=50");

    assertEquals(503, answer.statusCode());
    assertTrue(answer.body().contains("no room; 4 rows were deleted before"), answer.body());
  }

  @Test
  void othersConfirmOrTheAnswerSaysThatNoneDid() {
    HttpResponse<String> answer =
        node.send("DELETE", "/T/?temp=50", "X-Replicate-To", "1;confirm=1");

    assertEquals(504, answer.statusCode());
  }

  private Tables withOthers(Tables tables) {
    return (Tables)
        Proxy.newProxyInstance(
            Tables.class.getClassLoader(),
            new Class<?>[] {Tables.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("write")) {
                Write write = (Write) arguments[1];
                String other = meanwhile.remove(write.id());
                if (other != null) {
                  tables.write(
                      (TableDefinition) arguments[0],
                      other.isEmpty() ? Write.delete(write.id()) : put(write.id(), other),
                      Condition.NONE,
                      null,
                      0);
                }
              }
              return method.invoke(tables, arguments);
            });
  }

  private static Write put(String id, String row) {
    return Write.put(id, Payload.json(row.getBytes(UTF_8)));
  }
}
