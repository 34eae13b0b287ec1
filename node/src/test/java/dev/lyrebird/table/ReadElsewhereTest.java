package dev.lyrebird.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.journal.Write;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What a reader is told that comes from a node where changes arrived in another order. */
final class ReadElsewhereTest {
  private static final Table.Limit ALL = Table.Limit.ofBytes(Integer.MAX_VALUE);

  private final Table early = table(1, 50);
  private final Table late = table(2, 100);
  private final Table here = table(3, 200);

  private static Table table(long origin, long millis) {
    return new Table(
        Samples.table("type T @table { id: ID }"),
        new MemoryTableStore(),
        new HybridClock(() -> Instant.ofEpochMilli(millis), 60_000, 0),
        origin);
  }

  @Test
  void rowThatTheReaderHasSeenReplacedIsNotTold() {
    take(write(early, Write.put("x", text("old"))), write(late, Write.put("x", text("new"))));
    assertEquals(List.of(), told());
  }

  @Test
  void rowThatTheReaderHasSeenRemovedIsNotTold() {
    Table.Commit put = write(early, Write.put("x", text("old")));
    late.receive(VersionVector.EMPTY, put.pages());
    take(put, write(late, Write.delete("x")));
    assertEquals(List.of(), told());
  }

  @Test
  void messagesAndOtherRowsAreToldAllTheSame() {
    Table.Commit put = write(early, Write.put("x", text("old")));
    take(put, write(late, Write.put("x", text("new"))));
    take(write(early, Write.message("x", text("hello"))));
    take(write(early, Write.put("y", text("other"))));
    assertEquals(List.of("hello", "other"), told());
  }

  @Test
  void rowThatChangedAfterwardsIsTold() {
    take(write(early, Write.put("x", text("old"))), write(late, Write.put("x", text("new"))));
    take(write(here, Write.put("x", text("newest"))));
    assertEquals(List.of("newest"), told());
  }

  /** It may have changed what the reader knows: other changes came here before it. */
  @Test
  void changeThatChangedNothingHereIsAmongThoseThatAreRead() {
    take(write(late, Write.put("x", text("new"))), write(early, Write.put("x", text("old"))));
    VersionVector seen = late.head().vector();
    Table.Page page = Objects.requireNonNull(here.read(seen, null, e -> true, ALL));
    assertEquals(List.of("old"), page.entries().stream().map(ReadElsewhereTest::text).toList());
    assertTrue(page.entries().getFirst().isSuperseded());
  }

  @Test
  void whatWasSeenIsReadAgainBehindTheRowsThatWereToldHere() {
    Place before = here.head();
    take(write(late, Write.put("x", text("new"))));
    VersionVector seen = late.head().vector();
    assertEquals(
        List.of(), Objects.requireNonNull(here.read(seen, null, e -> true, ALL)).entries());
    Table.Page page = Objects.requireNonNull(here.read(seen, before, e -> true, ALL));
    assertEquals(List.of("new"), page.entries().stream().map(ReadElsewhereTest::text).toList());
  }

  private static Table.Commit write(Table table, Write write) {
    return table.write(List.of(new Table.Request(write, Condition.NONE)));
  }

  private void take(Table.Commit... commits) {
    for (Table.Commit commit : commits) {
      here.receive(commit.before().vector().meet(here.head().vector()), commit.pages());
    }
  }

  /** Returns what a reader is told who has seen what the later origin wrote, and nothing else. */
  private List<String> told() {
    VersionVector seen = late.head().vector().beyond(early.head().vector());
    Table.Page page = here.read(seen, null, e -> !seen.covers(e.change().timestamp()), ALL);
    return Objects.requireNonNull(page).entries().stream().map(ReadElsewhereTest::text).toList();
  }

  private static String text(Entry entry) {
    return new String(entry.payload().bytes(), StandardCharsets.UTF_8);
  }

  private static Payload text(String text) {
    return Payload.of(text.getBytes(StandardCharsets.UTF_8));
  }
}
