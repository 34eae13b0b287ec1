package dev.lyrebird.table;

import static dev.lyrebird.table.RocksCalls.standsBelow;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteOptions;

/**
 * The storage of a node that does not run, to be read. No node can open it meanwhile. What was
 * written and not yet sorted into files is read as well. Owned by one thread.
 */
public final class RocksStoppedStorage implements AutoCloseable {

  /** The file that RocksDB locks while it has a database open for writing. */
  private static final String LOCK = "LOCK";

  private final FileChannel lock;
  private final DBOptions options = new DBOptions().setInfoLogLevel(InfoLogLevel.WARN_LEVEL);
  private final ColumnFamilyOptions family = new ColumnFamilyOptions();
  private final WriteOptions unused = new WriteOptions();
  private final List<ColumnFamilyHandle> handles = new ArrayList<>();
  private final RocksHandles open;
  private final RocksReclaiming reclaiming;
  private final TreeMap<String, Integer> tables = new TreeMap<>();

  /**
   * Opens a storage.
   *
   * @param folder where it lies
   * @throws StorageException where there is none, a node has it open, or it cannot be read
   */
  public RocksStoppedStorage(Path folder) {
    RocksDB.loadLibrary();
    lock = lock(folder);
    try {
      refuseOlder(folder);
      RocksDB db =
          RocksDB.openReadOnly(
              options, folder.toString(), RocksFamilies.descriptors(family), handles);
      open = new RocksHandles(db, RocksFamilies.of(handles), unused, unused);
    } catch (RocksDBException e) {
      unlock();
      throw new StorageException(
          "cannot read the storage in %s: %s".formatted(folder, e.getMessage()), e);
    } catch (StorageException e) {
      unlock();
      throw e;
    }
    reclaiming = new RocksReclaiming(open.db(), List.of(), Long.MAX_VALUE);
    readTables();
  }

  private static FileChannel lock(Path folder) {
    Path file = folder.resolve(LOCK);
    if (!Files.exists(file)) {
      throw new StorageException("there is no storage in %s".formatted(folder));
    }
    try {
      FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
      if (channel.tryLock() == null) {
        channel.close();
        throw new StorageException(
            "a node has the storage in %s open: stop it first".formatted(folder));
      }
      return channel;
    } catch (IOException e) {
      throw new StorageException("cannot lock %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  private void unlock() {
    try {
      lock.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a node of an older version has written lacks what this one adds when it starts. */
  private static void refuseOlder(Path folder) throws RocksDBException {
    try (Options listing = new Options()) {
      List<String> present =
          RocksDB.listColumnFamilies(listing, folder.toString()).stream()
              .map(name -> new String(name, StandardCharsets.UTF_8))
              .toList();
      if (!present.containsAll(RocksFamilies.NAMES)) {
        throw new StorageException(
            "the storage in %s is of an older version: start a node with it once"
                .formatted(folder));
      }
    }
  }

  private void readTables() {
    byte[] prefix = RocksStorage.TABLE.getBytes(StandardCharsets.UTF_8);
    try (RocksIterator all = open.db().newIterator(open.families().meta())) {
      for (all.seek(prefix); standsBelow(all, prefix); all.next()) {
        byte[] key = all.key();
        String name =
            new String(key, prefix.length, key.length - prefix.length, StandardCharsets.UTF_8);
        tables.put(name, (int) ByteBuffer.wrap(all.value()).getLong());
      }
    }
  }

  /** Returns the names of its tables. */
  public List<String> tables() {
    return List.copyOf(tables.keySet());
  }

  /** Returns a table, whose store takes no writes. */
  public TableStore table(String name) {
    int number = Objects.requireNonNull(tables.get(name), name);
    return new RocksTableStore(open, reclaiming, new RocksKeys(number));
  }

  @Override
  public void close() {
    reclaiming.close();
    handles.forEach(ColumnFamilyHandle::close);
    open.db().close();
    unused.close();
    family.close();
    options.close();
    unlock();
  }
}
