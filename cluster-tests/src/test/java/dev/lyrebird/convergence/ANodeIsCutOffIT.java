package dev.lyrebird.convergence;

import dev.lyrebird.harness.Await;
import dev.lyrebird.harness.NodeProcess;
import dev.lyrebird.harness.Weather;
import dev.lyrebird.history.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** One of three nodes is out of reach for a while, in one way or another, under load everywhere. */
final class ANodeIsCutOffIT {

  private static final Load.Plan PLAN =
      Load.Plan.endless(50, Kind.MESSAGE, Kind.PUT, Kind.PUT, Kind.DELETE);
  private static final Duration CALM = Duration.ofSeconds(2);
  private static final Duration CUT = Duration.ofSeconds(20);
  private static final Duration FROZEN = Duration.ofSeconds(Scene.LONG ? 30 : 15);

  /**
   * From the moment at which the nodes reach one another again: five seconds, and room for a
   * machine that is busy with other tests.
   */
  private static final Duration HEALING_LIMIT = Duration.ofSeconds(Scene.LONG ? 5 : 30);

  private static final Duration RESTART_LIMIT = Duration.ofSeconds(30);

  @Test
  void bothSidesOfAPartitionAcceptWritesAndAgreeSecondsAfterItsEnd() {
    try (Scene scene = Scene.onNetwork("partition", setup -> setup)) {
      try (Load load = scene.loadEverywhere(PLAN)) {
        Await.passing(CALM);
        scene.network().set(Weather.CLEAR.partitioned(List.of(Set.of(1), Set.of(2, 3))));
        Await.passing(CUT);
        Scene.assertNone(load.failures());
      }
      scene.network().set(Weather.CLEAR);
      var _ = scene.conclude(HEALING_LIMIT);
    }
  }

  @Test
  void aNodeThatWasKilledComesBackWithAllItAcknowledgedAndGetsWhatItMissed() {
    try (Scene scene = Scene.of("killed")) {
      NodeProcess killed = scene.node(3);
      try (Load load = scene.load(List.of(scene.node(1), scene.node(2)), PLAN)) {
        Load dying = scene.load(List.of(killed), PLAN);
        Await.passing(CALM);
        killed.kill();
        dying.close();
        Await.passing(CALM);
        scene.restart(killed);
        Scene.assertNone(load.failures());
      }
      var _ = scene.conclude(RESTART_LIMIT);
    }
  }

  @Test
  void aNodeThatWasFrozenGoesOnWhereItWas() {
    try (Scene scene = Scene.of("frozen")) {
      NodeProcess frozen = scene.node(2);
      try (Load load = scene.load(List.of(scene.node(1), scene.node(3)), PLAN)) {
        Load stalled = scene.load(List.of(frozen), PLAN);
        Await.passing(CALM);
        frozen.freeze();
        Await.passing(FROZEN);
        frozen.thaw();
        Await.passing(CALM);
        stalled.close();
        Scene.assertNone(load.failures());
      }
      var _ = scene.conclude(RESTART_LIMIT);
    }
  }

  @Test
  void aNodeThatHearsNobodyButIsHeardLearnsAllOnceItHears() {
    try (Scene scene = Scene.onNetwork("deaf", setup -> setup)) {
      try (Load load = scene.loadEverywhere(PLAN)) {
        Await.passing(CALM);
        scene.network().set(Weather.CLEAR.deaf(1, 3).deaf(2, 3));
        Await.passing(CUT);
        Scene.assertNone(load.failures());
      }
      scene.network().set(Weather.CLEAR);
      var _ = scene.conclude(RESTART_LIMIT);
    }
  }

  @Test
  void aSlowAndLossyNetworkOnlyCostsTime() {
    try (Scene scene = Scene.onNetwork("weather", setup -> setup)) {
      scene
          .network()
          .set(Weather.CLEAR.losing(0.02).delaying(Duration.ofMillis(20), Duration.ofMillis(30)));
      try (Load load = scene.loadEverywhere(PLAN)) {
        Await.passing(CUT);
        Scene.assertNone(load.failures());
      }
      var _ = scene.conclude(RESTART_LIMIT);
    }
  }
}
