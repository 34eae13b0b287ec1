package dev.lyrebird.table;

import static dev.lyrebird.table.Samples.json;
import static dev.lyrebird.table.Samples.table;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.EntryCodec;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.Write;
import dev.lyrebird.schema.TableDefinition;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/** A storage that is sound has no faults, and each kind of fault that is planted is told. */
final class TableCheckTest {

  private static final int ROWS = 300;
  private static final long END = Instant.parse("2030-01-01T00:00:00Z").toEpochMilli();

  private static final TableDefinition DEFINITION =
      table("type T @table { id: ID @primaryKey n: Int @indexed tags: [String] @indexed }");

  /** The only table of the storage. */
  private static final RocksKeys KEYS = new RocksKeys(1);

  @TempDir Path folder;
  private final List<String> faults = new ArrayList<>();

  @BeforeEach
  void fill() {
    try (RocksStorage storage = WritingProcess.open(folder, RocksStorage.Sync.OS)) {
      HybridClock clock = new HybridClock(() -> Instant.EPOCH, 0, 0);
      Table table = new Table(DEFINITION, storage.table("data/t"), clock, 1);
      table.stableUntil(0);
      for (int i = 0; i < 3; i++) {
        table.write(IntStream.range(0, ROWS).mapToObj(TableCheckTest::write).toList());
        table.settle();
      }
      table.write(List.of(new Table.Request(Write.delete("r7"), Condition.NONE)));
      table.write(List.of(request(Write.patch("r8", json("{\"n\":5}")))));
      table.settle();
      table.write(List.of(request(Write.put("r9", json("{\"n\":6}"))))); // not in the rows yet
    }
  }

  private static Table.Request write(int i) {
    String row = "{\"n\":%d,\"tags\":[\"a\",\"t%d\"]}".formatted(i, i % 5);
    return request(new Write(Write.Kind.PUT, "r" + i, json(row), 0, 0, i == 3 ? END : 0, null));
  }

  private static Table.Request request(Write write) {
    return new Table.Request(write, Condition.NONE);
  }

  @Test
  void whatIsSoundHasNoFaults() {
    TableCheck.Seen seen = check(DEFINITION);
    assertEquals(List.of(), faults);
    assertEquals(3 * ROWS + 3, seen.entries());
    assertTrue(seen.pages() > 3, seen::toString);
    assertEquals(ROWS, seen.rows()); // r7 is remembered
    assertEquals(2, seen.indexes());
    assertEquals(3 * (ROWS - 1), seen.indexEntries());
  }

  @Test
  void aTrimmedJournalIsNotAtFault() {
    try (RocksStorage storage = WritingProcess.open(folder, RocksStorage.Sync.OS)) {
      HybridClock clock = new HybridClock(() -> Instant.EPOCH, 0, 0);
      Table table = new Table(DEFINITION, storage.table("data/t"), clock, 1);
      table.trim(Long.MAX_VALUE, 0);
      table.write(List.of(write(1)));
    }
    assertEquals(1, check(DEFINITION).entries());
    assertEquals(List.of(), faults);
  }

  @Test
  void aTableThatTheSchemaDoesNotKnowIsReadWithoutItsIndexes() {
    TableCheck.Seen seen = check(null);
    assertEquals(List.of(), faults);
    assertEquals(0, seen.indexes());
    assertEquals(ROWS, seen.rows());
  }

  @Test
  void entryThatARowLacksIsTold() throws RocksDBException {
    plant((db, families) -> {
      try (RocksIterator entries = db.newIterator(families.indexes())) {
        entries.seekToFirst();
        db.delete(families.indexes(), entries.key());
      }
    });
    tellsOnly("the row r0 is not in the index of n under its key 108000000000000000");
  }

  @Test
  void entryWithoutARowIsTold() throws RocksDBException {
    byte[] key = {0x10, 0, 0, 0, 0, 0, 0, 0, 0};
    plant((db, families) ->
        db.put(
            families.indexes(),
            KEYS.indexEntry(new TableStore.IndexEntry(1, key, "gone")),
            new byte[] {9}));
    tellsOnly("in the index of n there is the row gone under the key 100000000000000000");
  }

  @Test
  void entryUnderAnotherKeyThanTheRowsIsTold() throws RocksDBException {
    byte[] key = {0x10, 0, 0, 0, 0, 0, 0, 0, 0};
    plant((db, families) ->
        db.put(
            families.indexes(),
            KEYS.indexEntry(new TableStore.IndexEntry(1, key, "r1")),
            new byte[] {9}));
    tellsOnly("in the index of n there is the row r1 under the key 100000000000000000");
  }

  @Test
  void entriesOfNoIndexAreTold() throws RocksDBException {
    plant((db, families) ->
        db.put(
            families.indexes(),
            KEYS.indexEntry(new TableStore.IndexEntry(7, new byte[] {1}, "r1")),
            new byte[] {1}));
    tellsOnly("an index with the number 7, which there is not");
  }

  @Test
  void rowThatCannotBeReadIsTold() throws RocksDBException {
    plant((db, families) -> db.put(families.rows(), KEYS.row("r5"), new byte[] {1, 2, 3}));
    tellsOnly("the row r5 cannot be read: a stored row ends early");
  }

  @Test
  void rowWhoseEndIsNotNotedIsTold() throws RocksDBException {
    TableStore.Due due = new TableStore.Due(END, "r3");
    plant((db, families) -> db.delete(families.expiries(), KEYS.due(due)));
    tellsOnly("the row r3 would not end when its time comes");
  }

  @Test
  void rowThatWouldNeverBeFoldedIsTold() throws RocksDBException {
    plant((db, families) ->
        db.deleteRange(
            families.foldings(), KEYS.number(0), KEYS.number(Timestamp.timeOfMillis(END))));
    check(DEFINITION);
    assertEquals(2, faults.size(), faults::toString); // what is deleted, and what is patched
    assertTrue(faults.getLast().contains("r8 would remember its changes for good"));
  }

  @Test
  void pageThatCannotBeReadIsTold() throws RocksDBException {
    plant((db, families) -> {
      byte[] key = secondPage(db, families);
      byte[] page = Objects.requireNonNull(db.get(families.journal(), key));
      byte[] damaged = page.clone();
      for (int i = damaged.length / 2; i < damaged.length; i++) {
        damaged[i] = 0x55;
      }
      db.put(families.journal(), key, damaged);
    });
    tellsOnly("a page of the journal behind position");
  }

  @Test
  void pageThatIsMissingIsTold() throws RocksDBException {
    plant((db, families) -> db.delete(families.journal(), secondPage(db, families)));
    tellsOnly("the journal goes on at ");
  }

  @Test
  void journalThatHasLostItsBeginningIsTold() throws RocksDBException {
    plant((db, families) -> {
      try (RocksIterator pages = db.newIterator(families.journal())) {
        pages.seekToFirst();
        db.delete(families.journal(), pages.key());
      }
    });
    tellsOnly("behind position 0 the journal goes on at ");
  }

  @Test
  void journalThatHasLostItsEndIsTold() throws RocksDBException {
    plant((db, families) -> {
      try (RocksIterator pages = db.newIterator(families.journal())) {
        pages.seekToLast();
        for (int entries = 0; entries < 2; pages.prev()) {
          entries += (int) EntryCodec.head(pages.value()).entries();
          db.delete(families.journal(), pages.key());
        }
      }
    });
    tellsOnly("the rows have taken in the journal up to position");
  }

  private static byte[] secondPage(RocksDB db, RocksFamilies families) {
    try (RocksIterator pages = db.newIterator(families.journal())) {
      pages.seekToFirst();
      pages.next();
      return pages.key();
    }
  }

  @Test
  void whereThereIsNoStorageThatIsTold() {
    Path empty = folder.resolve("elsewhere");
    StorageException none =
        assertThrows(StorageException.class, () -> new RocksStoppedStorage(empty).close());
    assertEquals("there is no storage in " + empty, none.getMessage());
    assertTrue(!Files.exists(empty));
  }

  private void tellsOnly(String part) {
    check(DEFINITION);
    assertEquals(1, faults.size(), faults::toString);
    assertTrue(faults.getFirst().contains(part), faults::toString);
  }

  private TableCheck.Seen check(@Nullable TableDefinition definition) {
    try (RocksStoppedStorage storage = new RocksStoppedStorage(folder)) {
      TableCheck.Seen seen =
          new TableCheck(definition, storage.table("data/t"), faults::add).look();
      assertEquals(faults.size(), seen.faults());
      return seen;
    }
  }

  /** What is done to the database behind the node's back. */
  private interface Deed {
    void perform(RocksDB db, RocksFamilies families) throws RocksDBException;
  }

  private void plant(Deed deed) throws RocksDBException {
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    try (DBOptions options = new DBOptions();
        ColumnFamilyOptions family = new ColumnFamilyOptions();
        RocksDB db =
            RocksDB.open(options, folder.toString(), RocksFamilies.descriptors(family), handles)) {
      deed.perform(db, RocksFamilies.of(handles));
      handles.forEach(ColumnFamilyHandle::close);
    }
  }
}
