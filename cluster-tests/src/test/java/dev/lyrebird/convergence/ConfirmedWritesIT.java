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

/** With {@code confirm: 1} the loss of a node and its disk loses nothing that was acknowledged. */
@TestInstance(Lifecycle.PER_CLASS)
final class ConfirmedWritesIT {

  private static final String SCHEMA =
      "type Rows @table(confirm: 1) @export { id: ID @primaryKey }";
  private static final Load.Plan PLAN = Load.Plan.endless(50, Kind.MESSAGE, Kind.PUT);
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final int ROUNDS = Scene.LONG ? 20 : 5;
  private static final int LATEST_KILL_MILLIS = 1500;

  private final Scene scene = Scene.of("confirmed", setup -> setup.schema(SCHEMA));

  @AfterAll
  void close() {
    scene.close();
  }

  @Test
  void aNodeIsKilledAndItsDiskDeletedAtAnyMomentAndNoAcknowledgedWriteIsMissing() {
    NodeProcess survivor = scene.node(1);
    List<NodeProcess> mortals = List.of(scene.node(2), scene.node(3));
    mortals.forEach(scene::leave);
    for (int round = 0; round < ROUNDS; round++) {
      NodeProcess dying = mortals.get(scene.random().nextInt(mortals.size()));
      Load doomed = scene.load(List.of(dying), PLAN);
      Load load = scene.load(List.of(survivor), PLAN);
      Await.passing(Duration.ofMillis(scene.random().nextInt(LATEST_KILL_MILLIS)));
      dying.kill();
      dying.eraseDisk();
      doomed.close();
      dying.restart();
      load.close();
      Scene.assertNone(load.failures());
      var _ = scene.cluster().awaitMembers(LIMIT);
      var _ = scene.cluster().awaitAgreement(Scene.TABLE, LIMIT);
    }
    var _ = scene.conclude(LIMIT);
  }
}
