package dev.lyrebird.convergence;

import dev.lyrebird.harness.Await;
import dev.lyrebird.harness.NodeProcess;
import dev.lyrebird.history.Kind;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Subscribers follow the table through the deaths of their nodes. */
@TestInstance(Lifecycle.PER_CLASS)
final class SubscribersMoveIT {

  private static final Load.Plan PLAN = Load.Plan.endless(50, Kind.MESSAGE, Kind.PUT);
  private static final Duration CALM = Duration.ofSeconds(2);
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final int ROUNDS = Scene.LONG ? 6 : 3;

  private final Scene scene = Scene.of("moving");

  @AfterAll
  void close() {
    scene.close();
  }

  @Test
  void theyGoOnAtAnotherNodeByTheirCursorAndMissNothingAndSeeNothingTwice() {
    for (int round = 0; round < ROUNDS; round++) {
      NodeProcess dying = scene.node(1 + round % 3);
      NodeProcess refuge = scene.node(1 + (round + 1) % 3);
      NodeProcess third = scene.node(1 + (round + 2) % 3);
      try (Load load = scene.load(List.of(refuge, third), PLAN)) {
        Load lost = scene.load(List.of(dying), PLAN);
        Await.passing(CALM);
        dying.kill();
        scene.watchersAt(dying).forEach(watcher -> watcher.moveTo(refuge.addresses()));
        lost.close();
        Await.passing(CALM);
        dying.restart();
        Scene.assertNone(load.failures());
      }
      var _ = scene.cluster().awaitMembers(LIMIT);
    }
    var _ = scene.conclude(LIMIT);
  }
}
