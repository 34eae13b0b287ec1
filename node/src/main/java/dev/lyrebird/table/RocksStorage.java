package dev.lyrebird.table;

import static dev.lyrebird.table.RocksCalls.call;
import static dev.lyrebird.table.RocksCalls.run;
import static dev.lyrebird.table.RocksCalls.standsBelow;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBufferManager;
import org.rocksdb.WriteOptions;

/**
 * The node's storage: one RocksDB for all tables, each with a number of its own in front of its
 * keys. Numbers in keys are big-endian, so that keys sort as their numbers do.
 *
 * <pre>
 *   default      "node"                     the node's id
 *                "table" name               the table's number
 *                "settled" number           horizon, place up to which its rows have taken in its
 *                                           journal
 *                "gap" number               position, vector of what its journal skips there
 *                "memory" number            what its replica keeps
 *                "definition" number        what its rows are held to, as SDL
 *                "index" number index       up to where it is built, what its keys are made of
 *   rows         number id                  row state
 *   journal      number first-position      page of entries
 *   checkpoints  number position            local time, bytes of journal before it, vector
 *   expiries     number millis id           nothing: an index of rows that end
 *   foldings     number rank id             nothing: an index of rows to be folded
 *   entries      number last-position part  part of a segment of the index of entries
 *   receptions   number client claim        nothing: the key is the reception
 *                packet-id
 *   indexes      number index key id        length of the key
 * </pre>
 *
 * <p>What a process has written survives its death; what {@link Sync} says of the disk's cache
 * decides what survives the machine's. Any thread may open and close it and call {@link #sync};
 * each {@link TableStore} belongs to its table's thread.
 */
public final class RocksStorage implements AutoCloseable {

  /** When what was written reaches the disk itself. */
  public enum Sync {
    /** Before the write is acknowledged; tables that write at once share the wait. */
    ALWAYS,
    /** At intervals, by calling {@link RocksStorage#sync}. */
    INTERVAL,
    /** When the operating system likes. */
    OS
  }

  /**
   * How much memory the storage may use, whatever it holds.
   *
   * @param sync when writes reach the disk itself
   * @param blockCacheBytes for what is read
   * @param writeBufferBytes for what is written, in all
   */
  public record Settings(Sync sync, long blockCacheBytes, long writeBufferBytes) {}

  /** What stands before the name of a table where its number is kept. */
  static final String TABLE = "table";

  private static final int BLOOM_BITS = 10;
  private static final int BACKGROUND_JOBS = 2;

  /** A sixteenth of the cache must hold several filters, which have hundreds of kilobytes each. */
  private static final int CACHE_SHARD_BITS = 4;

  /** The part of the cache that data may not push indexes and filters out of. */
  private static final double CACHE_FOR_INDEXES = 0.5;

  private static final int KEPT_LOGS = 2;

  private final List<AutoCloseable> owned = new ArrayList<>();
  private final List<ColumnFamilyHandle> handles = new ArrayList<>();
  private final RocksHandles open;
  private final RocksReclaiming reclaiming;
  private final long node;

  /** Guarded by this; a native handle must not be used once it is closed. */
  private boolean closed;

  /**
   * Opens a storage, creating what is not there.
   *
   * @param folder where it lies
   * @param settings how it is to behave
   * @param freshNodeId gives the id of a node that has none yet
   * @throws StorageException where another process has it open, or it cannot be read
   */
  public RocksStorage(Path folder, Settings settings, LongSupplier freshNodeId) {
    RocksDB.loadLibrary();
    Cache blocksRead =
        own(new LRUCache(settings.blockCacheBytes(), CACHE_SHARD_BITS, false, CACHE_FOR_INDEXES));
    Cache writesCharged = own(new LRUCache(settings.writeBufferBytes())); // only keeps account
    DBOptions options =
        own(new DBOptions())
            .setCreateIfMissing(true)
            .setCreateMissingColumnFamilies(true)
            .setMaxBackgroundJobs(BACKGROUND_JOBS)
            .setKeepLogFileNum(KEPT_LOGS)
            .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
            .setMaxTotalWalSize(2 * settings.writeBufferBytes())
            .setWriteBufferManager(
                own(new WriteBufferManager(settings.writeBufferBytes(), writesCharged)));
    BlockBasedTableConfig blocks =
        new BlockBasedTableConfig()
            .setBlockCache(blocksRead)
            .setCacheIndexAndFilterBlocks(true)
            .setCacheIndexAndFilterBlocksWithHighPriority(true)
            .setPinL0FilterAndIndexBlocksInCache(true)
            .setFilterPolicy(own(new BloomFilter(BLOOM_BITS)));
    ColumnFamilyOptions family =
        own(new ColumnFamilyOptions())
            .setTableFormatConfig(blocks)
            .setCompressionType(CompressionType.LZ4_COMPRESSION)
            .setWriteBufferSize(settings.writeBufferBytes() / 4);
    RocksDB db;
    try {
      Files.createDirectories(folder);
      db = RocksDB.open(options, folder.toString(), RocksFamilies.descriptors(family), handles);
    } catch (RocksDBException | IOException e) {
      closeOwned();
      throw new StorageException(
          "cannot open the storage in %s; another node may have it open: %s"
              .formatted(folder, e.getMessage()),
          e);
    }
    RocksFamilies families = RocksFamilies.of(handles);
    open =
        new RocksHandles(
            db,
            families,
            own(new WriteOptions()).setSync(settings.sync() == Sync.ALWAYS),
            own(new WriteOptions()));
    reclaiming =
        new RocksReclaiming(
            db, List.of(families.journal(), families.entries()), settings.writeBufferBytes() / 4);
    node = number("node", freshNodeId);
  }

  /** Returns the id of the node, chosen when its storage was made. */
  public long node() {
    return node;
  }

  /**
   * Opens a table's part. Tables are opened by threads of their own, and get numbers one by one.
   */
  public synchronized TableStore table(String name) {
    int number = (int) number(TABLE + name, this::nextTableNumber);
    return new RocksTableStore(open, reclaiming, new RocksKeys(number));
  }

  /** Brings to the disk itself what was written so far; once closed, does nothing. */
  public synchronized void sync() {
    if (!closed) {
      run(() -> open.db().flushWal(true));
    }
  }

  @Override
  public void close() {
    reclaiming.close(); // may wait for what it does, while others must not wait for it to close
    closeHandles();
  }

  private synchronized void closeHandles() {
    closed = true;
    handles.forEach(ColumnFamilyHandle::close);
    open.db().close();
    closeOwned();
  }

  private <T extends AutoCloseable> T own(T resource) {
    owned.add(resource);
    return resource;
  }

  private void closeOwned() {
    for (AutoCloseable resource : owned.reversed()) {
      try {
        resource.close();
      } catch (Exception e) {
        throw new IllegalStateException("a native handle does not close", e);
      }
    }
  }

  /** Returns the number kept under a name; a fresh one, kept from now on, where there is none. */
  private long number(String name, LongSupplier fresh) {
    byte[] key = name.getBytes(StandardCharsets.UTF_8);
    byte[] known = call(() -> open.db().get(meta(), key));
    if (known != null) {
      return ByteBuffer.wrap(known).getLong();
    }
    long chosen = fresh.getAsLong();
    run(() -> open.db().put(meta(), key, ByteBuffer.allocate(Long.BYTES).putLong(chosen).array()));
    sync();
    return chosen;
  }

  private long nextTableNumber() {
    long tables = 1;
    byte[] prefix = TABLE.getBytes(StandardCharsets.UTF_8);
    try (RocksIterator all = open.db().newIterator(meta())) {
      for (all.seek(prefix); standsBelow(all, prefix); all.next()) {
        tables++;
      }
    }
    return tables;
  }

  private ColumnFamilyHandle meta() {
    return open.families().meta();
  }
}
