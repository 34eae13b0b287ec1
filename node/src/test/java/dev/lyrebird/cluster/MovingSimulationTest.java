package dev.lyrebird.cluster;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.lyrebird.cluster.MovingNode.Flaw;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A client that moves from node to node with its cursor has every message once and in order, and
 * ends with the rows as they are, whatever order changes came in at each node.
 */
final class MovingSimulationTest {

  private static final int HISTORIES = Integer.getInteger("histories", 1_500);

  /** The rarest flaw is noticed by one history in a hundred or so. */
  private static final int HISTORIES_FOR_A_FLAW = 10_000;

  @Test
  void cursorMeansTheSameOnEveryNode() {
    Long only = Long.getLong("seed");
    long first = only == null ? System.nanoTime() : only;
    int histories = only == null ? HISTORIES : 1;
    int resets = 0;
    for (long seed = first; seed < first + histories; seed++) {
      try {
        resets += new MovingSimulation(seed, Flaw.NONE).run();
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("-Dseed=" + seed, e);
      }
    }
    assertTrue(only != null || resets > 0, "nobody ever came to where the order was another");
  }

  /** A simulation that cannot fail shows nothing. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void flawIsFound(Flaw flaw) {
    long first = System.nanoTime();
    for (long seed = first; seed < first + HISTORIES_FOR_A_FLAW; seed++) {
      if (isFound(flaw, seed)) {
        return;
      }
    }
    fail("nothing was noticed, from seed " + first);
  }

  private static boolean isFound(Flaw flaw, long seed) {
    try {
      new MovingSimulation(seed, flaw).run();
      return false;
    } catch (RuntimeException | AssertionError e) {
      return true;
    }
  }
}
