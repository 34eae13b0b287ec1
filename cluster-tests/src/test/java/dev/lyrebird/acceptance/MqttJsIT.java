package dev.lyrebird.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lyrebird.client.Tool;
import dev.lyrebird.harness.Addresses;
import dev.lyrebird.harness.NodeProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** MQTT.js, which web pages use, over TCP and over WebSocket. */
@TestInstance(Lifecycle.PER_CLASS)
final class MqttJsIT {

  private static final Path SCRIPT = Path.of("src", "test", "resources", "mqtt-js.mjs");

  private final NodeProcess node = NodeProcess.start(Nodes.named("mqtt-js"));

  @AfterAll
  void stop() {
    node.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5})
  void publishesAndReceivesOverTcp(int protocolVersion) {
    Addresses at = node.addresses();
    assertRoundTrip("mqtt://" + at.host() + ":" + at.mqtt(), protocolVersion);
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5})
  void publishesAndReceivesOverWebSocket(int protocolVersion) {
    assertRoundTrip(node.addresses().webSocket("/mqtt").toString(), protocolVersion);
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5})
  void anyPathCarriesMqttOverWebSocket(int protocolVersion) {
    assertRoundTrip(node.addresses().webSocket("/any/path").toString(), protocolVersion);
  }

  /** The script prints what it received: live first, then what a later subscription brought. */
  private static void assertRoundTrip(String url, int protocolVersion) {
    Tool nodeJs = Tool.require("node");
    assumeTrue(
        Files.isDirectory(Path.of("node_modules", "mqtt")),
        "MQTT.js is not installed: npm's package mqtt in cluster-tests/node_modules");
    String topic = "js/" + System.nanoTime();
    assertEquals(
        """
        connected
        live %1$s q1 {"n":1}
        live %1$s q0 message \u00fc
        granted 1
        retained %1$s q1 {"n":1}
        granted 1
        """
            .formatted(topic),
        nodeJs.run(SCRIPT.toString(), url, Integer.toString(protocolVersion), topic));
  }
}
