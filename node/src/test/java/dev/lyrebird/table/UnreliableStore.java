package dev.lyrebird.table;

import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Reception;
import dev.lyrebird.journal.VersionVector;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A store whose journal cannot be written at times. */
public final class UnreliableStore implements TableStore {

  private final TableStore store;
  private final BooleanSupplier isBroken;

  /**
   * @param store what it is while all is well
   * @param isBroken whether {@link #append} and {@link #receive} fail
   */
  public UnreliableStore(TableStore store, BooleanSupplier isBroken) {
    this.store = store;
    this.isBroken = isBroken;
  }

  @Override
  public void append(
      Place before,
      List<byte[]> pages,
      boolean checkpoint,
      long localTime,
      List<Reception> received,
      List<Segment> segments) {
    failWhereBroken();
    store.append(before, pages, checkpoint, localTime, received, segments);
  }

  @Override
  public void receive(List<Reception> receptions) {
    failWhereBroken();
    store.receive(receptions);
  }

  private void failWhereBroken() {
    if (isBroken.getAsBoolean()) {
      throw new StorageException("no space", new IOException("No space left on device"));
    }
  }

  @Override
  public void release(List<Reception> receptions) {
    store.release(receptions);
  }

  @Override
  public void releaseUnless(Predicate<Reception> isKept) {
    store.releaseUnless(isKept);
  }

  @Override
  public List<Reception> receptions(long client) {
    return store.receptions(client);
  }

  @Override
  public Progress progress() {
    return store.progress();
  }

  @Override
  public void skip(Place to, Gap gap, long localTime) {
    store.skip(to, gap, localTime);
  }

  @Override
  public Place begin(Place at, long localTime) {
    return store.begin(at, localTime);
  }

  @Override
  public void settle(
      Map<String, RowState> rows, IndexChanges indexed, Place settled, long horizon) {
    store.settle(rows, indexed, settled, horizon);
  }

  @Override
  public List<StoredIndex> indexes() {
    return store.indexes();
  }

  @Override
  public void build(List<StoredIndex> indexes, List<IndexEntry> entries) {
    store.build(indexes, entries);
  }

  @Override
  public void drop(int index) {
    store.drop(index);
  }

  @Override
  public View view() {
    return store.view();
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
  public byte @Nullable [] indexed(long lastPosition, int part) {
    return store.indexed(lastPosition, part);
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
  public Place checkpointUpTo(long position) {
    return store.checkpointUpTo(position);
  }

  @Override
  public @Nullable Place checkpointBefore(long localTime) {
    return store.checkpointBefore(localTime);
  }

  @Override
  public void checkpoint(Place head, long localTime) {
    store.checkpoint(head, localTime);
  }

  @Override
  public long journalBytes() {
    return store.journalBytes();
  }

  @Override
  public Place trim(long localTime, long maxBytes) {
    return store.trim(localTime, maxBytes);
  }

  @Override
  public List<Due> due(Deadline deadline, long until, int limit) {
    return store.due(deadline, until, limit);
  }

  @Override
  public boolean awaits(Deadline deadline, Due due) {
    return store.awaits(deadline, due);
  }

  @Override
  public void forget(Deadline deadline, List<Due> dealtWith) {
    store.forget(deadline, dealtWith);
  }

  @Override
  public byte @Nullable [] memory() {
    return store.memory();
  }

  @Override
  public byte @Nullable [] definition() {
    return store.definition();
  }

  @Override
  public void keepDefinition(byte[] definition) {
    store.keepDefinition(definition);
  }

  @Override
  public void remember(byte[] memory) {
    store.remember(memory);
  }

  @Override
  public long estimatedRows() {
    return store.estimatedRows();
  }
}
