package dev.lyrebird.table;

import dev.lyrebird.journal.ByteWriter;
import dev.lyrebird.journal.EntryCodec;
import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Reception;
import dev.lyrebird.journal.VersionVector;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
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
 *   rows         number id                  row state
 *   journal      number first-position      page of entries
 *   checkpoints  number position            local time, bytes of journal before it, vector
 *   expiries     number millis id           nothing: an index of rows that end
 *   foldings     number rank id             nothing: an index of rows to be folded
 *   entries      number last-position part  part of a segment of the index of entries
 *   receptions   number client claim        nothing: the key is the reception
 *                packet-id
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

  private static final int BLOOM_BITS = 10;
  private static final int BACKGROUND_JOBS = 2;
  private static final int KEPT_LOGS = 2;

  private final DBOptions options;
  private final List<ColumnFamilyHandle> handles = new ArrayList<>();
  private final List<AutoCloseable> owned = new ArrayList<>();
  private final RocksDB db;
  private final WriteOptions acknowledged;
  private final WriteOptions lazy;
  private final ColumnFamilyHandle meta;
  private final ColumnFamilyHandle rows;
  private final ColumnFamilyHandle journal;
  private final ColumnFamilyHandle checkpoints;
  private final Map<TableStore.Deadline, ColumnFamilyHandle> deadlines =
      new EnumMap<>(TableStore.Deadline.class);
  private final ColumnFamilyHandle receptions;
  private final ColumnFamilyHandle entries;
  private final long node;

  /** Gives back to the disk what journals have dropped, which takes seconds now and then. */
  private final ExecutorService reclaiming =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("lyrebird-reclaiming").factory());

  private final CompactRangeOptions compaction;
  private final long reclaimedAtOnce;

  /** Guarded by this; a native handle must not be used once it is closed. */
  private boolean closed;

  /**
   * By table, up to where its journal was deleted that may still be on the disk. Guarded by this.
   */
  private final Map<Integer, byte[]> unreclaimed = new TreeMap<>();

  private long unreclaimedBytes;
  private boolean isReclaiming;

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
    Cache cache = own(new LRUCache(settings.blockCacheBytes()));
    options =
        own(new DBOptions())
            .setCreateIfMissing(true)
            .setCreateMissingColumnFamilies(true)
            .setMaxBackgroundJobs(BACKGROUND_JOBS)
            .setKeepLogFileNum(KEPT_LOGS)
            .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
            .setMaxTotalWalSize(2 * settings.writeBufferBytes())
            .setWriteBufferManager(own(new WriteBufferManager(settings.writeBufferBytes(), cache)));
    BlockBasedTableConfig blocks =
        new BlockBasedTableConfig()
            .setBlockCache(cache)
            .setCacheIndexAndFilterBlocks(true)
            .setFilterPolicy(own(new BloomFilter(BLOOM_BITS)));
    ColumnFamilyOptions family =
        own(new ColumnFamilyOptions())
            .setTableFormatConfig(blocks)
            .setCompressionType(CompressionType.LZ4_COMPRESSION)
            .setWriteBufferSize(settings.writeBufferBytes() / 4);
    List<ColumnFamilyDescriptor> families = new ArrayList<>();
    for (String name :
        List.of(
            "default",
            "rows",
            "journal",
            "checkpoints",
            "expiries",
            "foldings",
            "receptions",
            "entries")) {
      families.add(new ColumnFamilyDescriptor(name.getBytes(StandardCharsets.UTF_8), family));
    }
    try {
      Files.createDirectories(folder);
      db = RocksDB.open(options, folder.toString(), families, handles);
    } catch (RocksDBException | IOException e) {
      closeOwned();
      throw new StorageException(
          "cannot open the storage in %s; another node may have it open: %s"
              .formatted(folder, e.getMessage()),
          e);
    }
    meta = handles.get(0);
    rows = handles.get(1);
    journal = handles.get(2);
    checkpoints = handles.get(3);
    deadlines.put(TableStore.Deadline.EXPIRY, handles.get(4));
    deadlines.put(TableStore.Deadline.FOLDING, handles.get(5));
    receptions = handles.get(6);
    entries = handles.get(7);
    compaction =
        own(new CompactRangeOptions())
            .setExclusiveManualCompaction(false)
            .setAllowWriteStall(false);
    reclaimedAtOnce = settings.writeBufferBytes() / 4;
    acknowledged = own(new WriteOptions()).setSync(settings.sync() == Sync.ALWAYS);
    lazy = own(new WriteOptions());
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
    return new Store((int) number("table" + name, this::nextTableNumber));
  }

  /** Brings to the disk itself what was written so far; once closed, does nothing. */
  public synchronized void sync() {
    if (!closed) {
      run(() -> db.flushWal(true));
    }
  }

  /**
   * Gives back to the disk what was deleted of a journal, once there is enough of it. Otherwise it
   * would lie there until compactions happen to come by, and where nobody writes any more, for
   * good.
   *
   * @param end the key before which the table's journal has nothing
   */
  private synchronized void reclaim(int table, byte[] end, long bytes) {
    unreclaimed.put(table, end);
    unreclaimedBytes += bytes;
    if (!isReclaiming && isWorthReclaiming()) {
      isReclaiming = true;
      reclaiming.execute(this::reclaimAll);
    }
  }

  private boolean isWorthReclaiming() {
    return unreclaimedBytes >= reclaimedAtOnce && !closed;
  }

  private void reclaimAll() {
    for (Map<Integer, byte[]> ends = takeUnreclaimed(); !ends.isEmpty(); ends = takeUnreclaimed()) {
      ends.forEach((table, end) -> {
        byte[] begin = ByteBuffer.allocate(Integer.BYTES).putInt(table).array();
        try {
          for (ColumnFamilyHandle dropped : List.of(journal, entries)) {
            db.deleteFilesInRanges(dropped, List.of(begin, end), false);
            db.compactRange(dropped, begin, end, compaction);
          }
        } catch (RocksDBException e) {
          // The storage is being closed, or is broken, which the next write will tell.
        }
      });
    }
  }

  private synchronized Map<Integer, byte[]> takeUnreclaimed() {
    isReclaiming = isWorthReclaiming();
    if (!isReclaiming) {
      return Map.of();
    }
    Map<Integer, byte[]> ends = new TreeMap<>(unreclaimed);
    unreclaimed.clear();
    unreclaimedBytes = 0;
    return ends;
  }

  @Override
  public void close() {
    stopReclaiming();
    closeHandles();
  }

  private void stopReclaiming() {
    synchronized (this) {
      closed = true;
    }
    compaction.setCanceled(true);
    reclaiming.close();
  }

  private synchronized void closeHandles() {
    handles.forEach(ColumnFamilyHandle::close);
    db.close();
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
    byte[] known = call(() -> db.get(meta, key));
    if (known != null) {
      return ByteBuffer.wrap(known).getLong();
    }
    long chosen = fresh.getAsLong();
    run(() -> db.put(meta, key, ByteBuffer.allocate(Long.BYTES).putLong(chosen).array()));
    sync();
    return chosen;
  }

  private long nextTableNumber() {
    long tables = 1;
    byte[] prefix = "table".getBytes(StandardCharsets.UTF_8);
    try (RocksIterator all = db.newIterator(meta)) {
      for (all.seek(prefix); standsBelow(all, prefix); all.next()) {
        tables++;
      }
    }
    return tables;
  }

  /**
   * Tells whether an iterator stands at a key that begins so.
   *
   * @throws StorageException where it stands nowhere because what it came upon is damaged
   */
  private static boolean standsBelow(RocksIterator all, byte[] prefix) {
    if (!all.isValid()) {
      run(all::status);
      return false;
    }
    byte[] key = all.key();
    return key.length >= prefix.length
        && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
  }

  /** A call of RocksDB. */
  private interface Call<T extends @Nullable Object> {
    T call() throws RocksDBException;
  }

  /** A call of RocksDB that returns nothing. */
  private interface Action {
    void run() throws RocksDBException;
  }

  private static <T extends @Nullable Object> T call(Call<T> call) {
    try {
      return call.call();
    } catch (RocksDBException e) {
      throw new StorageException("the storage failed: " + e.getMessage(), e);
    }
  }

  private static void run(Action action) {
    Call<@Nullable Void> call =
        () -> {
          action.run();
          return null;
        };
    call(call);
  }

  /** One table's part of the storage. */
  private final class Store implements TableStore {

    private static final int NUMBER_BYTES = Integer.BYTES;
    private static final int LONG_KEY_BYTES = NUMBER_BYTES + Long.BYTES;
    private static final int RECEPTION_KEY_BYTES = LONG_KEY_BYTES + Long.BYTES + Integer.BYTES;

    private final int number;
    private final byte[] prefix;
    private final byte[] settledKey;
    private final byte[] gapKey;
    private final byte[] memoryKey;
    private long journalBytes;
    private long trimmedBytes;
    private Place trimmed;

    /** A place in the journal that can be found by its vector. */
    private record Checkpoint(Place place, long localTime, long bytesBefore) {}

    Store(int number) {
      this.number = number;
      this.prefix = ByteBuffer.allocate(NUMBER_BYTES).putInt(number).array();
      this.settledKey = metaKey("settled");
      this.gapKey = metaKey("gap");
      this.memoryKey = metaKey("memory");
      Checkpoint first = checkpointAtOrAfter(0);
      this.trimmed = first == null ? Place.START : first.place();
      this.trimmedBytes = first == null ? 0 : first.bytesBefore();
    }

    @Override
    public Progress progress() {
      Checkpoint last = checkpointAtOrBefore(Long.MAX_VALUE);
      Place head = last == null ? Place.START : last.place();
      journalBytes = last == null ? 0 : last.bytesBefore();
      long latest = last == null ? 0 : last.localTime();
      try (PageScan pages = pages(head.position())) {
        for (byte[] page = pages.next(); page != null; page = pages.next()) {
          EntryCodec.Head front = EntryCodec.head(page);
          if (front.firstPosition() > head.position()) { // the first may lie before a gap
            latest = Math.max(latest, front.localTime());
            journalBytes += TableStore.stored(page);
            head = new Place(front.lastPosition(), head.vector().with(front.last()));
          }
        }
      }
      byte[] settled = call(() -> db.get(meta, settledKey));
      if (settled == null) {
        return new Progress(head, Place.START, trimmed, gap(), 0, latest);
      }
      ByteBuffer in = ByteBuffer.wrap(settled);
      long horizon = in.getLong();
      return new Progress(head, place(in), trimmed, gap(), horizon, latest);
    }

    private Gap gap() {
      byte[] gap = call(() -> db.get(meta, gapKey));
      if (gap == null) {
        return Gap.NONE;
      }
      ByteBuffer in = ByteBuffer.wrap(gap);
      return new Gap(in.getLong(), VersionVector.decode(in));
    }

    @Override
    public void append(
        Place before,
        List<byte[]> pages,
        boolean checkpoint,
        long localTime,
        List<Reception> received,
        List<Segment> segments) {
      try (WriteBatch batch = new WriteBatch()) {
        if (checkpoint) {
          put(batch, new Checkpoint(before, localTime, journalBytes));
        }
        long bytes = 0;
        for (byte[] page : pages) {
          batch.put(journal, longKey(EntryCodec.head(page).firstPosition()), page);
          bytes += TableStore.stored(page);
        }
        for (Segment segment : segments) {
          for (int part = 0; part < segment.parts().size(); part++) {
            byte[] key = entriesKey(segment.lastPosition(), part);
            batch.put(entries, key, segment.parts().get(part));
          }
        }
        put(batch, received);
        db.write(acknowledged, batch);
        journalBytes += bytes;
      } catch (RocksDBException e) {
        throw new StorageException("the journal cannot be written: " + e.getMessage(), e);
      }
    }

    @Override
    public void receive(List<Reception> received) {
      run(() -> {
        try (WriteBatch batch = new WriteBatch()) {
          put(batch, received);
          db.write(acknowledged, batch);
        }
      });
    }

    private void put(WriteBatch batch, List<Reception> received) throws RocksDBException {
      for (Reception reception : received) {
        batch.put(receptions, receptionKey(reception), EMPTY);
      }
    }

    @Override
    public void release(List<Reception> released) {
      run(() -> {
        try (WriteBatch batch = new WriteBatch()) {
          for (Reception reception : released) {
            batch.delete(receptions, receptionKey(reception));
          }
          db.write(acknowledged, batch);
        }
      });
    }

    @Override
    public void releaseUnless(Predicate<Reception> isKept) {
      byte[] ofTable = ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
      List<Reception> released = receptionsBelow(ofTable).stream().filter(isKept.negate()).toList();
      if (!released.isEmpty()) {
        release(released);
      }
    }

    @Override
    public List<Reception> receptions(long client) {
      return receptionsBelow(longKey(client));
    }

    private List<Reception> receptionsBelow(byte[] prefix) {
      List<Reception> found = new ArrayList<>();
      try (RocksIterator all = db.newIterator(receptions)) {
        for (all.seek(prefix); standsBelow(all, prefix); all.next()) {
          ByteBuffer key = ByteBuffer.wrap(all.key()).position(Integer.BYTES);
          found.add(new Reception(key.getLong(), key.getLong(), key.getInt()));
        }
      }
      return found;
    }

    private byte[] receptionKey(Reception reception) {
      return ByteBuffer.allocate(RECEPTION_KEY_BYTES)
          .putInt(number)
          .putLong(reception.client())
          .putLong(reception.claim())
          .putInt(reception.packetId())
          .array();
    }

    private void put(WriteBatch batch, Checkpoint checkpoint) throws RocksDBException {
      ByteWriter out = new ByteWriter(64);
      out.fixed64(checkpoint.localTime());
      out.fixed64(checkpoint.bytesBefore());
      write(out, checkpoint.place());
      batch.put(checkpoints, longKey(checkpoint.place().position()), out.toByteArray());
    }

    @Override
    public void skip(Place to, Gap gap, long localTime) {
      run(() -> {
        try (WriteBatch batch = new WriteBatch()) {
          put(batch, new Checkpoint(to, localTime, journalBytes));
          ByteWriter out = new ByteWriter(64);
          out.fixed64(gap.position());
          gap.skipped().encode(out);
          batch.put(meta, gapKey, out.toByteArray());
          db.write(acknowledged, batch);
        }
      });
    }

    @Override
    public Place begin(Place at, long localTime) {
      run(() -> {
        try (WriteBatch batch = new WriteBatch()) {
          batch.deleteRange(journal, longKey(0), longKey(at.position() + 1));
          batch.deleteRange(checkpoints, longKey(0), longKey(Long.MAX_VALUE));
          batch.deleteRange(entries, longKey(0), longKey(Long.MAX_VALUE));
          batch.delete(meta, gapKey);
          put(batch, new Checkpoint(at, localTime, journalBytes));
          db.write(acknowledged, batch);
        }
      });
      reclaim(number, longKey(at.position() + 1), journalBytes());
      trimmed = at;
      trimmedBytes = journalBytes;
      return progress().head();
    }

    @Override
    public void settle(Map<String, RowState> changed, Place upTo, long horizon) {
      try (WriteBatch batch = new WriteBatch()) {
        for (Map.Entry<String, RowState> row : changed.entrySet()) {
          byte[] key = rowKey(row.getKey());
          RowState state = row.getValue();
          if (state.equals(RowState.NOTHING)) {
            batch.delete(rows, key);
          } else {
            batch.put(rows, key, RowStateCodec.encode(state));
          }
          for (Deadline deadline : Deadline.values()) {
            long at = state.at(deadline);
            if (at != 0) {
              batch.put(index(deadline), dueKey(new Due(at, row.getKey())), EMPTY);
            }
          }
        }
        ByteWriter out = new ByteWriter(64);
        out.fixed64(horizon);
        write(out, upTo);
        batch.put(meta, settledKey, out.toByteArray());
        db.write(lazy, batch);
      } catch (RocksDBException e) {
        throw new StorageException("rows cannot be written: " + e.getMessage(), e);
      }
    }

    @Override
    public @Nullable RowState row(String id) {
      byte[] found = call(() -> db.get(rows, rowKey(id)));
      return found == null ? null : RowStateCodec.decode(found);
    }

    @Override
    public RowScan scan(String idPrefix) {
      return new Scan(db.newIterator(rows), rowKey(idPrefix));
    }

    @Override
    public byte @Nullable [] indexed(long lastPosition, int part) {
      return call(() -> db.get(entries, entriesKey(lastPosition, part)));
    }

    @Override
    public PageScan pages(long position) {
      Pages pages = new Pages(db.newIterator(journal));
      pages.seek(position + 1);
      return pages;
    }

    @Override
    public Place checkpointWithin(VersionVector covered) {
      Checkpoint last = lastCheckpoint(one -> covered.covers(one.place().vector()));
      return last == null ? trimmed : last.place();
    }

    @Override
    public Place checkpointUpTo(long position) {
      Checkpoint last = checkpointAtOrBefore(position);
      return last == null ? trimmed : last.place();
    }

    @Override
    public @Nullable Place checkpointBefore(long localTime) {
      Checkpoint last = lastCheckpoint(one -> one.localTime() < localTime);
      return last == null ? null : last.place();
    }

    /** Bisects: vectors and times only grow, so that what the last holds of all before it hold. */
    private @Nullable Checkpoint lastCheckpoint(Predicate<Checkpoint> isEarlyEnough) {
      Checkpoint best = null;
      Checkpoint last = checkpointAtOrBefore(Long.MAX_VALUE);
      long low = trimmed.position();
      long high = last == null ? low : last.place().position();
      while (low <= high) {
        Checkpoint middle = checkpointAtOrBefore(low + (high - low) / 2);
        if (middle == null || middle.place().position() < low) {
          low = low + (high - low) / 2 + 1;
        } else if (isEarlyEnough.test(middle)) {
          best = middle;
          low = low + (high - low) / 2 + 1;
        } else {
          high = middle.place().position() - 1;
        }
      }
      return best;
    }

    @Override
    public void checkpoint(Place at, long localTime) {
      run(() -> {
        try (WriteBatch batch = new WriteBatch()) {
          put(batch, new Checkpoint(at, localTime, journalBytes));
          db.write(lazy, batch);
        }
      });
    }

    @Override
    public long journalBytes() {
      return journalBytes - trimmedBytes;
    }

    @Override
    public Place trim(long localTime, long maxBytes) {
      Place end = trimmed;
      long bytesBeforeEnd = trimmedBytes;
      try (RocksIterator all = db.newIterator(checkpoints)) {
        for (all.seek(longKey(trimmed.position() + 1)); standsBelow(all, prefix); all.next()) {
          Checkpoint checkpoint = checkpoint(all.value());
          if (checkpoint.localTime() > localTime && journalBytes - bytesBeforeEnd <= maxBytes) {
            break;
          }
          end = checkpoint.place();
          bytesBeforeEnd = checkpoint.bytesBefore();
        }
      }
      if (end.position() > trimmed.position()) {
        byte[] dropped = longKey(end.position() + 1);
        byte[] noted = longKey(end.position());
        run(() -> {
          try (WriteBatch batch = new WriteBatch()) {
            batch.deleteRange(journal, longKey(0), dropped);
            batch.deleteRange(checkpoints, longKey(0), noted);
            batch.deleteRange(entries, longKey(0), dropped);
            db.write(lazy, batch);
          }
        });
        reclaim(number, dropped, bytesBeforeEnd - trimmedBytes);
        trimmed = end;
        trimmedBytes = bytesBeforeEnd;
      }
      return trimmed;
    }

    @Override
    public List<Due> due(Deadline deadline, long until, int limit) {
      List<Due> due = new ArrayList<>();
      try (RocksIterator all = db.newIterator(index(deadline))) {
        for (all.seek(prefix); standsBelow(all, prefix) && due.size() < limit; all.next()) {
          byte[] key = all.key();
          long at = ByteBuffer.wrap(key).getLong(NUMBER_BYTES);
          if (at > until) {
            break;
          }
          due.add(
              new Due(
                  at,
                  new String(
                      key, LONG_KEY_BYTES, key.length - LONG_KEY_BYTES, StandardCharsets.UTF_8)));
        }
      }
      return due;
    }

    @Override
    public void forget(Deadline deadline, List<Due> dealtWith) {
      run(() -> {
        try (WriteBatch batch = new WriteBatch()) {
          for (Due due : dealtWith) {
            batch.delete(index(deadline), dueKey(due));
          }
          db.write(lazy, batch);
        }
      });
    }

    private ColumnFamilyHandle index(Deadline deadline) {
      return Objects.requireNonNull(deadlines.get(deadline));
    }

    @Override
    public byte @Nullable [] memory() {
      return call(() -> db.get(meta, memoryKey));
    }

    @Override
    public void remember(byte[] memory) {
      run(() -> db.put(meta, acknowledged, memoryKey, memory));
    }

    @Override
    public long estimatedRows() {
      return call(() -> db.getLongProperty(rows, "rocksdb.estimate-num-keys"));
    }

    private @Nullable Checkpoint checkpointAtOrAfter(long position) {
      try (RocksIterator all = db.newIterator(checkpoints)) {
        all.seek(longKey(position));
        return standingAt(all);
      }
    }

    private @Nullable Checkpoint checkpointAtOrBefore(long position) {
      try (RocksIterator all = db.newIterator(checkpoints)) {
        all.seekForPrev(longKey(position));
        return standingAt(all);
      }
    }

    private @Nullable Checkpoint standingAt(RocksIterator all) {
      return standsBelow(all, prefix) ? checkpoint(all.value()) : null;
    }

    private static Checkpoint checkpoint(byte[] value) {
      ByteBuffer in = ByteBuffer.wrap(value);
      long localTime = in.getLong();
      long bytesBefore = in.getLong();
      return new Checkpoint(place(in), localTime, bytesBefore);
    }

    private byte[] metaKey(String name) {
      byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
      return ByteBuffer.allocate(utf8.length + NUMBER_BYTES).put(utf8).putInt(number).array();
    }

    private byte[] rowKey(String id) {
      byte[] utf8 = id.getBytes(StandardCharsets.UTF_8);
      return ByteBuffer.allocate(NUMBER_BYTES + utf8.length).putInt(number).put(utf8).array();
    }

    private byte[] longKey(long behind) {
      return ByteBuffer.allocate(LONG_KEY_BYTES).putInt(number).putLong(behind).array();
    }

    private byte[] entriesKey(long lastPosition, int part) {
      return ByteBuffer.allocate(LONG_KEY_BYTES + 1)
          .putInt(number)
          .putLong(lastPosition)
          .put((byte) part)
          .array();
    }

    private byte[] dueKey(Due due) {
      byte[] utf8 = due.id().getBytes(StandardCharsets.UTF_8);
      return ByteBuffer.allocate(LONG_KEY_BYTES + utf8.length)
          .putInt(number)
          .putLong(due.at())
          .put(utf8)
          .array();
    }

    /** A reading of pages that closes its iterator. */
    private final class Pages implements PageScan {

      private final RocksIterator pages;

      /**
       * Whether the page that the iterator stands at was handed out: the next may not be wanted.
       */
      private boolean isTaken;

      Pages(RocksIterator pages) {
        this.pages = pages;
      }

      @Override
      public void seek(long position) {
        byte[] key = longKey(position);
        isTaken = false;
        pages.seekForPrev(key);
        if (!standsBelow(pages, prefix)) {
          pages.seek(key);
        }
      }

      @Override
      public byte @Nullable [] next() {
        if (isTaken) {
          pages.next();
        }
        isTaken = standsBelow(pages, prefix);
        return isTaken ? pages.value() : null;
      }

      @Override
      public void close() {
        pages.close();
      }
    }
  }

  private static final byte[] EMPTY = new byte[0];

  private static void write(ByteWriter out, Place place) {
    out.fixed64(place.position());
    place.vector().encode(out);
  }

  private static Place place(ByteBuffer in) {
    return new Place(in.getLong(), VersionVector.decode(in));
  }

  /** A reading of rows over an iterator, which sees the storage as it was when it was opened. */
  private static final class Scan implements TableStore.RowScan {

    private final RocksIterator all;
    private final byte[] prefix;
    private boolean started;

    Scan(RocksIterator all, byte[] prefix) {
      this.all = all;
      this.prefix = prefix;
    }

    @Override
    public boolean next() {
      if (started) {
        all.next();
      } else {
        all.seek(prefix);
        started = true;
      }
      return standsBelow(all, prefix);
    }

    @Override
    public String id() {
      byte[] key = all.key();
      return new String(key, Integer.BYTES, key.length - Integer.BYTES, StandardCharsets.UTF_8);
    }

    @Override
    public RowState state() {
      return RowStateCodec.decode(all.value());
    }

    @Override
    public void close() {
      all.close();
    }
  }
}
