package dev.lyrebird.table;

import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.VersionVector;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A store whose journal cannot be written at times. */
public final class UnreliableStore implements TableStore {

  private final TableStore store;
  private final BooleanSupplier isBroken;

  /**
   * @param store what it is while all is well
   * @param isBroken whether {@link #append} fails
   */
  public UnreliableStore(TableStore store, BooleanSupplier isBroken) {
    this.store = store;
    this.isBroken = isBroken;
  }

  @Override
  public void append(Place before, byte[] page, boolean checkpoint, long localTime) {
    if (isBroken.getAsBoolean()) {
      throw new StorageException("no space", new IOException("No space left on device"));
    }
    store.append(before, page, checkpoint, localTime);
  }

  @Override
  public Progress progress() {
    return store.progress();
  }

  @Override
  public void settle(Map<String, RowState> rows, Place settled) {
    store.settle(rows, settled);
  }

  @Override
  public @Nullable RowState row(String id) {
    return store.row(id);
  }

  @Override
  public RowScan scan(String idPrefix) {
    return store.scan(idPrefix);
  }

  @Override
  public PageScan pages(long position) {
    return store.pages(position);
  }

  @Override
  public Place checkpointWithin(VersionVector covered) {
    return store.checkpointWithin(covered);
  }

  @Override
  public Place trim(long localTime, long maxBytes) {
    return store.trim(localTime, maxBytes);
  }

  @Override
  public List<Due> due(long millis, int limit) {
    return store.due(millis, limit);
  }

  @Override
  public void forget(List<Due> dealtWith) {
    store.forget(dealtWith);
  }

  @Override
  public long estimatedRows() {
    return store.estimatedRows();
  }
}
