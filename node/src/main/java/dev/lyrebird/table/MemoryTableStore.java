package dev.lyrebird.table;

import dev.lyrebird.journal.EntryCodec;
import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.VersionVector;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Keeps a table on the heap: for tests, and for tables that need not outlive the node. */
public final class MemoryTableStore implements TableStore {

  private final NavigableMap<Long, byte[]> journal = new TreeMap<>();
  private final NavigableMap<Long, Checkpoint> checkpoints = new TreeMap<>();
  private final NavigableMap<byte[], RowState> rows = new TreeMap<>(Arrays::compareUnsigned);
  private final NavigableSet<Due> expiries =
      new TreeSet<>(Comparator.comparingLong(Due::millis).thenComparing(Due::id));
  private Place head = Place.START;
  private Place settled = Place.START;
  private Place trimmed = Place.START;
  private long journalBytes;

  private record Checkpoint(Place place, long localTime, long bytesBefore) {}

  @Override
  public Progress progress() {
    return new Progress(head, settled, trimmed);
  }

  @Override
  public void append(Place before, byte[] page, boolean checkpoint, long localTime) {
    if (checkpoint) {
      checkpoints.put(before.position(), new Checkpoint(before, localTime, journalBytes));
    }
    journal.put(before.position() + 1, page);
    journalBytes += page.length;
    head = before.after(EntryCodec.decode(page).getLast());
  }

  @Override
  public void settle(Map<String, RowState> changed, Place upTo) {
    changed.forEach((id, state) -> {
      byte[] key = id.getBytes(StandardCharsets.UTF_8);
      if (state.isVisible()) {
        rows.put(key, state);
      } else {
        rows.remove(key);
      }
      if (state.expiresAtMillis() != 0) {
        expiries.add(new Due(state.expiresAtMillis(), id));
      }
    });
    settled = upTo;
  }

  @Override
  public @Nullable RowState row(String id) {
    return rows.get(id.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public RowScan scan(String idPrefix) {
    byte[] prefix = idPrefix.getBytes(StandardCharsets.UTF_8);
    List<Map.Entry<byte[], RowState>> found = new ArrayList<>();
    for (Map.Entry<byte[], RowState> row : rows.tailMap(prefix, true).entrySet()) {
      if (!startsWith(row.getKey(), prefix)) {
        break;
      }
      found.add(Map.entry(row.getKey(), row.getValue()));
    }
    return new Scan(found.iterator());
  }

  private static boolean startsWith(byte[] key, byte[] prefix) {
    return key.length >= prefix.length
        && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
  }

  @Override
  public PageScan pages(long position) {
    Long first = journal.floorKey(position + 1);
    Iterator<byte[]> pages =
        List.copyOf(journal.tailMap(first == null ? position : first, true).values()).iterator();
    return new PageScan() {
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
    return trimmed;
  }

  @Override
  public List<Due> due(long millis, int limit) {
    return expiries.stream().takeWhile(due -> due.millis() <= millis).limit(limit).toList();
  }

  @Override
  public void forget(List<Due> dealtWith) {
    dealtWith.forEach(expiries::remove);
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
}
