package dev.lyrebird.convergence;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lyrebird.client.Rest;
import dev.lyrebird.harness.Await;
import dev.lyrebird.harness.NodeProcess;
import dev.lyrebird.harness.Weather;
import dev.lyrebird.history.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** A node comes without what the others have, or with what they no longer know of. */
final class ANodeReturnsIT {

  private static final Load.Plan PLAN =
      Load.Plan.endless(50, Kind.MESSAGE, Kind.PUT, Kind.PUT, Kind.DELETE);
  private static final Duration CALM = Duration.ofSeconds(2);
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** How long the journal is kept in the scenes about a node that was away for longer. */
  private static final int RETENTION_SECONDS = 5;

  private static final String FORGETFUL =
      "type Rows @table(retention: " + RETENTION_SECONDS + ") @export { id: ID @primaryKey }";

  @Test
  void aNodeWhoseDiskIsNewGetsEverythingUnderLoad() {
    try (Scene scene = Scene.of("empty")) {
      NodeProcess renewed = scene.node(3);
      scene.leave(renewed);
      try (Load load = scene.load(List.of(scene.node(1), scene.node(2)), PLAN)) {
        Await.passing(CALM);
        renewed.kill();
        renewed.eraseDisk();
        renewed.restart();
        Await.passing(CALM);
        Scene.assertNone(load.failures());
      }
      var _ = scene.conclude(LIMIT);
    }
  }

  @Test
  void aNodeThatIsRestoredFromAnOldDiskNeverGivesAnOldNameToANewChange() {
    try (Scene scene = Scene.of("restored")) {
      NodeProcess restored = scene.node(3);
      scene.leave(restored);
      try (Load load = scene.load(List.of(scene.node(1), scene.node(2)), PLAN)) {
        writeFor(CALM, scene, restored);
        restored.kill();
        restored.keepDisk();
        restored.restart();
        writeFor(CALM, scene, restored);
        var _ = scene.cluster().awaitMembers(LIMIT);
        Await.passing(CALM);
        restored.kill();
        restored.restoreDisk();
        restored.restart();
        writeFor(CALM, scene, restored);
        Scene.assertNone(load.failures());
      }
      var _ = scene.conclude(LIMIT);
    }
  }

  @Test
  void whatWasDeletedWhileANodeWasAwayBeyondTheJournalStaysDeletedAndWhatOnlyItHadIsKept() {
    try (Scene scene = Scene.onNetwork("forgotten", setup -> setup.schema(FORGETFUL))) {
      NodeProcess away = scene.node(3);
      scene.leave(away);
      try (Rest one = new Rest(scene.node(1).addresses());
          Rest three = new Rest(away.addresses())) {
        for (int i = 0; i < 20; i++) {
          assertEquals(201, one.put("/Rows/deleted" + i, "{\"from\":1}").statusCode());
          assertEquals(201, one.put("/Rows/kept" + i, "{\"from\":1}").statusCode());
        }
        var _ = scene.cluster().awaitAgreement(Scene.TABLE, LIMIT);
        scene.network().set(Weather.CLEAR.partitioned(List.of(Set.of(1, 2), Set.of(3))));
        for (int i = 0; i < 20; i++) {
          assertEquals(201, three.put("/Rows/own" + i, "{\"from\":3}").statusCode());
          assertEquals(204, three.put("/Rows/kept" + i, "{\"from\":3}").statusCode());
        }
        away.kill();
        for (int i = 0; i < 20; i++) {
          assertEquals(204, one.delete("/Rows/deleted" + i).statusCode());
        }
        Await.passing(Duration.ofSeconds(3 * RETENTION_SECONDS));
        scene.network().set(Weather.CLEAR);
        away.restart();
        var _ = scene.cluster().awaitAgreement(Scene.TABLE, LIMIT);
      }
      for (NodeProcess node : scene.cluster().nodes()) {
        Map<String, JsonNode> rows = scene.cluster().rows(node, Scene.TABLE);
        Set<String> expected = new TreeSet<>();
        for (int i = 0; i < 20; i++) {
          expected.add("kept" + i);
          expected.add("own" + i);
        }
        assertEquals(expected, new TreeSet<>(rows.keySet()), node.name());
        rows.forEach((id, row) -> assertEquals(3, row.get("from").intValue(), id));
      }
    }
  }

  private static void writeFor(Duration time, Scene scene, NodeProcess node) {
    try (Load load = scene.load(List.of(node), PLAN)) {
      Await.passing(time);
      Scene.assertNone(load.failures());
    }
  }
}
