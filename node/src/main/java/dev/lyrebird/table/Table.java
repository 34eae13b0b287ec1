package dev.lyrebird.table;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lyrebird.journal.Change;
import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.EntryCodec;
import dev.lyrebird.journal.Outcome;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.journal.Write;
import dev.lyrebird.schema.TableDefinition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One table: takes requests, gives back facts. A batch of requests becomes one page of the journal;
 * the rows follow behind it and are stored from time to time, so that a row written a thousand
 * times is stored once. What the rows lack after a crash is merged in again from the journal.
 *
 * <p>Owned by one thread.
 */
public final class Table {

  /** Entries between two places that can be found by their vector. */
  private static final int CHECKPOINT_ENTRIES = 1024;

  /** How much of the journal to look at in one step of catching up. */
  private static final int CATCH_UP_BYTES = 4 << 20;

  private final TableStore store;
  private final HybridClock clock;
  private final long node;
  private final RowRules rules;

  /** Rows that are newer than what is stored. */
  private Map<String, RowState> unsettled = new HashMap<>();

  private long unsettledBytes;
  private Place head;

  /** The place up to which the stored rows have taken in the journal. */
  private Place settled;

  private Place trimmed;

  /** The greatest numeric id; negative while nobody has asked for the next. */
  private long lastNumber = -1;

  private int entriesSinceCheckpoint = CHECKPOINT_ENTRIES;

  /**
   * What a client asks.
   *
   * @param write what is to be done
   * @param condition what must hold of the row
   */
  public record Request(Write write, Condition condition) {}

  /**
   * What came of a batch.
   *
   * @param before the place before the first entry
   * @param entries what was journalled, in order
   * @param outcomes for each request, in order, what became of it
   */
  public record Commit(Place before, List<Entry> entries, List<Outcome> outcomes) {}

  /**
   * A part of the journal.
   *
   * @param entries those that were wanted
   * @param places the place behind each of them
   * @param end the place behind the last entry that was looked at
   */
  public record Page(List<Entry> entries, List<Place> places, Place end) {}

  /**
   * Opens a table; merges in what the journal is ahead of the rows.
   *
   * @param definition what the schema says of it
   * @param store where it lies
   * @param clock the node's
   * @param node the node's id
   */
  public Table(TableDefinition definition, TableStore store, HybridClock clock, long node) {
    this.store = store;
    this.clock = clock;
    this.node = node;
    this.rules = new RowRules(definition);
    TableStore.Progress progress = store.progress();
    this.head = progress.head();
    this.settled = progress.settled();
    this.trimmed = progress.trimmed();
    clock.startAfter(head.vector().timeOf(node));
    catchUp();
  }

  /** Returns the place behind the last entry. */
  public Place head() {
    return head;
  }

  /** Returns how many bytes of rows wait to be stored, roughly. */
  public long unsettledBytes() {
    return unsettledBytes;
  }

  /** Returns roughly how many rows there are. */
  public long estimatedRows() {
    return store.estimatedRows();
  }

  /**
   * Carries out a batch. When it returns, what the outcomes say is as durable as the configuration
   * promises.
   *
   * @throws StorageException where the journal cannot be written; nothing has happened then
   */
  public Commit write(List<Request> requests) {
    Batch batch = new Batch(requests.size());
    List<Outcome> outcomes = new ArrayList<>(requests.size());
    for (Request request : requests) {
      outcomes.add(batch.write(request.write(), request.condition()));
    }
    return commit(batch, outcomes);
  }

  /**
   * Carries out several writes, all or none.
   *
   * @param condition what must hold of each row
   * @return where one is refused, the refused ones tell why and the others are unchanged
   */
  public Commit writeAll(List<Write> writes, Condition condition) {
    Batch batch = new Batch(writes.size());
    Condition knowing = Condition.KNOWING.and(condition);
    List<Outcome> outcomes = writes.stream().map(write -> batch.write(write, knowing)).toList();
    return outcomes.stream().anyMatch(Outcome.Refused.class::isInstance)
        ? new Commit(head, List.of(), outcomes.stream().map(Table::refusedOrUnchanged).toList())
        : commit(batch, outcomes);
  }

  private static Outcome refusedOrUnchanged(Outcome outcome) {
    return outcome instanceof Outcome.Refused ? outcome : new Outcome.Unchanged(null);
  }

  /**
   * Removes rows whose time has come.
   *
   * @param millis the time, ms since the epoch
   * @param limit the most to remove at once
   */
  public Commit expire(long millis, int limit) {
    List<TableStore.Due> due = store.due(millis, limit);
    Batch batch = new Batch(due.size());
    for (TableStore.Due one : due) {
      RowState state = batch.state(one.id());
      boolean ended = state.expiresAtMillis() != 0 && state.expiresAtMillis() <= millis;
      if (state.isVisible() && ended) {
        batch.write(Write.delete(one.id()), Condition.NONE);
      }
    }
    Commit commit = commit(batch, List.of());
    if (!due.isEmpty()) {
      settle();
      store.forget(due);
    }
    return commit;
  }

  private Commit commit(Batch batch, List<Outcome> outcomes) {
    Place before = head;
    List<Entry> entries = batch.entries;
    if (!entries.isEmpty()) {
      boolean checkpoint = entriesSinceCheckpoint >= CHECKPOINT_ENTRIES;
      store.append(before, EntryCodec.encode(entries), checkpoint, batch.localTime);
      entriesSinceCheckpoint = (checkpoint ? 0 : entriesSinceCheckpoint) + entries.size();
      head =
          new Place(
              entries.getLast().position(),
              before.vector().with(entries.getLast().change().timestamp()));
      unsettled.putAll(batch.changed);
      unsettledBytes += batch.changedBytes;
    }
    return new Commit(before, entries, outcomes);
  }

  /** Stores the rows that are newer than what is stored. */
  public void settle() {
    if (settled.position() < head.position()) {
      store.settle(unsettled, head);
      settled = head;
      unsettled = new HashMap<>();
      unsettledBytes = 0;
    }
  }

  /**
   * Drops the oldest part of the journal; see {@link TableStore#trim}. What the rows still lack is
   * stored first.
   */
  public void trim(long localTime, long maxBytes) {
    settle();
    trimmed = store.trim(localTime, maxBytes);
  }

  /** Returns a row, or null where there is none. */
  public @Nullable Row read(String id) {
    return state(id).row(id);
  }

  /** Returns a number that is the id of no row and was not returned before. */
  public long nextNumber() {
    if (lastNumber < 0) {
      lastNumber = 0;
      try (RowReading all = scan("")) {
        while (all.next()) {
          noteNumber(all.id());
        }
      }
    }
    return ++lastNumber;
  }

  private void noteNumber(String id) {
    if (lastNumber >= 0 && rules.hasNumericKey()) {
      lastNumber = Math.max(lastNumber, Long.parseLong(id));
    }
  }

  /** Opens a reading of the rows whose id begins with a prefix, as they stand at {@link #head}. */
  public RowReading scan(String idPrefix) {
    settle();
    return new RowReading(store.scan(idPrefix));
  }

  /** A reading of rows under way, in the order of their ids. Sees what was there when it began. */
  public static final class RowReading implements AutoCloseable {

    private final TableStore.RowScan stored;

    RowReading(TableStore.RowScan stored) {
      this.stored = stored;
    }

    /** Moves to the next row; returns false behind the last one. */
    public boolean next() {
      return stored.next();
    }

    /** Returns the id of the row that it stands at. */
    public String id() {
      return stored.id();
    }

    /** Returns the row that it stands at, or null where it is only the memory of one. */
    public @Nullable Row row() {
      return stored.state().row(stored.id());
    }

    @Override
    public void close() {
      stored.close();
    }
  }

  /**
   * Reads on in the journal.
   *
   * @param from the place behind which to begin
   * @param wanted which entries to return
   * @param maxBytes about how many bytes of the journal to look at
   * @return null where the journal no longer reaches back to that place
   */
  public @Nullable Page read(Place from, Predicate<Entry> wanted, int maxBytes) {
    if (from.position() < trimmed.position()) {
      return null;
    }
    List<Entry> entries = new ArrayList<>();
    List<Place> places = new ArrayList<>();
    Place place = from;
    int bytes = 0;
    try (TableStore.PageScan pages = store.pages(from.position())) {
      for (byte[] page = pages.next(); page != null; page = pages.next()) {
        for (Entry entry : EntryCodec.decode(page)) {
          if (entry.position() <= place.position()) {
            continue;
          }
          place = place.after(entry);
          if (wanted.test(entry)) {
            entries.add(entry);
            places.add(place);
          }
        }
        bytes += page.length;
        if (bytes >= maxBytes) {
          break;
        }
      }
    }
    return new Page(entries, places, place);
  }

  /**
   * Reads the journal from where a vector leaves off; what the vector covers is not among the
   * entries.
   *
   * @return null where the journal no longer reaches back to that place
   */
  public @Nullable Page read(VersionVector covered, Predicate<Entry> wanted, int maxBytes) {
    if (!covered.covers(trimmed.vector())) {
      return null;
    }
    Predicate<Entry> isNews = entry -> !covered.covers(entry.change().timestamp());
    return read(store.checkpointWithin(covered), isNews.and(wanted), maxBytes);
  }

  private RowState state(String id) {
    RowState newest = unsettled.get(id);
    if (newest == null) {
      newest = store.row(id);
    }
    return newest == null ? RowState.NOTHING : newest;
  }

  private void catchUp() {
    Place place = settled;
    while (place.position() < head.position()) {
      Page page = read(place, entry -> true, CATCH_UP_BYTES);
      if (page == null || page.end().position() == place.position()) {
        throw new IllegalStateException(
            "the journal has nothing between %s and %s".formatted(place, head));
      }
      for (Entry entry : page.entries()) {
        RowState before = state(entry.id());
        RowState after = before.merge(entry.change());
        if (!after.equals(before)) {
          unsettled.put(
              entry.id(), rules.settled(entry.id(), after).createdAt(entry.createdMillis()));
        }
      }
      place = page.end();
    }
  }

  /** What a batch has come to so far: nothing of it is true before it is in the journal. */
  private final class Batch {

    final List<Entry> entries;
    final Map<String, RowState> changed = new HashMap<>();
    final long localTime = clock.wallTime();
    long changedBytes;

    Batch(int expected) {
      entries = new ArrayList<>(expected);
    }

    RowState state(String id) {
      RowState here = changed.get(id);
      return here == null ? Table.this.state(id) : here;
    }

    Outcome write(Write write, Condition condition) {
      Refusal refusal = refusal(write, condition);
      if (refusal != null) {
        return new Outcome.Refused(refusal);
      }
      return switch (write.kind()) {
        case MESSAGE -> applied(write, null, 0, false);
        case PUT -> put(write, !condition.equals(Condition.NONE) || rules.tracksCreation());
        case PATCH -> patch(write);
        case DELETE -> delete(write);
      };
    }

    private @Nullable Refusal refusal(Write write, Condition condition) {
      Refusal fault = rules.judge(write);
      if (fault != null) {
        return fault;
      }
      if (condition.equals(Condition.NONE)) {
        return null;
      }
      RowState state = state(write.id());
      return condition.judge(state.isVisible() ? state.version() : null);
    }

    private Outcome put(Write write, boolean mustKnow) {
      RowState before = mustKnow ? state(write.id()) : RowState.NOTHING;
      Write ending = rules.withExpiry(write, write.payload(), localTime);
      return applied(ending, null, createdMillis(before), mustKnow && !before.isVisible());
    }

    private Outcome delete(Write write) {
      return state(write.id()).isVisible()
          ? applied(write, null, 0, false)
          : new Outcome.Unchanged(null);
    }

    private Outcome patch(Write write) {
      ObjectNode attributes = JsonObjects.parse(write.payload());
      if (attributes == null) {
        return refused(Refusal.Reason.BAD_REQUEST, "a patch is a JSON object");
      }
      RowState before = state(write.id());
      if (attributes.isEmpty()) {
        return new Outcome.Unchanged(before.isVisible() ? before.version() : null);
      }
      if (before.isVisible() && JsonObjects.parse(before.visible()) == null) {
        return refused(
            Refusal.Reason.CONFLICT, "the row is no JSON object to merge into; PUT it whole");
      }
      Change trial = new Change(new Timestamp(Long.MAX_VALUE, node), write);
      Payload merged = before.merge(trial).visible();
      Refusal fault = rules.judge(Write.put(write.id(), merged));
      if (fault != null) {
        return new Outcome.Refused(fault);
      }
      Write ending = rules.withExpiry(write, merged, localTime);
      return applied(ending, before, createdMillis(before), !before.isVisible());
    }

    private long createdMillis(RowState before) {
      if (!rules.tracksCreation()) {
        return 0;
      }
      return before.isVisible() ? before.createdMillis() : Timestamp.millisOf(localTime);
    }

    private Outcome refused(Refusal.Reason reason, String detail) {
      return new Outcome.Refused(Refusal.of(reason, detail));
    }

    /** Takes a write into the batch; {@code patched} is the row that a PATCH merges into. */
    private Outcome applied(
        Write write, @Nullable RowState patched, long createdMillis, boolean created) {
      Timestamp stamp = new Timestamp(clock.next(localTime), node);
      Change change = new Change(stamp, write);
      Entry.Merged merged = null;
      if (write.kind() != Write.Kind.MESSAGE) {
        RowState before = patched == null ? RowState.NOTHING : patched;
        RowState after = rules.settled(write.id(), before.merge(change)).createdAt(createdMillis);
        if (patched != null) {
          merged = new Entry.Merged(stamp, after.visible());
        }
        changed.put(write.id(), after);
        noteNumber(write.id());
        changedBytes += write.payload().bytes().length + write.id().length();
      }
      long position = head.position() + entries.size() + 1;
      entries.add(new Entry(position, localTime, change, merged, createdMillis));
      return new Outcome.Applied(stamp, created);
    }
  }
}
