package dev.lyrebird.table;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.EntryCodec;
import dev.lyrebird.query.KeyRange;
import dev.lyrebird.schema.Attribute;
import dev.lyrebird.schema.TableDefinition;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Looks through all that is stored of a table, and tells what contradicts itself: pages of the
 * journal that cannot be read or do not follow one another, rows that cannot be read or whose end
 * is not noted, and entries of indexes that lack their row or that a row lacks. Changes nothing,
 * and holds no more in memory than a page and a row. Owned by one thread, once.
 */
public final class TableCheck {

  /** The position behind a page that cannot be read. */
  private static final long UNKNOWN = -1;

  private final TableStore store;
  private final Consumer<String> faults;

  /** What rows are to have in indexes; null where the schema no longer knows the table. */
  private final @Nullable RowKeys keys;

  private long pages;
  private long entries;
  private long rows;
  private long indexes;
  private long indexEntries;
  private long found;

  /**
   * What was looked at.
   *
   * @param pages of the journal
   * @param entries of the journal
   * @param indexes that the schema knows as they are
   * @param faults that were told
   */
  public record Seen(
      long pages, long entries, long rows, long indexes, long indexEntries, long faults) {}

  /**
   * @param definition what the schema says of the table, or null where it does not know it
   * @param faults is told each fault
   */
  public TableCheck(
      @Nullable TableDefinition definition, TableStore store, Consumer<String> faults) {
    this.store = store;
    this.faults = faults;
    this.keys = definition == null ? null : new RowKeys(definition, new RowRules(definition));
  }

  /** Looks at all of it. */
  public Seen look() {
    guarded("the journal", this::lookAtJournal);
    try (TableStore.View view = store.view()) {
      Map<TableStore.StoredIndex, Attribute> known = knownIndexes(view);
      guarded("the rows", () -> lookAtRows(view, known));
      known.forEach((index, attribute) ->
          guarded("the index of " + attribute.name(), () -> lookAtIndex(view, index, attribute)));
    }
    return new Seen(pages, entries, rows, indexes, indexEntries, found);
  }

  /** Whatever damage makes fail is told, and the rest is looked at all the same. */
  private void guarded(String part, Runnable look) {
    try {
      look.run();
    } catch (RuntimeException e) {
      fault("%s cannot be read to the end: %s".formatted(part, e.getMessage()));
    }
  }

  private void fault(String message) {
    found++;
    faults.accept(message);
  }

  private void lookAtJournal() {
    TableStore.Progress progress = store.progress();
    long position = progress.trimmed().position();
    try (TableStore.PageScan scan = store.pages(position)) {
      for (byte[] page = scan.next(); page != null; page = scan.next()) {
        pages++;
        position = lookAtPage(page, position);
      }
    }
    if (position != UNKNOWN && position != progress.head().position()) {
      fault(
          "the journal ends at position %d, but is known to go to %d"
              .formatted(position, progress.head().position()));
    }
    if (progress.settled().position() > progress.head().position()) {
      fault(
          "the rows have taken in the journal up to position %d, but it ends at %d"
              .formatted(progress.settled().position(), progress.head().position()));
    }
  }

  /** Returns the position of the last entry of a page that follows another. */
  private long lookAtPage(byte[] page, long before) {
    List<Entry> decoded;
    try {
      decoded = EntryCodec.decode(page);
    } catch (RuntimeException e) {
      fault(
          "a page of the journal behind position %s cannot be read: %s"
              .formatted(before == UNKNOWN ? "unknown" : before, e.getMessage()));
      return UNKNOWN;
    }
    entries += decoded.size();
    long first = decoded.getFirst().position();
    if (before != UNKNOWN && first != before + 1) {
      fault("behind position %d the journal goes on at %d".formatted(before, first));
    }
    return decoded.getLast().position();
  }

  /**
   * Returns the indexes whose keys are known to the schema. Others are dropped when the table is
   * next opened.
   */
  private Map<TableStore.StoredIndex, Attribute> knownIndexes(TableStore.View view) {
    Map<TableStore.StoredIndex, Attribute> known = new LinkedHashMap<>();
    List<TableStore.StoredIndex> stored = store.indexes();
    for (TableStore.StoredIndex index : stored) {
      Attribute attribute = keys == null ? null : keys.indexed().get(index.meaning());
      if (attribute != null) {
        known.put(index, attribute);
      }
    }
    indexes = known.size();
    for (int number : view.indexNumbers()) {
      if (stored.stream().noneMatch(index -> index.number() == number)) {
        fault(
            "there are entries of an index with the number %d, which there is not"
                .formatted(number));
      }
    }
    return known;
  }

  private void lookAtRows(TableStore.View view, Map<TableStore.StoredIndex, Attribute> known) {
    try (TableStore.RowScan scan = view.rows(KeyRange.ALL)) {
      while (scan.next()) {
        rows++;
        String id = scan.id();
        RowState state = decoded(id, scan);
        if (state != null) {
          lookAtDeadlines(id, state);
          JsonNode shown = keys == null ? null : keys.shown(id, state);
          known.forEach((index, attribute) -> lookForEntries(view, index, attribute, id, shown));
        }
      }
    }
  }

  private @Nullable RowState decoded(String id, TableStore.RowScan scan) {
    try {
      return scan.state();
    } catch (RuntimeException e) {
      fault("the row %s cannot be read: %s".formatted(id, e.getMessage()));
      return null;
    }
  }

  /** What is noted beside is no fault: a row may have been written since. */
  private void lookAtDeadlines(String id, RowState state) {
    for (TableStore.Deadline deadline : TableStore.Deadline.values()) {
      long at = state.at(deadline);
      if (at != 0 && !store.awaits(deadline, new TableStore.Due(at, id))) {
        fault(
            switch (deadline) {
              case EXPIRY ->
                  "the row %s would not end when its time comes, at %d".formatted(id, at);
              case FOLDING -> "the row %s would remember its changes for good".formatted(id);
            });
      }
    }
  }

  private void lookForEntries(
      TableStore.View view,
      TableStore.StoredIndex index,
      Attribute attribute,
      String id,
      @Nullable JsonNode shown) {
    if (index.holds(id)) {
      for (byte[] key : RowKeys.of(shown, attribute)) {
        if (!view.holds(new TableStore.IndexEntry(index.number(), key, id))) {
          fault(
              "the row %s is not in the index of %s under its key %s"
                  .formatted(id, attribute.name(), hex(key)));
        }
      }
    }
  }

  private void lookAtIndex(
      TableStore.View view, TableStore.StoredIndex index, Attribute attribute) {
    try (TableStore.IndexScan scan = view.index(index.number(), KeyRange.ALL, false)) {
      while (scan.next()) {
        indexEntries++;
        if (!belongs(view, index, attribute, scan)) {
          fault(
              "in the index of %s there is the row %s under the key %s, which it does not have"
                  .formatted(attribute.name(), scan.id(), hex(scan.key())));
        }
      }
    }
  }

  private boolean belongs(
      TableStore.View view,
      TableStore.StoredIndex index,
      Attribute attribute,
      TableStore.IndexScan entry) {
    RowState state;
    try {
      state = view.row(entry.id());
    } catch (IllegalArgumentException e) {
      return true; // that the row cannot be read was told with the rows
    }
    JsonNode shown = keys == null ? null : keys.shown(entry.id(), state);
    return index.holds(entry.id())
        && RowKeys.of(shown, attribute).stream().anyMatch(key -> Arrays.equals(key, entry.key()));
  }

  private static String hex(byte[] key) {
    return HexFormat.of().formatHex(key);
  }
}
