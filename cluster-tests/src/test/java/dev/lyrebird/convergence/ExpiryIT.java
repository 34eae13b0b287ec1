package dev.lyrebird.convergence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import dev.lyrebird.client.HiveMqttClient;
import dev.lyrebird.client.Rest;
import dev.lyrebird.harness.Await;
import dev.lyrebird.harness.BuildFolder;
import dev.lyrebird.harness.Cluster;
import dev.lyrebird.harness.ClusterSetup;
import dev.lyrebird.harness.NodeProcess;
import dev.lyrebird.harness.NodeSetup;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/**
 * Rows end when they are to, on every node, and every subscriber is told once: by the node that
 * wrote them, or by another where that one is dead, and whatever their clocks show.
 */
@TestInstance(Lifecycle.PER_CLASS)
final class ExpiryIT {

  private static final int ROWS = 60;
  private static final int MAX_LIFE_MILLIS = 3_000;

  /** How late a row may end: machines that are busy with other work take their time. */
  private static final long MOST_LATE_MILLIS = 1_000;

  private static final Pattern ENTRIES =
      Pattern.compile("\"name\":\"[^\"]*Rows\",\"entries\":(\\d+)");

  /** Longer than any row lives. */
  private static final Duration AHEAD = Duration.ofSeconds(5);

  /** Less than what lies between a row's two writes. */
  private static final double MOST_AHEAD_MILLIS = 50;

  private static final Pattern AHEAD_MILLIS = Pattern.compile("\"aheadMillis\":([0-9.]+)");
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final Cluster cluster =
      Cluster.start(
          ClusterSetup.of(BuildFolder.of("clusters").resolve("expiry"), 3)
              .schema("type Rows @table @export { id: ID @primaryKey  end: Long @expiresAt }")
              .with(NodeSetup::withMovableClock));
  private final List<EndsWatch> watches = new ArrayList<>();

  ExpiryIT() {
    System.out.println("expiry: -Dseed=" + seed);
  }

  @AfterAll
  void close() {
    watches.forEach(EndsWatch::close);
    cluster.close();
  }

  @Test
  void everySubscriberIsToldOnceAndInTimeOfEveryRow() {
    watch(cluster.nodes());
    long entriesBefore = entries();
    Map<String, Long> ends = new TreeMap<>();
    Map<Long, String> putUntil = new TreeMap<>();
    for (int i = 0; i < ROWS; i++) {
      NodeProcess node = cluster.node(1 + random.nextInt(3));
      String id = "in-time-" + i;
      if (random.nextBoolean()) {
        ends.put(id, put(node, id));
        putUntil.put(ends.get(id), id);
      } else {
        ends.put(id, publish(node, id));
      }
    }
    putUntil.forEach(this::assertIsGoneAt);
    assertEndInTime(ends);
    assertNoneIsShown(ends);
    System.out.printf(
        "expiry: %d entries for %d rows and their ends%n", entries() - entriesBefore, ROWS);
  }

  @Test
  void theRowsOfANodeThatIsKilledEndWithoutItAndOnce() {
    Map<String, Long> ends = new TreeMap<>();
    NodeProcess dying = cluster.node(3);
    watch(List.of(cluster.node(1), cluster.node(2)));
    for (int i = 0; i < ROWS; i++) {
      String id = "orphan-" + i;
      ends.put(id, put(dying, id));
    }
    var _ = cluster.awaitAgreement("Rows", LIMIT);
    dying.kill();
    assertEndInTime(ends);
    dying.restart();
    var _ = cluster.awaitMembers(LIMIT);
    var _ = cluster.awaitAgreement("Rows", LIMIT);
    assertNoneIsShown(ends);
    assertToldOnce(ends);
  }

  @Test
  void aNodeWhoseClockIsAheadEndsNobodyElsesRowsTooEarly() {
    NodeProcess ahead = cluster.node(3);
    watch(List.of(cluster.node(1), cluster.node(2)));
    ahead.setClock(AHEAD);
    try {
      Await.passing(Duration.ofSeconds(2)); // the nodes tell one another what their clocks show
      Map<String, Long> ends = new TreeMap<>();
      for (int i = 0; i < ROWS; i++) {
        String id = "ahead-" + i;
        ends.put(id, put(cluster.node(1 + i % 2), id));
      }
      assertEndInTime(ends);
    } finally {
      ahead.setClock(Duration.ZERO);
      awaitEqualClocks();
    }
  }

  @Test
  void aRowThatIsRenewedElsewhereAboutWhenItEndsIsTheSameEverywhere() {
    watch(cluster.nodes());
    for (int i = 0; i < ROWS; i++) {
      String id = "renewed-" + i;
      long end = System.currentTimeMillis() + 100;
      put(cluster.node(1 + i % 3), id, end);
      Await.passing(Duration.ofMillis(80 + random.nextInt(40)));
      put(cluster.node(1 + (i + 1) % 3), id, end + 3_600_000);
    }
    var _ = cluster.awaitAgreement("Rows", LIMIT);
    for (NodeProcess node : cluster.nodes()) {
      long kept =
          cluster.rows(node, "Rows").keySet().stream()
              .filter(id -> id.startsWith("renewed-"))
              .count();
      assertEquals(ROWS, kept, "a row that was renewed lives, on " + node.name());
    }
    for (EndsWatch watch : watches) {
      for (int i = 0; i < ROWS; i++) {
        List<Long> told = watch.told("renewed-" + i);
        assertTrue(told.size() <= 1, () -> watch.name() + " was told at " + told);
      }
    }
  }

  /** Stamps do not go back with the clock: until it has caught up, its node's writes win. */
  private void awaitEqualClocks() {
    var _ =
        Await.until(
            () -> cluster.nodes().stream().allMatch(node -> aheadMillis(node) < MOST_AHEAD_MILLIS),
            LIMIT,
            () -> "a node stamps its changes with times to come");
  }

  private double aheadMillis(NodeProcess node) {
    Matcher ahead = AHEAD_MILLIS.matcher(cluster.operations(node, "/cluster"));
    assertTrue(ahead.find(), "/cluster tells how far the clock is ahead");
    return Double.parseDouble(ahead.group(1));
  }

  /** How many entries the journal of the first node has. */
  private long entries() {
    Matcher entries = ENTRIES.matcher(cluster.operations(cluster.node(1), "/retention"));
    assertTrue(entries.find(), "/retention tells of the table");
    return Long.parseLong(entries.group(1));
  }

  /** Subscribes to some nodes in every way, and to no others any more. */
  private void watch(List<NodeProcess> nodes) {
    watches.forEach(EndsWatch::close);
    watches.clear();
    nodes.forEach(node -> watches.addAll(EndsWatch.everyKindAt(node.addresses())));
  }

  private void assertIsGoneAt(long end, String id) {
    Await.passing(Duration.ofMillis(Math.max(0, end + 1 - System.currentTimeMillis())));
    for (NodeProcess node : cluster.nodes()) {
      try (Rest rest = new Rest(node.addresses())) {
        assertEquals(404, rest.get("/Rows/" + id).statusCode(), id + " at " + node.name());
      }
    }
  }

  /** Writes a row that ends soon, by REST; returns when. */
  private long put(NodeProcess node, String id) {
    return put(node, id, System.currentTimeMillis() + 500 + random.nextInt(MAX_LIFE_MILLIS));
  }

  private long put(NodeProcess node, String id, long end) {
    try (Rest rest = new Rest(node.addresses())) {
      int status = rest.put("/Rows/" + id, "{\"end\":" + end + "}").statusCode();
      assertTrue(status == 201 || status == 204, id + " was answered " + status);
      return end;
    }
  }

  /** Publishes a retained message that ends in some seconds; returns about when. */
  private long publish(NodeProcess node, String id) {
    int seconds = 1 + random.nextInt(MAX_LIFE_MILLIS / 1000);
    try (HiveMqttClient client = HiveMqttClient.overTcp(node.addresses())) {
      client
          .send(
              Mqtt5Publish.builder()
                  .topic("Rows/" + id)
                  .payload("{}".getBytes(StandardCharsets.UTF_8))
                  .qos(MqttQos.AT_LEAST_ONCE)
                  .retain(true)
                  .messageExpiryInterval(seconds)
                  .build())
          .join();
      return System.currentTimeMillis() + 1000L * seconds;
    }
  }

  private void assertEndInTime(Map<String, Long> ends) {
    var _ =
        Await.until(
            () ->
                watches.stream()
                    .allMatch(
                        watch -> ends.keySet().stream().noneMatch(id -> watch.told(id).isEmpty())),
            LIMIT,
            () -> "not everybody was told of every row, -Dseed=" + seed);
    long latest = 0;
    for (EndsWatch watch : watches) {
      for (Map.Entry<String, Long> end : ends.entrySet()) {
        long late = watch.told(end.getKey()).getFirst() - end.getValue();
        assertTrue(
            late >= -50 && late < MOST_LATE_MILLIS,
            () -> "%s: %s was %d ms late, -Dseed=%d".formatted(watch.name(), end, late, seed));
        latest = Math.max(latest, late);
      }
    }
    System.out.printf("expiry: %d rows, the latest %d ms late%n", ends.size(), latest);
    assertToldOnce(ends);
  }

  private void assertToldOnce(Map<String, Long> ends) {
    for (EndsWatch watch : watches) {
      for (String id : ends.keySet()) {
        assertEquals(1, watch.told(id).size(), watch.name() + " and " + id);
      }
    }
  }

  private void assertNoneIsShown(Map<String, Long> ends) {
    for (NodeProcess node : cluster.nodes()) {
      List<String> shown =
          cluster.rows(node, "Rows").keySet().stream().filter(ends::containsKey).toList();
      assertEquals(List.of(), shown, node.name());
    }
  }
}
