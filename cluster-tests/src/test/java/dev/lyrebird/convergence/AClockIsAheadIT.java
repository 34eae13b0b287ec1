package dev.lyrebird.convergence;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lyrebird.client.Rest;
import dev.lyrebird.harness.Await;
import dev.lyrebird.harness.NodeProcess;
import dev.lyrebird.harness.NodeSetup;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** One node believes that it is an hour later than it is, and then no longer. */
@TestInstance(Lifecycle.PER_CLASS)
final class AClockIsAheadIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration HOUR = Duration.ofHours(1);

  private final Scene scene =
      Scene.of("ahead", setup -> setup.with(NodeSetup::withMovableClock)).unwatched();

  @AfterAll
  void close() {
    scene.close();
  }

  @Test
  void noLaterWriteIsSwallowedAnywhereAndTheNodeIsReportedWhileItIsAhead() {
    NodeProcess fast = scene.node(2);
    writeInTurn(0, List.of(1, 2, 3));
    assertReported(fast, false);

    fast.setClock(HOUR);
    writeInTurn(3, List.of(2, 1, 3, 2, 3, 1, 1, 2, 2, 3));
    assertReported(fast, true);

    fast.setClock(Duration.ZERO);
    writeInTurn(13, List.of(2, 1, 2, 3, 1, 3, 2));
    assertReported(fast, false);
  }

  /** Each node writes the same row when it knows what was written before, and wins everywhere. */
  private void writeInTurn(int first, List<Integer> turns) {
    for (int i = 0; i < turns.size(); i++) {
      int number = first + i;
      NodeProcess node = scene.node(turns.get(i));
      try (Rest rest = new Rest(node.addresses())) {
        int status = rest.put("/Rows/contested", "{\"number\":" + number + "}").statusCode();
        assertEquals(number == 0 ? 201 : 204, status);
      }
      var _ =
          Await.until(
              () -> scene.cluster().nodes().stream().allMatch(any -> holds(any, number)),
              LIMIT,
              () -> "write " + number + " of " + node.name() + " did not win everywhere");
    }
  }

  private boolean holds(NodeProcess node, int number) {
    JsonNode row = scene.cluster().rows(node, Scene.TABLE).get("contested");
    return row != null && row.path("number").intValue() == number;
  }

  /** It says of itself that it is not well, and the others say how far it is ahead. */
  private void assertReported(NodeProcess node, boolean ahead) {
    var _ =
        Await.until(
            () ->
                scene.cluster().report(node).faults().isEmpty() != ahead
                    && scene.cluster().isHealthy(node) != ahead,
            LIMIT,
            () -> node.name() + " reports " + scene.cluster().report(node));
    for (NodeProcess other : scene.cluster().nodes()) {
      if (!other.equals(node)) {
        var _ =
            Await.until(
                () -> isFar(scene.cluster().report(other).skew(node.name())) == ahead,
                LIMIT,
                () -> other.name() + " reports " + scene.cluster().report(other));
      }
    }
  }

  private static boolean isFar(Duration skew) {
    return skew.compareTo(HOUR.minusSeconds(10)) > 0;
  }
}
