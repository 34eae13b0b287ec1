package dev.lyrebird.table;

import static dev.lyrebird.table.Samples.json;
import static dev.lyrebird.table.Samples.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Outcome;
import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.Refusal.Reason;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.Write;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes of each kind of write. */
final class TableTest {

  private final TableInMemory memory =
      new TableInMemory("type T @table { id: ID @primaryKey temp: Float made: Date @createdTime }");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      useHeadersInDisplayName = true,
      textBlock =
          """
          kind    | row     | none      | knowing   | exists    | absent    | matching
          PUT     | present | applied   | applied   | applied   | CONFLICT  | applied
          PUT     | absent  | created   | created   | NOT_FOUND | created   | PRECONDITION_FAILED
          PATCH   | present | applied   | applied   | applied   | CONFLICT  | applied
          PATCH   | absent  | created   | created   | NOT_FOUND | created   | PRECONDITION_FAILED
          DELETE  | present | applied   | applied   | applied   | CONFLICT  | applied
          DELETE  | absent  | unchanged | unchanged | NOT_FOUND | unchanged | PRECONDITION_FAILED
          MESSAGE | present | applied   | applied   | applied   | CONFLICT  | applied
          MESSAGE | absent  | applied   | applied   | NOT_FOUND | applied   | PRECONDITION_FAILED
          """)
  void theConditionDecides(
      Write.Kind kind,
      String row,
      String none,
      String knowing,
      String exists,
      String absent,
      String matching) {
    boolean present = row.equals("present");
    assertEquals(none, outcome(kind, present, Condition.NONE));
    assertEquals(knowing, outcome(kind, present, Condition.KNOWING));
    assertEquals(exists, outcome(kind, present, Condition.EXISTS));
    assertEquals(absent, outcome(kind, present, Condition.ABSENT));
    Row current = memory.table.read("r");
    Timestamp version = current == null ? Timestamp.NONE : current.version();
    assertEquals(matching, outcome(kind, present, now -> matches(version, now)));
    assertEquals("PRECONDITION_FAILED", outcome(kind, present, now -> matches(null, now)));
  }

  private static @Nullable Refusal matches(
      @Nullable Timestamp expected, @Nullable Timestamp version) {
    return version != null && version.equals(expected)
        ? null
        : Refusal.of(Reason.PRECONDITION_FAILED, "the row has another version");
  }

  /** Returns what comes of a write to a table that has the row or not; it is as before then. */
  private String outcome(Write.Kind kind, boolean present, Condition condition) {
    TableInMemory fresh =
        new TableInMemory("type T @table { id: ID @primaryKey made: Date @createdTime }");
    if (present) {
      fresh.apply(Write.put("r", json("{\"a\":1}")));
    }
    memory.table = fresh.table;
    Place before = fresh.table.head();
    Write write = new Write(kind, "r", json("{\"b\":2}"), 1, 0, 0, null);
    Outcome outcome = fresh.write(write, condition);
    boolean journalled = outcome instanceof Outcome.Applied;
    assertEquals(journalled ? 1 : 0, fresh.journal(before).size());
    return switch (outcome) {
      case Outcome.Applied(Timestamp version, boolean created) -> created ? "created" : "applied";
      case Outcome.Unchanged unchanged -> "unchanged";
      case Outcome.Refused(Refusal refusal) -> refusal.reason().name();
    };
  }

  @Test
  void patchOfNothingChangesNothing() {
    Timestamp version = memory.apply(Write.put("r", json("{\"a\":1}"))).version();
    assertEquals(
        new Outcome.Unchanged(version),
        memory.write(Write.patch("r", json("{}")), Condition.EXISTS));
    assertEquals(
        new Outcome.Unchanged(null), memory.write(Write.patch("s", json("{}")), Condition.NONE));
    assertEquals(1, memory.table.head().position());
  }

  @Test
  void patchNeedsAnObjectOnBothSides() {
    memory.apply(Write.put("r", text("plain")));
    assertEquals(Reason.CONFLICT, refusal(Write.patch("r", json("{\"a\":1}"))).reason());
    assertEquals(Reason.BAD_REQUEST, refusal(Write.patch("r", json("[1]"))).reason());
    assertEquals("plain", row("r"));
  }

  @Test
  void patchIsRefusedWhereTheMergedRowDoesNotFit() {
    memory.apply(Write.put("r", json("{\"temp\":1}")));
    Refusal refusal = refusal(Write.patch("r", json("{\"temp\":\"hot\"}")));
    assertEquals(Reason.SCHEMA, refusal.reason());
    assertEquals("{\"temp\":1}", row("r"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"n\":{\"__op__\":\"add\",\"value\":1e2147483648}}",
        "{\"n\":1e99999999999999}",
        "{\"n\":\"\\ud800\"}",
        "{\"end\":\"+999999999-12-31T23:59:59Z\"}"
      })
  void noPatchBreaksTheTable(String attributes) {
    TableInMemory ending = new TableInMemory("type T @table { id: ID end: Any @expiresAt }");
    ending.apply(Write.put("r", json("{\"n\":9e2147483647}")));
    ending.write(Write.patch("r", text(attributes)), Condition.NONE);
    Row row = ending.table.read("r");
    assertNotNull(row);
    assertNotNull(JsonObjects.parse(row.payload()));
  }

  @Test
  void entryTellsWhatTheRowHasBecome() {
    memory.apply(Write.put("r", json("{\"a\":1}")));
    Timestamp version = memory.apply(Write.patch("r", json("{\"b\":2}"))).version();
    memory.apply(Write.message("r", text("hello")));
    memory.apply(Write.delete("r"));
    List<Entry> entries = memory.journal(Place.START);

    assertEquals(
        List.of("{\"a\":1}", "{\"a\":1,\"b\":2,\"id\":\"r\"}", "hello", ""),
        entries.stream().map(entry -> text(entry.payload())).toList());
    assertEquals(
        List.of(Entry.Type.PUT, Entry.Type.PUT, Entry.Type.MESSAGE, Entry.Type.DELETE),
        entries.stream().map(Entry::type).toList());
    assertEquals(version, entries.get(1).version());
    assertNull(entries.get(0).merged());
    assertNull(memory.table.read("r"));
  }

  @Test
  void mergedRowNamesItsKeyAndKeepsNoOther() {
    memory.apply(Write.put("r", json("{\"id\":\"other\",\"a\":1}")));
    memory.apply(Write.patch("r", json("{\"a\":2}")));
    assertEquals("{\"a\":2,\"id\":\"r\"}", row("r"));
  }

  @Test
  void writesOfOneBatchSeeTheOnesBefore() {
    List<Outcome> outcomes =
        write(
            new Table.Request(Write.put("r", json("{\"a\":1}")), Condition.ABSENT),
            new Table.Request(Write.put("r", json("{\"a\":2}")), Condition.ABSENT),
            new Table.Request(Write.patch("r", json("{\"b\":2}")), Condition.EXISTS),
            new Table.Request(Write.delete("r"), Condition.EXISTS),
            new Table.Request(Write.delete("r"), Condition.NONE),
            new Table.Request(Write.patch("r", json("{\"c\":3}")), Condition.ABSENT));
    assertInstanceOf(Outcome.Applied.class, outcomes.get(0));
    assertInstanceOf(Outcome.Refused.class, outcomes.get(1));
    assertInstanceOf(Outcome.Applied.class, outcomes.get(2));
    assertInstanceOf(Outcome.Applied.class, outcomes.get(3));
    assertInstanceOf(Outcome.Unchanged.class, outcomes.get(4));
    assertTrue(assertInstanceOf(Outcome.Applied.class, outcomes.get(5)).created());
    assertEquals("{\"c\":3,\"id\":\"r\"}", row("r"));
    assertEquals(4, memory.table.head().position());
  }

  @Test
  void allWritesAreRefusedWhereOneIs() {
    memory.apply(Write.put("plain", text("plain")));
    Table.Commit commit =
        memory.table.writeAll(
            List.of(
                Write.put("a", json("{\"temp\":1}")),
                Write.patch("plain", json("{\"a\":1}")),
                Write.put("b", json("{\"temp\":\"hot\"}"))),
            Condition.NONE);
    assertEquals(List.of(), commit.entries());
    assertEquals(new Outcome.Unchanged(null), commit.outcomes().get(0));
    assertEquals(Reason.CONFLICT, reason(commit.outcomes().get(1)));
    assertEquals(Reason.SCHEMA, reason(commit.outcomes().get(2)));
    assertNull(memory.table.read("a"));
    assertEquals(1, memory.table.head().position());
  }

  @Test
  void allWritesTellWhetherTheyCreatedARow() {
    memory.apply(Write.put("a", json("{}")));
    Table.Commit commit =
        memory.table.writeAll(
            List.of(
                Write.put("a", json("{\"temp\":1}")),
                Write.put("b", json("{\"temp\":1}")),
                Write.put("b", json("{\"temp\":2}"))),
            Condition.NONE);
    assertEquals(
        List.of(false, true, false),
        commit.outcomes().stream()
            .map(outcome -> assertInstanceOf(Outcome.Applied.class, outcome).created())
            .toList());
    assertEquals("{\"temp\":2}", row("b"));
    assertEquals(3, commit.entries().size());
  }

  @Test
  void aRowCannotBeCreatedTwiceAtOnce() {
    List<Write> writes = List.of(Write.put("a", json("{}")), Write.put("a", json("{}")));
    Table.Commit commit = memory.table.writeAll(writes, Condition.ABSENT);
    assertEquals(new Outcome.Unchanged(null), commit.outcomes().get(0));
    assertEquals(Reason.CONFLICT, reason(commit.outcomes().get(1)));
    assertNull(memory.table.read("a"));
  }

  @Test
  void positionsHaveNoGapsAndVersionsIncreaseWhateverTheWallClockDoes() {
    for (int i = 0; i < 10; i++) {
      memory.apply(Write.put("r" + i, json("{}")));
      memory.write(Write.put("r" + i, json("{}")), Condition.ABSENT);
      memory.wall = memory.wall.minus(Duration.ofHours(1));
      if (i % 3 == 0) {
        memory.reopen();
      }
    }
    List<Entry> entries = memory.journal(Place.START);
    List<Timestamp> versions = entries.stream().map(Entry::version).toList();
    assertEquals(
        LongStream.rangeClosed(1, 10).boxed().toList(),
        entries.stream().map(Entry::position).toList());
    assertEquals(versions.stream().distinct().sorted().toList(), versions);
  }

  @Test
  void whatTheStorageRefusesHasNotHappened() {
    memory.apply(Write.put("r", json("{\"a\":1}")));
    memory.isBroken = true;
    assertThrows(StorageException.class, () -> memory.apply(Write.put("r", json("{\"a\":2}"))));
    assertEquals("{\"a\":1}", row("r"));
    assertEquals(1, memory.table.head().position());

    memory.isBroken = false;
    memory.apply(Write.put("r", json("{\"a\":3}")));
    assertEquals("{\"a\":3}", row("r"));
    assertEquals(2, memory.table.head().position());
  }

  @Test
  void aRowRemembersWhenItCameIntoBeing() {
    long first = memory.wall.toEpochMilli();
    memory.apply(Write.put("put", json("{}")));
    memory.apply(Write.patch("patched", json("{\"a\":1}")));
    memory.wall = memory.wall.plusSeconds(1);
    for (String id : List.of("put", "patched")) {
      memory.write(Write.put(id, json("{\"a\":2}")), Condition.NONE);
      memory.apply(Write.patch(id, json("{\"b\":2}")));
      memory.reopen();
      assertEquals(first, createdMillis(id));

      memory.apply(Write.delete(id));
      memory.apply(Write.patch(id, json("{\"b\":2}")));
      assertEquals(first + 1000, createdMillis(id));
    }
  }

  @Test
  void numbersGoOnBehindTheGreatest() {
    TableInMemory numbered = new TableInMemory("type T @table { id: Long @primaryKey }");
    numbered.apply(Write.put("-5", json("{}")));
    assertEquals(1, numbered.table.nextNumber(0, 1));
    numbered.apply(Write.put("41", json("{}")));
    assertEquals(42, numbered.table.nextNumber(0, 1));
    assertEquals(43, numbered.table.nextNumber(0, 1));
    numbered.reopen();
    assertEquals(42, numbered.table.nextNumber(0, 1));
  }

  @Test
  void nodesThatCountAtTheSameTimeGiveNoNumberTwice() {
    Set<Long> given = new HashSet<>();
    for (int turn = 0; turn < 3; turn++) {
      TableInMemory numbered = new TableInMemory("type T @table { id: Long @primaryKey }");
      numbered.apply(Write.put("41", json("{}")));
      for (int i = 0; i < 10; i++) {
        long number = numbered.table.nextNumber(turn, 3);
        assertTrue(number > 41 && given.add(number), () -> "twice: " + number);
      }
    }
  }

  @Test
  void rowsAreReadAsTheyStoodWhenTheReadingBegan() {
    IntStream.range(0, 5).forEach(i -> memory.apply(Write.put("r" + i, json("{}"))));
    try (Table.RowReading reading = memory.table.scan("r")) {
      memory.apply(Write.put("r5", json("{}")));
      memory.apply(Write.delete("r0"));
      memory.table.settle();
      assertEquals(
          List.of("r0", "r1", "r2", "r3", "r4"),
          Stream.generate(() -> reading.next() ? reading.id() : "").limit(5).toList());
      assertEquals(false, reading.next());
    }
  }

  private List<Outcome> write(Table.Request... requests) {
    return memory.table.write(List.of(requests)).outcomes();
  }

  private Refusal refusal(Write write) {
    return assertInstanceOf(Outcome.Refused.class, memory.write(write, Condition.KNOWING))
        .refusal();
  }

  private static Reason reason(Outcome outcome) {
    return assertInstanceOf(Outcome.Refused.class, outcome).refusal().reason();
  }

  private String row(String id) {
    Row row = memory.table.read(id);
    return row == null ? "" : text(row.payload());
  }

  private long createdMillis(String id) {
    Row row = memory.table.read(id);
    return row == null ? 0 : row.createdMillis();
  }
}
