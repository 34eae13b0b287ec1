package dev.lyrebird.pubsub;

import static org.junit.jupiter.api.Assertions.fail;

import dev.lyrebird.pubsub.SimulatedTable.Fault;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each subscription is told its rows as they stood at one place of the journal and then every later
 * change exactly once, in order, whatever happens meanwhile; and its cursors say just that.
 */
final class HubSimulationTest {

  private static final int HISTORIES = Integer.getInteger("histories", 2_500);

  @Test
  void everySubscriberIsToldExactlyWhatItIsPromised() {
    Long only = Long.getLong("seed");
    long first = only == null ? System.nanoTime() : only;
    int histories = only == null ? HISTORIES : 1;
    for (long seed = first; seed < first + histories; seed++) {
      Throwable failure = failure(seed, Fault.NONE);
      if (failure != null) {
        throw new AssertionError("-Dseed=" + seed, failure);
      }
    }
  }

  /** A simulation that cannot fail shows nothing. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void findsWhatATableDoesWrong(Fault fault) {
    long first = System.nanoTime();
    for (long seed = first; seed < first + HISTORIES; seed++) {
      if (failure(seed, fault) != null) {
        return;
      }
    }
    fail("nothing was noticed, from seed " + first);
  }

  private static @Nullable Throwable failure(long seed, Fault fault) {
    try {
      new HubSimulation(seed, fault).run();
      return null;
    } catch (RuntimeException | AssertionError e) {
      return e;
    }
  }
}
