package dev.lyrebird.table;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/**
 * Gives back to the disk what journals have dropped, once there is enough of it. Otherwise it would
 * lie there until compactions happen to come by, and where nobody writes any more, for good.
 *
 * <p>Any thread may use it; the work, which takes seconds now and then, is done by one of its own.
 */
final class RocksReclaiming implements AutoCloseable {

  private final RocksDB db;
  private final List<ColumnFamilyHandle> families;
  private final long atOnce;
  private final CompactRangeOptions compaction =
      new CompactRangeOptions().setExclusiveManualCompaction(false).setAllowWriteStall(false);
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("lyrebird-reclaiming").factory());

  /**
   * By table, up to where its journal was deleted that may still be on the disk. Guarded by this.
   */
  private final Map<Integer, byte[]> ends = new TreeMap<>();

  private long bytes;
  private boolean isRunning;
  private boolean isClosed;

  /**
   * @param families in which a table's journal lies
   * @param atOnce how many bytes are worth the work
   */
  RocksReclaiming(RocksDB db, List<ColumnFamilyHandle> families, long atOnce) {
    this.db = db;
    this.families = families;
    this.atOnce = atOnce;
  }

  /**
   * Notes what was deleted of a journal.
   *
   * @param end the key before which the table's journal has nothing
   */
  synchronized void deleted(int table, byte[] end, long deletedBytes) {
    ends.put(table, end);
    bytes += deletedBytes;
    if (!isRunning && isWorthIt()) {
      isRunning = true;
      thread.execute(this::reclaimAll);
    }
  }

  private boolean isWorthIt() {
    return bytes >= atOnce && !isClosed;
  }

  private void reclaimAll() {
    for (Map<Integer, byte[]> deleted = take(); !deleted.isEmpty(); deleted = take()) {
      deleted.forEach((table, end) -> {
        byte[] begin = ByteBuffer.allocate(Integer.BYTES).putInt(table).array();
        try {
          for (ColumnFamilyHandle family : families) {
            db.deleteFilesInRanges(family, List.of(begin, end), false);
            db.compactRange(family, begin, end, compaction);
          }
        } catch (RocksDBException e) {
          // The storage is being closed, or is broken, which the next write will tell.
        }
      });
    }
  }

  private synchronized Map<Integer, byte[]> take() {
    isRunning = isWorthIt();
    if (!isRunning) {
      return Map.of();
    }
    Map<Integer, byte[]> taken = new TreeMap<>(ends);
    ends.clear();
    bytes = 0;
    return taken;
  }

  /** Gives up what is under way. The database must still be open. */
  @Override
  public void close() {
    synchronized (this) {
      isClosed = true;
    }
    compaction.setCanceled(true);
    thread.close();
    compaction.close();
  }
}
