package dev.lyrebird.replication;

import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Replicas converge, whatever happens between them; and were they wrong, that would be noticed. */
final class ReplicaSimulationTest {

  private static final int RUNS = 2000;

  /** A planted bug is found by one of so many runs; always the same ones. */
  private static final int RUNS_FOR_A_BUG = 1500;

  @Test
  void nodesConverge() {
    Long seed = Long.getLong("seed");
    long first = seed == null ? System.nanoTime() : seed;
    for (int i = 0; i < (seed == null ? RUNS : 1); i++) {
      Simulation.run(first + i, Flaw.NONE);
    }
  }

  @ParameterizedTest
  @EnumSource(PlantedBug.class)
  void plantedBugIsFound(PlantedBug bug) {
    assertThrows(
        AssertionError.class,
        () -> {
          for (int seed = 0; seed < RUNS_FOR_A_BUG; seed++) {
            Simulation.runOnce(seed, bug);
          }
        },
        "nothing was wrong");
  }
}
