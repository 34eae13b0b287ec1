package dev.lyrebird.replication;

import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Outcome;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.journal.Write;
import dev.lyrebird.schema.Schema;
import dev.lyrebird.schema.Source;
import dev.lyrebird.schema.TableDefinition;
import dev.lyrebird.table.HybridClock;
import dev.lyrebird.table.Table;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A node with one table: a disk that stays, and a process that comes and goes. */
final class SimulatedNode {

  private static final long MAX_SKEW_MILLIS = 60_000;
  private static final int EXPIRED_AT_ONCE = 10;

  private static final TableDefinition DEFINITION =
      Schema.parse(List.of(new Source("s.graphql", "type R @table { id: ID! }")))
          .tables()
          .getFirst();

  private record Running(HybridClock clock, Table table, Replica replica, Subscriber subscriber) {}

  final long id;
  final WallClock wall;
  final Disk disk;

  /** The members that the process was told of, and in which of their lives. */
  final Map<Long, Integer> members = new TreeMap<>();

  /** The last life of each other node that it has heard of. */
  final Map<Long, Integer> heardLives = new TreeMap<>();

  /** How often a process was started. */
  int life;

  /** Until when it stands still, in virtual time, µs. */
  long stalledUntil;

  private final World world;
  private @Nullable Running process;
  private BitSet takenOver = new BitSet();

  /** Changes of its clients that too few other nodes are known to have. */
  private final BitSet unconfirmed = new BitSet();

  /** Changes of its clients that were acknowledged. */
  private final BitSet acknowledged;

  private @Nullable IntUnaryOperator deathAfter;

  /**
   * @param id the node id
   * @param wall its wall clock
   * @param world what it shares with others
   * @param acknowledged takes the changes that were acknowledged to a client
   */
  SimulatedNode(long id, WallClock wall, World world, BitSet acknowledged) {
    this.id = id;
    this.wall = wall;
    this.world = world;
    this.acknowledged = acknowledged;
    this.disk = new Disk(id, world);
    world.disks().add(disk);
  }

  boolean isUp() {
    return process != null;
  }

  /** Tells whether clients can write. */
  boolean isReady() {
    return process != null && (!world.flaw().waitsUntilReady() || process.replica().isReady());
  }

  private Running running() {
    return Objects.requireNonNull(process, "the node is down");
  }

  Table table() {
    return running().table();
  }

  Replica replica() {
    return running().replica();
  }

  VersionVector vector() {
    return table().head().vector();
  }

  /** Kills the process; the disk keeps so many steps. */
  void kill(int steps) {
    process = null;
    deathAfter = null;
    unconfirmed.clear();
    members.clear();
    disk.rewind(steps);
  }

  /**
   * Has the process killed in the midst of what it next writes to its disk.
   *
   * @param chosen given how many steps that takes, says how many of them are done
   */
  void killWithin(IntUnaryOperator chosen) {
    deathAfter = chosen;
  }

  /** Takes {@link #killWithin} back. */
  void spare() {
    deathAfter = null;
  }

  /** Stops the process as an operator does. */
  void stop() {
    table().settle();
    replica().close();
    disk.note(table().origin(), takenOver);
    kill(disk.steps());
  }

  /** Starts a process. */
  List<Effect> start(Collection<Long> present) {
    HybridClock clock = new HybridClock(wall, world.flaw().maxSkewMillis(MAX_SKEW_MILLIS), 0);
    Table table = new Table(DEFINITION, disk.store(), clock, id);
    world.flaw().opened(this, table);
    ReplicaSettings settings = world.scenario().settings();
    Replica replica = new Replica(id, table, clock, world.ticks(), world.freshNumber(), settings);
    Subscriber subscriber = new Subscriber(world.chronicle());
    process = new Running(clock, table, replica, subscriber);
    subscriber.reset(table, disk.known());
    life++;
    return turn(() -> replica.start(present));
  }

  List<Effect> joined(long member) {
    return turn(() -> replica().peerJoined(member));
  }

  List<Effect> left(long member) {
    return turn(() -> replica().peerLeft(member));
  }

  List<Effect> receive(long from, Message message) {
    Message understood = world.flaw().received(this, from, message);
    if (understood == null) {
      return List.of();
    }
    if (message instanceof Message.Rows rows) {
      takenOver = Objects.requireNonNull(world.readings().get(World.Reading.of(rows)));
    }
    List<Effect> effects = turn(() -> replica().receive(from, understood));
    if (!unconfirmed.isEmpty()) {
      confirm();
    }
    return effects;
  }

  private void confirm() {
    List<ReplicaReport.PeerReport> peers = replica().report().peers();
    int confirm = world.scenario().confirm();
    for (int waiting : unconfirmed.stream().toArray()) {
      Timestamp name = world.chronicle().change(waiting).timestamp();
      int confirming = 0;
      for (ReplicaReport.PeerReport peer : peers) {
        if (peer.isKnown() && peer.vector().covers(name)) {
          Law.check(
              world.everKnown(peer.node()).get(waiting),
              () -> "#%d is taken to be at %s, which never had it".formatted(waiting, peer.node()));
          confirming++;
        }
      }
      if (confirming >= confirm) {
        unconfirmed.clear(waiting);
        acknowledged.set(waiting);
      }
    }
  }

  /** Lets time pass, for the replica and for the table. */
  List<Effect> tick() {
    List<Effect> effects = new ArrayList<>(turn(() -> replica().tick()));
    if (isUp()) {
      world.flaw().ticked(this, table());
      if (replica().isCurrent()) {
        effects.addAll(expire());
      }
    }
    return effects;
  }

  private List<Effect> expire() {
    Map<String, Timestamp> versions = new HashMap<>();
    for (String row : Workload.IDS) {
      Row before = table().read(row);
      if (before != null) {
        versions.put(row, before.version());
      }
    }
    return commit(
        () ->
            world
                .flaw()
                .expire(
                    table(),
                    wall.instant().toEpochMilli(),
                    replica()::expiresUntil,
                    EXPIRED_AT_ONCE),
        ended -> {
          for (Entry entry : ended.entries()) {
            int number = world.chronicle().numberOf(entry.change());
            world.chronicle().ends(number, Objects.requireNonNull(versions.get(entry.id())));
          }
        });
  }

  private interface CommitCheck {
    void check(Table.Commit commit);
  }

  /** Has the table commit something, and tells the replica and the subscribers. */
  private List<Effect> commit(Supplier<Table.Commit> committing, CommitCheck check) {
    VersionVector before = vector();
    return turn(() -> {
      Table.Commit commit = committing.get();
      disk.note(table().origin(), takenOver);
      for (Entry entry : commit.entries()) {
        Timestamp name = entry.change().timestamp();
        Law.check(name.node() == table().origin(), () -> "%s is of another origin".formatted(name));
        Law.check(!before.covers(name), () -> "%s is no new name".formatted(name));
      }
      check.check(commit);
      boolean isEager = world.scenario().confirm() > 0;
      List<Effect> effects = new ArrayList<>();
      effects.add(new Effect.Deliver(commit));
      effects.addAll(replica().committed(commit, isEager));
      return effects;
    });
  }

  /** Carries out writes of clients. */
  List<Effect> write(List<Write> writes) {
    List<Table.Request> requests =
        writes.stream().map(write -> new Table.Request(write, Condition.NONE)).toList();
    BitSet accepted = new BitSet();
    List<Effect> effects =
        commit(
            () -> table().write(requests),
            commit -> {
              checkWritten(writes, commit.outcomes());
              for (Entry entry : commit.entries()) {
                accepted.set(world.chronicle().numberOf(entry.change()));
              }
            });
    if (isUp()) {
      (world.scenario().confirm() > 0 ? unconfirmed : acknowledged).or(accepted);
    }
    return effects;
  }

  /** Checks that whoever reads a row next sees what was written last. */
  private void checkWritten(List<Write> writes, List<Outcome> outcomes) {
    Map<String, Integer> last = new HashMap<>();
    for (int i = 0; i < writes.size(); i++) {
      if (writes.get(i).kind() != Write.Kind.MESSAGE) {
        last.put(writes.get(i).id(), i);
      }
    }
    last.forEach((id, i) -> {
      Row row = table().read(id);
      boolean isThere =
          row != null
              && outcomes.get(i) instanceof Outcome.Applied applied
              && row.version().equals(applied.version());
      boolean isGone = writes.get(i).kind() == Write.Kind.DELETE;
      Law.check(isGone ? row == null : isThere, () -> "%s left %s".formatted(writes.get(i), row));
    });
  }

  /** Drops the oldest part of the journal. */
  void trim() {
    turn(() -> {
      long kept = wall.instant().toEpochMilli() - world.scenario().journalMillis();
      table().trim(Timestamp.timeOfMillis(kept), world.scenario().journalBytes());
      return List.of();
    });
  }

  /** Stores the rows. */
  void settle() {
    turn(() -> {
      table().settle();
      return List.of();
    });
  }

  /** Lets something happen at the node, and checks what came of it. */
  private List<Effect> turn(Supplier<List<Effect>> happening) {
    int before = disk.steps();
    List<Effect> effects = world.flaw().decided(happening.get());
    disk.note(table().origin(), takenOver);
    int steps = disk.steps() - before;
    if (steps > 0) {
      world.chronicle().checkVector(vector(), disk.known(), Long.toString(id));
      IntUnaryOperator death = deathAfter;
      if (death != null) {
        kill(before + death.applyAsInt(steps));
        return List.of();
      }
    }
    for (Effect effect : effects) {
      switch (effect) {
        case Effect.Send send -> noteReading(send.message());
        case Effect.Deliver deliver -> running().subscriber().take(deliver.commit().entries());
        case Effect.Reset reset -> running().subscriber().reset(table(), disk.known());
      }
    }
    return effects;
  }

  private void noteReading(Message message) {
    if (message instanceof Message.Rows rows && rows.page() == 0) {
      world.readings().putIfAbsent(World.Reading.of(rows), disk.known());
    }
  }

  /** Returns all rows, by id. */
  Map<String, Row> rows() {
    Map<String, Row> rows = new TreeMap<>();
    try (Table.RowReading reading = table().scan("")) {
      while (reading.next()) {
        Row row = reading.row();
        if (row != null) {
          rows.put(row.id(), row);
        }
      }
    }
    return rows;
  }

  /** Checks that clients see the rows that are expected, however they look. */
  void checkRows(Map<String, ExpectedRows.Seen> expected) {
    Map<String, ExpectedRows.Seen> scanned = new TreeMap<>();
    rows().forEach((id, row) -> scanned.put(id, ExpectedRows.Seen.of(row)));
    Law.check(
        scanned.equals(expected), () -> "%d holds %s but not %s".formatted(id, scanned, expected));
    expected.forEach((id, row) -> {
      Row read = table().read(id);
      Law.check(
          read != null && ExpectedRows.Seen.of(read).equals(row),
          () -> "%s reads as %s".formatted(row, read));
    });
    running().subscriber().check(expected, disk.known());
  }
}
