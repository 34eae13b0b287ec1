package dev.lyrebird.table;

import dev.lyrebird.journal.Row;
import dev.lyrebird.query.KeyRange;
import dev.lyrebird.schema.TableDefinition;
import dev.lyrebird.schema.Widening;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The trial of a definition that is to follow the one in force, while the table serves:
 *
 * <pre>
 *   reading rows ──> waiting ──> binding ──> in force
 * </pre>
 *
 * <p>The rows as they stood when it began are read slice by slice, and each change that comes
 * meanwhile is looked at when it comes, so that no row is missed: one that does not fit did not fit
 * from the beginning, and is read; or it has come to be so, and that change was looked at. From
 * when it binds on, writes of this node have to fit both definitions, so none can come any more.
 * Rows that other nodes bring are taken as ever: they are what those nodes have agreed upon.
 *
 * <p>A definition that can only admit more has nothing to read. Owned by the table's thread.
 */
public final class Trial implements AutoCloseable {

  /** A slice takes a millisecond or two; a row that does not fit is read again. */
  private static final int SLICE_ROWS = 256;

  private static final int SLICE_BYTES = 256 << 10;

  private final TableDefinition definition;
  private final boolean admitsAll;
  private final RowRules inForce;
  private final TableStore.View view;
  private final TableStore.RowScan rows;
  private final Function<String, RowState> current;
  private final UnfitRows unfit;
  private @Nullable RowRules binding;
  private boolean isClosed;

  /**
   * Begins.
   *
   * @param before the definition in force
   * @param inForce its rules
   * @param view all rows; it is closed at the end
   * @param current returns a row as it stands now
   */
  Trial(
      TableDefinition before,
      TableDefinition definition,
      RowRules inForce,
      TableStore.View view,
      Function<String, RowState> current) {
    this.definition = definition;
    this.admitsAll = Widening.isOne(before, definition);
    this.inForce = inForce;
    this.view = view;
    this.rows = view.rows(KeyRange.ALL);
    this.current = current;
    this.unfit = new UnfitRows(definition);
  }

  /** Returns the definition on trial. */
  TableDefinition definition() {
    return definition;
  }

  /**
   * Reads on for a moment.
   *
   * @return whether there is more to read
   */
  public boolean next() {
    int bytes = 0;
    for (int i = 0; i < SLICE_ROWS && bytes < SLICE_BYTES; i++) {
      if (admitsAll || !rows.next()) {
        close();
        return false;
      }
      Row row = inForce.row(rows.id(), rows.state());
      if (row != null) {
        bytes += row.payload().bytes().length;
        if (unfit.include(row)) {
          holdCurrent(row.id());
        }
      }
    }
    return true;
  }

  /** It may have been mended since. */
  private void holdCurrent(String id) {
    Row row = inForce.row(id, current.apply(id));
    if (row != null) {
      unfit.hold(row);
    }
  }

  /** Looks at a row that is about to stand as {@code after}. */
  void changed(String id, RowState after) {
    if (admitsAll || binding != null) {
      return;
    }
    Row row = inForce.row(id, after);
    if (row != null && unfit.include(row)) {
      Row before = inForce.row(id, current.apply(id));
      if (before == null || !unfit.include(before)) { // else it is counted, or will be read
        unfit.hold(row);
      }
    }
  }

  /** Returns what is wrong with which rows, by the attribute at fault; empty if all fit. */
  public Map<String, String> unfit() {
    return unfit.faults();
  }

  /** Holds writes of this node to the definition as well from now on. */
  public void bind() {
    binding = new RowRules(definition);
  }

  /** Returns what writes are held to besides; null until it binds. */
  @Nullable RowRules binding() {
    return binding;
  }

  /** Lets go of the rows. */
  @Override
  public void close() {
    if (!isClosed) {
      isClosed = true;
      rows.close();
      view.close();
    }
  }
}
