package dev.lyrebird.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Row;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a process has acknowledged outlives it. */
final class RocksStorageKillTest {
  private static final int WRITES = 300;

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void whatWasAcknowledgedIsThereAfterAKill(RocksStorage.Sync sync)
      throws IOException, InterruptedException {
    long last;
    try (WritingProcess process = new WritingProcess(folder, sync)) {
      while (process.next() < WRITES) {
        // It goes on.
      }
      assertThrows(StorageException.class, () -> WritingProcess.open(folder, sync).close());
      StorageException running =
          assertThrows(StorageException.class, () -> new RocksStoppedStorage(folder).close());
      assertEquals(
          "a node has the storage in %s open: stop it first".formatted(folder),
          running.getMessage());
      last = Math.max(WRITES, process.kill());
    }
    try (RocksStoppedStorage left = new RocksStoppedStorage(folder)) {
      List<String> faults = new ArrayList<>();
      new TableCheck(WritingProcess.TABLE, left.table("data/t"), faults::add).look();
      assertEquals(List.of(), faults);
    }
    try (RocksStorage storage = WritingProcess.open(folder, sync)) {
      IndexOracle.check(storage.table("data/t"), sync::toString);
      Table table = WritingProcess.open(storage);
      Table.Page journal =
          table.read(Place.START, entry -> true, Table.Limit.ofBytes(Integer.MAX_VALUE));
      assertNotNull(journal);
      List<Entry> entries = journal.entries();
      assertTrue(entries.size() >= last, () -> entries.size() + " entries");
      for (int i = 0; i < entries.size(); i++) {
        assertEquals(WritingProcess.row(i + 1), entries.get(i).payload());
      }
      assertEquals(
          IntStream.rangeClosed(1, entries.size())
              .mapToObj(WritingProcess::received)
              .collect(Collectors.toSet()),
          Set.copyOf(table.receptions(1)));
      for (Entry entry : entries.subList(entries.size() - WritingProcess.ROWS, entries.size())) {
        Row row = table.read(entry.id());
        assertNotNull(row);
        assertEquals(entry.version(), row.version());
        assertEquals(entry.payload(), row.payload());
      }
      table.settle();
      TableStore store = storage.table("data/t");
      IndexOracle.check(store, sync::toString);
      assertEquals(1, store.indexes().size());
    }
  }
}
