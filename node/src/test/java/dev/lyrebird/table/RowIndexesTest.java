package dev.lyrebird.table;

import static dev.lyrebird.table.Samples.json;
import static dev.lyrebird.table.Samples.table;
import static dev.lyrebird.table.Samples.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.Write;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Indexes hold the keys of the stored rows, whatever is written, and whenever the process dies. */
final class RowIndexesTest {

  private static final int RUNS = 6;
  private static final int STEPS = 40;
  private static final int RUNS_ON_DISK = 2;

  /** Several slices of building. */
  private static final int IDS = 600;

  private static final List<String> ATTRIBUTES =
      List.of(
          "n: Int",
          "n: Long",
          "s: String",
          "d: Date",
          "any: Any",
          "tags: [String]",
          "made: Date @createdTime",
          "changed: Float @updatedTime",
          "changed: Long @updatedTime");

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);
  private Instant wall = Instant.parse("2026-11-21T10:00:00Z");

  @TempDir Path folder;

  @Test
  void whatIsLostOfADiskIsLostOfRowsAndIndexesAlike() {
    for (int i = 0; i < RUNS; i++) {
      RewindableStore store = new RewindableStore(2);
      History history = new History(store);
      for (int j = 0; j < STEPS; j++) {
        history.step();
        if (random.nextInt(5) == 0) {
          history.die(store);
        }
      }
      for (int steps = 0; steps <= store.steps(); steps += 1 + random.nextInt(10)) {
        RewindableStore earlier = store.after(steps);
        IndexOracle.check(earlier, this::replay);
        new History(earlier).finish();
      }
    }
  }

  @Test
  void indexesOnDiskHoldWhatTheRowsSay() {
    for (int i = 0; i < RUNS_ON_DISK; i++) {
      RocksStorage storage = WritingProcess.open(folder, RocksStorage.Sync.OS);
      History history = new History(storage.table("data/t" + i));
      for (int j = 0; j < STEPS; j++) {
        history.step();
        if (random.nextInt(10) == 0) {
          storage.close();
          storage = WritingProcess.open(folder, RocksStorage.Sync.OS);
          history.die(storage.table("data/t" + i));
        }
      }
      history.finish();
      storage.close();
    }
  }

  private String replay() {
    return "-Dseed=" + seed;
  }

  /** What becomes of a table whose schema changes whenever the process dies. */
  private final class History {
    TableStore store;
    Table table;

    History(TableStore store) {
      this.store = store;
      this.table = open();
    }

    private Table open() {
      String attributes =
          ATTRIBUTES.stream()
              .collect(Collectors.groupingBy(attribute -> attribute.replaceFirst(":.*", "")))
              .values()
              .stream()
              .map(types -> types.get(random.nextInt(types.size())))
              .map(attribute -> attribute + (random.nextBoolean() ? " @indexed " : " "))
              .collect(Collectors.joining());
      HybridClock clock = new HybridClock(() -> wall, 60_000, 0);
      return new Table(
          table("type T @table { id: ID @primaryKey " + attributes + "}"), store, clock, 1);
    }

    void die(TableStore found) {
      store = found;
      IndexOracle.check(store, RowIndexesTest.this::replay);
      table = open();
    }

    void step() {
      wall = wall.plusMillis(random.nextInt(20));
      switch (random.nextInt(8)) {
        case 0 -> write(random.nextInt(IDS));
        case 1 -> table.settle();
        case 2, 3 -> table.buildIndexes();
        case 4 -> table.expire(wall.toEpochMilli(), 10);
        case 5 -> fold();
        default -> write(random.nextInt(5));
      }
      IndexOracle.check(store, RowIndexesTest.this::replay);
    }

    private void fold() {
      table.stableUntil(Timestamp.timeOfMillis(wall.toEpochMilli() - random.nextInt(100)));
      table.fold(random.nextInt(1, 50));
    }

    private void write(int count) {
      table.write(
          IntStream.range(0, count)
              .mapToObj(i -> new Table.Request(randomWrite(), Condition.NONE))
              .toList());
    }

    void finish() {
      table.settle();
      for (boolean more = true; more; more = table.buildIndexes()) {
        IndexOracle.check(store, RowIndexesTest.this::replay);
      }
      assertEquals(List.of(), table.unreadyIndexes());
      for (TableStore.StoredIndex index : store.indexes()) {
        assertNull(index.builtTo());
      }
      IndexOracle.check(store, RowIndexesTest.this::replay);
    }
  }

  private Write randomWrite() {
    String id = "r" + random.nextInt(IDS);
    return switch (random.nextInt(8)) {
      case 0 -> Write.delete(id);
      case 1 -> Write.put(id, text("no JSON"));
      case 2 -> Write.message(id, json(row()));
      case 3, 4 -> Write.patch(id, json(row()));
      case 5 ->
          new Write(
              Write.Kind.PUT,
              id,
              json(row()),
              0,
              0,
              wall.toEpochMilli() + random.nextInt(200),
              null);
      default -> Write.put(id, json(row()));
    };
  }

  private String row() {
    List<String> attributes = new ArrayList<>();
    addSometimes(attributes, "n", () -> Integer.toString(random.nextInt(10)));
    addSometimes(attributes, "s", () -> "\"s" + random.nextInt(10) + '"');
    addSometimes(attributes, "d", () -> "\"2026-01-0" + (1 + random.nextInt(9)) + '"');
    addSometimes(
        attributes,
        "any",
        () -> List.of("1", "\"x\"", "{\"b\":1}", "[1,[\"x\"]]", "[]").get(random.nextInt(5)));
    addSometimes(attributes, "tags", () -> "[\"a\",\"t" + random.nextInt(4) + "\"]");
    return "{" + String.join(",", attributes) + "}";
  }

  private void addSometimes(List<String> attributes, String name, Supplier<String> value) {
    if (random.nextInt(3) > 0) {
      attributes.add('"' + name + "\":" + (random.nextInt(6) == 0 ? "null" : value.get()));
    }
  }

  @Test
  void anIndexThatIsNewIsReadyOnceItHoldsAllRows() {
    MemoryTableStore store = new MemoryTableStore();
    Table table = open(store, "n: Int");
    table.write(rows(IDS));
    table.settle();
    table = open(store, "n: Int @indexed");
    assertEquals(List.of("n"), table.unreadyIndexes());
    assertTrue(table.buildIndexes());
    table = open(store, "n: Int @indexed"); // goes on where it was
    assertTrue(store.indexes().stream().noneMatch(index -> "".equals(index.builtTo())));
    int slices = 0;
    while (table.buildIndexes()) {
      slices++;
    }
    assertTrue(slices <= 1, slices + " slices more");
    assertEquals(List.of(), table.unreadyIndexes());
    assertEquals(List.of(), open(store, "n: Int @indexed").unreadyIndexes());
  }

  @Test
  void anIndexOfAnotherTypeIsBuiltAnew() {
    MemoryTableStore store = new MemoryTableStore();
    Table table = open(store, "n: Int @indexed");
    table.write(rows(IDS));
    table.settle();
    int before = store.indexes().getFirst().number();
    table = open(store, "n: Long @indexed");
    assertEquals(List.of("n"), table.unreadyIndexes());
    assertEquals(1, store.indexes().size());
    assertNotEquals(before, store.indexes().getFirst().number());
    table = open(store, "n: Long");
    assertEquals(List.of(), store.indexes());
    assertNotNull(table.read("r1"));
  }

  @Test
  void theIndexOfAnEmptyTableIsReadyAtOnce() {
    MemoryTableStore store = new MemoryTableStore();
    Table table = open(store, "n: Int @indexed");
    assertEquals(List.of(), table.unreadyIndexes());
    table.write(rows(2));
    table.settle();
    IndexOracle.check(store, this::replay);
    assertEquals(1, store.indexes().size());
  }

  @Test
  void keysThatAreTextHaveNoIndexOfTheirOwn() {
    MemoryTableStore store = new MemoryTableStore();
    HybridClock clock = new HybridClock(() -> wall, 60_000, 0);
    assertNotNull(
        new Table(table("type T @table { id: ID @primaryKey @indexed }"), store, clock, 1));
    assertEquals(List.of(), store.indexes());
    assertNotNull(
        new Table(table("type T @table { id: Int @primaryKey @indexed }"), store, clock, 1));
    assertEquals(1, store.indexes().size());
  }

  private Table open(TableStore store, String attributes) {
    HybridClock clock = new HybridClock(() -> wall, 60_000, 0);
    return new Table(
        table("type T @table { id: ID @primaryKey " + attributes + " }"), store, clock, 1);
  }

  private static List<Table.Request> rows(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> Write.put("r" + i, json("{\"n\":" + i + "}")))
        .map(write -> new Table.Request(write, Condition.NONE))
        .toList();
  }
}
