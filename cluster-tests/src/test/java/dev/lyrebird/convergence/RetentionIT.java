package dev.lyrebird.convergence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int FEW = 200;

  /** Every journal is trimmed once in ten seconds. */
  private static final Duration TRIMMED = Duration.ofSeconds(11);

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Pattern NUMBER = Pattern.compile("\"n\":(\\d+)");
  private static final Pattern RESETS =
      Pattern.compile("(?m)^lyrebird_mqtt_subscriber_resets_total (\\S+)$");

  private final Cluster cluster =
      Cluster.start(
          ClusterSetup.of(BuildFolder.of("clusters").resolve("retention"), 2)
              .schema(
                  """
                  type Rows @table(retention: %d) @export { id: ID @primaryKey }
                  type Kept @table(retention: 300) @export { id: ID @primaryKey }
                  """
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
    String cursor = cursor("Kept");
    try (SessionClient session = absent("within", "Kept");
        HiveMqttClient writer = HiveMqttClient.overTcp(node.addresses())) {
      peer.kill();
      List<Integer> sent = IntStream.range(0, FEW).boxed().toList();
      sent.forEach(n ->
          writer.publish(
              "Kept/few", ("{\"n\":" + n + "}").getBytes(StandardCharsets.UTF_8), false));
      var _ =
          Await.until(
              () -> !kept("Kept").at("/peers/0/present").asBoolean(),
              LIMIT,
              () -> kept("Kept").toString());
      JsonNode kept = kept("Kept");
      assertEquals(FEW, kept.at("/sessions/lacks").asInt(), kept::toString);
      assertEquals(FEW, kept.at("/peers/0/lacks").asInt(), kept::toString);
      Await.passing(TRIMMED); // the journal is trimmed meanwhile
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
    String cursor = cursor("Rows");
    double resetsBefore = resets();
    try (SessionClient session = absent("beyond", "Rows");
        RawSocket stuck = stuck();
        Rest rest = new Rest(node.addresses())) {
      peer.kill();
      long most = 0;
      long mostInTables = 0;
      long written;
      try (Flood flood = new Flood(node.addresses())) {
        while (flood.bytes() < 16 * BOUND) {
          flood.orThrow();
          Await.passing(Duration.ofMillis(100));
          most = Math.max(most, node.diskBytes(""));
          mostInTables = Math.max(mostInTables, node.diskBytes(".sst"));
        }
        written = flood.bytes();
      }
      System.out.printf(
          "retention: %d MiB written, at most %d MiB on the disk, %d MiB of it in tables%n",
          written / MIB, most / MIB, mostInTables / MIB);
      assertTrue(most < MOST_ON_DISK, "bytes on the disk: " + most);
      JsonNode kept = kept("Rows");
      assertTrue(kept.get("bytes").asLong() <= BOUND, kept::toString);
      assertEquals(1, kept.at("/subscribers/behind").asInt(), kept::toString);
      assertTrue(kept.at("/subscribers/lacks").isNull(), kept::toString);
      assertTrue(kept.at("/sessions/lacks").isNull(), kept::toString);
      assertTrue(kept.at("/peers/0/lacks").isNull(), kept::toString);
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
  private String cursor(String table) {
    try (SseClient events = SseClient.open(node.addresses().http("/" + table + "/?ready=true"))) {
      return events.inbox().awaitAny(event -> event.data().contains("ready")).id();
    }
  }

  private List<Integer> resumed(Addresses at, String cursor) {
    try (SseClient events = SseClient.resume(at.http("/Kept/"), cursor)) {
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

  /** A durable session that is subscribed to a table and whose client is away. */
  private SessionClient absent(String id, String table) {
    SessionClient session = new HiveMqttSession(node.addresses(), id, table + "/will");
    session.connect();
    session.subscribe(table + "/#", 1);
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

  /** What the node says it keeps of a table, and for whom. */
  private JsonNode kept(String name) {
    try {
      for (JsonNode table : JSON.readTree(cluster.operations(node, "/retention")).get("tables")) {
        if (table.get("name").textValue().endsWith("/" + name)) {
          return table;
        }
      }
      throw new AssertionError("/retention does not tell of " + name);
    } catch (JsonProcessingException e) {
      throw new AssertionError("/retention is no JSON", e);
    }
  }

  private double resets() {
    Matcher count = RESETS.matcher(cluster.operations(node, "/metrics"));
    return count.find() ? Double.parseDouble(count.group(1)) : 0;
  }
}
