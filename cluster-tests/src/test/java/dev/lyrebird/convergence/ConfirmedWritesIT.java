package dev.lyrebird.convergence;

import dev.lyrebird.harness.Await;
import dev.lyrebird.harness.NodeProcess;
import dev.lyrebird.harness.Weather;
import dev.lyrebird.history.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** With {@code confirm: 1} the loss of a node and its disk loses nothing that was acknowledged. */
final class ConfirmedWritesIT {

  private static final String SCHEMA =
      "type Rows @table(confirm: 1) @export { id: ID @primaryKey }";
  private static final Load.Plan PLAN = Load.Plan.endless(50, Kind.MESSAGE, Kind.PUT).confirmed();
  private static final Load.Plan MESSAGES = Load.Plan.endless(50, Kind.MESSAGE).confirmed();
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final int ROUNDS = Scene.LONG ? 20 : 5;
  private static final int LATEST_KILL_MILLIS = 1500;

  /** How many events a subscriber has certainly not made up. */
  private static final int SOME_EVENTS = 20;

  /**
   * What a killed node has sent, its host still tries to deliver. After this the others have closed
   * the connections on which it would come: they do when nothing has come for 12 s.
   */
  private static final Duration UNTIL_THE_DEAD_ARE_SILENT = Duration.ofSeconds(20);

  @Test
  void aNodeIsKilledAndItsDiskDeletedAtAnyMomentAndNoAcknowledgedWriteIsMissing() {
    try (Scene scene = Scene.of("confirmed", setup -> setup.schema(SCHEMA))) {
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

  /** Subscribers wait for no other node: that they were told of a write acknowledges nothing. */
  @Test
  void whatOnlyTheSubscribersOfALostNodeWereToldWasNotAcknowledged() {
    try (Scene scene = Scene.onNetwork("unconfirmed", setup -> setup.schema(SCHEMA))) {
      NodeProcess dying = scene.node(3);
      scene.network().set(Weather.CLEAR.partitioned(List.of(Set.of(1, 2), Set.of(3))));
      Load doomed = scene.load(List.of(dying), MESSAGES);
      var _ =
          Await.until(
              () ->
                  scene.watchersAt(dying).stream()
                      .allMatch(watcher -> watcher.log().told() >= SOME_EVENTS),
              LIMIT,
              () -> "subscribers of a node that is alone are told too little");
      dying.kill();
      dying.eraseDisk();
      doomed.close();
      scene.leave(dying);
      Await.passing(UNTIL_THE_DEAD_ARE_SILENT);
      scene.network().set(Weather.CLEAR);
      dying.restart();
      var _ = scene.conclude(LIMIT);
    }
  }
}
