package dev.lyrebird.hosting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.api.Change;
import dev.lyrebird.api.Changes;
import dev.lyrebird.api.Message;
import dev.lyrebird.api.ProblemException;
import dev.lyrebird.api.Row;
import dev.lyrebird.api.Rows;
import dev.lyrebird.api.Table;
import dev.lyrebird.api.Written;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.resource.MemoryTables;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Tables as users' code reaches them. */
final class HostedTablesTest {

  private static final String SDL =
      """
      type Sensors @table(table: "sensor_rows") @export(name: "plant/sensors") {
        id: ID @primaryKey
        temp: Float
        csv: Int
        room: Room @relationship(from: "roomId")
        roomId: ID
      }
      type Room @table @export { id: ID @primaryKey name: String }
      type Secret @table { id: ID @primaryKey }
      type Counts @table @export { id: Int @primaryKey n: Int }
      """;

  private static final Duration SOON = Duration.ofSeconds(30);

  private final LoopOfTest loop = new LoopOfTest(SDL);
  private final Table sensors = loop.tables.table("Sensors");

  record Reading(@Nullable String id, @Nullable Double temp) {}

  @AfterEach
  void close() {
    loop.close();
  }

  @Test
  void tableIsFoundByAnyOfItsNames() {
    for (String name : List.of("Sensors", "sensor_rows", "plant/sensors")) {
      assertEquals("Sensors", loop.tables.table(name).name());
    }
    assertEquals("Secret", loop.tables.table("Secret").name());
    IllegalArgumentException unknown =
        assertThrows(IllegalArgumentException.class, () -> loop.tables.table("Sensor"));
    assertEquals("there is no table Sensor; did you mean Sensors?", unknown.getMessage());
    assertThrows(IllegalArgumentException.class, () -> loop.tables.table("$sessions"));
  }

  @Test
  void rowIsReadAsItWasPut() {
    Written first = sensors.put("a", new Reading(null, 1.5));
    assertTrue(first.isCreated());
    assertFalse(sensors.put("a", new Reading(null, 2.5)).isCreated());

    assertEquals(new Reading("a", 2.5), sensors.get("a", Reading.class));
    Row row = Objects.requireNonNull(sensors.row("a"));
    assertEquals("{\"temp\":2.5,\"id\":\"a\"}", withoutNulls(row.content().text()));
    assertNotEquals(first.version(), row.version());
    assertNull(sensors.row("b"));
    assertNull(sensors.get("b", Reading.class));
  }

  @Test
  void attributeIsReadUnlessARowHasThatId() {
    sensors.put("a", json("{\"temp\":1.50,\"other\":2,\"csv\":3}"));
    Row temp = Objects.requireNonNull(sensors.at("a.temp", ""));
    assertEquals("1.50", temp.content().text());
    assertEquals("application/json", temp.content().contentType());
    assertEquals(Objects.requireNonNull(sensors.row("a")).version(), temp.version());
    assertEquals("a", temp.id());
    assertNull(sensors.at("a.other", ""));
    assertNull(sensors.at("a.roomId", ""));
    assertNull(sensors.at("a.csv", ""), "that asks for a format");
    assertNull(sensors.at("b.temp", ""));
    assertNull(sensors.at(".temp", ""));
    assertNull(sensors.at("a/.temp", ""));
    refused(400, () -> sensors.at("a.temp", "select(temp)"));

    sensors.put("a.temp", "a row");
    assertEquals("a row", Objects.requireNonNull(sensors.at("a.temp", "")).content().text());
    assertEquals("a.temp", Objects.requireNonNull(sensors.at("a.temp", "")).id());
  }

  @Test
  void attributeIsReadOfARowWhoseKeyIsANumber() {
    Table counts = loop.tables.table("Counts");
    counts.put("7", Map.of("n", 1));
    assertEquals("1", Objects.requireNonNull(counts.at("7.n", "")).content().text());
    refused(400, () -> counts.at("x.n", ""));
    refused(400, () -> counts.at("7.5", ""));
  }

  private static String withoutNulls(String json) {
    return json.replace("\"id\":null,", "")
        .replace("{\"id\":\"a\",\"temp\":2.5}", "{\"temp\":2.5,\"id\":\"a\"}");
  }

  @Test
  void attributesThatTheClassDoesNotKnowArePassedOver() {
    sensors.put("a", Map.of("temp", 1, "more", List.of(1, 2)));
    assertEquals(new Reading("a", 1.0), sensors.get("a", Reading.class));
    sensors.put("a", Map.of("temp", 1.0));
    record Other(List<String> temp) {}
    assertThrows(IllegalStateException.class, () -> sensors.get("a", Other.class));
  }

  @Test
  void whatIsNoObjectIsKeptAsItIs() {
    sensors.put("text", "it is warm");
    sensors.put("bytes", new byte[] {1, 2, 3});
    sensors.put("list", List.of(1, 2));

    Message text = Objects.requireNonNull(sensors.get("text"));
    assertEquals("it is warm", text.text());
    assertTrue(text.isText());
    Message bytes = Objects.requireNonNull(sensors.get("bytes"));
    assertEquals("application/octet-stream", bytes.contentType());
    assertFalse(bytes.isText());
    assertEquals("[1,2]", Objects.requireNonNull(sensors.get("list")).text());
  }

  @Test
  void patchMergesIntoARowThatIsThere() {
    refused(404, () -> sensors.patch("a", Map.of("temp", 1)));
    sensors.put("a", Map.of("temp", 1, "note", "x"));
    sensors.patch("a", Map.of("temp", 2));
    assertEquals(
        Map.of("temp", 2, "note", "x", "id", "a"),
        Objects.requireNonNull(sensors.row("a")).as(Map.class));
    refused(415, () -> sensors.patch("a", "text"));
    refused(400, () -> sensors.patch("a", List.of(1)));
  }

  @Test
  void deleteTellsWhetherTheRowWasThere() {
    assertFalse(sensors.delete("a"));
    sensors.put("a", Map.of());
    assertTrue(sensors.delete("a"));
    assertNull(sensors.row("a"));
  }

  @Test
  void deleteAllRemovesWhatPasses() {
    fill();
    assertEquals(4, sensors.deleteAll("", "temp=ge=6"));
    assertEquals(2, sensors.deleteAll("s", "temp=lt=6&sort(-temp)&limit(2)"));
    assertEquals(1, sensors.deleteAll("s0", "temp=lt=6"));
    assertEquals(0, sensors.deleteAll("t", "temp=lt=6"));
    assertEquals(List.of("s1", "s2", "s3"), ids(sensors.rows()));

    loop.tables.table("Room").put("k", Map.of("name", "große Küche"));
    sensors.patch("s2", Map.of("roomId", "k"));
    assertEquals(1, sensors.deleteAll("", "room.name=große Küche"));
    assertEquals(List.of("s1", "s3"), ids(sensors.rows()));
  }

  @Test
  void deleteAllRemovesNothingWhereItIsNotSaidWhat() {
    fill();
    for (String query :
        List.of("", "limit(1)", "sort(temp)", "temp=1&select(id)", "temp=1&explain", "temp=x")) {
      refused(400, () -> sensors.deleteAll("", query));
    }
    assertEquals(10, sensors.rows().toList().size());
  }

  @Test
  void deleteAllTellsHowFarItCame() {
    fill();
    loop.ask(memory -> {
      Refusal full = Refusal.of(Refusal.Reason.OVERLOADED, "no room");
      memory.refuse(write -> write.id().equals("s7") ? full : null);
      return true;
    });

    String detail = refused(503, () -> sensors.deleteAll("", "temp=ge=0"));

    assertEquals("no room; 8 rows were deleted before", detail);
    assertEquals(List.of("s7", "s9"), ids(sensors.rows()));
    assertEquals(0, loop.ask(MemoryTables::openQueries));
  }

  @Test
  void deleteAllThatIsInterruptedGoesNoFurther() throws InterruptedException {
    fill();
    AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
    CountDownLatch begun = new CountDownLatch(1);
    loop.ask(memory -> {
      memory.refuse(write -> {
        memory.hold();
        begun.countDown();
        return null;
      });
      return true;
    });
    Thread caller =
        Thread.ofVirtual()
            .start(() -> {
              try {
                sensors.deleteAll("", "temp=ge=0");
              } catch (CancellationException e) {
                thrown.set(e);
              }
            });
    assertTrue(begun.await(SOON.toSeconds(), TimeUnit.SECONDS));
    caller.interrupt();
    caller.join();
    loop.ask(memory -> {
      memory.refuse(write -> null);
      memory.release();
      return true;
    });

    assertTrue(thrown.get() instanceof CancellationException, "" + thrown.get());
    loop.await("its query stays open", () -> loop.ask(MemoryTables::openQueries) == 0);
    assertEquals(7, sensors.rows().toList().size());
  }

  private void fill() {
    for (int i = 0; i < 10; i++) {
      sensors.put("s" + i, Map.of("temp", i));
    }
  }

  @Test
  void insertCreatesAndNeverReplaces() {
    assertEquals("a", sensors.insert(Map.of("id", "a", "temp", 1)).id());
    refused(409, () -> sensors.insert(Map.of("id", "a", "temp", 2)));
    refused(409, () -> sensors.insert("a", Map.of("temp", 2)));
    assertEquals(1.0, Objects.requireNonNull(sensors.get("a", Reading.class)).temp());
    Written fresh = sensors.insert(Map.of("temp", 3));
    assertTrue(fresh.isCreated());
    assertEquals(
        new Reading(fresh.id(), 3.0),
        Objects.requireNonNull(sensors.get(fresh.id(), Reading.class)));
    Table counts = loop.tables.table("Counts");
    assertEquals("7", counts.insert(Map.of("id", 7)).id());
  }

  @Test
  void manyRowsAreWrittenAllOrNone() {
    List<Written> both = sensors.insertAll(List.of(Map.of("id", "a"), Map.of("temp", 1)));
    assertEquals("a", both.getFirst().id());
    assertEquals(1.0, sensors.query("temp=1", Reading.class).toList().getFirst().temp());
    String detail =
        refused(
            422,
            () ->
                sensors.putAll(
                    List.of(
                        Map.of("id", "a", "temp", 5),
                        Map.of("id", "b", "temp", "warm"),
                        Map.of("id", "c", "temp", "hot"))));
    assertTrue(detail.contains("row 1: ") && detail.contains("row 2: "), detail);
    assertNull(Objects.requireNonNull(sensors.get("a", Reading.class)).temp());
    assertEquals(List.of(), sensors.putAll(List.of()));
    refused(413, () -> sensors.putAll(Collections.nCopies(10_001, Map.of("id", "a"))));
    refused(400, () -> sensors.putAll(List.of(Map.of("temp", 1))));
  }

  @Test
  void conditionalWriteIsRefusedOnceTheRowHasChanged() {
    String first = sensors.put("a", Map.of("temp", 1)).version();
    String second = sensors.putIf("a", Map.of("temp", 2), first).version();

    refused(412, () -> sensors.putIf("a", Map.of("temp", 3), first));
    refused(412, () -> sensors.patchIf("a", Map.of("temp", 3), first));
    refused(412, () -> sensors.deleteIf("a", first));
    assertEquals(2.0, Objects.requireNonNull(sensors.get("a", Reading.class)).temp());
    String third = sensors.patchIf("a", Map.of("temp", 4), second).version();
    sensors.deleteIf("a", third);
    refused(412, () -> sensors.putIf("a", Map.of("temp", 5), third));
  }

  @Test
  void refusalHasTheStatusOfRest() {
    ProblemException unfit =
        assertThrows(ProblemException.class, () -> sensors.put("a", Map.of("temp", "warm")));
    assertEquals(422, unfit.status());
    assertEquals(Set.of("temp"), unfit.faults().keySet());
    refused(400, () -> sensors.put("", Map.of()));
    refused(400, () -> sensors.row("a\0b"));
    refused(400, () -> loop.tables.table("Counts").put("x", Map.of()));
    refused(400, () -> sensors.put("a", Message.of(new byte[0], "application/json", true)));
    refused(400, () -> sensors.put("a", json("{")));
    for (Map.Entry<Refusal.Reason, Integer> each :
        Map.of(
                Refusal.Reason.OVERLOADED, 503,
                Refusal.Reason.UNCONFIRMED, 504,
                Refusal.Reason.TOO_LARGE, 413,
                Refusal.Reason.FAULT, 500)
            .entrySet()) {
      loop.ask(memory -> {
        memory.refuse(write -> Refusal.of(each.getKey(), "so it is"));
        return true;
      });
      assertEquals("so it is", refused(each.getValue(), () -> sensors.put("a", Map.of())));
    }
  }

  @Test
  void queryReadsPageByPage() {
    fill();
    assertEquals(
        List.of(8.0, 7.0, 6.0, 5.0),
        sensors.query("temp=gt=4&sort(-temp)&limit(1,5)", Reading.class).toList().stream()
            .map(Reading::temp)
            .toList());
    assertEquals(10, sensors.rows().toList().size());
    assertEquals(List.of("s3"), ids(sensors.rows("s3", "")));
    assertEquals(
        List.of("1", "2"),
        sensors
            .query("temp=lt=3&temp=gt=0&select(temp)")
            .map(row -> row.content().text())
            .toList());
    refused(400, () -> sensors.query("temp=gt="));
    refused(400, () -> sensors.query("nothing(x)"));
  }

  @Test
  void readingEndsWhenItIsClosed() {
    fill();
    Rows<Row> rows = sensors.rows();
    Iterator<Row> each = rows.iterator();
    assertEquals("s0", each.next().id());
    rows.close();
    assertFalse(each.hasNext());
  }

  @Test
  void rowsAreJoinedAndPartsSelected() {
    loop.tables.table("Room").put("k", Map.of("name", "kitchen"));
    sensors.put("a", Map.of("temp", 1, "roomId", "k"));
    assertEquals(List.of("a"), ids(sensors.query("room.name=kitchen")));
    assertEquals(
        "{\"temp\":1,\"room\":{\"name\":\"kitchen\"}}",
        Objects.requireNonNull(sensors.row("a", "select(temp,room{name})")).content().text());
    refused(400, () -> sensors.row("a", "temp=1"));
  }

  @Test
  void queryMayHoldAnyLetters() {
    Table rooms = loop.tables.table("Room");
    rooms.put("k", Map.of("name", "große Küche"));
    assertEquals(List.of("k"), ids(rooms.query("name=große Küche")));
  }

  private static List<String> ids(Rows<Row> rows) {
    return rows.map(Row::id).toList();
  }

  @Test
  void changesAreFollowedInOrder() {
    sensors.put("a", Map.of("temp", 1));
    try (Changes changes = sensors.follow("", "ready=true")) {
      assertEquals("PUT a", next(changes));
      assertEquals("READY ", next(changes));
      sensors.put("b", Map.of("temp", 2));
      sensors.publish("b", Map.of("note", "hi"));
      sensors.delete("b");
      Change put = Objects.requireNonNull(changes.next(SOON));
      assertEquals(new Reading("b", 2.0), put.as(Reading.class));
      Change message = Objects.requireNonNull(changes.next(SOON));
      assertEquals(Change.Kind.MESSAGE, message.kind());
      assertEquals("{\"note\":\"hi\"}", Objects.requireNonNull(message.value()).text());
      assertEquals("DELETE b", next(changes));

      try (Changes later = sensors.follow("", "since=" + put.cursor())) {
        assertEquals("MESSAGE b", next(later));
        assertEquals("DELETE b", next(later));
      }
      assertNull(changes.next(Duration.ofMillis(1)));
    }
    loop.awaitNoReaders("Sensors");
  }

  @Test
  void whatIsForgottenEndsOnceItIsGarbage() {
    followAndForget();
    loop.await(
        "what was forgotten is still fed",
        () -> {
          System.gc();
          return loop.readers("Sensors") == 0;
        });
  }

  private void followAndForget() {
    Changes forgotten = sensors.follow("", "ready=true");
    assertEquals("READY ", next(forgotten));
    assertEquals(1, loop.readers("Sensors"));
  }

  @Test
  void followingIsOverWhenItIsClosed() throws InterruptedException {
    Changes changes = sensors.follow("a", "");
    List<Change> heard = new ArrayList<>();
    Thread reader = Thread.ofVirtual().start(() -> changes.forEach(heard::add));
    changes.close();
    reader.join();
    assertEquals(List.of(), heard);
    loop.awaitNoReaders("Sensors");
  }

  @Test
  void changesAreFollowedOfOnlyWhatIsAskedFor() {
    try (Changes one = sensors.follow("a", "");
        Changes below = sensors.follow("x/", "");
        Changes warm = sensors.follow("", "temp=gt=30&select(temp)")) {
      sensors.put("b", Map.of("temp", 31));
      sensors.put("x/y", Map.of("temp", 1));
      sensors.put("a", Map.of("temp", 1));
      sensors.put("b", Map.of("temp", 1));
      assertEquals("PUT a", next(one));
      assertEquals("PUT x/y", next(below));
      Change put = Objects.requireNonNull(warm.next(SOON));
      assertEquals("31", Objects.requireNonNull(put.value()).text());
      assertEquals("DELETE b", next(warm));
    }
    refused(400, () -> sensors.follow("", "sort(temp)"));
    refused(400, () -> sensors.changes("", "since=x"));
    refused(400, () -> loop.tables.table("Counts").changes("x", ""));
  }

  @Test
  void changesOfAPrivateTableAreHeardByNobodyElse() {
    Table topics;
    try (LoopOfTest other =
        new LoopOfTest(
            """
            type topics @table @export(name: "") { id: ID @primaryKey }
            type Secret @table { id: ID @primaryKey }
            """)) {
      topics = other.tables.table("topics");
      Table secret = other.tables.table("Secret");
      try (Changes open = topics.follow("", "");
          Changes hidden = secret.follow("", "")) {
        topics.put("data/Secret/a", Map.of("n", 1));
        secret.put("a", Map.of("n", 2));
        topics.put("data/Secret/a", Map.of("n", 3));
        secret.put("a", Map.of("n", 4));
        assertEquals(List.of(1, 3), List.of(n(open), n(open)));
        assertEquals(List.of(2, 4), List.of(n(hidden), n(hidden)));
        assertNull(open.next(Duration.ofMillis(1)));
        assertNull(hidden.next(Duration.ofMillis(1)));
      }
    }
  }

  private static int n(Changes changes) {
    record Numbered(int n) {}
    return Objects.requireNonNull(changes.next(SOON)).as(Numbered.class).n();
  }

  @Test
  void valuesKeepTheirDigits() {
    try (Changes changes = sensors.follow("", "")) {
      sensors.put("a", json("{\"x\":1.10,\"y\":12345678901234567890.5}"));
      String value =
          Objects.requireNonNull(Objects.requireNonNull(changes.next(SOON)).value()).text();
      assertTrue(value.contains("1.10") && value.contains("12345678901234567890.5"), value);
    }
  }

  @Test
  void tableThatDoesNotAnswerIsNotWaitedForForEver() {
    try (LoopOfTest slow = new LoopOfTest(SDL, 50)) {
      Table table = slow.tables.table("Sensors");
      slow.ask(memory -> {
        memory.hold();
        return true;
      });
      refused(503, () -> table.put("a", Map.of()));
    }
  }

  @Test
  void waitingIsInterrupted() throws InterruptedException {
    loop.ask(memory -> {
      memory.hold();
      return true;
    });
    AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
    AtomicReference<@Nullable Boolean> interrupted = new AtomicReference<>();
    Thread caller =
        Thread.ofVirtual()
            .start(() -> {
              try {
                sensors.put("a", Map.of());
              } catch (CancellationException e) {
                thrown.set(e);
                interrupted.set(Thread.currentThread().isInterrupted());
              }
            });
    caller.interrupt();
    caller.join();
    assertTrue(thrown.get() instanceof CancellationException, "" + thrown.get());
    assertEquals(true, interrupted.get());
  }

  @Test
  void eventLoopIsToldNotToWait() {
    IllegalStateException fault =
        loop.ask(memory -> assertThrows(IllegalStateException.class, () -> sensors.row("a")));
    assertTrue(Objects.requireNonNull(fault.getMessage()).contains("event loop"));
  }

  private static Message json(String json) {
    return Message.of(json.getBytes(StandardCharsets.UTF_8), "application/json", true);
  }

  private static String next(Changes changes) {
    Change next = Objects.requireNonNull(changes.next(SOON), "nothing was heard");
    return next.kind() + " " + next.id();
  }

  private static String refused(int status, Executable call) {
    ProblemException problem = assertThrows(ProblemException.class, call);
    assertEquals(status, problem.status(), problem.detail());
    return problem.detail();
  }
}
