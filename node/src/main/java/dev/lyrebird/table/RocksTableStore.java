package dev.lyrebird.table;

import static dev.lyrebird.table.RocksCalls.call;
import static dev.lyrebird.table.RocksCalls.run;
import static dev.lyrebird.table.RocksCalls.standsBelow;

import dev.lyrebird.journal.ByteReader;
import dev.lyrebird.journal.ByteWriter;
import dev.lyrebird.journal.EntryCodec;
import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Reception;
import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.query.KeyRange;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/** One table's part of the storage. Owned by the table's thread. */
final class RocksTableStore implements TableStore {

  private static final byte[] EMPTY = new byte[0];

  private final RocksDB db;
  private final RocksFamilies families;
  private final WriteOptions acknowledged;
  private final WriteOptions lazy;
  private final RocksReclaiming reclaiming;
  private final RocksKeys keys;
  private final RocksRows rows;
  private final byte[] prefix;
  private final byte[] settledKey;
  private final byte[] gapKey;
  private final byte[] memoryKey;
  private final byte[] definitionKey;
  private long journalBytes;
  private long trimmedBytes;
  private Place trimmed;

  /** A place in the journal that can be found by its vector. */
  private record Checkpoint(Place place, long localTime, long bytesBefore) {}

  RocksTableStore(RocksHandles open, RocksReclaiming reclaiming, RocksKeys keys) {
    this.db = open.db();
    this.families = open.families();
    this.acknowledged = open.acknowledged();
    this.lazy = open.lazy();
    this.reclaiming = reclaiming;
    this.keys = keys;
    this.rows = new RocksRows(db, families, keys);
    this.prefix = keys.prefix();
    this.settledKey = keys.meta("settled");
    this.gapKey = keys.meta("gap");
    this.memoryKey = keys.meta("memory");
    this.definitionKey = keys.meta("definition");
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
    byte[] settled = call(() -> db.get(families.meta(), settledKey));
    if (settled == null) {
      return new Progress(head, Place.START, trimmed, gap(), 0, latest);
    }
    ByteBuffer in = ByteBuffer.wrap(settled);
    long horizon = in.getLong();
    return new Progress(head, place(in), trimmed, gap(), horizon, latest);
  }

  private Gap gap() {
    byte[] gap = call(() -> db.get(families.meta(), gapKey));
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
        batch.put(families.journal(), keys.number(EntryCodec.head(page).firstPosition()), page);
        bytes += TableStore.stored(page);
      }
      for (Segment segment : segments) {
        for (int part = 0; part < segment.parts().size(); part++) {
          byte[] key = keys.segment(segment.lastPosition(), part);
          batch.put(families.entries(), key, segment.parts().get(part));
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
      batch.put(families.receptions(), keys.reception(reception), EMPTY);
    }
  }

  @Override
  public void release(List<Reception> released) {
    run(() -> {
      try (WriteBatch batch = new WriteBatch()) {
        for (Reception reception : released) {
          batch.delete(families.receptions(), keys.reception(reception));
        }
        db.write(acknowledged, batch);
      }
    });
  }

  @Override
  public void releaseUnless(Predicate<Reception> isKept) {
    List<Reception> released = receptionsBelow(prefix).stream().filter(isKept.negate()).toList();
    if (!released.isEmpty()) {
      release(released);
    }
  }

  @Override
  public List<Reception> receptions(long client) {
    return receptionsBelow(keys.number(client));
  }

  private List<Reception> receptionsBelow(byte[] prefix) {
    List<Reception> found = new ArrayList<>();
    try (RocksIterator all = db.newIterator(families.receptions())) {
      for (all.seek(prefix); standsBelow(all, prefix); all.next()) {
        found.add(RocksKeys.reception(all.key()));
      }
    }
    return found;
  }

  private void put(WriteBatch batch, Checkpoint checkpoint) throws RocksDBException {
    ByteWriter out = new ByteWriter(64);
    out.fixed64(checkpoint.localTime());
    out.fixed64(checkpoint.bytesBefore());
    write(out, checkpoint.place());
    batch.put(
        families.checkpoints(), keys.number(checkpoint.place().position()), out.toByteArray());
  }

  @Override
  public void skip(Place to, Gap gap, long localTime) {
    run(() -> {
      try (WriteBatch batch = new WriteBatch()) {
        put(batch, new Checkpoint(to, localTime, journalBytes));
        ByteWriter out = new ByteWriter(64);
        out.fixed64(gap.position());
        gap.skipped().encode(out);
        batch.put(families.meta(), gapKey, out.toByteArray());
        db.write(acknowledged, batch);
      }
    });
  }

  @Override
  public Place begin(Place at, long localTime) {
    run(() -> {
      try (WriteBatch batch = new WriteBatch()) {
        batch.deleteRange(families.journal(), keys.number(0), keys.number(at.position() + 1));
        batch.deleteRange(families.checkpoints(), keys.number(0), keys.number(Long.MAX_VALUE));
        batch.deleteRange(families.entries(), keys.number(0), keys.number(Long.MAX_VALUE));
        batch.delete(families.meta(), gapKey);
        put(batch, new Checkpoint(at, localTime, journalBytes));
        db.write(acknowledged, batch);
      }
    });
    reclaiming.deleted(keys.table(), keys.number(at.position() + 1), journalBytes());
    trimmed = at;
    trimmedBytes = journalBytes;
    return progress().head();
  }

  @Override
  public void settle(
      Map<String, RowState> changed, IndexChanges indexed, Place upTo, long horizon) {
    try (WriteBatch batch = new WriteBatch()) {
      for (Map.Entry<String, RowState> row : changed.entrySet()) {
        byte[] key = keys.row(row.getKey());
        RowState state = row.getValue();
        if (!state.isVisible() && state.equals(RowState.NOTHING)) { // most rows are there
          batch.delete(families.rows(), key);
        } else {
          batch.put(families.rows(), key, RowStateCodec.encode(state));
        }
        for (Deadline deadline : Deadline.values()) {
          long at = state.at(deadline);
          if (at != 0) {
            batch.put(families.due(deadline), keys.due(new Due(at, row.getKey())), EMPTY);
          }
        }
      }
      for (IndexEntry entry : indexed.gone()) {
        batch.delete(families.indexes(), keys.indexEntry(entry));
      }
      putEntries(batch, indexed.come());
      ByteWriter out = new ByteWriter(64);
      out.fixed64(horizon);
      write(out, upTo);
      batch.put(families.meta(), settledKey, out.toByteArray());
      db.write(lazy, batch);
    } catch (RocksDBException e) {
      throw new StorageException("rows cannot be written: " + e.getMessage(), e);
    }
  }

  private void putEntries(WriteBatch batch, List<IndexEntry> come) throws RocksDBException {
    for (IndexEntry entry : come) {
      byte[] length = {(byte) Objects.checkIndex(entry.key().length, MAX_INDEX_KEY + 1)};
      batch.put(families.indexes(), keys.indexEntry(entry), length);
    }
  }

  @Override
  public List<StoredIndex> indexes() {
    List<StoredIndex> found = new ArrayList<>();
    byte[] ofTable = keys.meta(RocksKeys.INDEX);
    try (RocksIterator all = db.newIterator(families.meta())) {
      for (all.seek(ofTable); standsBelow(all, ofTable); all.next()) {
        ByteBuffer in = ByteBuffer.wrap(all.value());
        String meaning = ByteReader.string(in);
        String builtTo = in.hasRemaining() ? ByteReader.string(in) : null;
        found.add(new StoredIndex(RocksKeys.index(all.key()), meaning, builtTo));
      }
    }
    return found;
  }

  @Override
  public void build(List<StoredIndex> indexes, List<IndexEntry> come) {
    run(() -> {
      try (WriteBatch batch = new WriteBatch()) {
        for (StoredIndex index : indexes) {
          ByteWriter out = new ByteWriter(64);
          out.string(index.meaning());
          if (index.builtTo() != null) {
            out.string(index.builtTo());
          }
          batch.put(families.meta(), keys.index(index.number()), out.toByteArray());
        }
        putEntries(batch, come);
        db.write(lazy, batch);
      }
    });
  }

  @Override
  public void drop(int index) {
    KeyRange entries = KeyRange.startingWith(keys.ofIndex(index));
    byte[] end = Objects.requireNonNull(entries.high());
    run(() -> {
      try (WriteBatch batch = new WriteBatch()) {
        batch.deleteRange(families.indexes(), entries.low(), end);
        batch.delete(families.meta(), keys.index(index));
        db.write(lazy, batch);
      }
      // The disk gets back at once what it can, though nobody may write here any more.
      db.deleteFilesInRanges(families.indexes(), List.of(entries.low(), end), false);
    });
  }

  @Override
  public View view() {
    return new RocksView(db, families, keys, rows);
  }

  @Override
  public @Nullable RowState row(String id) {
    byte[] found = call(() -> db.get(families.rows(), keys.row(id)));
    return found == null ? null : RowStateCodec.decode(found);
  }

  @Override
  public RowScan scan(String idPrefix) {
    KeyRange ids = KeyRange.startingWith(keys.row(idPrefix));
    return new RocksRowScan(new RocksReading(db, families.rows(), ids, null, false));
  }

  @Override
  public byte @Nullable [] indexed(long lastPosition, int part) {
    return call(() -> db.get(families.entries(), keys.segment(lastPosition, part)));
  }

  @Override
  public PageScan pages(long position) {
    Pages pages = new Pages(db.newIterator(families.journal()));
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
    try (RocksIterator all = db.newIterator(families.checkpoints())) {
      for (all.seek(keys.number(trimmed.position() + 1)); standsBelow(all, prefix); all.next()) {
        Checkpoint checkpoint = checkpoint(all.value());
        if (checkpoint.localTime() > localTime && journalBytes - bytesBeforeEnd <= maxBytes) {
          break;
        }
        end = checkpoint.place();
        bytesBeforeEnd = checkpoint.bytesBefore();
      }
    }
    if (end.position() > trimmed.position()) {
      byte[] dropped = keys.number(end.position() + 1);
      byte[] noted = keys.number(end.position());
      run(() -> {
        try (WriteBatch batch = new WriteBatch()) {
          batch.deleteRange(families.journal(), keys.number(0), dropped);
          batch.deleteRange(families.checkpoints(), keys.number(0), noted);
          batch.deleteRange(families.entries(), keys.number(0), dropped);
          db.write(lazy, batch);
        }
      });
      reclaiming.deleted(keys.table(), dropped, bytesBeforeEnd - trimmedBytes);
      trimmed = end;
      trimmedBytes = bytesBeforeEnd;
    }
    return trimmed;
  }

  @Override
  public List<Due> due(Deadline deadline, long until, int limit) {
    List<Due> due = new ArrayList<>();
    try (RocksIterator all = db.newIterator(families.due(deadline))) {
      for (all.seek(prefix); standsBelow(all, prefix) && due.size() < limit; all.next()) {
        Due one = RocksKeys.due(all.key());
        if (one.at() > until) {
          break;
        }
        due.add(one);
      }
    }
    return due;
  }

  @Override
  public boolean awaits(Deadline deadline, Due due) {
    return call(() -> db.get(families.due(deadline), keys.due(due))) != null;
  }

  @Override
  public void forget(Deadline deadline, List<Due> dealtWith) {
    run(() -> {
      try (WriteBatch batch = new WriteBatch()) {
        for (Due due : dealtWith) {
          batch.delete(families.due(deadline), keys.due(due));
        }
        db.write(lazy, batch);
      }
    });
  }

  @Override
  public byte @Nullable [] memory() {
    return call(() -> db.get(families.meta(), memoryKey));
  }

  @Override
  public byte @Nullable [] definition() {
    return call(() -> db.get(families.meta(), definitionKey));
  }

  @Override
  public void keepDefinition(byte[] definition) {
    run(() -> db.put(families.meta(), acknowledged, definitionKey, definition));
  }

  @Override
  public void remember(byte[] memory) {
    run(() -> db.put(families.meta(), acknowledged, memoryKey, memory));
  }

  @Override
  public long estimatedRows() {
    return call(() -> db.getLongProperty(families.rows(), "rocksdb.estimate-num-keys"));
  }

  private @Nullable Checkpoint checkpointAtOrAfter(long position) {
    try (RocksIterator all = db.newIterator(families.checkpoints())) {
      all.seek(keys.number(position));
      return standingAt(all);
    }
  }

  private @Nullable Checkpoint checkpointAtOrBefore(long position) {
    try (RocksIterator all = db.newIterator(families.checkpoints())) {
      all.seekForPrev(keys.number(position));
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

  /** A reading of pages that closes its iterator. */
  private final class Pages implements PageScan {

    private final RocksIterator pages;

    /** Whether the page that the iterator stands at was handed out: the next may not be wanted. */
    private boolean isTaken;

    Pages(RocksIterator pages) {
      this.pages = pages;
    }

    @Override
    public void seek(long position) {
      byte[] key = keys.number(position);
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

  private static void write(ByteWriter out, Place place) {
    out.fixed64(place.position());
    place.vector().encode(out);
  }

  private static Place place(ByteBuffer in) {
    return new Place(in.getLong(), VersionVector.decode(in));
  }
}
