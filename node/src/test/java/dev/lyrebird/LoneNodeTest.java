package dev.lyrebird;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that stands alone, asked for confirmations that nobody could give. */
final class LoneNodeTest {

  private static final int WAIT_SECONDS = 30;

  /** Longer than any test waits: what is answered before was answered at once. */
  private static final int TIMEOUT_MILLIS = 600_000;

  @TempDir Path folder;

  @Test
  void configurationThatNobodyCanMeetIsRefused() throws IOException {
    NodeConfig config = config("type T { id: ID }", "cluster.confirm=1");

    assertRefused(
        config,
        "cluster.confirm is 1, but a node that stands alone has nobody to confirm its writes:"
            + " set it to 0, or set cluster.enabled to true");
  }

  @Test
  void schemaThatNobodyCanMeetIsRefused() throws IOException {
    NodeConfig config = config("type T @table(confirm: 2) @export { id: ID }");

    assertRefused(
        config,
        "type T asks for confirm: 2, but a node that stands alone has nobody to confirm its writes:"
            + " leave it out, or set cluster.enabled to true");
  }

  @Test
  void requestThatNobodyCanMeetIsAnsweredAtOnceAndTheWriteStays() throws Exception {
    NodeConfig config = config("type T { id: ID }");
    List<Throwable> faults = new ArrayList<>();
    try (Node node = Node.start(config, faults::add);
        HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest.Builder row = request(node, "/T/a");

      HttpResponse<String> put =
          client.send(
              row.PUT(HttpRequest.BodyPublishers.ofString("{}"))
                  .header("Content-Type", "application/json")
                  .header("X-Replicate-To", "*;confirm=1")
                  .build(),
              HttpResponse.BodyHandlers.ofString());

      assertEquals(504, put.statusCode());
      assertTrue(
          put.body()
              .contains(
                  "applied by 0 of 1 other nodes, for no other keeps this table; the write itself"
                      + " stays"),
          put.body());
      HttpResponse<String> get =
          client.send(request(node, "/T/a").build(), HttpResponse.BodyHandlers.ofString());
      assertEquals("{\"id\":\"a\"}", get.body());
    }
    assertEquals(List.of(), faults);
  }

  private static void assertRefused(NodeConfig config, String message) {
    List<Throwable> faults = new ArrayList<>();
    ConfigException refused =
        assertThrows(ConfigException.class, () -> Node.start(config, faults::add));
    assertEquals(message, refused.getMessage());
  }

  private NodeConfig config(String sdl, String... settings) throws IOException {
    Files.writeString(folder.resolve("schema.graphql"), sdl);
    Path file = Files.writeString(folder.resolve("config.yaml"), "");
    List<String> all =
        new ArrayList<>(
            List.of(
                "storage.path=data",
                "http.port=0",
                "mqtt.network.port=0",
                "operations.port=0",
                "loops.http=1",
                "loops.mqtt=1",
                "cluster.confirmTimeoutMillis=" + TIMEOUT_MILLIS));
    all.addAll(List.of(settings));
    return ConfigFile.read(file, all);
  }

  private static HttpRequest.Builder request(Node node, String path) {
    Matcher address = Pattern.compile("http (\\S+:\\d+)").matcher(node.startLine());
    assertTrue(address.find(), node.startLine());
    return HttpRequest.newBuilder(URI.create("http://" + address.group(1) + path))
        .timeout(Duration.ofSeconds(WAIT_SECONDS));
  }
}
