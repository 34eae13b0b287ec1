package dev.lyrebird.table;

import static dev.lyrebird.table.Samples.text;
import static dev.lyrebird.table.TableStoreContract.entries;
import static dev.lyrebird.table.TableStoreContract.ids;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.journal.Change;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.EntryCodec;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Reception;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.Write;
import dev.lyrebird.query.KeyRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/** The storage on disk keeps the contract of each table, and the tables apart. */
final class RocksStorageTest implements TableStoreContract {
  private static final RocksStorage.Settings SETTINGS =
      new RocksStorage.Settings(RocksStorage.Sync.OS, 8 << 20, 8 << 20);

  private static final long TRIMMED_MIB = 32;
  private static final List<Reception> NONE = List.of();

  @TempDir Path folder;
  private RocksStorage storage;

  @BeforeEach
  void open() {
    storage = new RocksStorage(folder.resolve("data"), SETTINGS, () -> 42);
  }

  @AfterEach
  void close() {
    storage.close();
  }

  @Override
  public TableStore fresh() {
    return storage.table("data/t");
  }

  @Override
  public TableStore reopened(TableStore store) {
    close();
    open();
    return storage.table("data/t");
  }

  @Test
  void tablesThatAreOpenedAtOnceForTheFirstTimeAreKeptApart() throws Exception {
    int tables = 32;
    CyclicBarrier together = new CyclicBarrier(tables);
    List<Callable<TableStore>> openings = new ArrayList<>();
    for (int i = 0; i < tables; i++) {
      String name = "data/t" + i;
      openings.add(() -> {
        together.await();
        return storage.table(name);
      });
    }
    List<TableStore> stores = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(tables)) {
      for (Future<TableStore> opened : threads.invokeAll(openings)) {
        stores.add(opened.get());
      }
    }
    for (int i = 0; i < tables; i++) {
      stores.get(i).remember(new byte[] {(byte) i});
    }
    for (int i = 0; i < tables; i++) {
      assertArrayEquals(new byte[] {(byte) i}, stores.get(i).memory());
    }
  }

  @Test
  void theNodeKeepsTheIdItChose() {
    assertEquals(42, storage.node());
    close();
    storage = new RocksStorage(folder.resolve("data"), SETTINGS, () -> 43);
    assertEquals(42, storage.node());
  }

  @Test
  void tablesOfOneStorageDoNotSeeEachOther() {
    List<String> names = List.of("a", "b", "c");
    JournalWriter writer = new JournalWriter(new Random(5));
    for (String name : names) {
      writer = new JournalWriter(new Random(5));
      TableStore store = storage.table(name);
      writer.append(store, PAGES);
      store.settle(Map.of(name, row(name, 500)), indexed(name), writer.head(), 5);
      store.build(List.of(new TableStore.StoredIndex(1, name, null)), List.of());
      store.remember(name.getBytes(StandardCharsets.UTF_8));
      store.receive(List.of(new Reception(1, 1, name.charAt(0))));
    }
    Place end = storage.table("b").trim(Long.MAX_VALUE, 0);
    assertNotEquals(Place.START, end);

    close();
    open();
    for (String name : names.reversed()) { // numbers are kept, not given by the order of opening
      TableStore store = storage.table(name);
      Place trimmed = name.equals("b") ? end : Place.START;
      assertEquals(
          new TableStore.Progress(
              writer.head(), writer.head(), trimmed, TableStore.Gap.NONE, 5, writer.latest),
          store.progress());
      assertEquals(writer.behind(trimmed), entries(store, trimmed.position()));
      assertEquals(List.of(name), ids(store, ""));
      assertEquals(row(name, 500), store.row(name));
      assertArrayEquals(name.getBytes(StandardCharsets.UTF_8), store.memory());
      assertEquals(
          List.of(new TableStore.Due(500, name)), store.due(TableStore.Deadline.EXPIRY, 500, 10));
      assertEquals(List.of(new Reception(1, 1, name.charAt(0))), store.receptions(1));
      assertEquals(List.of(new TableStore.StoredIndex(1, name, null)), store.indexes());
      assertEquals(List.of(name), indexed(store));
      store.settle(Map.of(name, RowState.NOTHING), TableStore.IndexChanges.NONE, writer.head(), 6);
    }
    TableStore fourth = storage.table("d");
    assertEquals(EMPTY, fourth.progress());
    assertNull(fourth.memory());
    assertEquals(List.of(), entries(fourth, 0));
    assertEquals(List.of(), ids(fourth, ""));
    assertEquals(List.of(), fourth.due(TableStore.Deadline.EXPIRY, 500, 10));
    assertEquals(List.of(), fourth.indexes());
    assertEquals(List.of(), indexed(fourth));
    storage.table("a").drop(1);
    assertEquals(List.of(), indexed(storage.table("a")));
    assertEquals(List.of("b"), indexed(storage.table("b")));
  }

  private static TableStore.IndexChanges indexed(String id) {
    return new TableStore.IndexChanges(
        List.of(), List.of(new TableStore.IndexEntry(1, new byte[] {1}, id)));
  }

  private static List<String> indexed(TableStore store) {
    List<String> ids = new ArrayList<>();
    try (TableStore.View view = store.view();
        TableStore.IndexScan entries = view.index(1, KeyRange.ALL, true)) {
      while (entries.next()) {
        ids.add(entries.id());
      }
    }
    return ids;
  }

  @Test
  void theDiskGetsBackWhatIsTrimmedThoughNobodyWritesAnyMore() throws IOException {
    List<TableStore> stores = List.of(storage.table("a"), storage.table("b"));
    byte[] noise = new byte[64 << 10];
    new Random(5).nextBytes(noise);
    Place[] heads = {Place.START, Place.START};
    for (long i = 1; i <= TRIMMED_MIB << 3; i++) {
      for (int t = 0; t < heads.length; t++) {
        Change change = new Change(new Timestamp(i, 1), Write.message("r", Payload.of(noise)));
        Entry entry = new Entry(i, i, change, null);
        byte[] page = EntryCodec.encode(List.of(entry));
        stores.get(t).append(heads[t], List.of(page), true, i, NONE, List.of());
        heads[t] = heads[t].after(entry);
      }
    }
    assertTrue(bytesOnDisk() > TRIMMED_MIB << 19, "the journals have reached the disk");
    for (int t = 0; t < heads.length; t++) {
      stores.get(t).checkpoint(heads[t], heads[t].position());
      assertEquals(heads[t], stores.get(t).trim(Long.MAX_VALUE, 0));
    }
    awaitBytesOnDisk(SETTINGS.writeBufferBytes() / 2);
  }

  private void awaitBytesOnDisk(long most) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (bytesOnDisk() > most) {
      assertTrue(System.nanoTime() < end, "20 s passed, but the disk has not got back its room");
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  /** Returns how large the tables of the database are, its logs aside. */
  private long bytesOnDisk() throws IOException {
    long bytes = 0;
    try (Stream<Path> files = Files.list(folder.resolve("data"))) {
      for (Path file : files.filter(one -> one.toString().endsWith(".sst")).toList()) {
        bytes += Files.exists(file) ? Files.size(file) : 0;
      }
    }
    return bytes;
  }

  @Test
  void aStorageFromBeforeThereWereReceptionsIsOpened() throws RocksDBException {
    Path earlier = folder.resolve("earlier");
    List<ColumnFamilyDescriptor> families =
        Stream.of("default", "rows", "journal", "checkpoints", "expiries", "foldings")
            .map(name -> new ColumnFamilyDescriptor(name.getBytes(StandardCharsets.UTF_8)))
            .toList();
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    try (DBOptions options =
            new DBOptions().setCreateIfMissing(true).setCreateMissingColumnFamilies(true);
        RocksDB db = RocksDB.open(options, earlier.toString(), families, handles)) {
      byte[] node = ByteBuffer.allocate(Long.BYTES).putLong(41).array();
      db.put(handles.getFirst(), "node".getBytes(StandardCharsets.UTF_8), node);
      handles.forEach(ColumnFamilyHandle::close);
    }

    try (RocksStorage opened = new RocksStorage(earlier, SETTINGS, () -> 43)) {
      assertEquals(41, opened.node());
      TableStore store = opened.table("data/t");
      store.receive(List.of(new Reception(1, 2, 3)));
      assertEquals(List.of(new Reception(1, 2, 3)), store.receptions(1));
    }
  }

  @Test
  void aSecondOpeningIsRefusedInWordsThatNameTheFolder() {
    StorageException refused = assertThrows(StorageException.class, this::openAgain);
    assertTrue(String.valueOf(refused.getMessage()).contains(folder.resolve("data").toString()));
    assertTrue(String.valueOf(refused.getMessage()).contains("another node"));
    assertEquals(Place.START, fresh().progress().head());
  }

  private void openAgain() {
    new RocksStorage(folder.resolve("data"), SETTINGS, () -> 43).close();
  }

  @Test
  void whatIsNoFolderIsRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "not a folder");
    assertThrows(StorageException.class, () -> new RocksStorage(file, SETTINGS, () -> 1));
  }

  @Test
  void aDamagedJournalIsToldNotTakenForAShortOne() throws IOException {
    JournalWriter writer = new JournalWriter(new Random(5));
    writer.append(fresh(), 20 * PAGES);
    for (int i = 0; i < 2; i++) { // what the log holds goes to a table file when it is next opened
      close();
      open();
    }
    close();
    damage(largestTableFile());
    open();
    TableStore damaged = storage.table("data/t");
    assertThrows(StorageException.class, () -> entries(damaged, 0));
  }

  private Path largestTableFile() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("data"))) {
      return files
          .filter(file -> file.toString().endsWith(".sst"))
          .max(Comparator.comparingLong(file -> file.toFile().length()))
          .orElseThrow();
    }
  }

  /** Leaves the end of the file as it is, where its index lies. */
  private static void damage(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    Arrays.fill(bytes, 0, bytes.length / 2, (byte) 0x55);
    Files.write(file, bytes);
  }

  private static RowState row(String id, long expiresAtMillis) {
    Write write = new Write(Write.Kind.PUT, id, text("row"), 1, 0, expiresAtMillis, null);
    return RowState.NOTHING.merge(new Change(new Timestamp(5, 1), write));
  }
}
