package dev.lyrebird.convergence;

import dev.lyrebird.history.Kind;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Three nodes without any fault, nine writers and nine watchers, all protocols on each node. */
@TestInstance(Lifecycle.PER_CLASS)
final class EverybodySeesEverythingIT {

  private static final int WRITES_OF_EACH = 1112; // nine writers: 10,000 in all
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final Scene scene = Scene.of("everybody");

  @AfterAll
  void close() {
    scene.close();
  }

  @Test
  void tenThousandMessagesReachEverybodyOnceAndInTheOrderOfTheirWriters() {
    try (Load load = scene.loadEverywhere(Load.Plan.of(Kind.MESSAGE, 50, WRITES_OF_EACH))) {
      load.awaitEnd(LIMIT);
    }
    var _ = scene.conclude(LIMIT);
  }

  @Test
  void tenThousandWritesToFiftyRowsLeaveOneWinnerEverywhere() {
    try (Load load = scene.loadEverywhere(Load.Plan.of(Kind.PUT, 50, WRITES_OF_EACH))) {
      load.awaitEnd(LIMIT);
    }
    var _ = scene.conclude(LIMIT);
  }
}
