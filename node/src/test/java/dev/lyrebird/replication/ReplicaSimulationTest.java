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

  /** The same histories in every build; {@code -Dseed=} and {@code -Druns=} try others. */
  @Test
  void nodesConverge() {
    Long seed = Long.getLong("seed");
    int runs = Integer.getInteger("runs", seed == null ? RUNS : 1);
    for (int i = 0; i < runs; i++) {
      Simulation.run((seed == null ? 0 : seed) + i, Flaw.NONE);
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
