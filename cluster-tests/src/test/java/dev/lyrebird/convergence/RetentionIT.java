package dev.lyrebird.convergence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.client.HiveMqttClient;
import dev.lyrebird.client.HiveMqttSession;
import dev.lyrebird.client.RawSocket;
import dev.lyrebird.client.Rest;
import dev.lyrebird.client.ServerSentEvent;
import dev.lyrebird.client.SessionClient;
import dev.lyrebird.client.SseClient;
import dev.lyrebird.harness.Addresses;
import dev.lyrebird.harness.Await;
import dev.lyrebird.harness.BuildFolder;
import dev.lyrebird.harness.Cluster;
import dev.lyrebird.harness.ClusterSetup;
import dev.lyrebird.harness.NodeProcess;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/**
 * A journal keeps what is within its retention and its bound for whoever is away, slow or stopped;
 * the rest goes, the disk gets its room back, and who needed it is told.
 */
@TestInstance(Lifecycle.PER_CLASS)
final class RetentionIT {

  private static final int RETENTION_SECONDS = 20;
  private static final long MIB = 1 << 20;
  private static final long BOUND = 16 * MIB;
  private static final long WRITE_BUFFER = 16 * MIB;

  /**
   * What the files of a node may come to whatever is written: twice the journal while it is being
   * compacted, the log of what is not yet in tables, and tables that nobody reads any more.
   */
  private static final long MOST_ON_DISK = 2 * BOUND + 4 * WRITE_BUFFER;

  private static final int FEW = 200;
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Pattern NUMBER = Pattern.compile("\"n\":(\\d+)");
  private static final Pattern RESETS =
      Pattern.compile("(?m)^lyrebird_mqtt_subscriber_resets_total (\\S+)$");

  private final Cluster cluster =
      Cluster.start(
          ClusterSetup.of(BuildFolder.of("clusters").resolve("retention"), 2)
              .schema(
                  "type Rows @table(retention: %d) @export { id: ID @primaryKey }"
                      .formatted(RETENTION_SECONDS))
              .set("storage.journalMaxBytes", Long.toString(BOUND))
              .set("storage.writeBufferBytes", Long.toString(WRITE_BUFFER)));

  private final NodeProcess node = cluster.node(1);
  private final NodeProcess peer = cluster.node(2);

  @AfterAll
  void close() {
    cluster.close();
  }

  @Test
  void nobodyMissesWhatIsWithinTheRetention() {
    String cursor = cursor();
    try (SessionClient session = absent("within");
        HiveMqttClient writer = HiveMqttClient.overTcp(node.addresses())) {
      peer.kill();
      List<Integer> sent = IntStream.range(0, FEW).boxed().toList();
      sent.forEach(n ->
          writer.publish(
              "Rows/few", ("{\"n\":" + n + "}").getBytes(StandardCharsets.UTF_8), false));
      Await.passing(Duration.ofSeconds(RETENTION_SECONDS / 2)); // the journal is trimmed meanwhile
      peer.restart();
      assertEquals(sent, resumed(node.addresses(), cursor));
      assertEquals(sent, resumed(peer.addresses(), cursor));
      assertTrue(session.connect(), "the session is there");
      List<String> delivered =
          session.inbox().awaitThrough(line -> line.contains("\"n\":" + (FEW - 1) + "}"));
      assertEquals(sent, delivered.stream().map(RetentionIT::number).toList());
    }
  }

  @Test
  void whatIsOverTheBoundGoesFromTheDiskAndWhoNeededItIsTold() {
    String cursor = cursor();
    double resetsBefore = resets();
    try (SessionClient session = absent("beyond");
        RawSocket stuck = stuck();
        Rest rest = new Rest(node.addresses())) {
      peer.kill();
      long most = 0;
      long written;
      try (Flood flood = new Flood(node.addresses())) {
        while (flood.bytes() < 16 * BOUND) {
          flood.orThrow();
          Await.passing(Duration.ofMillis(100));
          most = Math.max(most, node.diskBytes(""));
        }
        written = flood.bytes();
      }
      System.out.printf(
          "retention: %d MiB written, at most %d MiB on the disk%n", written / MIB, most / MIB);
      assertTrue(most < MOST_ON_DISK, "bytes on the disk: " + most);
      assertEquals(201, rest.put("/Rows/last", "{\"n\":7}").statusCode());

      try (SseClient late = SseClient.resume(node.addresses().http("/Rows/"), cursor)) {
        assertEquals("reset", late.inbox().awaitAny(event -> true).event());
        var _ = late.inbox().awaitAny(event -> event.data().contains("\"id\":\"last\""));
      }
      var _ = stuck.readThrough("event: reset\n");
      var _ = stuck.readThrough("\"id\":\"last\"");
      assertTrue(session.connect(), "the session is there");
      var _ = session.inbox().awaitAny(line -> line.startsWith("Rows/last "));
      assertTrue(resets() > resetsBefore, "it is counted that a session has lost messages");

      peer.restart();
      var _ = cluster.awaitAgreement("Rows", LIMIT);
      try (SseClient late = SseClient.resume(peer.addresses().http("/Rows/"), cursor)) {
        assertEquals("reset", late.inbox().awaitAny(event -> true).event());
      }
      var _ =
          Await.until(
              () -> node.diskBytes(".sst") < WRITE_BUFFER,
              LIMIT,
              () -> "the disk does not get its room back: " + node.diskBytes(".sst"));
    }
  }

  /** Where a subscriber stands now who has seen all. */
  private String cursor() {
    try (SseClient events = SseClient.open(node.addresses().http("/Rows/?ready=true"))) {
      return events.inbox().awaitAny(event -> event.data().contains("ready")).id();
    }
  }

  private List<Integer> resumed(Addresses at, String cursor) {
    try (SseClient events = SseClient.resume(at.http("/Rows/"), cursor)) {
      List<ServerSentEvent> told =
          events.inbox().awaitThrough(event -> event.data().contains("{\"n\":" + (FEW - 1) + "}"));
      told.forEach(event -> assertEquals("message", event.event(), event.data()));
      return told.stream().map(event -> number(event.data())).toList();
    }
  }

  private static int number(String text) {
    Matcher match = NUMBER.matcher(text);
    assertTrue(match.find(), text);
    return Integer.parseInt(match.group(1));
  }

  /** A durable session that is subscribed to the table and whose client is away. */
  private SessionClient absent(String id) {
    SessionClient session = new HiveMqttSession(node.addresses(), id, "Rows/will");
    session.connect();
    session.subscribe("Rows/#", 1);
    session.disconnect();
    return session;
  }

  /** A subscriber that reads nothing but the beginning. */
  private RawSocket stuck() {
    RawSocket socket = new RawSocket(node.addresses().host(), node.addresses().http());
    socket.send("GET /Rows/ HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n");
    var _ = socket.readThrough("retry:");
    return socket;
  }

  private double resets() {
    Matcher count = RESETS.matcher(cluster.operations(node, "/metrics"));
    return count.find() ? Double.parseDouble(count.group(1)) : 0;
  }
}
