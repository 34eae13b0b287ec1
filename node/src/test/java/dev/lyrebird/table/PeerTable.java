package dev.lyrebird.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.journal.Change;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.journal.Write;
import dev.lyrebird.schema.TableDefinition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** One node's table among others, and what it has told its clients. */
final class PeerTable {
  private static final long MAX_SKEW_MILLIS = 60_000;

  private final TableDefinition definition;
  private final Supplier<TableStore> storage;
  private final HybridClock clock;

  /** How far its wall clock is ahead, in ms. */
  long skewMillis;

  /** What it said last of each row. */
  private final Map<String, Entry> told = new HashMap<>();

  /** What its rows and its journal have covered at one time or another. */
  final List<VersionVector> past = new ArrayList<>();

  /** What it may have taken over in part, without claiming it. */
  private VersionVector ahead = VersionVector.EMPTY;

  private long stable;
  private long origin;
  TableStore store;
  Table table;

  /**
   * @param origin in whose name its changes are made
   * @param millis the true time, ms since the epoch
   * @param storage gives its store as it is found when the table is opened
   */
  PeerTable(
      TableDefinition definition, long origin, LongSupplier millis, Supplier<TableStore> storage) {
    this.definition = definition;
    this.origin = origin;
    this.storage = storage;
    this.clock =
        new HybridClock(
            () -> Instant.ofEpochMilli(millis.getAsLong() + skewMillis), MAX_SKEW_MILLIS, 0);
    this.store = storage.get();
    this.table = opened();
  }

  private Table opened() {
    Table opened = new Table(definition, store, clock, origin);
    opened.stableUntil(stable);
    return opened;
  }

  /** Opens the table anew, as a process does after the last one has died. */
  void reopen() {
    store = storage.get();
    table = opened();
  }

  /** Takes another name. */
  void renew(long fresh) {
    origin = fresh;
    table.renew(fresh);
  }

  long wallMillis() {
    return Timestamp.millisOf(clock.wallTime());
  }

  /** Returns a time before all that it has yet to write. */
  long promise() {
    return clock.promise();
  }

  /** Lets it write nothing that is ranked before a time. */
  void startAfter(long time) {
    clock.startAfter(time);
  }

  void stableUntil(long time) {
    stable = time;
    table.stableUntil(time);
  }

  VersionVector vector() {
    return table.head().vector();
  }

  /** Takes note of what clients are told; returns what it wrote itself. */
  List<Change> tell(Table.Commit commit) {
    List<Change> own = new ArrayList<>();
    for (Entry entry : commit.entries()) {
      boolean isOwn = entry.change().timestamp().node() == origin;
      if (isOwn) {
        own.add(entry.change());
      }
      if (!entry.isSuperseded() && entry.type() != Entry.Type.MESSAGE) {
        Entry before = told.put(entry.id(), entry);
        boolean isForward =
            before == null
                || entry.version().isAfter(before.version())
                || (!isOwn && entry.version().equals(before.version()));
        assertTrue(isForward, () -> "a version goes back: " + before + " then " + entry);
      }
    }
    past.add(vector());
    return own;
  }

  /** Returns what its rows may have in them. */
  VersionVector reach() {
    return vector().join(ahead);
  }

  /** It has taken some rows that may have so much in them. */
  void mayBeAheadOf(VersionVector reach) {
    ahead = ahead.join(reach);
  }

  /** Tells whether its rows are those of its vector, and not partly newer. */
  boolean isWhole() {
    return vector().covers(ahead);
  }

  long stable() {
    return stable;
  }

  /** Its clients were told to read the rows again. */
  void reset() {
    told.clear();
    for (Row row : rows()) {
      Change change =
          new Change(
              row.version(),
              row.version().time(),
              row.createdMillis(),
              Write.put(row.id(), row.payload()));
      told.put(row.id(), new Entry(0, 0, change, null));
    }
    past.add(vector());
  }

  @Override
  public String toString() {
    return "node " + Long.toHexString(origin);
  }

  /** Returns its rows by their ids, read from the first to the last. */
  List<Row> rows() {
    return TableInMemory.rows(table);
  }

  /** Holds the last that was told of each row to the row. */
  void checkTold() {
    told.forEach((id, entry) -> {
      Row row = table.read(id);
      if (entry.type() == Entry.Type.DELETE) {
        assertNull(row, () -> "there is a row behind " + entry);
        return;
      }
      assertNotNull(row, () -> "there is no row behind " + entry);
      assertEquals(entry.version(), row.version());
      assertEquals(entry.payload(), row.payload());
      assertEquals(entry.createdMillis(), row.createdMillis());
    });
    for (Row row : rows()) {
      assertTrue(told.containsKey(row.id()), () -> "nobody was told of " + row);
      assertEquals(row, table.read(row.id()));
    }
  }

  /**
   * Returns its journal, in which each change stands once, behind those of its origin before it.
   */
  List<Entry> journal() {
    List<Entry> entries = TableStoreContract.entries(store, store.progress().trimmed().position());
    Set<Timestamp> names = new HashSet<>();
    Map<Long, Long> times = new HashMap<>();
    Place place = store.progress().trimmed();
    for (Entry entry : entries) {
      Timestamp name = entry.change().timestamp();
      assertTrue(names.add(name), () -> "twice in a journal: " + entry);
      Long before = times.put(name.node(), name.time());
      assertFalse(before != null && before > name.time(), () -> "out of order: " + entry);
      assertEquals(place.position() + 1, entry.position());
      place = place.after(entry);
    }
    assertEquals(table.head().position(), place.position());
    VersionVector told = place.vector().join(store.progress().gap().skipped());
    assertEquals(vector(), told);
    return entries;
  }
}
