package dev.lyrebird.table;

import static dev.lyrebird.table.Samples.json;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.Write;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Rows end when their time has come, and not before. */
final class TableExpiryTest {
  private static final int ALL = 1000;

  private final TableInMemory memory = new TableInMemory("type T @table { id: ID @primaryKey }");

  @Test
  void aRowIsRemovedWhenItsTimeHasComeAndSubscribersAreTold() {
    putUntil("a", 2000);
    putUntil("b", 3000);
    memory.apply(Write.put("never", json("{}")));
    memory.table.settle();
    assertEquals(List.of(), removedBy(1999));
    assertEquals(List.of("a"), removedBy(2000));
    assertEquals(List.of(), removedBy(2500));
    assertEquals(List.of("b"), removedBy(9000));
    assertEquals(List.of("never"), ids());
    assertEquals(Entry.Type.DELETE, memory.journal(Place.START).getLast().type());
  }

  @Test
  void aRowWrittenAgainLivesAsItsLastWriteSays() {
    for (String id : List.of("longer", "shorter", "forever", "deleted")) {
      putUntil(id, 2000);
    }
    memory.table.settle();
    putUntil("longer", 5000);
    putUntil("shorter", 1000);
    memory.apply(Write.put("forever", json("{}")));
    memory.apply(Write.delete("deleted"));
    memory.table.settle();
    assertEquals(List.of("shorter"), removedBy(1000));
    assertEquals(List.of(), removedBy(4999));
    assertEquals(List.of("longer"), removedBy(5000));
    assertEquals(List.of("forever"), ids());
  }

  @Test
  void aRowWrittenAgainThatIsNotYetStoredLivesToo() {
    putUntil("r", 2000);
    memory.table.settle();
    putUntil("r", 5000);
    assertEquals(List.of(), removedBy(3000));
    assertEquals(List.of("r"), removedBy(5000));
  }

  @Test
  void aPatchKeepsTheEndUnlessTheTableSetsAnother() {
    putUntil("r", 2000);
    memory.apply(Write.patch("r", json("{\"a\":1}")));
    memory.table.settle();
    assertEquals(List.of("r"), removedBy(2000));
  }

  @Test
  void theRowsOwnEndOutlivesAPatchOfAnotherAttribute() {
    TableInMemory ending =
        new TableInMemory("type T @table(expiration: 3600) { id: ID end: Any @expiresAt }");
    long end = ending.wall.toEpochMilli() + 10_000;
    ending.apply(Write.put("r", json("{\"end\":" + end + "}")));
    ending.apply(Write.patch("r", json("{\"a\":1}")));
    assertEquals(List.of(end), ending.rows().stream().map(Row::expiresAtMillis).toList());

    ending.apply(Write.patch("r", json("{\"end\":{\"__op__\":\"add\",\"value\":5000}}")));
    assertEquals(List.of(end + 5000), ending.rows().stream().map(Row::expiresAtMillis).toList());
  }

  @Test
  void everyWritePutsOffTheEndThatTheTableSets() {
    TableInMemory ending = new TableInMemory("type T @table(expiration: 60) { id: ID }");
    ending.apply(Write.put("r", json("{}")));
    ending.wall = ending.wall.plusSeconds(50);
    ending.apply(Write.patch("r", json("{\"a\":1}")));
    ending.table.settle();
    assertEquals(List.of(), ending.table.expire(millis(ending, 59), ALL).entries());
    assertEquals(1, ending.table.expire(millis(ending, 60), ALL).entries().size());
  }

  @Test
  void noMoreAreRemovedAtOnceThanAsked() {
    IntStream.range(0, 10).forEach(i -> putUntil("r" + i, 1000 + i));
    memory.table.settle();
    assertEquals(3, memory.table.expire(2000, 3).entries().size());
    assertEquals(
        List.of("r3", "r4", "r5"),
        memory.table.expire(2000, 3).entries().stream().map(Entry::id).toList());
    assertEquals(4, memory.table.expire(2000, ALL).entries().size());
  }

  @Test
  void whatWasToEndWhileTheNodeWasAwayEndsAfterwards() {
    putUntil("r", 2000);
    memory.reopen();
    memory.table.settle();
    assertEquals(List.of("r"), removedBy(2000));
    memory.reopen();
    assertEquals(List.of(), ids());
  }

  @Test
  void aRowThatIsNotYetStoredEndsInTime() {
    putUntil("r", 2000);
    assertEquals(List.of(), removedBy(1999));
    putUntil("sooner", 1500);
    assertEquals(List.of("sooner"), removedBy(1999));
    assertEquals(List.of("r"), removedBy(2000));
  }

  @Test
  void aRowIsLeftToWhomItConcernsForAsLongAsThatIsSaid() {
    putUntil("r", 2000);
    putUntil("s", 2500);
    assertEquals(List.of(), ids(memory.table.expire(3000, origin -> 1999, ALL)));
    assertEquals(List.of("r"), ids(memory.table.expire(3000, origin -> 2000, ALL)));
    memory.apply(Write.put("s", json("{}")));
    assertEquals(List.of(), ids(memory.table.expire(3000, origin -> 3000, ALL)));
  }

  private static List<String> ids(Table.Commit commit) {
    return commit.entries().stream().map(Entry::id).toList();
  }

  private static long millis(TableInMemory memory, int seconds) {
    return memory.wall.toEpochMilli() + seconds * 1000L;
  }

  private void putUntil(String id, long millis) {
    memory.apply(new Write(Write.Kind.PUT, id, json("{}"), 1, 0, millis, null));
  }

  private List<String> removedBy(long millis) {
    return memory.table.expire(millis, ALL).entries().stream().map(Entry::id).toList();
  }

  private List<String> ids() {
    return memory.rows().stream().map(Row::id).toList();
  }
}
