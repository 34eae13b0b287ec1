package dev.lyrebird.table;

import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.EntryCodec;
import dev.lyrebird.journal.Outcome;
import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Reception;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.journal.Write;
import dev.lyrebird.query.QueryBounds;
import dev.lyrebird.query.QueryPlan;
import dev.lyrebird.query.QueryPlanner;
import dev.lyrebird.query.RowQuery;
import dev.lyrebird.schema.Attribute;
import dev.lyrebird.schema.DefinitionText;
import dev.lyrebird.schema.TableDefinition;
import dev.lyrebird.view.RowView;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongUnaryOperator;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One table: takes requests, gives back facts. A batch of requests becomes one commit to the
 * journal; the rows follow behind it and are stored from time to time, so that a row written a
 * thousand times is stored once. What the rows lack after a crash is merged in again from the
 * journal.
 *
 * <p>Owned by one thread.
 */
public final class Table {

  /** How much of the journal to look at in one step of catching up. */
  private static final Limit CATCH_UP = Limit.ofBytes(4 << 20);

  private final TableStore store;
  private final HybridClock clock;
  private final Journal journal;
  private TableDefinition definition;
  private RowRules rules;
  private RowIndexes indexes;
  private RowView view;

  /** The definition that is to follow, while rows and writes are held against it. */
  private @Nullable Trial trial;

  /** In whose name this node's changes are made. */
  private long origin;

  /** Rows that are newer than what is stored. */
  private Map<String, RowState> unsettled = new HashMap<>();

  private long unsettledBytes;

  /** No row ends before this, in ms since the epoch; unknown at first. */
  private long firstEnd;

  /** The place up to which the stored rows have taken in the journal. */
  private Place settled;

  /** The latest rank that any row has reached, and that any stored row has. */
  private long horizon;

  private long settledHorizon;

  /** The rank up to which no change can come any more; see {@link #stableUntil}. */
  private long stable = Long.MAX_VALUE;

  /** The greatest numeric id; negative while nobody has asked for the next. */
  private long lastNumber = -1;

  /**
   * What a client asks.
   *
   * @param write what is to be done
   * @param condition what must hold of the row
   * @param reception what is kept unless the write is refused, or null where there is nothing
   */
  public record Request(Write write, Condition condition, @Nullable Reception reception) {

    /** A request with which nothing is received. */
    public Request(Write write, Condition condition) {
      this(write, condition, null);
    }
  }

  /**
   * What came of a batch.
   *
   * @param before the place before the first entry
   * @param entries what was journalled, in order
   * @param pages the same as bytes, of one origin each
   * @param outcomes for each request, in order, what became of it
   */
  public record Commit(
      Place before, List<Entry> entries, List<byte[]> pages, List<Outcome> outcomes) {

    /** A batch of which nothing was journalled. */
    public static Commit nothing(Place head, List<Outcome> outcomes) {
      return new Commit(head, List.of(), List.of(), outcomes);
    }
  }

  /**
   * A part of the journal.
   *
   * @param entries those that were wanted
   * @param places the place behind each of them
   * @param end the place behind the last entry that was looked at
   */
  public record Page(List<Entry> entries, List<Place> places, Place end) {

    /** Leaves out the changes of rows that are followed by another of the same row. */
    Page conflated() {
      Map<String, Long> standing = HashMap.newHashMap(entries.size());
      for (Entry entry : entries) {
        if (entry.isOfRow()) {
          standing.put(entry.id(), entry.position());
        }
      }
      List<Entry> left = new ArrayList<>();
      List<Place> behind = new ArrayList<>();
      for (int i = 0; i < entries.size(); i++) {
        Entry entry = entries.get(i);
        if (!entry.isOfRow() || standing.getOrDefault(entry.id(), 0L) == entry.position()) {
          left.add(entry);
          behind.add(places.get(i));
        }
      }
      return new Page(left, behind, end);
    }
  }

  /**
   * Where a reading of the journal pauses, whichever comes first.
   *
   * @param entries the most to return
   * @param bytes about how many bytes of the journal to look at
   */
  public record Limit(int entries, int bytes) {

    /** A limit that entries do not reach. */
    public static Limit ofBytes(int bytes) {
      return new Limit(Integer.MAX_VALUE, bytes);
    }
  }

  /**
   * A row with all that it remembers, as one replica hands it to another.
   *
   * @param id the key
   * @param state as {@link RowStateCodec} writes it
   */
  @SuppressWarnings("ArrayRecordComponent") // carried, never compared
  public record StoredRow(String id, byte[] state) {}

  /**
   * Opens a table; merges in what the journal is ahead of the rows.
   *
   * @param definition what the schema says of it
   * @param store where it lies
   * @param clock the node's
   * @param origin in whose name this node's changes are made
   */
  public Table(TableDefinition definition, TableStore store, HybridClock clock, long origin) {
    this.definition = definition;
    this.store = store;
    this.clock = clock;
    this.origin = origin;
    this.rules = new RowRules(definition);
    this.indexes = new RowIndexes(definition, rules, store);
    this.view = new RowView(definition);
    TableStore.Progress progress = store.progress();
    this.journal = new Journal(store, progress);
    this.settled = progress.settled();
    this.horizon = progress.horizon();
    this.settledHorizon = horizon;
    VersionVector known = head().vector();
    clock.startAfter(known.timeOf(origin));
    for (int i = 0; i < known.size(); i++) {
      clock.observe(known.time(i));
    }
    catchUp();
  }

  /** Returns in whose name this node's changes are made. */
  public long origin() {
    return origin;
  }

  /**
   * Makes this node's changes in another name from now on: one that only this node has used, if any
   * has.
   *
   * @param name the name
   */
  public void renew(long name) {
    origin = name;
    clock.startAfter(head().vector().timeOf(name));
  }

  /** Returns the place behind the last entry. */
  public Place head() {
    return journal.head();
  }

  /** Returns what the node takes for the time of day, ms since the epoch. */
  public long wallMillis() {
    return Timestamp.millisOf(clock.wallTime());
  }

  /** Returns how many bytes of rows wait to be stored, roughly. */
  public long unsettledBytes() {
    return unsettledBytes;
  }

  /** Returns roughly how many rows there are. */
  public long estimatedRows() {
    return store.estimatedRows();
  }

  long horizon() {
    return horizon;
  }

  long settledHorizon() {
    return settledHorizon;
  }

  boolean isUnsettled(String id) {
    return unsettled.containsKey(id);
  }

  /**
   * Carries out a batch. When it returns, what the outcomes say is as durable as the configuration
   * promises.
   *
   * @throws StorageException where the journal cannot be written; nothing has happened then
   */
  public Commit write(List<Request> requests) {
    Batch batch = batch(requests.size());
    List<Outcome> outcomes = new ArrayList<>(requests.size());
    for (Request request : requests) {
      outcomes.add(batch.write(request));
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
    Batch batch = batch(writes.size());
    Condition knowing = Condition.KNOWING.and(condition);
    List<Outcome> outcomes = writes.stream().map(write -> batch.write(write, knowing)).toList();
    return outcomes.stream().anyMatch(Outcome.Refused.class::isInstance)
        ? Commit.nothing(head(), outcomes.stream().map(Table::refusedOrUnchanged).toList())
        : commit(batch, outcomes);
  }

  private static Outcome refusedOrUnchanged(Outcome outcome) {
    return outcome instanceof Outcome.Refused ? outcome : new Outcome.Unchanged(null);
  }

  /** Deletes receptions; when it returns, that is as durable as a write. */
  public void release(List<Reception> receptions) {
    store.release(receptions);
  }

  /** Deletes the receptions that are not to be kept, as durably as {@link #release} does. */
  public void releaseUnless(Predicate<Reception> isKept) {
    store.releaseUnless(isKept);
  }

  /** Returns what was received of a client and is not released, in no particular order. */
  public List<Reception> receptions(long client) {
    return store.receptions(client);
  }

  /**
   * Takes in changes of other nodes; those it knows already are left out.
   *
   * @param after what must be known here for these to leave no gap
   * @param pages of the journal of another node, in its order
   * @return null where there is a gap: something between what is known here and these is missing
   * @throws IllegalArgumentException where a page is damaged
   */
  public @Nullable Commit receive(VersionVector after, List<byte[]> pages) {
    if (!head().vector().covers(after)) {
      return null;
    }
    Batch batch = batch(pages.size());
    VersionVector known = head().vector();
    for (byte[] page : pages) {
      Timestamp last = EntryCodec.head(page).last();
      if (!known.covers(last)) {
        batch.receive(page, known.timeOf(last.node()));
        clock.observe(last.time());
        known = known.with(last);
      }
    }
    return commit(batch, List.of());
  }

  /**
   * Returns what a replica with that vector lacks, in the order of this journal: everything up to
   * some place, and at least one entry where there is any.
   *
   * @param maxBytes about how many bytes to return
   * @return null where the journal no longer reaches back that far
   */
  public @Nullable List<byte[]> uncovered(VersionVector covered, int maxBytes) {
    return journal.uncovered(covered, maxBytes);
  }

  /**
   * Returns how many entries a replica with that vector lacks; -1 where the journal no longer
   * reaches back that far. A great number is an estimate.
   */
  public long countUncovered(VersionVector covered) {
    return journal.countUncovered(covered);
  }

  /** Tells whether the journal still holds all that a replica with that vector lacks. */
  public boolean reachesBackTo(VersionVector covered) {
    return journal.reachesBackTo(covered);
  }

  /**
   * Removes rows whose time has come, where this node knows no other that does.
   *
   * @param millis the time, ms since the epoch
   * @param limit the most to remove at once
   */
  public Commit expire(long millis, int limit) {
    return expire(millis, origin -> millis, limit);
  }

  /**
   * Removes rows whose time has come.
   *
   * @param millis the time, ms since the epoch
   * @param until up to which end this node removes rows whose latest change is of that origin
   * @param limit the most to look at at once
   */
  public Commit expire(long millis, LongUnaryOperator until, int limit) {
    if (millis < firstEnd) {
      return Commit.nothing(head(), List.of());
    }
    settle(); // the index knows what is stored
    List<TableStore.Due> dealtWith = new ArrayList<>();
    Batch batch = batch(1);
    for (TableStore.Due one : store.due(TableStore.Deadline.EXPIRY, millis, limit)) {
      RowState state = batch.state(one.id());
      boolean isDue = state.isVisible() && state.hasEnded(millis);
      if (!isDue) {
        dealtWith.add(one); // it has been written since
      } else if (state.hasEnded(until.applyAsLong(state.version().node()))) {
        dealtWith.add(one);
        batch.expire(one.id(), state);
      }
    }
    Commit commit = commit(batch, List.of());
    if (!dealtWith.isEmpty()) {
      settle();
      store.forget(TableStore.Deadline.EXPIRY, dealtWith);
    }
    List<TableStore.Due> next = store.due(TableStore.Deadline.EXPIRY, Long.MAX_VALUE, 1);
    firstEnd = next.isEmpty() ? Long.MAX_VALUE : next.getFirst().at();
    return commit;
  }

  /**
   * Says which changes no other node can come up with any more. Rows need not remember how they
   * came about before that.
   *
   * @param time the rank, in the unit of {@link Timestamp#time}, up to which every replica has seen
   *     all changes
   */
  public void stableUntil(long time) {
    stable = time;
  }

  /** Returns what {@link #stableUntil} said last. */
  public long stable() {
    return stable;
  }

  /** Returns what {@link #remember} kept last, or null where there was nothing. */
  public byte @Nullable [] memory() {
    return store.memory();
  }

  /** Keeps a few bytes beside the table for who replicates it. */
  public void remember(byte[] memory) {
    store.remember(memory);
  }

  /**
   * Lets rows forget what {@link #stableUntil} says they may.
   *
   * @param limit the most to look at at once
   */
  public void fold(int limit) {
    List<TableStore.Due> due = store.due(TableStore.Deadline.FOLDING, stable, limit);
    for (TableStore.Due one : due) {
      RowState state = state(one.id());
      RowState folded = rules.folded(one.id(), state, stable);
      if (!folded.equals(state)) {
        unsettled.put(one.id(), folded);
      }
    }
    if (!due.isEmpty()) {
      store();
      store.forget(TableStore.Deadline.FOLDING, due);
    }
  }

  private Batch batch(int expected) {
    return new Batch(this, rules, trial == null ? null : trial.binding(), clock, expected);
  }

  private Commit commit(Batch batch, List<Outcome> outcomes) {
    Place before = head();
    List<Journal.Part> parts = batch.parts();
    List<Reception> received = batch.receptions();
    if (parts.isEmpty()) {
      if (!received.isEmpty()) {
        store.receive(received);
      }
      return Commit.nothing(before, outcomes);
    }
    List<byte[]> pages = journal.append(parts, received);
    if (trial != null) {
      batch.changed().forEach(trial::changed);
    }
    unsettled.putAll(batch.changed());
    unsettledBytes += batch.changedBytes();
    firstEnd = Math.min(firstEnd, batch.firstEnd());
    horizon = batch.horizon();
    return new Commit(before, entries(parts), pages, outcomes);
  }

  private static List<Entry> entries(List<Journal.Part> parts) {
    return parts.size() == 1
        ? parts.getFirst().entries()
        : parts.stream().flatMap(part -> part.entries().stream()).toList();
  }

  /** Stores the rows that are newer than what is stored. */
  public void settle() {
    if (!unsettled.isEmpty() || settled.position() < head().position()) {
      store();
    }
  }

  private void store() {
    store.settle(unsettled, indexes.changes(unsettled), head(), horizon);
    settled = head();
    settledHorizon = horizon;
    unsettled = new HashMap<>();
    unsettledBytes = 0;
  }

  /**
   * Begins to hold the table against a definition that is to follow the one in force, which may not
   * have another key. A trial before it ends.
   */
  public Trial tryOut(TableDefinition next) {
    endTrial();
    settle();
    Trial begun = new Trial(definition, next, rules, store.view(), this::state);
    trial = begun;
    return begun;
  }

  /** Tells whether a trial is the one under way. */
  public boolean isTrying(Trial asked) {
    return trial == asked;
  }

  /** Ends the trial, if there is one: the definition in force stays. */
  public void endTrial() {
    if (trial != null) {
      trial.close();
      trial = null;
    }
  }

  /** Ends a trial that binds: its definition is in force from now on, but for what is under way. */
  public void redefine(Trial tried) {
    if (trial != tried || tried.binding() == null) {
      throw new IllegalStateException("no definition is about to be in force");
    }
    endTrial();
    settle(); // indexes and rows agree by the definition before
    definition = tried.definition();
    store.keepDefinition(DefinitionText.of(definition).getBytes(StandardCharsets.UTF_8));
    rules = new RowRules(definition);
    indexes = new RowIndexes(definition, rules, store);
    view = new RowView(definition);
  }

  /** Returns the attributes whose indexes are still being built. */
  public List<String> unreadyIndexes() {
    return indexes.unready();
  }

  /**
   * Goes on for some milliseconds with building indexes that do not hold all rows yet.
   *
   * @return whether there is more to do
   */
  public boolean buildIndexes() {
    return indexes.build();
  }

  /**
   * Drops the oldest part of the journal; see {@link TableStore#trim}. What the rows still lack is
   * stored first.
   */
  public void trim(long localTime, long maxBytes) {
    settle();
    journal.trim(localTime, maxBytes);
  }

  /**
   * What a journal holds.
   *
   * @param dropped how many entries have gone before
   * @param entries how many there are
   * @param bytes of them, the index included
   * @param oldestTime when the first came here, in the unit of {@link Timestamp#time}; 0 where
   *     there is none
   */
  public record Extent(long dropped, long entries, long bytes, long oldestTime) {}

  /** Returns what the journal holds. */
  public Extent journalExtent() {
    return journal.extent();
  }

  /** Returns how many bytes the journal holds, its index included. */
  public long journalBytes() {
    return journal.bytes();
  }

  /** Returns a row, or null where there is none. */
  public @Nullable Row read(String id) {
    return rules.row(id, state(id));
  }

  /** Returns the timestamp of the latest change of a row, also of one that is gone. */
  public Timestamp version(String id) {
    return state(id).version();
  }

  /**
   * Returns a number that is the id of no row and was not returned before. Of several nodes that
   * count, each has numbers of its own, so that none is given twice.
   *
   * @param turn which numbers are this node's: those that leave this remainder
   * @param turns how many nodes count
   */
  public long nextNumber(int turn, int turns) {
    if (lastNumber < 0) {
      lastNumber = 0;
      try (RowReading all = scan("")) {
        while (all.next()) {
          noteNumber(all.id());
        }
      }
    }
    lastNumber += 1 + Math.floorMod(turn - (lastNumber + 1), turns);
    return lastNumber;
  }

  void noteNumber(String id) {
    if (lastNumber >= 0 && rules.hasNumericKey()) {
      lastNumber = Math.max(lastNumber, Long.parseLong(id));
    }
  }

  /** Opens a reading of the rows whose id begins with a prefix, as they stand at {@link #head}. */
  public RowReading scan(String idPrefix) {
    settle();
    return new RowReading(store.scan(idPrefix), rules);
  }

  /**
   * Begins a query of the rows as they stand at {@link #head}.
   *
   * @param typing the definition by which the query has its types: the one in force, or while that
   *     changes the one before or behind it
   */
  public QueryReading query(RowQuery query, TableDefinition typing, QueryBounds bounds) {
    settle();
    QueryPlan plan =
        QueryPlanner.plan(
            query,
            typing,
            attribute -> isTypedAlike(attribute, typing) ? indexes.ready(attribute) : null);
    return new QueryReading(
        query, bounds, plan, store.view(), rules, view, this::wallMillis, store::estimatedRows);
  }

  /** Keys of another type than that of the values asked for would not find all of them. */
  private boolean isTypedAlike(String attribute, TableDefinition typing) {
    return typing
        .attribute(attribute)
        .map(Attribute::type)
        .equals(definition.attribute(attribute).map(Attribute::type));
  }

  /** A reading of rows under way, in the order of their ids. Sees what was there when it began. */
  public static final class RowReading implements AutoCloseable {

    private final TableStore.RowScan stored;
    private final RowRules rules;

    RowReading(TableStore.RowScan stored, RowRules rules) {
      this.stored = stored;
      this.rules = rules;
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
      return rules.row(stored.id(), stored.state());
    }

    /** Returns the row that it stands at with all that it remembers. */
    public StoredRow stored() {
      return new StoredRow(stored.id(), RowStateCodec.encode(stored.state()));
    }

    @Override
    public void close() {
      stored.close();
    }
  }

  /**
   * Begins to take over the rows of another replica.
   *
   * @param theirs what those rows cover
   */
  public Adoption adopt(VersionVector theirs) {
    settle();
    return new Adoption(this, store.scan(""), theirs);
  }

  /** Puts a state that came from another replica in the place of what was here. */
  void adopt(String id, RowState state) {
    if (trial != null) {
      trial.changed(id, state);
    }
    unsettled.put(id, rules.folded(id, state, stable));
    unsettledBytes += id.length() + (state.base() == null ? 0 : state.base().bytes().length);
    horizon = Math.max(horizon, state.version().time());
    firstEnd = 0; // it may end at any time
    noteNumber(id);
  }

  /** Notes that the rows now hold what a vector covers, beyond what the journal tells. */
  void skip(VersionVector theirs) {
    store();
    journal.skip(theirs, clock.wallTime());
    store();
  }

  /**
   * Writes rows again that another replica does not know, or the end of them.
   *
   * @param folded the rank up to which that replica may have forgotten what it has seen go
   */
  Commit writeAgain(List<Adoption.Differing> rows, long folded) {
    Batch batch = batch(rows.size());
    for (Adoption.Differing row : rows) {
      batch.writeAgain(row.id(), batch.state(row.id()), Math.max(row.theirRank(), folded));
    }
    return commit(batch, List.of());
  }

  /**
   * Writes again what rows hold beyond what this table's vector covers: they were taken over in
   * part, from a replica that may never be heard of again.
   */
  public Commit writeAgainWhatIsStray() {
    settle();
    List<Adoption.Differing> stray = new ArrayList<>();
    try (TableStore.RowScan rows = store.scan("")) {
      while (rows.next()) {
        RowState beyond = rows.state().without(head().vector(), RowState.NOTHING);
        if (!beyond.equals(RowState.NOTHING)) {
          stray.add(new Adoption.Differing(rows.id(), 0));
        }
      }
    }
    return writeAgain(stray, 0);
  }

  /** Drops the journal up to a position, as if it had begun there with what a vector covers. */
  void begin(long position, VersionVector vector) {
    store();
    journal.begin(position, vector, clock.wallTime());
    store();
  }

  /**
   * Reads on in the journal.
   *
   * @param from the place behind which to begin
   * @param wanted which entries to return
   * @param limit where to pause
   * @return null where the journal does not tell all that lies behind that place
   */
  public @Nullable Page read(Place from, Selection wanted, Limit limit) {
    return journal.read(from, wanted, limit);
  }

  /**
   * Reads on in the journal for one who wants to know how rows stand and not how they came to: of
   * what is wanted of each row only the last that the page has come upon is among the entries.
   * Messages all are.
   *
   * @return null where the journal does not tell all that lies behind that place
   */
  public @Nullable Page readConflated(Place from, Selection wanted, Limit limit) {
    Page page = journal.read(from, wanted, limit);
    return page == null ? null : page.conflated();
  }

  /**
   * Reads the journal from where a vector leaves off: what it does not cover, and from the first of
   * that on the changes of rows that it does cover, for what was news may have changed what they
   * mean. Changes of rows that whoever has that vector has seen replaced are left out: elsewhere
   * they came in another order.
   *
   * @param rowsAt a place behind which all changes of rows are wanted, or null for none
   * @return null where the journal does not tell all that the vector lacks
   */
  public @Nullable Page read(
      VersionVector covered, @Nullable Place rowsAt, Selection wanted, Limit limit) {
    return journal.read(covered, rowsAt, wanted, limit);
  }

  /**
   * Returns the place behind which all lies that this node has come to know at a local time or
   * later, and as little else as possible: entries come in the order in which they were applied,
   * also where the wall clock has gone back.
   *
   * @param localTime in the unit of {@link Timestamp#time}
   * @return null where the journal does not tell all that has come since
   */
  public @Nullable Place placeSince(long localTime) {
    return journal.since(localTime);
  }

  /**
   * Where a history begins.
   *
   * @param place behind which it is
   * @param beginsAt the local time from which on it tells all, where that is less than was asked
   *     for; otherwise 0
   */
  public record Beginning(Place place, long beginsAt) {}

  /** Returns where to begin for what has come since a local time, or for what is left of it. */
  public Beginning beginning(long localTime) {
    Place since = journal.since(localTime);
    return since == null
        ? new Beginning(journal.beginning(), journal.beginsAt())
        : new Beginning(since, 0);
  }

  /**
   * Begins to search for the place behind which so many entries match; fewer where the journal does
   * not tell of more.
   */
  public LastEntries lastEntries(int count, Selection wanted) {
    return new LastEntries(journal, count, wanted);
  }

  /**
   * Reads on likewise behind a place.
   *
   * @return null where the journal does not tell all that lies behind that place
   */
  public @Nullable Page read(Place from, VersionVector covered, Selection wanted, Limit limit) {
    return journal.read(from, covered, wanted, limit);
  }

  RowState state(String id) {
    RowState newest = unsettled.get(id);
    if (newest == null) {
      newest = store.row(id);
    }
    return newest == null ? RowState.NOTHING : newest;
  }

  private void catchUp() {
    Place place = settled;
    while (place.position() < head().position()) {
      Page page = journal.replay(place, CATCH_UP);
      if (page.end().position() == place.position()) {
        throw new IllegalStateException(
            "the journal has nothing between %s and %s".formatted(place, head()));
      }
      for (Entry entry : page.entries()) {
        RowState before = state(entry.id());
        RowState after = before.merge(entry.change());
        if (!after.equals(before)) {
          unsettled.put(entry.id(), after);
          horizon = Math.max(horizon, entry.change().rankTime());
        }
      }
      place = page.end();
    }
  }
}
