package dev.lyrebird.convergence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.client.Browser;
import dev.lyrebird.harness.Await;
import dev.lyrebird.harness.Balancer;
import dev.lyrebird.harness.BuildFolder;
import dev.lyrebird.harness.NodeProcess;
import dev.lyrebird.history.Kind;
import dev.lyrebird.history.Recorder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/**
 * A page's EventSource follows the table behind a balancer, and the page does nothing but listen
 * while nodes die and connections break.
 */
@TestInstance(Lifecycle.PER_CLASS)
final class EventSourceFailoverIT {

  /** So many rows that most of them are written once, and must be told to everybody once. */
  private static final Load.Plan PLAN = Load.Plan.endless(1_000_000, Kind.MESSAGE, Kind.PUT);

  private static final int KILLS = Scene.LONG ? 12 : 4;
  private static final int MAX_CALM_MILLIS = 2_000;
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String PATH = "/" + Scene.TABLE + "/";
  private static final Pattern LAST_EVENT_ID =
      Pattern.compile("\r\nLast-Event-ID: ([^\r]+)\r\n", Pattern.CASE_INSENSITIVE);

  private final Browser browser =
      Browser.start(BuildFolder.of("clusters").resolve("event-source-chromedriver.log"));
  private final Scene scene = Scene.of("event-source").unwatched();
  private final Balancer balancer = new Balancer(scene.node(1).addresses());
  private final Recorder.Log log = scene.guest("EventSource", scene.node(1));
  private final EventSourceWatcher source =
      new EventSourceWatcher(browser, balancer.http(PATH), PATH, log);

  @AfterAll
  void close() {
    source.close();
    balancer.close();
    scene.close();
  }

  @Test
  void itGoesOnByItselfWhereItsNodeDiesAndMissesNothingAndSeesNothingTwice() {
    NodeProcess at = scene.node(1);
    int opened = balancer.connections().size();
    for (int i = 0; i < KILLS; i++) {
      List<NodeProcess> others = new ArrayList<>(scene.cluster().nodes());
      others.remove(at);
      NodeProcess refuge = others.get(scene.random().nextInt(others.size()));
      try (Load load = scene.load(others, PLAN)) {
        passCalm();
        int before = balancer.connections().size();
        balancer.choose(refuge.addresses());
        at.kill();
        awaitConnections(before + 1);
        log.moveTo(refuge.name());
        passCalm();
        balancer.cut();
        awaitConnections(before + 2);
        passCalm();
        at.restart();
        Scene.assertNone(load.failures());
      }
      var _ = scene.cluster().awaitMembers(LIMIT);
      at = refuge;
    }
    var _ = scene.conclude(LIMIT);
    assertEquals(List.of(), List.copyOf(source.failures()));
    assertGoesOnByItsLastEventId(opened);
  }

  private void passCalm() {
    Await.passing(Duration.ofMillis(scene.random().nextInt(MAX_CALM_MILLIS)));
  }

  private void awaitConnections(int number) {
    var _ =
        Await.until(
            () -> balancer.connections().size() >= number,
            LIMIT,
            () -> "the browser does not come back; " + source.failures());
  }

  /** Every connection after those by which the page was opened goes on where the last one broke. */
  private void assertGoesOnByItsLastEventId(int opened) {
    List<Balancer.Connection> all = balancer.connections();
    List<String> heads =
        all.subList(opened, all.size()).stream().map(Balancer.Connection::head).toList();
    assertEquals(2 * KILLS, heads.size(), () -> String.join("", heads));
    for (String head : heads) {
      assertTrue(LAST_EVENT_ID.matcher(head).find(), head);
    }
  }
}
