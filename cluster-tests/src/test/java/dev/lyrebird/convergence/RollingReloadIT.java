package dev.lyrebird.convergence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.client.Rest;
import dev.lyrebird.harness.Await;
import dev.lyrebird.harness.BuildFolder;
import dev.lyrebird.harness.Cluster;
import dev.lyrebird.harness.ClusterSetup;
import dev.lyrebird.harness.NodeProcess;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** The schema of a cluster is changed node by node, while all of them serve. */
@TestInstance(Lifecycle.PER_CLASS)
final class RollingReloadIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String TABLE = "Rows";
  private static final String NARROW = "type Rows @table @export { id: ID @primaryKey  n: Int }";
  private static final String WIDE = "type Rows @table @export { id: ID @primaryKey  n: Float }";

  private final Cluster cluster =
      Cluster.start(ClusterSetup.of(BuildFolder.of("clusters/reload"), 2).schema(NARROW));
  private final NodeProcess first = cluster.node(1);
  private final NodeProcess second = cluster.node(2);
  private final Rest atFirst = new Rest(first.addresses());
  private final Rest atSecond = new Rest(second.addresses());

  @AfterAll
  void close() {
    atFirst.close();
    atSecond.close();
    cluster.close();
  }

  @Test
  void nodeThatIsNotReloadedYetTakesWhatOthersHaveWritten() {
    reload(first, WIDE);
    awaitType(atFirst, "Float");
    assertEquals(201, atFirst.put("/Rows/a", "{\"n\":0.5}").statusCode());
    var _ = cluster.awaitAgreement(TABLE, LIMIT);
    assertEquals("{\"n\":0.5,\"id\":\"a\"}", Rest.text(atSecond.get("/Rows/a")));
    assertEquals(422, atSecond.put("/Rows/b", "{\"n\":0.5}").statusCode());

    reload(second, WIDE);
    awaitType(atSecond, "Float");
    assertEquals(201, atSecond.put("/Rows/b", "{\"n\":0.5}").statusCode());
    var _ = cluster.awaitAgreement(TABLE, LIMIT);

    reload(first, NARROW);
    Await.until(
        () -> first.logTail().contains("(2 rows: a, b)"), LIMIT, () -> "nothing was refused");
    assertTrue(description(atFirst).contains("Float"), description(atFirst));
  }

  private static void reload(NodeProcess node, String sdl) {
    node.changeSchema(sdl);
    node.hangUp();
  }

  private static void awaitType(Rest node, String type) {
    Await.until(() -> description(node).contains(type), LIMIT, () -> description(node));
  }

  private static String description(Rest node) {
    return Rest.text(node.get("/Rows"));
  }
}
