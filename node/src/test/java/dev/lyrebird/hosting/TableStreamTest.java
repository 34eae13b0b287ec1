package dev.lyrebird.hosting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.api.Change;
import dev.lyrebird.api.Message;
import dev.lyrebird.api.OutgoingMessages;
import dev.lyrebird.api.ProblemException;
import dev.lyrebird.api.Protocol;
import dev.lyrebird.api.Table;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A table's stream on connections of users' code. */
final class TableStreamTest {

  private static final int MANY = 1000;

  private final LoopOfTest loop =
      new LoopOfTest("type Sensors @table @export { id: ID @primaryKey n: Int }");
  private final Table sensors = loop.tables.table("Sensors");

  record Numbered(String id, int n) {}

  @AfterEach
  void close() {
    loop.close();
  }

  @Test
  void rowsComeFirstAndThenChanges() {
    put("a", 1);
    TestConnection client = client(Protocol.WEB_SOCKET).run(sensors.changes("", "ready=true"));
    assertEquals("PUT a 1", told(client));
    assertEquals("{\"type\":\"ready\"}", client.take().text());
    put("a", 2);
    sensors.publish("a", Map.of("id", "a", "n", 3));
    sensors.delete("a");
    assertEquals("PUT a 2", told(client));
    assertEquals("MESSAGE a 3", told(client));
    assertEquals("DELETE a", told(client));
    end(client);
  }

  @Test
  void frameIsThatOfTheTablesOwnPath() {
    put("a", 1);
    TestConnection client = client(Protocol.WEB_SOCKET).run(sensors.changes("a", ""));
    String frame = client.take().text();
    assertTrue(
        frame.matches(
            "\\{\"id\":\"a\",\"localTime\":[0-9.]+,\"value\":\\{\"id\":\"a\",\"n\":1},"
                + "\"version\":[0-9.]+,\"type\":\"put\"}"),
        frame);
    end(client);
  }

  @Test
  void eventStreamGoesOnBehindItsLastEvent() {
    TestConnection first = ready(Protocol.SSE, "");
    put("a", 1);
    put("a", 2);
    String id = Objects.requireNonNull(first.take().id());
    assertNotEquals(id, first.take().id());
    end(first);

    TestContext back = context(Protocol.SSE, "").with("Last-Event-ID", id);
    TestConnection second = new TestConnection(back).run(sensors.changes("", back));
    assertEquals("PUT a 2", told(second));
    put("a", 3);
    assertEquals("PUT a 3", told(second));
    end(second);
  }

  @Test
  void resetIsAnEventOfItsOwn() {
    TestConnection first = ready(Protocol.SSE, "");
    put("a", 1);
    String id = Objects.requireNonNull(first.take().id());
    end(first);
    put("a", 2);
    loop.ask(memory -> {
      memory.trim();
      return true;
    });

    TestContext back = context(Protocol.SSE, "").with("Last-Event-ID", id);
    TestConnection second = new TestConnection(back).run(sensors.changes("", back));
    Message reset = second.take();
    assertEquals("reset", reset.event());
    assertTrue(reset.text().contains("\"reason\""), reset.text());
    assertEquals("PUT a 2", told(second));
    end(second);
  }

  @Test
  void mqttSubscriptionToARowIsSentWhatWasPublished() {
    put("a", 1);
    TestConnection client = client(Protocol.MQTT).run(sensors.changes("a", ""));
    assertEquals("{\"id\":\"a\",\"n\":1}", client.take().text());
    sensors.publish("a", "hello");
    Message hello = client.take();
    assertEquals("hello", hello.text());
    assertEquals("text/plain", hello.contentType());
    sensors.delete("a");
    assertEquals(0, client.take().bytes().length);
    end(client);
  }

  @Test
  void refusalComesBeforeTheStream() {
    ProblemException problem =
        assertThrows(ProblemException.class, () -> sensors.changes("", "n=gt=x"));
    assertEquals(400, problem.status());
  }

  @Test
  void slowClientIsSentEverythingInOrderAndHoldsNothingMeanwhile() {
    TestConnection client = ready(Protocol.WEB_SOCKET, "");
    for (int i = 0; i < MANY; i++) {
      put("r" + i % 10, i);
    }
    client.awaitWaiting(TestConnection.ROOM / 2);
    loop.awaitBehind("Sensors");
    for (int i = 0; i < MANY; i++) {
      assertEquals("PUT r%d %d".formatted(i % 10, i), told(client));
    }
    assertTrue(client.mostWaiting() <= TestConnection.ROOM / 2, "" + client.mostWaiting());
    end(client);
  }

  @Test
  void slowClientThatWantsTheLatestGetsIt() {
    TestConnection client = ready(Protocol.WEB_SOCKET, "&conflate=true");
    for (int i = 0; i < MANY; i++) {
      put("r" + i % 10, i);
    }
    Map<String, Integer> rows = new HashMap<>();
    while (rows.values().stream().mapToInt(n -> n).sum() != 10 * MANY - 55) {
      Numbered row = Change.of(client.take().bytes()).as(Numbered.class);
      rows.put(row.id(), row.n());
    }
    assertEquals(10, rows.size());
    end(client);
  }

  @Test
  void slowClientHoldsUpNobody() {
    TestConnection slow = ready(Protocol.WEB_SOCKET, "");
    TestConnection fast = ready(Protocol.WEB_SOCKET, "");
    for (int i = 0; i < MANY; i++) {
      put("a", i);
      assertEquals("PUT a " + i, told(fast));
    }
    slow.close();
    slow.awaitEnd();
    end(fast);
  }

  @Test
  void streamEndsWithItsConnection() {
    TestConnection client = ready(Protocol.WEB_SOCKET, "");
    put("a", 1);
    assertEquals("PUT a 1", told(client));
    assertEquals(1, loop.readers("Sensors"));
    end(client);
    loop.awaitNoReaders("Sensors");
  }

  @Test
  void ownMessagesJoinThoseOfTheTable() {
    OutgoingMessages both =
        sensors
            .changes("a", "")
            .and(outgoing -> outgoing.send(Map.of("type", "hello")))
            .andEvery(Duration.ofMillis(1), () -> Message.text("tick"));
    TestConnection client = client(Protocol.WEB_SOCKET).run(both);
    boolean isGreeted = false;
    boolean hasTicked = false;
    boolean isTold = false;
    put("a", 1);
    while (!(isGreeted && hasTicked && isTold)) {
      String text = client.take().text();
      isGreeted |= text.equals("{\"type\":\"hello\"}");
      hasTicked |= text.equals("tick");
      isTold |= text.contains("\"put\"");
    }
    client.close();
    client.awaitEnd();
    loop.awaitNoReaders("Sensors");
  }

  private void put(String id, int n) {
    sensors.put(id, new Numbered(id, n));
  }

  private TestConnection client(Protocol protocol) {
    return new TestConnection(context(protocol, ""));
  }

  /** Returns a client of the table's stream that has had all that was there. */
  private TestConnection ready(Protocol protocol, String query) {
    TestContext context = context(protocol, "ready=true" + query);
    TestConnection client = new TestConnection(context).run(sensors.changes("", context));
    assertEquals("{\"type\":\"ready\"}", client.take().text());
    return client;
  }

  private TestContext context(Protocol protocol, String query) {
    return TestContext.at(loop.tables, protocol, "", query);
  }

  private static String told(TestConnection client) {
    Change change = Change.of(client.take().bytes());
    return change.value() == null
        ? change.kind() + " " + change.id()
        : "%s %s %d".formatted(change.kind(), change.id(), change.as(Numbered.class).n());
  }

  private static void end(TestConnection client) {
    client.close();
    client.awaitEnd();
    assertEquals(List.of(), client.faults());
  }
}
