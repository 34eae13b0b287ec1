package dev.lyrebird.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.journal.Change;
import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.EntryCodec;
import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.journal.Write;
import dev.lyrebird.schema.TableDefinition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Nodes that write to one table and exchange what they wrote, in any order, late, twice or not at
 * all, with clocks that are wrong. Their tables die at times and are opened anew. What each holds
 * is compared with the fold of all changes that it covers.
 */
final class PeerSimulation {
  private static final int PEERS = 3;
  private static final int MAX_PAGE_BYTES = 500;
  private static final int ALL = Integer.MAX_VALUE;
  private static final long HOUR_MILLIS = 3_600_000;
  private static final long[] SKEWS = {0, 0, 0, -5_000, 30_000, HOUR_MILLIS};

  private static final TableDefinition DEFINITION =
      Samples.table("type T @table { id: ID @primaryKey made: Date @createdTime }");

  private static final RowRules RULES = new RowRules(DEFINITION);

  private final Random random;
  private final RandomWrites writes;
  private final List<Delivery> underWay = new ArrayList<>();

  private final List<String> history = new ArrayList<>();

  /** Every change that was made, by its name. */
  private final Map<Timestamp, Change> made = new HashMap<>();

  final List<PeerTable> peers = new ArrayList<>();
  long millis = 1_795_000_000_000L;

  /** Changes on their way from one node to another. */
  private record Delivery(PeerTable to, VersionVector covered, List<byte[]> pages) {}

  /**
   * @param random decides everything
   * @param storage gives each peer what gives its store
   */
  private PeerSimulation(Random random, IntFunction<Supplier<TableStore>> storage) {
    this.random = random;
    this.writes = new RandomWrites(random);
    for (int i = 1; i <= PEERS; i++) {
      peers.add(new PeerTable(DEFINITION, i, () -> millis, storage.apply(i)));
    }
  }

  /**
   * Runs a simulation; what fails tells the seed.
   *
   * @param random made of that seed
   * @param storage gives each peer what gives its store
   */
  static void run(
      long seed,
      Random random,
      IntFunction<Supplier<TableStore>> storage,
      Consumer<PeerSimulation> story) {
    PeerSimulation simulation = new PeerSimulation(random, storage);
    try {
      story.accept(simulation);
    } catch (AssertionError | RuntimeException e) {
      String history = String.join("\n  ", simulation.history);
      throw new AssertionError("-Dseed=%d, after\n  %s".formatted(seed, history), e);
    }
  }

  /** Returns what gives a store that outlives its table. */
  static Supplier<TableStore> onTheHeap() {
    MemoryTableStore store = new MemoryTableStore();
    return () -> store;
  }

  PeerTable anyone() {
    return peers.get(random.nextInt(PEERS));
  }

  /** Lets something happen to one of the peers; returns which. */
  PeerTable step() {
    return step(peers);
  }

  /** Lets something happen to one of those that know each other; returns which. */
  PeerTable step(List<PeerTable> among) {
    millis += random.nextInt(20);
    PeerTable peer = among.get(random.nextInt(among.size()));
    switch (random.nextInt(12)) {
      case 0, 1, 2 -> write(peer);
      case 3, 4, 5 -> send(peer, among.get(random.nextInt(among.size())));
      case 6, 7 -> deliver();
      case 8 -> made(peer, peer.tell(peer.table.expire(peer.wallMillis(), 1 + random.nextInt(3))));
      case 9 -> {
        note(peer, "dies");
        peer.reopen();
      }
      case 10 -> {
        if (random.nextBoolean()) {
          peer.table.settle();
        }
        fold(peer, among, 1 + random.nextInt(5));
      }
      default -> peer.skewMillis = SKEWS[random.nextInt(SKEWS.length)];
    }
    return peer;
  }

  private void write(PeerTable peer) {
    write(peer, writes.some(peer.wallMillis()).toArray(Write[]::new));
  }

  void write(PeerTable peer, Write... asked) {
    List<Table.Request> requests =
        Stream.of(asked).map(write -> new Table.Request(write, Condition.NONE)).toList();
    made(peer, peer.tell(peer.table.write(requests)));
  }

  private void made(PeerTable peer, List<Change> changes) {
    for (Change change : changes) {
      note(peer, change.toString());
      assertEquals(null, made.put(change.timestamp(), change), "a name is used twice");
    }
  }

  private void note(PeerTable peer, String happened) {
    history.add("%s %s, at %s".formatted(peer, happened, peer.vector()));
  }

  /** Sends one what it lacks, or once lacked, of what another has. */
  private void send(PeerTable from, PeerTable to) {
    VersionVector covered =
        to.past.isEmpty() || random.nextBoolean()
            ? to.vector()
            : to.past.get(random.nextInt(to.past.size()));
    List<byte[]> pages = from.table.uncovered(covered, 1 + random.nextInt(MAX_PAGE_BYTES));
    if (pages != null) {
      Delivery delivery =
          new Delivery(to, covered, pages.subList(0, random.nextInt(pages.size() + 1)));
      underWay.add(delivery);
      if (random.nextBoolean()) {
        underWay.add(delivery);
      }
    }
  }

  /** Nothing that is under way arrives any more. */
  void cut() {
    underWay.clear();
  }

  private void deliver() {
    if (!underWay.isEmpty()) {
      receive(underWay.remove(random.nextInt(underWay.size())));
    }
  }

  private void receive(Delivery delivery) {
    PeerTable to = delivery.to();
    VersionVector before = to.vector();
    Table.Commit commit = to.table.receive(delivery.covered(), delivery.pages());
    assertEquals(before.covers(delivery.covered()), commit != null);
    if (commit != null) {
      to.tell(commit);
      note(to, "receives");
      delivery
          .pages()
          .forEach(page -> assertTrue(to.vector().covers(EntryCodec.head(page).last())));
    }
  }

  /** Lets one forget what can no longer be of use to any of some peers. */
  void fold(PeerTable peer, List<PeerTable> among, int limit) {
    long stable = stable(among);
    note(peer, "folds up to " + Timestamp.decimalMillis(stable));
    peer.stableUntil(stable);
    peer.table.fold(limit);
  }

  /** Returns the latest time before all that one of them has yet to write or to get. */
  long stable(List<PeerTable> among) {
    long stable = Long.MAX_VALUE;
    VersionVector all = VersionVector.EMPTY;
    VersionVector common = among.getFirst().vector();
    for (PeerTable peer : among) {
      stable = Math.min(stable, peer.promise());
      all = all.join(peer.vector());
      common = common.meet(peer.vector());
    }
    for (Change change : made.values()) {
      if (all.covers(change.timestamp()) && !common.covers(change.timestamp())) {
        stable = Math.min(stable, Math.min(change.timestamp().time(), change.rankTime()) - 1);
      }
    }
    return stable;
  }

  /** Exchanges among some peers what there is, until each has what the others have. */
  void converge(List<PeerTable> among) {
    VersionVector all = VersionVector.EMPTY;
    for (PeerTable peer : among) {
      all = all.join(peer.vector());
    }
    for (PeerTable to : among) {
      for (PeerTable from : among) {
        fetch(from, to);
      }
      assertEquals(all, to.vector());
    }
  }

  private void fetch(PeerTable from, PeerTable to) {
    while (!to.vector().covers(from.vector())) {
      VersionVector before = to.vector();
      List<byte[]> pages = from.table.uncovered(before, 1 + random.nextInt(MAX_PAGE_BYTES));
      if (pages == null) {
        adopt(from, to);
      } else {
        receive(new Delivery(to, before, pages));
        assertNotEquals(before, to.vector());
      }
    }
  }

  /** Lets one take over the rows of another, undisturbed. */
  void adopt(PeerTable from, PeerTable to) {
    adopt(from, to, () -> {});
  }

  /**
   * Lets one take over the rows of another.
   *
   * @param meanwhile what happens between pages of rows; where that is its death, nothing comes of
   *     it
   */
  void adopt(PeerTable from, PeerTable to, Runnable meanwhile) {
    Table table = to.table;
    VersionVector theirs = from.vector();
    to.mayBeAheadOf(from.reach());
    try (Adoption adoption = taken(from, to, meanwhile)) {
      note(to, "has taken over the rows of %s at %s".formatted(from, theirs));
      if (to.table.equals(table)) {
        adoption.finish();
      }
    }
    to.reset();
  }

  /** Lets one take some rows of another and give up, or die. */
  void abandon(PeerTable from, PeerTable to) {
    note(to, "takes rows of %s and gives up".formatted(from));
    to.mayBeAheadOf(from.reach());
    taken(from, to, () -> {}).close();
    if (random.nextBoolean()) {
      to.table.settle();
    }
    if (random.nextBoolean()) {
      to.reopen();
    }
    to.reset();
  }

  /**
   * Lets one take over the rows of others who have forgotten it.
   *
   * @param fresh a name that nobody has used
   * @param meanwhile what happens to the others
   */
  void adoptAnew(PeerTable from, PeerTable to, long fresh, Runnable meanwhile) {
    long folded = from.stable();
    to.startAfter(folded);
    to.renew(fresh);
    try (Adoption adoption = taken(from, to, meanwhile)) {
      adoption.finishAnew(folded);
    }
    to.reset();
    made(to, to.journal().stream().map(Entry::change).toList());
  }

  Adoption taken(PeerTable from, PeerTable to, Runnable meanwhile) {
    Adoption adoption = to.table.adopt(from.vector());
    try (Table.RowReading rows = from.table.scan("")) {
      List<Table.StoredRow> page = new ArrayList<>();
      while (rows.next()) {
        page.add(rows.stored());
        if (random.nextInt(3) == 0) {
          adoption.take(page);
          page = new ArrayList<>();
          meanwhile.run();
        }
      }
      adoption.take(page);
    }
    return adoption;
  }

  /** Drops some of the older part of a journal. */
  void trim(PeerTable peer) {
    long end = Timestamp.timeOfMillis(peer.wallMillis() - random.nextInt(100));
    peer.table.trim(end, random.nextInt(4 * MAX_PAGE_BYTES));
  }

  /** Holds what a peer has, has told, and hands on to what was made. */
  void check(PeerTable peer) {
    if (peer.isWhole()) {
      checkRows(peer);
    }
    peer.checkTold();
    Set<Change> journal = new HashSet<>();
    for (Entry entry : peer.journal()) {
      assertEquals(made.get(entry.change().timestamp()), entry.change());
      journal.add(entry.change());
    }
    VersionVector place =
        peer.past.isEmpty() ? peer.vector() : peer.past.get(random.nextInt(peer.past.size()));
    checkHandedOn(peer, place.meet(peer.vector()));
    checkHandedOn(peer, anyone().vector());
    checkRead(peer, place);
    if (peer.store.progress().trimmed().equals(Place.START)
        && peer.store.progress().gap().equals(TableStore.Gap.NONE)) {
      assertEquals(new HashSet<>(covered(peer)), journal, "a journal is not whole");
    }
  }

  /** Whether rows are the fold of what the vector covers. */
  private void checkRows(PeerTable peer) {
    Map<String, List<Change>> byId = new HashMap<>();
    for (Change change : covered(peer)) {
      byId.computeIfAbsent(change.write().id(), id -> new ArrayList<>()).add(change);
    }
    byId.forEach((id, changes) -> {
      Row row = RULES.row(id, RowHistory.merged(changes));
      assertEquals(row, peer.table.read(id), () -> id + " after " + changes);
    });
    for (Row row : peer.rows()) {
      assertTrue(byId.containsKey(row.id()), () -> "nobody wrote " + row);
    }
  }

  private List<Change> covered(PeerTable peer) {
    return made.values().stream()
        .filter(change -> peer.vector().covers(change.timestamp()))
        .sorted(Comparator.comparing(Change::rank))
        .toList();
  }

  /** Returns the rank of the last change of a row that a peer covers. */
  Timestamp latest(PeerTable peer, String id) {
    Timestamp latest = Timestamp.NONE;
    for (Change change : covered(peer)) {
      if (change.write().id().equals(id) && change.write().kind() != Write.Kind.MESSAGE) {
        latest = change.rank();
      }
    }
    return latest;
  }

  /** Whether who has something gets all that it lacks, and nothing else. */
  private void checkHandedOn(PeerTable peer, VersionVector covered) {
    List<byte[]> pages = peer.table.uncovered(covered, ALL);
    if (pages != null) {
      List<Change> handedOn = new ArrayList<>();
      pages.forEach(page -> EntryCodec.decode(page).forEach(entry -> handedOn.add(entry.change())));
      assertEquals(lacking(peer, covered), new HashSet<>(handedOn));
      assertEquals(handedOn.size(), peer.table.countUncovered(covered));
    }
    assertEquals(pages != null, peer.table.reachesBackTo(covered));
  }

  private Set<Change> lacking(PeerTable peer, VersionVector covered) {
    Set<Change> lacking = new HashSet<>(covered(peer));
    lacking.removeIf(change -> covered.covers(change.timestamp()));
    return lacking;
  }

  /** Whether a reading of the journal leaves nothing out. */
  private void checkRead(PeerTable peer, VersionVector covered) {
    Table.Page page = peer.table.read(covered, null, entry -> true, Table.Limit.ofBytes(ALL));
    if (page != null) {
      Set<Change> read = new HashSet<>();
      page.entries().forEach(entry -> read.add(entry.change()));
      assertTrue(read.containsAll(lacking(peer, covered)), "an entry is left out");
      assertEquals(peer.vector(), page.end().vector());
    }
  }

  /** Lets all be over: each has everything, and nothing is remembered of how it came about. */
  void end() {
    converge(peers);
    millis += 2 * HOUR_MILLIS;
    for (PeerTable peer : peers) {
      check(peer);
      List<Row> rows = peer.rows();
      assertEquals(peers.getFirst().rows(), rows);
      fold(peer, peers, ALL);
      assertEquals(rows, peer.rows());
      checkForgotten(peer);
      peer.reopen();
      assertEquals(rows, peer.rows());
      check(peer);
    }
  }

  private static void checkForgotten(PeerTable peer) {
    try (TableStore.RowScan scan = peer.store.scan("")) {
      while (scan.next()) {
        assertEquals(Map.of(), scan.state().registers(), scan.id());
        assertNotNull(scan.state().base(), scan.id());
      }
    }
  }
}
