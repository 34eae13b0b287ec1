package dev.lyrebird.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.journal.Write;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A table that takes over another's rows has what both had, and nothing that either saw go. */
final class TableAdoptionTest {
  private static final int RUNS = 150;
  private static final int STEPS = 120;
  private static final long FRESH = 0xf;

  private final long seed = Long.getLong("seed", System.nanoTime());

  @Test
  void rowsTakenOverAtAnyTimeAreTheFoldOfWhatBothCover() {
    for (int i = 0; i < RUNS; i++) {
      Random random = new Random(seed + i);
      PeerSimulation.run(
          seed + i,
          random,
          peer -> PeerSimulation.onTheHeap(),
          simulation -> {
            for (int j = 0; j < STEPS; j++) {
              simulation.check(simulation.step());
              takeOver(simulation, random);
            }
            simulation.end();
          });
    }
  }

  @Test
  void oneThatWasForgottenKeepsWhatItHasNewerAndNothingThatWasDeleted() {
    for (int i = 0; i < RUNS; i++) {
      Random random = new Random(seed + i);
      PeerSimulation.run(
          seed + i,
          random,
          peer -> PeerSimulation.onTheHeap(),
          simulation -> {
            PeerTable lone = simulation.peers.getLast();
            List<PeerTable> others = simulation.peers.subList(0, 2);
            for (int j = 0; j < STEPS; j++) {
              simulation.check(simulation.step());
            }
            simulation.cut();
            for (int j = 0; j < STEPS; j++) {
              simulation.check(simulation.step(random.nextInt(3) == 0 ? List.of(lone) : others));
            }
            simulation.cut();
            comeBack(simulation, lone, others);
            simulation.end();
          });
    }
  }

  private static void comeBack(PeerSimulation simulation, PeerTable lone, List<PeerTable> others) {
    simulation.converge(others);
    VersionVector known = others.getFirst().vector();
    List<Row> theirs = others.getFirst().rows();
    List<Row> own = lone.rows();
    Set<String> touched = new HashSet<>();
    for (Entry entry : lone.journal()) {
      if (!known.covers(entry.change().timestamp())) {
        touched.add(entry.id());
      }
    }
    simulation.adoptAnew(others.getFirst(), lone, FRESH, () -> {});
    simulation.check(lone);
    assertEquals(untouched(theirs, touched), untouched(lone.rows(), touched));
    for (Row row : own) {
      boolean isNewer = row.version().isAfter(simulation.latest(others.getFirst(), row.id()));
      if (touched.contains(row.id()) && isNewer) {
        Row kept = lone.table.read(row.id());
        assertNotNull(kept, () -> "lost: " + row);
      }
    }
  }

  private static List<Row> untouched(List<Row> rows, Set<String> touched) {
    return rows.stream().filter(row -> !touched.contains(row.id())).toList();
  }

  @Test
  void whoAdoptsAnewTellsTheOthersWhatItHasDeleted() {
    PeerSimulation.run(
        seed,
        new Random(seed),
        peer -> PeerSimulation.onTheHeap(),
        simulation -> {
          PeerTable lone = simulation.peers.getLast();
          PeerTable other = simulation.peers.getFirst();
          simulation.write(other, Write.put("r1", Samples.json("{}")));
          simulation.converge(simulation.peers);
          simulation.write(lone, Write.delete("r1"));
          simulation.adoptAnew(other, lone, FRESH, () -> {});
          simulation.converge(simulation.peers);
          assertEquals(List.of(), other.rows());
          simulation.end();
        });
  }

  @Test
  void aPlaceBeforeABeginningAnewIsNotReadOn() {
    PeerSimulation.run(
        seed,
        new Random(seed),
        peer -> PeerSimulation.onTheHeap(),
        simulation -> {
          PeerTable lone = simulation.peers.getLast();
          PeerTable other = simulation.peers.getFirst();
          simulation.write(lone, Write.put("r1", Samples.json("{}")));
          simulation.write(other, Write.put("r2", Samples.json("{}")));
          Place before = lone.table.head();
          simulation.adoptAnew(other, lone, FRESH, () -> {});
          assertNull(
              lone.table.read(before, entry -> true, Table.Limit.ofBytes(Integer.MAX_VALUE)));
          assertNull(
              lone.table.read(
                  before.vector(), null, entry -> true, Table.Limit.ofBytes(Integer.MAX_VALUE)));
          assertNotNull(
              lone.table.read(
                  other.vector(), null, entry -> true, Table.Limit.ofBytes(Integer.MAX_VALUE)));
        });
  }

  @Test
  void aTableThatDiesRightBehindAGapComesBack() {
    PeerSimulation.run(
        seed,
        new Random(seed),
        peer -> PeerSimulation.onTheHeap(),
        simulation -> {
          PeerTable peer = simulation.peers.getFirst();
          simulation.write(peer, Write.put("r1", Samples.json("{}")));
          peer.table.settle();
          Place head = peer.table.head();
          VersionVector skipped = VersionVector.of(new Timestamp(1, 2));
          peer.store.skip(
              new Place(head.position(), head.vector().join(skipped)),
              new TableStore.Gap(head.position(), skipped),
              0);
          peer.reopen();
          simulation.write(peer, Write.put("r2", Samples.json("{}")));
          peer.reopen();
          assertEquals(2, peer.rows().size());
        });
  }

  private static void takeOver(PeerSimulation simulation, Random random) {
    PeerTable to = simulation.anyone();
    switch (random.nextInt(20)) {
      case 0 -> simulation.adopt(simulation.anyone(), to, simulation::step);
      case 1 -> simulation.abandon(simulation.anyone(), to);
      case 2 -> simulation.trim(to);
      default -> {}
    }
    simulation.check(to);
  }
}
