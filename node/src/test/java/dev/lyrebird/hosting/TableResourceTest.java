package dev.lyrebird.hosting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.api.Action;
import dev.lyrebird.api.Change;
import dev.lyrebird.api.Changes;
import dev.lyrebird.api.Context;
import dev.lyrebird.api.Message;
import dev.lyrebird.api.ProblemException;
import dev.lyrebird.api.Protocol;
import dev.lyrebird.api.Response;
import dev.lyrebird.api.Row;
import dev.lyrebird.api.Table;
import dev.lyrebird.api.TableResource;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** A resource that behaves as a table does, and one that extends it. */
final class TableResourceTest {

  private static final Duration SOON = Duration.ofSeconds(30);

  private static final String DATE = "Thu, 01 Jan 1970 00:00:00 GMT";

  private final LoopOfTest loop =
      new LoopOfTest("type Sensors @table @export { id: ID @primaryKey temp: Float }");
  private final Table table = loop.tables.table("Sensors");
  private final TableResource resource = new TableResource("Sensors");

  record Reading(double temp, @Nullable String unit) {}

  /** What users write: validates and enriches, and derives another message. */
  private static final class Sensors extends TableResource {

    Sensors() {
      super("Sensors");
    }

    @Override
    public @Nullable Object put(Message content, Context context) throws Exception {
      Reading reading = content.as(Reading.class);
      if (reading.temp() < -273.15) {
        throw new ProblemException(422, "temp is below absolute zero");
      }
      Object answer = super.put(Message.json(new Reading(reading.temp(), "C")), context);
      if (reading.temp() > 50) {
        table(context).publish(id(context), Map.of("alert", reading.temp()));
      }
      return answer;
    }

    @Override
    public boolean allows(Action action, Context context) {
      return action != Action.DELETE;
    }
  }

  @AfterEach
  void close() {
    loop.close();
  }

  @Test
  void rowIsAnsweredAsRestDoes() throws Exception {
    assertNull(resource.get(rest("a")));
    Response created = response(resource.put(json("{\"temp\":1}"), rest("a")));
    assertEquals(201, created.status());
    assertEquals(204, response(resource.put(json("{\"temp\":2}"), rest("a"))).status());

    Response read = response(resource.get(rest("a")));
    assertEquals(200, read.status());
    assertEquals("{\"temp\":2,\"id\":\"a\"}", Objects.requireNonNull(read.content()).text());
    assertTrue(
        Objects.requireNonNull(read.headers().get("Last-Modified")).getFirst().endsWith(" GMT"));
    assertEquals(
        "2",
        Objects.requireNonNull(response(resource.get(rest("a", "select(temp)"))).content()).text());

    assertEquals(204, response(resource.patch(json("{\"temp\":3}"), rest("a"))).status());
    assertEquals(204, response(resource.delete(rest("a"))).status());
    refused(404, () -> resource.delete(rest("a")));
    refused(404, () -> resource.patch(json("{\"temp\":3}"), rest("a")));
    refused(422, () -> resource.put(json("{\"temp\":\"warm\"}"), rest("a")));
    refused(400, () -> resource.put(json("{"), rest("a")));
  }

  @Test
  void rowsAreAnsweredAsRestDoes() throws Exception {
    Response created = response(resource.post(json("{\"id\":\"ä b\",\"temp\":1}"), rest("")));
    assertEquals(201, created.status());
    assertEquals(List.of("/sensors/%C3%A4%20b"), created.headers().get("Location"));
    assertEquals("\"ä b\"", Objects.requireNonNull(created.content()).text());
    refused(409, () -> resource.post(json("{\"id\":\"ä b\"}"), rest("")));
    table.put("x/1", Map.of("temp", 5));

    assertEquals(
        "[{\"temp\":5,\"id\":\"x/1\"}]", message(resource.get(rest("", "temp=gt=2"))).text());
    assertEquals("[{\"temp\":5,\"id\":\"x/1\"}]", message(resource.get(rest("x/"))).text());
    assertEquals("[]", message(resource.get(rest("y/"))).text());
    refused(405, () -> resource.put(json("{}"), rest("x/")));
    refused(400, () -> resource.get(rest("", "temp=gt=warm")));
  }

  @Test
  void conditionDeletesRows() throws Exception {
    table.putAll(
        List.of(
            Map.of("id", "a", "temp", 5),
            Map.of("id", "x/1", "temp", 5),
            Map.of("id", "x/2", "temp", 1)));

    Response deleted = response(resource.delete(rest("x/", "temp=5")));
    assertEquals(200, deleted.status());
    assertEquals("{\"deleted\":1}", Objects.requireNonNull(deleted.content()).text());
    for (String query : List.of("", "limit(1)", "temp=5&select(id)", "temp=gt=warm")) {
      refused(400, () -> resource.delete(rest("", query)));
    }
    refused(400, () -> resource.delete(rest("", "temp=5").with("If-Match", "*")));
    refused(400, () -> resource.delete(rest("", "temp=5").with("If-Unmodified-Since", DATE)));
    assertEquals(List.of("a", "x/2"), table.rows().map(Row::id).toList());
  }

  @Test
  void queryOfAConnectionDeletesNothing() {
    table.put("a", Map.of("temp", 5));
    for (Protocol protocol : List.of(Protocol.WEB_SOCKET, Protocol.SSE, Protocol.MQTT)) {
      refused(405, () -> resource.delete(at(protocol, "", "temp=5")));
    }
    assertEquals(1, table.rows().toList().size());
  }

  @Test
  void arrayIsWrittenAsAWholeOrNotAtAll() throws Exception {
    Response created =
        response(resource.post(json(" [{\"id\":\"a\",\"temp\":1},{\"id\":\"b\"}]"), rest("")));
    assertEquals(201, created.status());
    assertEquals("[\"a\",\"b\"]", Objects.requireNonNull(created.content()).text());
    refused(409, () -> resource.post(json("[{\"id\":\"c\"},{\"id\":\"b\"}]"), rest("")));
    assertNull(table.row("c"));
    Message both = json("[{\"id\":\"a\",\"temp\":2},{\"id\":\"c\"}]");
    assertEquals(204, response(resource.put(both, rest(""))).status());
    assertEquals(2, Objects.requireNonNull(table.get("a", Reading.class)).temp());
    refused(400, () -> resource.put(json("[{\"temp\":2}]"), rest("")));
    refused(400, () -> resource.post(json("[{"), rest("")));
    refused(415, () -> resource.post(Message.text("a,b"), rest("")));
    refused(422, () -> resource.post(json("[{\"temp\":\"x\"}]"), rest("")));
  }

  @Test
  void postToARowIsAMessage() throws Exception {
    try (Changes changes = table.follow("", "")) {
      assertEquals(202, response(resource.post(json("{\"note\":1}"), rest("a"))).status());
      assertEquals("MESSAGE a {\"note\":1}", next(changes));
    }
    assertNull(table.row("a"));
  }

  @Test
  void conditionsHold() throws Exception {
    refused(412, () -> resource.put(json("{}"), rest("a").with("If-Match", "*")));
    String first = tag(resource.put(json("{\"temp\":1}"), rest("a").with("If-None-Match", "*")));
    refused(412, () -> resource.put(json("{}"), rest("a").with("If-None-Match", "*")));
    String second = tag(resource.put(json("{\"temp\":2}"), rest("a").with("If-Match", first)));

    TestContext stale = rest("a").with("If-Match", "\"x\", " + first);
    refused(412, () -> resource.put(json("{}"), stale));
    refused(412, () -> resource.patch(json("{}"), stale));
    refused(412, () -> resource.delete(stale));
    refused(412, () -> resource.get(stale));
    refused(412, () -> resource.put(json("{}"), rest("a").with("If-Match", "W/" + second)));
    refused(404, () -> resource.patch(json("{}"), rest("b").with("If-Match", first)));

    assertEquals(304, response(resource.get(rest("a").with("If-None-Match", second))).status());
    assertEquals(200, response(resource.get(rest("a").with("If-None-Match", first))).status());
    String modified =
        Objects.requireNonNull(response(resource.get(rest("a"))).headers().get("Last-Modified"))
            .getFirst();
    assertEquals(
        304, response(resource.get(rest("a").with("If-Modified-Since", modified))).status());
    TestContext before = rest("a").with("If-Unmodified-Since", DATE);
    refused(412, () -> resource.put(json("{}"), before));
    assertEquals(204, response(resource.delete(rest("a").with("If-Match", second))).status());
  }

  @Test
  void writesOnOneConditionNeverOverwriteOneAnother() throws Exception {
    table.put("n", Map.of("temp", 0));
    int threads = 20;
    List<Thread> writers =
        IntStream.range(0, threads)
            .mapToObj(writer ->
                Thread.ofVirtual()
                    .start(() -> {
                      boolean isWritten = false;
                      while (!isWritten) {
                        isWritten = isIncremented();
                      }
                    }))
            .toList();
    for (Thread writer : writers) {
      writer.join();
    }
    assertEquals(threads, Objects.requireNonNull(table.get("n", Reading.class)).temp());
  }

  /** Adds one as a client does that reads, and writes if nothing has changed since. */
  private boolean isIncremented() {
    try {
      Response read = response(resource.get(rest("n")));
      double temp = Objects.requireNonNull(read.content()).as(Partial.class).temp();
      String tag = Objects.requireNonNull(read.headers().get("ETag")).getFirst();
      resource.put(json("{\"temp\":" + (temp + 1) + "}"), rest("n").with("If-Match", tag));
      return true;
    } catch (ProblemException e) {
      assertEquals(412, e.status());
      return false;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  record Partial(double temp, String id) {}

  @Test
  void frameOnManyRowsIsForTheMethodOfItsRow() throws Exception {
    Sensors sensors = new Sensors();
    try (Changes changes = table.follow("", "")) {
      TestContext all = at(Protocol.WEB_SOCKET, "", "");
      sensors.publish(Message.text("{\"id\":\"a\",\"value\":{\"n\":1.50}}"), all);
      assertEquals("MESSAGE a {\"n\":1.50}", next(changes));
      sensors.publish(Message.text("{\"id\":\"a\",\"value\":{\"temp\":51},\"type\":\"put\"}"), all);
      assertEquals("PUT a {\"temp\":51.0,\"unit\":\"C\",\"id\":\"a\"}", next(changes));
      assertEquals("MESSAGE a {\"alert\":51.0}", next(changes));
      sensors.publish(
          Message.text("{\"id\":\"a\",\"value\":{\"temp\":1},\"type\":\"patch\"}"), all);
      assertEquals("PUT a {\"temp\":1,\"unit\":\"C\",\"id\":\"a\"}", next(changes));
      refused(
          422,
          () ->
              sensors.publish(
                  Message.text("{\"id\":\"a\",\"value\":{\"temp\":-300},\"type\":\"put\"}"), all));
      refused(403, () -> sensors.publish(Message.text("{\"id\":\"a\",\"type\":\"delete\"}"), all));
      resource.publish(Message.text("{\"id\":\"a\",\"type\":\"delete\"}"), all);
      assertEquals("DELETE a null", next(changes));
    }
  }

  @Test
  void frameThatIsNoneIsRefused() {
    TestContext below = at(Protocol.WEB_SOCKET, "x/", "");
    for (String frame :
        List.of(
            "{",
            "[]",
            "{\"value\":1}",
            "{\"id\":\"x/1\"}",
            "{\"id\":\"x/1\",\"value\":1,\"kind\":\"put\"}",
            "{\"id\":\"x/1\",\"value\":1,\"type\":\"take\"}",
            "{\"id\":\"x/1\",\"value\":1,\"type\":\"delete\"}",
            "{\"id\":\"y/1\",\"value\":1}",
            "{\"id\":\"x/\",\"value\":1}")) {
      refused(400, () -> resource.publish(Message.text(frame), below));
    }
  }

  @Test
  void contentThatNobodyHasNamedIsLookedAt() throws Exception {
    resource.put(Message.binary(bytes("{\"temp\":4}")), rest("a"));
    assertEquals(4, Objects.requireNonNull(table.get("a", Reading.class)).temp());
    resource.put(Message.text("{\"temp\":4}"), rest("b"));
    assertEquals("text/plain", Objects.requireNonNull(table.get("b")).contentType());
  }

  @Test
  void jsonOfMqttIsARow() throws Exception {
    resource.put(Message.binary(bytes("{\"temp\":4}")), at(Protocol.MQTT, "a", ""));
    assertEquals(4, Objects.requireNonNull(table.get("a", Reading.class)).temp());
    resource.put(Message.binary(new byte[] {1}), at(Protocol.MQTT, "b", ""));
    assertEquals(1, Objects.requireNonNull(table.get("b")).bytes().length);
    resource.delete(at(Protocol.MQTT, "a", ""));
    assertEquals(204, response(resource.delete(at(Protocol.MQTT, "a", ""))).status());
  }

  @Test
  void streamIsTheTables() throws Exception {
    table.put("a", Map.of("temp", 1));
    TestContext context = at(Protocol.SSE, "a", "omitCurrent=true");
    TestConnection client = new TestConnection(context).run(resource.subscribe(context));
    while (loop.readers("Sensors") == 0) {
      Thread.onSpinWait();
    }
    table.put("a", Map.of("temp", 2));
    assertTrue(client.take().text().contains("\"temp\":2"));
    client.close();
    client.awaitEnd();
    assertEquals(List.of(), client.faults());
  }

  @Test
  void overriddenMethodSeesEveryWrite() throws Exception {
    Sensors sensors = new Sensors();
    sensors.put(json("{\"temp\":1}"), rest("a"));
    assertEquals("C", Objects.requireNonNull(table.get("a", Reading.class)).unit());
    refused(422, () -> sensors.put(json("{\"temp\":-300}"), rest("a")));
    assertEquals(1, Objects.requireNonNull(table.get("a", Reading.class)).temp());
  }

  private TestContext rest(String id) {
    return rest(id, "");
  }

  private TestContext rest(String id, String query) {
    return at(Protocol.REST, id, query);
  }

  private TestContext at(Protocol protocol, String id, String query) {
    return TestContext.at(loop.tables, protocol, id, query);
  }

  private static Message json(String json) {
    return Message.of(bytes(json), "application/json", true);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Response response(@Nullable Object answer) {
    return (Response) Objects.requireNonNull(answer);
  }

  private static Message message(@Nullable Object answer) {
    return (Message) Objects.requireNonNull(answer);
  }

  private static String tag(@Nullable Object answer) {
    return Objects.requireNonNull(response(answer).headers().get("ETag")).getFirst();
  }

  private static String next(Changes changes) {
    Change next = Objects.requireNonNull(changes.next(SOON), "nothing was heard");
    return "%s %s %s".formatted(next.kind(), next.id(), next.value());
  }

  private static void refused(int status, Executable call) {
    ProblemException problem = assertThrows(ProblemException.class, call);
    assertEquals(status, problem.status(), problem.detail());
  }
}
