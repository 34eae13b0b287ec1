package dev.lyrebird.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lyrebird.client.Browser;
import dev.lyrebird.client.Tool;
import dev.lyrebird.harness.Addresses;
import dev.lyrebird.harness.NodeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What web pages and Node.js programs rely on that use MQTT.js: every QoS both ways, user
 * properties, a session that is gone on with, a retained message, a will. One script tells all of
 * it, over TCP and over WebSocket in Node.js, and over WebSocket in Chromium.
 */
@TestInstance(Lifecycle.PER_CLASS)
final class MqttJsSessionIT {

  private static final Path SCRIPTS = Path.of("src", "test", "resources");
  private static final Path LIBRARY = Path.of("node_modules", "mqtt", "dist", "mqtt.min.js");

  private final NodeProcess node = NodeProcess.start(Nodes.named("mqtt-js-session"));
  private final LazyBrowser browser = new LazyBrowser(node.addresses());

  @BeforeAll
  static void requireLibrary() {
    assumeTrue(
        Files.exists(LIBRARY),
        "MQTT.js is not installed: npm's package mqtt in cluster-tests/node_modules");
  }

  @AfterAll
  void stop() {
    browser.close();
    node.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5})
  void aSessionOverTcp(int protocolVersion) {
    Addresses at = node.addresses();
    assertSession(
        runNodeJs("mqtt://" + at.host() + ":" + at.mqtt(), protocolVersion, "tcp"),
        protocolVersion);
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5})
  void aSessionOverWebSocket(int protocolVersion) {
    assertSession(
        runNodeJs(node.addresses().webSocket("/mqtt").toString(), protocolVersion, "ws"),
        protocolVersion);
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5})
  void aSessionOfAWebPage(int protocolVersion) throws IOException {
    String script =
        """
        const [url, protocolVersion, topic] = arguments;
        %s
        %s
        return session(mqtt, url, protocolVersion, topic);
        """
            .formatted(
                Files.readString(LIBRARY),
                Files.readString(SCRIPTS.resolve("mqtt-js-session.mjs")).replace("export ", ""));
    Browser page = browser.get();
    JsonNode lines =
        page.run(
            script,
            node.addresses().webSocket("/mqtt").toString(),
            protocolVersion,
            topic("page", protocolVersion));
    assertSession(
        StreamSupport.stream(lines.spliterator(), false).map(JsonNode::textValue).toList(),
        protocolVersion);
  }

  private static List<String> runNodeJs(String url, int protocolVersion, String way) {
    String script = SCRIPTS.resolve("mqtt-js-session-node.mjs").toString();
    return Tool.require("node")
        .run(script, url, Integer.toString(protocolVersion), topic(way, protocolVersion))
        .lines()
        .toList();
  }

  private static String topic(String way, int protocolVersion) {
    return "js/" + way + protocolVersion;
  }

  private static void assertSession(List<String> lines, int protocolVersion) {
    String property = protocolVersion == 5 ? " of=mqtt-js" : "";
    assertEquals(
        """
        session false
        live 0 q0 both ways%1$s
        live 1 q1 both ways%1$s
        live 2 q2 both ways%1$s
        session true
        back live away q1 one%1$s
        back live away q2 two
        back live kept q2 three
        back retained kept q1 three
        back live will q2 gone
        """
            .formatted(property),
        String.join("\n", lines) + "\n");
  }
}
