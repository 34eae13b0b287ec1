package dev.lyrebird.table;

import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.EntryCodec;
import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Reception;
import dev.lyrebird.journal.VersionVector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A store on the heap that notes each step that is done to it, so that it can be had as it was
 * after any of them: a disk that lost what was written last, or one that was restored from an old
 * copy.
 */
public final class RewindableStore implements TableStore {

  private final MemoryTableStore store = new MemoryTableStore();
  private final List<Step> steps = new ArrayList<>();
  private final int pagesPerCheckpoint;
  private int pagesSinceCheckpoint;

  /** What a step does to what the store knows of changes. */
  public enum Effect {
    /** It adds entries. */
    APPENDS,
    /** It adds what came without entries. */
    SKIPS,
    /** It gives up what came before, but for what came without entries. */
    BEGINS_ANEW,
    /** Nothing. */
    NONE
  }

  private record Step(Effect effect, List<byte[]> pages, Consumer<TableStore> deed) {}

  /**
   * Creates a store that holds nothing.
   *
   * @param pagesPerCheckpoint how often to note a checkpoint; more often than tables ask for, so
   *     that a short journal can be trimmed
   */
  public RewindableStore(int pagesPerCheckpoint) {
    this.pagesPerCheckpoint = pagesPerCheckpoint;
  }

  /** Returns how many steps were done. */
  public int steps() {
    return steps.size();
  }

  /** Returns what the last of so many steps did. */
  public Effect effectOf(int step) {
    return steps.get(step - 1).effect();
  }

  /** Returns the entries that the last of so many steps added. */
  public List<Entry> entriesOf(int step) {
    return entries(steps.get(step - 1).pages());
  }

  /** Returns another store, as this one was after so many steps. */
  public RewindableStore after(int count) {
    RewindableStore earlier = new RewindableStore(pagesPerCheckpoint);
    for (Step step : steps.subList(0, count)) {
      step.deed().accept(earlier.store);
      earlier.steps.add(step);
    }
    return earlier;
  }

  /** Returns all that the journal holds. */
  public List<Entry> journal() {
    List<byte[]> all = new ArrayList<>();
    try (PageScan pages = store.pages(0)) {
      for (byte[] page = pages.next(); page != null; page = pages.next()) {
        all.add(page);
      }
    }
    return entries(all);
  }

  private static List<Entry> entries(List<byte[]> pages) {
    return pages.stream().flatMap(page -> EntryCodec.decode(page).stream()).toList();
  }

  /**
   * Returns the ids of stored rows that remember more than a row must that was stable by a rank.
   */
  public List<String> unfolded(long rank) {
    List<String> unfolded = new ArrayList<>();
    try (RowScan rows = store.scan("")) {
      while (rows.next()) {
        long since = rows.state().at(Deadline.FOLDING);
        if (since != 0 && since <= rank) {
          unfolded.add(rows.id());
        }
      }
    }
    return unfolded;
  }

  private void step(Effect effect, List<byte[]> pages, Consumer<TableStore> deed) {
    deed.accept(store);
    steps.add(new Step(effect, pages, deed));
  }

  private void step(Consumer<TableStore> deed) {
    step(Effect.NONE, List.of(), deed);
  }

  @Override
  public void append(
      Place before,
      List<byte[]> pages,
      boolean checkpoint,
      long localTime,
      List<Reception> received,
      List<Segment> segments) {
    boolean more = checkpoint || pagesSinceCheckpoint >= pagesPerCheckpoint;
    pagesSinceCheckpoint = more ? 1 : pagesSinceCheckpoint + 1;
    step(
        Effect.APPENDS, pages, to -> to.append(before, pages, more, localTime, received, segments));
  }

  @Override
  public void receive(List<Reception> receptions) {
    step(on -> on.receive(receptions));
  }

  @Override
  public void release(List<Reception> receptions) {
    step(on -> on.release(receptions));
  }

  @Override
  public void releaseUnless(Predicate<Reception> isKept) {
    step(on -> on.releaseUnless(isKept));
  }

  @Override
  public List<Reception> receptions(long client) {
    return store.receptions(client);
  }

  @Override
  public void skip(Place to, Gap gap, long localTime) {
    step(Effect.SKIPS, List.of(), on -> on.skip(to, gap, localTime));
  }

  @Override
  public Place begin(Place at, long localTime) {
    step(Effect.BEGINS_ANEW, List.of(), on -> on.begin(at, localTime));
    return store.progress().head();
  }

  @Override
  public void settle(
      Map<String, RowState> rows, IndexChanges indexed, Place settled, long horizon) {
    Map<String, RowState> kept = Map.copyOf(rows);
    step(on -> on.settle(kept, indexed, settled, horizon));
  }

  @Override
  public List<StoredIndex> indexes() {
    return store.indexes();
  }

  @Override
  public void build(List<StoredIndex> indexes, List<IndexEntry> entries) {
    step(on -> on.build(indexes, entries));
  }

  @Override
  public void drop(int index) {
    step(on -> on.drop(index));
  }

  @Override
  public View view() {
    return store.view();
  }

  @Override
  public void checkpoint(Place head, long localTime) {
    step(on -> on.checkpoint(head, localTime));
  }

  @Override
  public long journalBytes() {
    return store.journalBytes();
  }

  @Override
  public Place trim(long localTime, long maxBytes) {
    step(on -> on.trim(localTime, maxBytes));
    return store.progress().trimmed();
  }

  @Override
  public boolean awaits(Deadline deadline, Due due) {
    return store.awaits(deadline, due);
  }

  @Override
  public void forget(Deadline deadline, List<Due> dealtWith) {
    step(on -> on.forget(deadline, dealtWith));
  }

  @Override
  public void remember(byte[] memory) {
    step(on -> on.remember(memory));
  }

  @Override
  public Progress progress() {
    return store.progress();
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
  public List<Due> due(Deadline deadline, long until, int limit) {
    return store.due(deadline, until, limit);
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
  public long estimatedRows() {
    return store.estimatedRows();
  }
}
