package dev.lyrebird.table;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lyrebird.journal.Row;
import dev.lyrebird.query.IndexKeys;
import dev.lyrebird.query.KeyRange;
import dev.lyrebird.query.RowTree;
import dev.lyrebird.schema.Attribute;
import dev.lyrebird.schema.Mark;
import dev.lyrebird.schema.ScalarType;
import dev.lyrebird.schema.TableDefinition;
import dev.lyrebird.view.RowView;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
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

  /** Counts how often keys have changed, so that indexes of older ones are built anew. */
  private static final int KEYS_VERSION = 1;

  /** A slice of building takes some milliseconds at the most. */
  private static final int SLICE_ROWS = 256;

  private static final int SLICE_BYTES = 256 << 10;

  private final TableStore store;
  private final RowRules rules;
  private final RowView view;
  private final List<Index> indexes = new ArrayList<>();

  private record Index(Attribute attribute, TableStore.StoredIndex stored) {

    boolean isReady() {
      return stored.builtTo() == null;
    }

    boolean holds(byte[] id) {
      String builtTo = stored.builtTo();
      return builtTo == null || Arrays.compareUnsigned(id, utf8(builtTo)) <= 0;
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
    this.rules = rules;
    this.view = new RowView(definition);
    Map<String, TableStore.StoredIndex> known = new HashMap<>();
    int last = 0;
    for (TableStore.StoredIndex index : store.indexes()) {
      known.put(index.meaning(), index);
      last = Math.max(last, index.number());
    }
    List<TableStore.StoredIndex> fresh = new ArrayList<>();
    for (Attribute attribute : definition.marked(Mark.INDEXED)) {
      if (isIndexed(attribute)) {
        String meaning = meaning(attribute, definition);
        TableStore.StoredIndex stored = known.remove(meaning);
        if (stored == null) {
          stored = new TableStore.StoredIndex(++last, meaning, "");
          fresh.add(stored);
        }
        indexes.add(new Index(attribute, stored));
      }
    }
    known.values().forEach(index -> store.drop(index.number()));
    if (!fresh.isEmpty()) {
      store.build(fresh, List.of());
    }
    build(); // what has few rows is ready at once
  }

  /** Rows stand in the order of a key that is text, and joined rows are elsewhere. */
  private static boolean isIndexed(Attribute attribute) {
    boolean isTextKey =
        attribute.is(Mark.PRIMARY_KEY)
            && (attribute.type() == ScalarType.ID || attribute.type() == ScalarType.STRING);
    return !isTextKey && !attribute.isRelationship();
  }

  /** Returns all that decides which keys a row has of an attribute, but for the row itself. */
  private static String meaning(Attribute attribute, TableDefinition definition) {
    String shownAs =
        attribute.is(Mark.PRIMARY_KEY)
            ? "key " + definition.key().type()
            : attribute.is(Mark.CREATED_TIME)
                ? "created"
                : attribute.is(Mark.UPDATED_TIME) ? "updated" : "value";
    return "%d %s %s %s".formatted(KEYS_VERSION, attribute.name(), attribute.type().sdl(), shownAs);
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
    changed.forEach((id, after) -> {
      byte[] utf8 = utf8(id);
      List<Index> holding = indexes.stream().filter(index -> index.holds(utf8)).toList();
      if (!holding.isEmpty()) {
        JsonNode was = tree(id, store.row(id));
        JsonNode is = tree(id, after);
        for (Index index : holding) {
          List<byte[]> old = keys(was, index);
          List<byte[]> now = keys(is, index);
          addMissing(old, now, index, id, gone);
          addMissing(now, old, index, id, come);
        }
      }
    });
    return new TableStore.IndexChanges(gone, come);
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

  /** Returns what clients see of a row; null where there is none. */
  private @Nullable JsonNode tree(String id, @Nullable RowState state) {
    Row row = state == null ? null : rules.row(id, state);
    return row == null ? null : RowTree.read(view.rowObject(row));
  }

  private static List<byte[]> keys(@Nullable JsonNode tree, Index index) {
    Attribute attribute = index.attribute();
    return tree == null ? List.of() : IndexKeys.of(tree, attribute.name(), attribute.type());
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
          JsonNode tree = tree(last, state);
          for (Index index : built) {
            addMissing(keys(tree, index), List.of(), index, last, entries);
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
    byte[] utf8 = utf8(id);
    return new KeyRange(Arrays.copyOf(utf8, utf8.length + 1), null); // 00 makes it the next
  }

  private static byte[] utf8(String id) {
    return id.getBytes(StandardCharsets.UTF_8);
  }
}
