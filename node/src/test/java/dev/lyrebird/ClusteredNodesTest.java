package dev.lyrebird;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.lyrebird.api.Router;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator sees of nodes that form a cluster, all in this JVM. */
final class ClusteredNodesTest {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Pattern START_LINE = Pattern.compile("http (\\S+),.* operations (\\S+)");
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir Path folder;

  private final HttpClient client = HttpClient.newHttpClient();
  private final List<Node> nodes = new ArrayList<>();
  private final BlockingQueue<Throwable> faults = new LinkedBlockingQueue<>();

  @AfterEach
  void closeAll() {
    client.close();
    nodes.reversed().forEach(Node::close);
    assertEquals(List.of(), List.copyOf(faults));
  }

  @Test
  void clusterTellsWhoIsThereAndHowTheTablesStand() throws Exception {
    Node one = start("one", InstantSource.system());
    Node two = start("two", InstantSource.system(), address(one));
    put(one, "/T/a", "{}");

    JsonNode level =
        awaitCluster(
            two,
            around ->
                around.at("/tables/0/vector").size() == 1
                    && around.at("/tables/0/peers/0/peerLacks/origins/0/millis").asDouble(-1) == 0);

    assertEquals("two", level.at("/node/name").asText());
    assertEquals("one", level.at("/members/0/name").asText());
    assertTrue(level.at("/members/0/present").asBoolean());
    assertEquals("data/T", level.at("/tables/0/name").asText());
    assertEquals("system/$sessions", level.at("/tables/1/name").asText());
    assertEquals("system/$groups", level.at("/tables/2/name").asText());
    assertEquals(3, level.at("/tables").size());
    assertEquals(0, level.at("/tables/0/peers/0/peerLacks/entries").asLong(-1));
    assertEquals("{\"id\":\"a\"}", get(http(two, "/T/a")).body());
  }

  @Test
  void nodeThatIsGoneKeepsItsNameAndItsLag() throws Exception {
    Node one = start("one", InstantSource.system());
    Node two = start("two", InstantSource.system(), address(one));
    put(one, "/T/a", "{}");
    awaitCluster(one, around -> around.at("/tables/0/peers/0/vector").size() == 1);

    nodes.remove(two);
    two.close();
    put(one, "/T/b", "{}");

    JsonNode alone = awaitCluster(one, around -> !around.at("/members/0/present").asBoolean(true));
    assertEquals("two", alone.at("/members/0/name").asText());
    assertEquals(1, alone.at("/tables/0/peers/0/peerLacks/entries").asLong(-1));
  }

  @Test
  void nodeWhoseClockIsAheadIsUnhealthyUntilItIsCorrected() throws Exception {
    AtomicReference<Duration> ahead = new AtomicReference<>(HOUR);
    InstantSource wrong = () -> Clock.systemUTC().instant().plus(ahead.get());
    Node right = start("right", InstantSource.system());
    Node fast = start("fast", wrong, address(right));

    String down = awaitHealth(fast, 503);
    assertTrue(
        down.contains(
            "this node's clock is more than 60000 ms ahead of those of 1 of 1 other nodes"),
        down);
    assertEquals(200, get(operations(right, "/health")).statusCode());
    JsonNode seen =
        awaitCluster(right, around -> around.at("/members/0/skewMillis").asLong() > 3_500_000);
    assertEquals("fast", seen.at("/members/0/name").asText());

    ahead.set(Duration.ZERO);

    awaitHealth(fast, 200);
  }

  private Node start(String name, InstantSource wall, String... members) throws IOException {
    Path own = Files.createDirectory(folder.resolve(name));
    Files.writeString(own.resolve("schema.graphql"), "type T @export { id: ID }");
    Path file = Files.writeString(own.resolve("config.yaml"), "");
    NodeConfig config =
        ConfigFile.read(
            file,
            List.of(
                "node.name=" + name,
                "storage.path=data",
                "http.port=0",
                "mqtt.network.port=0",
                "operations.port=0",
                "loops.http=1",
                "loops.mqtt=1",
                "cluster=true",
                "cluster.name=" + folder.getFileName(),
                "cluster.port=0",
                "cluster.joinSeconds=60",
                "cluster.heartbeatMillis=100",
                "cluster.members=[" + String.join(", ", members) + "]"));
    Node node = Node.start(config, new Router(), wall, faults::add);
    nodes.add(node);
    return node;
  }

  private String address(Node node) throws Exception {
    return "'" + cluster(node).at("/node/address").asText() + "'";
  }

  private JsonNode cluster(Node node) throws Exception {
    return JSON.readTree(get(operations(node, "/cluster")).body());
  }

  private JsonNode awaitCluster(Node node, Predicate<JsonNode> expected) throws Exception {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      JsonNode around = cluster(node);
      if (expected.test(around)) {
        return around;
      }
      assertTrue(System.nanoTime() < deadline, () -> "still " + around);
    }
  }

  private String awaitHealth(Node node, int status) throws Exception {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      HttpResponse<String> health = get(operations(node, "/health"));
      if (health.statusCode() == status) {
        return health.body();
      }
      assertTrue(System.nanoTime() < deadline, () -> "still " + health.body());
    }
  }

  private void put(Node node, String path, String row) throws Exception {
    HttpRequest put =
        HttpRequest.newBuilder(http(node, path))
            .header("Content-Type", "application/json")
            .PUT(HttpRequest.BodyPublishers.ofString(row))
            .build();
    assertEquals(201, client.send(put, BodyHandlers.ofString()).statusCode());
  }

  private HttpResponse<String> get(URI uri) throws Exception {
    return client.send(HttpRequest.newBuilder(uri).timeout(LIMIT).build(), BodyHandlers.ofString());
  }

  private static URI http(Node node, String path) {
    return URI.create("http://" + startLine(node).group(1) + path);
  }

  private static URI operations(Node node, String path) {
    return URI.create("http://" + startLine(node).group(2) + path);
  }

  private static Matcher startLine(Node node) {
    Matcher line = START_LINE.matcher(node.startLine());
    assertTrue(line.find(), node.startLine());
    return line;
  }
}
