package dev.lyrebird.replication;

import dev.lyrebird.journal.Change;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.table.RewindableStore;
import dev.lyrebird.table.TableStore;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;

/**
 * The disk of one node. Keeps account of which changes it knows after each step that is done to it,
 * so that what a replica says of itself can be checked against that, whatever the disk loses.
 */
final class Disk {

  private static final int PAGES_PER_CHECKPOINT = 4;

  private final long node;
  private final World world;
  private RewindableStore store = new RewindableStore(PAGES_PER_CHECKPOINT);

  /** What it knows after each step: the changes after n steps stand at index n. */
  private List<BitSet> known = new ArrayList<>(List.of(new BitSet()));

  private int synced;

  /** The replicas that its own remembers, and after how many steps it came to know the last. */
  private Set<Long> acquaintances = Set.of();

  private int acquainted;

  Disk(long node, World world) {
    this.node = node;
    this.world = world;
  }

  TableStore store() {
    return store;
  }

  /** Returns the changes that it knows. */
  BitSet known() {
    return known.getLast();
  }

  int steps() {
    return store.steps();
  }

  /** Returns how many steps it is sure to keep. */
  int synced() {
    return synced;
  }

  /** Writes out what is in its cache. */
  void sync() {
    synced = store.steps();
  }

  /**
   * Returns how far back it can be rewound. A node that has forgotten whom it knows cannot ask them
   * what it has forgotten: such a disk must be replaced by an empty one.
   */
  int acquainted() {
    return acquainted;
  }

  /** Keeps so many steps, and loses the others. */
  void rewind(int steps) {
    if (steps < store.steps()) {
      BitSet gone = (BitSet) known().clone();
      store = store.after(steps);
      known = new ArrayList<>(known.subList(0, steps + 1));
      acquainted = Math.min(acquainted, steps);
      gone.andNot(known());
      world.forgotten(gone);
    }
    sync();
  }

  /**
   * Takes account of what was done to it.
   *
   * @param origin in whose name the node writes
   * @param takenOver the changes that are reflected in the rows that came from another node
   */
  void note(long origin, BitSet takenOver) {
    for (int step = known.size(); step <= store.steps(); step++) {
      BitSet before = known();
      known.add(
          switch (store.effectOf(step)) {
            case APPENDS -> with(store.entriesOf(step), origin);
            case SKIPS -> with(takenOver);
            case BEGINS_ANEW -> anew(takenOver);
            case NONE -> before;
          });
      world.everKnown(node).or(known());
      BitSet gone = (BitSet) before.clone();
      gone.andNot(known());
      world.forgotten(gone);
    }
    byte[] memory = store.memory();
    Set<Long> remembered = memory == null ? Set.of() : Memory.decode(memory).known().keySet();
    if (!acquaintances.containsAll(remembered)) {
      acquainted = store.steps();
    }
    acquaintances = remembered;
  }

  private BitSet with(List<Entry> entries, long origin) {
    BitSet more = (BitSet) known().clone();
    for (Entry entry : entries) {
      Change change = entry.change();
      boolean isNew = change.timestamp().node() == origin && !world.chronicle().knows(change);
      int number = isNew ? world.chronicle().enter(change) : world.chronicle().numberOf(change);
      Law.check(!more.get(number), () -> "#%d is journalled again".formatted(number));
      more.set(number);
    }
    return more;
  }

  private BitSet with(BitSet takenOver) {
    BitSet more = (BitSet) known().clone();
    more.or(takenOver);
    return more;
  }

  private BitSet anew(BitSet takenOver) {
    BitSet others = (BitSet) takenOver.clone();
    store.journal().forEach(entry -> others.set(world.chronicle().numberOf(entry.change())));
    return others;
  }

  /** Checks that its journal holds each change once, and those of each origin in order. */
  void checkJournal() {
    VersionVector seen = VersionVector.EMPTY;
    long position = 0;
    for (Entry entry : store.journal()) {
      Change change = entry.change();
      Law.check(
          position == 0 || entry.position() == position + 1,
          () -> "an entry is missing before %s".formatted(entry));
      Law.check(
          !seen.covers(change.timestamp()),
          () -> "%s stands behind a later one of its origin".formatted(change));
      position = entry.position();
      seen = seen.with(change.timestamp());
    }
  }

  /** Returns the ids of the rows that remember more than they must. */
  List<String> unfolded(long rank) {
    return store.unfolded(rank);
  }
}
