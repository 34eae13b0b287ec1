package dev.lyrebird.table;

import dev.lyrebird.journal.Row;
import dev.lyrebird.query.KeyRange;
import dev.lyrebird.schema.DefinitionText;
import dev.lyrebird.schema.TableDefinition;
import dev.lyrebird.schema.Widening;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Opens a table under a definition that may be another than the last time. Where that can only
 * admit more, the table opens at once; otherwise all its rows are held against it first, and if one
 * does not fit, the table does not open and nothing has been changed.
 *
 * <p>Used by the thread that is to own the table.
 */
public final class Opening {

  private final TableDefinition definition;
  private final TableStore store;
  private final HybridClock clock;
  private final long origin;

  private Opening(TableDefinition definition, TableStore store, HybridClock clock, long origin) {
    this.definition = definition;
    this.store = store;
    this.clock = clock;
    this.origin = origin;
  }

  /**
   * Opens a table.
   *
   * @param definition what the schema says of it now
   * @param store where it lies
   * @param clock the node's
   * @param origin in whose name this node's changes are made
   * @throws UnfitRowsException where it has rows that the definition forbids
   */
  public static Table of(
      TableDefinition definition, TableStore store, HybridClock clock, long origin) {
    return new Opening(definition, store, clock, origin).open();
  }

  private Table open() {
    String now = DefinitionText.of(definition);
    String kept = kept();
    if (!now.equals(kept)) {
      if (kept == null) {
        holdRows(definition);
      } else {
        TableDefinition before = DefinitionText.read(kept);
        if (!Widening.isOne(before, definition)) {
          holdRows(before);
        }
      }
      store.keepDefinition(now.getBytes(StandardCharsets.UTF_8));
    }
    return new Table(definition, store, clock, origin);
  }

  private @Nullable String kept() {
    byte[] kept = store.definition();
    return kept == null ? null : new String(kept, StandardCharsets.UTF_8);
  }

  /**
   * Holds all rows against the definition.
   *
   * @param before by which what the journal is ahead of the rows was written, and is merged in
   */
  private void holdRows(TableDefinition before) {
    new Table(before, store, clock, origin).settle();
    RowRules rules = new RowRules(before);
    UnfitRows unfit = new UnfitRows(definition);
    try (TableStore.View view = store.view();
        TableStore.RowScan rows = view.rows(KeyRange.ALL)) {
      while (rows.next()) {
        Row row = rules.row(rows.id(), rows.state());
        if (row != null) {
          unfit.hold(row);
        }
      }
    }
    unfit.refuse();
  }
}
