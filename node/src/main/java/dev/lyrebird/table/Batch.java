package dev.lyrebird.table;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lyrebird.journal.Change;
import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.EntryCodec;
import dev.lyrebird.journal.Outcome;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Reception;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.Write;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a batch of writes, or of other nodes' changes, comes to: entries and rows. Nothing of it is
 * true before the entries are in the journal.
 *
 * <p>Owned by the table's thread, for the time of one commit.
 */
final class Batch {

  /** A name that comes after all names: that of a change which is only tried. */
  private static final long NEVER = Long.MAX_VALUE;

  /**
   * About how large a page of the journal is at the most: who wants a single entry of it has all of
   * it read and decompressed.
   */
  private static final long PAGE_BYTES = 8 << 10;

  /** What an entry takes in a page beside its id and its payload, roughly. */
  private static final int ENTRY_BYTES = 16;

  private final Table table;
  private final RowRules rules;
  private final @Nullable RowRules following;
  private final HybridClock clock;
  private final long localTime;
  private final List<Journal.Part> parts = new ArrayList<>(1);
  private final Map<String, RowState> changed = new HashMap<>();
  private List<Reception> receptions = List.of();
  private List<Entry> part;
  private long position;
  private long changedBytes;
  private long horizon;
  private long firstEnd = Long.MAX_VALUE;

  /**
   * @param table as it stands
   * @param following to what writes are held besides: what is about to be in force; or null
   * @param expected how many entries to expect
   */
  Batch(
      Table table, RowRules rules, @Nullable RowRules following, HybridClock clock, int expected) {
    this.table = table;
    this.rules = rules;
    this.following = following;
    this.clock = clock;
    this.localTime = clock.wallTime();
    this.part = new ArrayList<>(expected);
    this.position = table.head().position();
    this.horizon = table.horizon();
  }

  /** Returns what is to be journalled. */
  List<Journal.Part> parts() {
    endPart(null);
    return parts;
  }

  private void endPart(byte @Nullable [] asCame) {
    if (!part.isEmpty()) {
      if (asCame == null) {
        addInPages(part);
      } else {
        parts.add(new Journal.Part(part, asCame));
      }
      part = new ArrayList<>();
    }
  }

  private void addInPages(List<Entry> entries) {
    int from = 0;
    long bytes = 0;
    for (int i = 0; i < entries.size(); i++) {
      bytes += ENTRY_BYTES + entries.get(i).id().length() + entries.get(i).payload().bytes().length;
      if (bytes >= PAGE_BYTES || i == entries.size() - 1) {
        parts.add(new Journal.Part(entries.subList(from, i + 1), null));
        from = i + 1;
        bytes = 0;
      }
    }
  }

  /** Returns what was received with the writes. */
  List<Reception> receptions() {
    return receptions;
  }

  /** Returns the rows that it changes. */
  Map<String, RowState> changed() {
    return changed;
  }

  /** Returns how large the changed rows are, roughly. */
  long changedBytes() {
    return changedBytes;
  }

  /** Returns the latest rank that any row has reached. */
  long horizon() {
    return horizon;
  }

  /** Returns when the first of the changed rows ends, ms since the epoch. */
  long firstEnd() {
    return firstEnd;
  }

  RowState state(String id) {
    RowState here = changed.get(id);
    return here == null ? table.state(id) : here;
  }

  /** Carries out what a client asks; unless it is refused, it is received. */
  Outcome write(Table.Request request) {
    Outcome outcome = write(request.write(), request.condition());
    Reception reception = request.reception();
    if (reception != null && !(outcome instanceof Outcome.Refused)) {
      if (receptions.isEmpty()) {
        receptions = new ArrayList<>();
      }
      receptions.add(reception);
    }
    return outcome;
  }

  /** Carries out one write of this node. */
  Outcome write(Write write, Condition condition) {
    Refusal refusal = refusal(write, condition);
    if (refusal != null) {
      return new Outcome.Refused(refusal);
    }
    return switch (write.kind()) {
      case MESSAGE -> new Outcome.Applied(message(write), false);
      case PUT -> put(write, !condition.equals(Condition.NONE) || rules.tracksCreation());
      case PATCH -> patch(write);
      case DELETE -> delete(write);
    };
  }

  private @Nullable Refusal refusal(Write write, Condition condition) {
    Refusal fault = judge(write);
    if (fault != null) {
      return fault;
    }
    if (condition.equals(Condition.NONE)) {
      return null;
    }
    RowState state = state(write.id());
    return condition.judge(state.isVisible() ? state.version() : null);
  }

  private @Nullable Refusal judge(Write write) {
    Refusal fault = rules.judge(write);
    return fault == null && following != null ? following.judge(write) : fault;
  }

  private Timestamp message(Write write) {
    Change change = new Change(stamp(), write);
    add(change, null, false);
    return change.timestamp();
  }

  private Outcome put(Write write, boolean mustKnow) {
    Timestamp stamp = stamp();
    RowState before = mustKnow || stamp.time() <= horizon ? state(write.id()) : RowState.NOTHING;
    Write ending = rules.withExpiry(write, write.payload(), localTime);
    return applied(stamp, ending, before, mustKnow && !before.isVisible());
  }

  private Outcome delete(Write write) {
    RowState before = state(write.id());
    return before.isVisible()
        ? applied(stamp(), write, before, false)
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
    if (before.isVisible() && JsonObjects.parse(rules.whole(write.id(), before)) == null) {
      return refused(
          Refusal.Reason.CONFLICT, "the row is no JSON object to merge into; PUT it whole");
    }
    Change trial = new Change(new Timestamp(NEVER, table.origin()), write);
    Payload merged = rules.whole(write.id(), before.merge(trial));
    Refusal fault = judge(Write.put(write.id(), merged));
    if (fault != null) {
      return new Outcome.Refused(fault);
    }
    Write ending = rules.withExpiry(write, merged, localTime);
    return applied(stamp(), ending, before, !before.isVisible());
  }

  private static Outcome refused(Refusal.Reason reason, String detail) {
    return new Outcome.Refused(Refusal.of(reason, detail));
  }

  /** Removes a row whose time has come; a write that the row's end did not see still wins. */
  void expire(String id, RowState before) {
    Timestamp stamp = stamp();
    apply(new Change(stamp, before.version().time() + 1, 0, Write.delete(id)), before);
  }

  /**
   * Writes once more a row that other replicas do not know, or that it is gone. It ranks right
   * behind what it is made of, and behind what it has to win over.
   *
   * @param state the row
   * @param after the rank of what others have of it, or up to which they may have forgotten: among
   *     that it would win or lose according to who has
   */
  void writeAgain(String id, RowState state, long after) {
    Write write =
        state.isVisible()
            ? new Write(
                Write.Kind.PUT,
                id,
                rules.whole(id, state),
                state.qos(),
                0,
                state.expiresAtMillis(),
                null)
            : Write.delete(id);
    long rankTime = Math.max(state.version().time(), after) + 1;
    apply(new Change(stamp(), rankTime, state.createdMillis(), write), state);
  }

  private Timestamp stamp() {
    return new Timestamp(clock.next(localTime), table.origin());
  }

  /** Takes a write into the batch; it must win over the row as this node knows it. */
  private Outcome applied(Timestamp stamp, Write write, RowState before, boolean created) {
    long rankTime = stamp.time();
    if (rankTime <= horizon && !stamp.isAfter(before.version())) {
      rankTime = before.version().time() + 1;
    }
    Change change = new Change(stamp, rankTime, createdMillis(write, before), write);
    apply(change, before);
    return new Outcome.Applied(change.rank(), created);
  }

  private long createdMillis(Write write, RowState before) {
    if (!rules.tracksCreation() || write.kind() == Write.Kind.DELETE) {
      return 0;
    }
    return before.isVisible() ? before.createdMillis() : Timestamp.millisOf(localTime);
  }

  /**
   * Takes in a page of another node's journal.
   *
   * @param page as it came
   * @param knownTime the time up to which this node knows the changes of its origin
   */
  void receive(byte[] page, long knownTime) {
    List<Entry> there = EntryCodec.decode(page);
    boolean meansTheSame = true;
    for (Entry entry : there) {
      if (entry.change().timestamp().time() > knownTime) {
        receive(entry.change());
        meansTheSame &= isPlain(entry) && isPlain(part.getLast());
      }
    }
    endPart(meansTheSame && part.size() == there.size() ? page : null);
  }

  private static boolean isPlain(Entry entry) {
    return entry.merged() == null && !entry.isSuperseded();
  }

  /** Takes in a change of another node, in the order of its origin. */
  private void receive(Change change) {
    Write write = change.write();
    if (write.kind() == Write.Kind.MESSAGE) {
      add(change, null, false);
    } else if (isLatest(change)) {
      apply(change, RowState.NOTHING);
    } else {
      RowState before = state(write.id());
      if (write.kind() == Write.Kind.PUT && change.rank().isAfter(before.version())) {
        apply(change, before);
      } else {
        merge(change, before, before.merge(change));
      }
    }
  }

  /** Tells whether a change is sure to be the latest of its row, and to replace it. */
  private boolean isLatest(Change change) {
    return change.write().kind() == Write.Kind.PUT
        && change.rankTime() > table.settledHorizon()
        && !changed.containsKey(change.write().id())
        && !table.isUnsettled(change.write().id());
  }

  /** Takes in a change that wins over the row. */
  private void apply(Change change, RowState before) {
    RowState after = before.merge(change);
    boolean mergesIn = change.write().kind() == Write.Kind.PATCH;
    keep(change, after);
    add(change, mergesIn ? merged(change, after) : null, false);
  }

  /** Takes in a change that may win, lose, or change part of the row. */
  private void merge(Change change, RowState before, RowState after) {
    if (after.equals(before)) {
      add(change, null, true);
      return;
    }
    keep(change, after);
    boolean isWhole = after.registers().isEmpty() && after.version().equals(change.rank());
    if (!after.isVisible()) {
      add(change, null, !before.isVisible());
    } else if (isWhole && change.write().kind() == Write.Kind.PUT) {
      add(change, null, false);
    } else {
      Entry.Merged merged = merged(change, after);
      boolean looksTheSame =
          before.isVisible()
              && merged.version().equals(before.version())
              && merged.payload().equals(rules.whole(change.write().id(), before));
      add(change, looksTheSame ? null : merged, looksTheSame);
    }
  }

  private Entry.Merged merged(Change change, RowState after) {
    return new Entry.Merged(
        after.version(), rules.whole(change.write().id(), after), after.createdMillis());
  }

  private void keep(Change change, RowState after) {
    String id = change.write().id();
    changed.put(id, rules.folded(id, after, table.stable()));
    changedBytes += change.write().payload().bytes().length + id.length();
    horizon = Math.max(horizon, change.rankTime());
    if (after.isVisible() && after.expiresAtMillis() != 0) {
      firstEnd = Math.min(firstEnd, after.expiresAtMillis());
    }
    table.noteNumber(id);
  }

  private void add(Change change, Entry.@Nullable Merged merged, boolean superseded) {
    part.add(new Entry(++position, localTime, change, merged, superseded));
  }
}
