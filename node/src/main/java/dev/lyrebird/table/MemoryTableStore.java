package dev.lyrebird.table;

import dev.lyrebird.journal.EntryCodec;
import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Reception;
import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.query.KeyRange;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Keeps a table on the heap: for tests, and for tables that need not outlive the node. */
public final class MemoryTableStore implements TableStore {

  private static final Comparator<IndexEntry> BY_KEY =
      Comparator.comparingInt(IndexEntry::index)
          .thenComparing(IndexEntry::key, Arrays::compareUnsigned)
          .thenComparing(entry -> utf8(entry.id()), Arrays::compareUnsigned);

  private final NavigableMap<Long, byte[]> journal = new TreeMap<>();
  private final NavigableMap<Long, Checkpoint> checkpoints = new TreeMap<>();
  private final NavigableMap<Long, Segment> segments = new TreeMap<>();
  private final NavigableMap<byte[], RowState> rows = new TreeMap<>(Arrays::compareUnsigned);
  private final Map<Deadline, NavigableSet<Due>> deadlines = new EnumMap<>(Deadline.class);
  private final NavigableMap<Integer, StoredIndex> indexes = new TreeMap<>();
  private final NavigableSet<IndexEntry> entries = new TreeSet<>(BY_KEY);
  private final Set<Reception> receptions = new HashSet<>();
  private Place head = Place.START;
  private Place settled = Place.START;
  private Place trimmed = Place.START;
  private Gap gap = Gap.NONE;
  private long horizon;
  private byte @Nullable [] memory;
  private byte @Nullable [] definition;
  private long journalBytes;
  private long latest;
  private long trimmedBytes;

  private record Checkpoint(Place place, long localTime, long bytesBefore) {}

  /** Creates a store that holds nothing. */
  public MemoryTableStore() {
    for (Deadline deadline : Deadline.values()) {
      deadlines.put(
          deadline, new TreeSet<>(Comparator.comparingLong(Due::at).thenComparing(Due::id)));
    }
  }

  @Override
  public Progress progress() {
    return new Progress(head, settled, trimmed, gap, horizon, latest);
  }

  @Override
  public void append(
      Place before,
      List<byte[]> pages,
      boolean checkpoint,
      long localTime,
      List<Reception> received,
      List<Segment> filled) {
    receptions.addAll(received);
    filled.forEach(segment -> segments.put(segment.lastPosition(), segment));
    if (checkpoint) {
      checkpoints.put(before.position(), new Checkpoint(before, localTime, journalBytes));
    }
    latest = localTime;
    head = before;
    for (byte[] page : pages) {
      EntryCodec.Head front = EntryCodec.head(page);
      journal.put(front.firstPosition(), page);
      journalBytes += TableStore.stored(page);
      head = new Place(front.lastPosition(), head.vector().with(front.last()));
    }
  }

  @Override
  public void receive(List<Reception> received) {
    receptions.addAll(received);
  }

  @Override
  public void release(List<Reception> released) {
    released.forEach(receptions::remove);
  }

  @Override
  public void releaseUnless(Predicate<Reception> isKept) {
    receptions.removeIf(isKept.negate());
  }

  @Override
  public List<Reception> receptions(long client) {
    return receptions.stream().filter(reception -> reception.client() == client).toList();
  }

  @Override
  public void skip(Place to, Gap skipped, long localTime) {
    checkpoints.put(to.position(), new Checkpoint(to, localTime, journalBytes));
    latest = localTime;
    head = to;
    gap = skipped;
  }

  @Override
  public Place begin(Place at, long localTime) {
    journal.headMap(at.position() + 1).clear();
    checkpoints.clear();
    segments.clear();
    checkpoints.put(at.position(), new Checkpoint(at, localTime, 0));
    latest = localTime;
    trimmed = at;
    gap = Gap.NONE;
    head = at;
    journalBytes = 0;
    trimmedBytes = 0;
    for (byte[] page : journal.values()) {
      EntryCodec.Head front = EntryCodec.head(page);
      head = new Place(front.lastPosition(), head.vector().with(front.last()));
      journalBytes += TableStore.stored(page);
    }
    return head;
  }

  @Override
  public void settle(
      Map<String, RowState> changed, IndexChanges indexed, Place upTo, long latestRank) {
    indexed.gone().forEach(entries::remove);
    entries.addAll(indexed.come());
    changed.forEach((id, state) -> {
      byte[] key = utf8(id);
      if (state.equals(RowState.NOTHING)) {
        rows.remove(key);
      } else {
        rows.put(key, state);
      }
      for (Deadline deadline : Deadline.values()) {
        long at = state.at(deadline);
        if (at != 0) {
          deadlines(deadline).add(new Due(at, id));
        }
      }
    });
    settled = upTo;
    horizon = latestRank;
  }

  private NavigableSet<Due> deadlines(Deadline deadline) {
    return Objects.requireNonNull(deadlines.get(deadline));
  }

  @Override
  public @Nullable RowState row(String id) {
    return rows.get(utf8(id));
  }

  @Override
  public RowScan scan(String idPrefix) {
    return scan(rows, KeyRange.startingWith(utf8(idPrefix)));
  }

  private static RowScan scan(NavigableMap<byte[], RowState> rows, KeyRange ids) {
    List<Map.Entry<byte[], RowState>> found = new ArrayList<>();
    for (Map.Entry<byte[], RowState> row : rows.tailMap(ids.low(), true).entrySet()) {
      if (!ids.contains(row.getKey())) {
        break;
      }
      found.add(Map.entry(row.getKey(), row.getValue()));
    }
    return new Scan(found.iterator());
  }

  @Override
  public List<StoredIndex> indexes() {
    return List.copyOf(indexes.values());
  }

  @Override
  public void build(List<StoredIndex> built, List<IndexEntry> come) {
    built.forEach(index -> indexes.put(index.number(), index));
    entries.addAll(come);
  }

  @Override
  public void drop(int index) {
    indexes.remove(index);
    entries.removeIf(entry -> entry.index() == index);
  }

  @Override
  public View view() {
    return new Copy(new TreeMap<>(rows), new TreeSet<>(entries));
  }

  /** Rows and indexes as they stood when they were copied. */
  private record Copy(NavigableMap<byte[], RowState> rows, NavigableSet<IndexEntry> entries)
      implements View {

    @Override
    public @Nullable RowState row(String id) {
      return rows.get(utf8(id));
    }

    @Override
    public List<RowState> rows(List<String> ids) {
      return ids.stream().map(id -> rows.getOrDefault(utf8(id), RowState.NOTHING)).toList();
    }

    @Override
    public RowScan rows(KeyRange ids) {
      return scan(rows, ids);
    }

    @Override
    public IndexScan index(int index, KeyRange keys, boolean isDescending) {
      NavigableSet<IndexEntry> inOrder = isDescending ? entries.descendingSet() : entries;
      return new EntryScan(
          inOrder.stream()
              .filter(entry -> entry.index() == index && keys.contains(entry.key()))
              .iterator());
    }

    @Override
    public boolean holds(IndexEntry entry) {
      return entries.contains(entry);
    }

    @Override
    public List<Integer> indexNumbers() {
      return entries.stream().map(IndexEntry::index).distinct().toList();
    }

    @Override
    public void close() {}
  }

  private static byte[] utf8(String id) {
    return id.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public byte @Nullable [] indexed(long lastPosition, int part) {
    Segment segment = segments.get(lastPosition);
    return segment == null ? null : segment.parts().get(part);
  }

  @Override
  public PageScan pages(long position) {
    return new PageScan() {
      private Iterator<byte[]> pages = from(position + 1);

      @Override
      public void seek(long at) {
        pages = from(at);
      }

      private Iterator<byte[]> from(long at) {
        Long first = journal.floorKey(at);
        return List.copyOf(journal.tailMap(first == null ? at : first, true).values()).iterator();
      }

      @Override
      public byte @Nullable [] next() {
        return pages.hasNext() ? pages.next() : null;
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public Place checkpointWithin(VersionVector covered) {
    for (Checkpoint checkpoint : checkpoints.descendingMap().values()) {
      if (covered.covers(checkpoint.place().vector())) {
        return checkpoint.place();
      }
    }
    return trimmed;
  }

  @Override
  public Place checkpointUpTo(long position) {
    Map.Entry<Long, Checkpoint> last = checkpoints.floorEntry(position);
    return last == null ? trimmed : last.getValue().place();
  }

  @Override
  public @Nullable Place checkpointBefore(long localTime) {
    for (Checkpoint checkpoint : checkpoints.descendingMap().values()) {
      if (checkpoint.localTime() < localTime) {
        return checkpoint.place();
      }
    }
    return null;
  }

  @Override
  public void checkpoint(Place at, long localTime) {
    checkpoints.put(at.position(), new Checkpoint(at, localTime, journalBytes));
  }

  @Override
  public long journalBytes() {
    return journalBytes - trimmedBytes;
  }

  @Override
  public Place trim(long localTime, long maxBytes) {
    Map.Entry<Long, Checkpoint> first = checkpoints.ceilingEntry(trimmed.position());
    long bytesBeforeEnd = first == null ? 0 : first.getValue().bytesBefore();
    for (Checkpoint checkpoint : checkpoints.tailMap(trimmed.position(), false).values()) {
      if (checkpoint.localTime() > localTime && journalBytes - bytesBeforeEnd <= maxBytes) {
        break;
      }
      trimmed = checkpoint.place();
      bytesBeforeEnd = checkpoint.bytesBefore();
    }
    journal.headMap(trimmed.position() + 1).clear();
    checkpoints.headMap(trimmed.position()).clear();
    trimmedBytes = bytesBeforeEnd;
    segments.headMap(trimmed.position(), true).clear();
    return trimmed;
  }

  @Override
  public List<Due> due(Deadline deadline, long until, int limit) {
    return deadlines(deadline).stream().takeWhile(due -> due.at() <= until).limit(limit).toList();
  }

  @Override
  public boolean awaits(Deadline deadline, Due due) {
    return deadlines(deadline).contains(due);
  }

  @Override
  public void forget(Deadline deadline, List<Due> dealtWith) {
    dealtWith.forEach(deadlines(deadline)::remove);
  }

  @Override
  public byte @Nullable [] memory() {
    return memory;
  }

  @Override
  public byte @Nullable [] definition() {
    return definition;
  }

  @Override
  public void keepDefinition(byte[] kept) {
    definition = kept;
  }

  @Override
  public void remember(byte[] kept) {
    memory = kept;
  }

  @Override
  public long estimatedRows() {
    return rows.size();
  }

  /** A reading of a copy. */
  private static final class Scan implements RowScan {

    private final Iterator<Map.Entry<byte[], RowState>> rows;
    private Map.@Nullable Entry<byte[], RowState> at;

    Scan(Iterator<Map.Entry<byte[], RowState>> rows) {
      this.rows = rows;
    }

    @Override
    public boolean next() {
      at = rows.hasNext() ? rows.next() : null;
      return at != null;
    }

    @Override
    public String id() {
      return new String(current().getKey(), StandardCharsets.UTF_8);
    }

    @Override
    public RowState state() {
      return current().getValue();
    }

    private Map.Entry<byte[], RowState> current() {
      if (at == null) {
        throw new IllegalStateException("the reading stands at no row");
      }
      return at;
    }

    @Override
    public void close() {}
  }

  /** A reading of a copy. */
  private static final class EntryScan implements IndexScan {

    private final Iterator<IndexEntry> entries;
    private @Nullable IndexEntry at;

    EntryScan(Iterator<IndexEntry> entries) {
      this.entries = entries;
    }

    @Override
    public boolean next() {
      at = entries.hasNext() ? entries.next() : null;
      return at != null;
    }

    @Override
    public byte[] key() {
      return current().key();
    }

    @Override
    public String id() {
      return current().id();
    }

    private IndexEntry current() {
      if (at == null) {
        throw new IllegalStateException("the reading stands at no entry");
      }
      return at;
    }

    @Override
    public void close() {}
  }
}
