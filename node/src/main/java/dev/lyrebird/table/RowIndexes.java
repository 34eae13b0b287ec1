package dev.lyrebird.table;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lyrebird.query.KeyRange;
import dev.lyrebird.schema.Attribute;
import dev.lyrebird.schema.TableDefinition;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The indexes of one table: what each row has in them, and how those are built that are new, or
 * whose keys are made of something else than before.
 *
 * <p>Whenever the process dies, an index holds just the keys of the stored rows up to the id to
 * which it is built: what is stored of a row goes with its keys, and building goes from id to id.
 * So a row behind that id needs none yet, and writes go on meanwhile.
 *
 * <p>Owned by the table's thread.
 */
final class RowIndexes {

  /** A slice of building takes some milliseconds at the most. */
  private static final int SLICE_ROWS = 256;

  private static final int SLICE_BYTES = 256 << 10;

  /** The memory that these rows take is to stay small beside that of those that change. */
  private static final int LOOKED_UP_AT_ONCE = 32;

  private static final Comparator<TableStore.IndexEntry> IN_ORDER =
      Comparator.comparingInt(TableStore.IndexEntry::index)
          .thenComparing(TableStore.IndexEntry::key, Arrays::compareUnsigned);

  private final TableStore store;
  private final RowKeys keys;
  private final List<Index> indexes = new ArrayList<>();

  private record Index(Attribute attribute, TableStore.StoredIndex stored) {

    boolean isReady() {
      return stored.builtTo() == null;
    }

    Index builtTo(@Nullable String id) {
      return new Index(
          attribute, new TableStore.StoredIndex(stored.number(), stored.meaning(), id));
    }
  }

  /**
   * Drops what the table no longer has, and begins to build what is new.
   *
   * @param store whose rows and indexes agree
   */
  RowIndexes(TableDefinition definition, RowRules rules, TableStore store) {
    this.store = store;
    this.keys = new RowKeys(definition, rules);
    Map<String, TableStore.StoredIndex> known = new HashMap<>();
    int last = 0;
    for (TableStore.StoredIndex index : store.indexes()) {
      known.put(index.meaning(), index);
      last = Math.max(last, index.number());
    }
    List<TableStore.StoredIndex> fresh = new ArrayList<>();
    for (Map.Entry<String, Attribute> wanted : keys.indexed().entrySet()) {
      TableStore.StoredIndex stored = known.remove(wanted.getKey());
      if (stored == null) {
        stored = new TableStore.StoredIndex(++last, wanted.getKey(), "");
        fresh.add(stored);
      }
      indexes.add(new Index(wanted.getValue(), stored));
    }
    known.values().forEach(index -> store.drop(index.number()));
    if (!fresh.isEmpty()) {
      store.build(fresh, List.of());
    }
    build(); // what has few rows is ready at once
  }

  /** Returns the number of the index of an attribute, or null where none holds all rows yet. */
  @Nullable Integer ready(String attribute) {
    for (Index index : indexes) {
      if (index.attribute().name().equals(attribute)) {
        return index.isReady() ? index.stored().number() : null;
      }
    }
    return null;
  }

  /** Returns the attributes whose indexes do not hold all rows yet. */
  List<String> unready() {
    return indexes.stream()
        .filter(index -> !index.isReady())
        .map(index -> index.attribute().name())
        .toList();
  }

  /**
   * Returns what changes in the indexes when rows are stored.
   *
   * @param changed the rows, which are not stored yet
   */
  TableStore.IndexChanges changes(Map<String, RowState> changed) {
    if (indexes.isEmpty()) {
      return TableStore.IndexChanges.NONE;
    }
    List<TableStore.IndexEntry> gone = new ArrayList<>();
    List<TableStore.IndexEntry> come = new ArrayList<>();
    List<String> ids = new ArrayList<>(changed.keySet());
    ids.sort(null); // rows that lie together are read together, and keys that do inserted together
    try (TableStore.View stored = store.view()) {
      for (int from = 0; from < ids.size(); from += LOOKED_UP_AT_ONCE) {
        List<String> some = ids.subList(from, Math.min(from + LOOKED_UP_AT_ONCE, ids.size()));
        List<RowState> before = stored.rows(some);
        for (int i = 0; i < some.size(); i++) {
          String id = some.get(i);
          addChanges(id, before.get(i), Objects.requireNonNull(changed.get(id)), gone, come);
        }
      }
    }
    gone.sort(IN_ORDER);
    come.sort(IN_ORDER);
    return new TableStore.IndexChanges(gone, come);
  }

  private void addChanges(
      String id,
      RowState before,
      RowState after,
      List<TableStore.IndexEntry> gone,
      List<TableStore.IndexEntry> come) {
    JsonNode was = keys.shown(id, before);
    JsonNode is = keys.shown(id, after);
    for (Index index : indexes) {
      if (!index.stored().holds(id)) {
        continue;
      }
      List<byte[]> old = RowKeys.of(was, index.attribute());
      List<byte[]> now = RowKeys.of(is, index.attribute());
      addMissing(old, now, index, id, gone);
      addMissing(now, old, index, id, come);
    }
  }

  /** Adds entries for the keys that are in one list and not in the other; both are sorted. */
  private static void addMissing(
      List<byte[]> keys,
      List<byte[]> others,
      Index index,
      String id,
      List<TableStore.IndexEntry> missing) {
    int other = 0;
    for (byte[] key : keys) {
      while (other < others.size() && Arrays.compareUnsigned(others.get(other), key) < 0) {
        other++;
      }
      if (other == others.size() || !Arrays.equals(others.get(other), key)) {
        missing.add(new TableStore.IndexEntry(index.stored().number(), key, id));
      }
    }
  }

  /**
   * Goes on with building for a moment.
   *
   * @return whether there is more to do
   */
  boolean build() {
    List<Index> built = unreadyTogether();
    if (built.isEmpty()) {
      return false;
    }
    String from = Objects.requireNonNull(built.getFirst().stored().builtTo());
    List<TableStore.IndexEntry> entries = new ArrayList<>();
    String last = from;
    boolean more = true;
    int bytes = 0;
    try (TableStore.View now = store.view();
        TableStore.RowScan rows = now.rows(behind(from))) {
      for (int i = 0; i < SLICE_ROWS && bytes < SLICE_BYTES && more; i++) {
        more = rows.next();
        if (more) {
          last = rows.id();
          RowState state = rows.state();
          bytes += state.base() == null ? 0 : state.base().bytes().length;
          JsonNode shown = keys.shown(last, state);
          for (Index index : built) {
            addMissing(RowKeys.of(shown, index.attribute()), List.of(), index, last, entries);
          }
        }
      }
    }
    String builtTo = more ? last : null;
    List<Index> after = built.stream().map(index -> index.builtTo(builtTo)).toList();
    store.build(after.stream().map(Index::stored).toList(), entries);
    indexes.replaceAll(index -> built.contains(index) ? after.get(built.indexOf(index)) : index);
    return !unreadyTogether().isEmpty();
  }

  /** Returns the first index that is to be built, and those that have come as far. */
  private List<Index> unreadyTogether() {
    Index first = indexes.stream().filter(index -> !index.isReady()).findFirst().orElse(null);
    return first == null
        ? List.of()
        : indexes.stream()
            .filter(index -> Objects.equals(index.stored().builtTo(), first.stored().builtTo()))
            .toList();
  }

  private static KeyRange behind(String id) {
    byte[] utf8 = id.getBytes(StandardCharsets.UTF_8);
    return new KeyRange(Arrays.copyOf(utf8, utf8.length + 1), null); // 00 makes it the next
  }
}
