package dev.lyrebird.table;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** A table that takes over another's rows has what both had, and nothing that either saw go. */
final class TableAdoptionTest {
  private static final int RUNS = 150;
  private static final int STEPS = 120;

  private final long seed = Long.getLong("seed", System.nanoTime());

  @Test
  void rowsTakenOverAtAnyTimeAreTheFoldOfWhatBothCover() {
    for (int i = 0; i < RUNS; i++) {
      Random random = new Random(seed + i);
      PeerSimulation.run(seed + i, random, peer -> PeerSimulation.onTheHeap(), simulation -> {
        for (int j = 0; j < STEPS; j++) {
          simulation.check(simulation.step());
          takeOver(simulation, random);
        }
        simulation.end();
      });
    }
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
