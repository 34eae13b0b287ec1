package dev.lyrebird.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lyrebird.client.HiveMqttClient;
import dev.lyrebird.client.Rest;
import dev.lyrebird.client.SseClient;
import dev.lyrebird.harness.Network;
import dev.lyrebird.harness.NodeProcess;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** What tests can do to a node: freeze it, take its disk away, and put it on a host of its own. */
@TestInstance(Lifecycle.PER_CLASS)
final class NodeFaultsIT {

  private Network network;
  private NodeProcess node;

  @BeforeAll
  void start() {
    Optional<String> impediment = Network.impediment();
    assumeTrue(impediment.isEmpty(), impediment::get);
    network = Network.of(1, 1);
    node = NodeProcess.start(Nodes.named("faults").on(network.host(1)).withMovableClock());
  }

  @AfterAll
  void stop() {
    if (network != null) {
      node.close();
      network.close();
    }
  }

  @Test
  void aNodeOnAHostOfItsOwnIsReachedByEveryClient() {
    try (HiveMqttClient mqtt = HiveMqttClient.overTcp(node.addresses());
        SseClient events = SseClient.open(node.addresses().http("/sensors/"))) {
      mqtt.publish(
          "sensors/reached", "{\"location\":\"lab\"}".getBytes(StandardCharsets.UTF_8), true);
      String event = events.inbox().awaitAny(any -> any.data().contains("reached")).data();
      assertTrue(event.contains("lab"), event);
    }
  }

  @Test
  void aFrozenNodeAnswersWhenItIsThawed() throws Exception {
    try (Rest rest = new Rest(node.addresses())) {
      assertEquals(201, rest.put("/sensors/frozen", "{}").statusCode());
      node.freeze();
      CompletableFuture<Integer> answer =
          CompletableFuture.supplyAsync(() -> rest.get("/sensors/frozen").statusCode());
      assertEquals(
          0, answer.copy().completeOnTimeout(0, 500, TimeUnit.MILLISECONDS).get().intValue());
      node.thaw();
      assertEquals(200, answer.get(20, TimeUnit.SECONDS).intValue());
    }
  }

  @Test
  void aDiskThatWasKeptComesBackAsItWas() {
    try (Rest rest = new Rest(node.addresses())) {
      assertEquals(201, rest.put("/sensors/a", "{}").statusCode());
      node.kill();
      node.keepDisk();
      node.restart();
      assertEquals(201, rest.put("/sensors/b", "{}").statusCode());
      node.kill();
      node.restoreDisk();
      node.restart();
      assertEquals(200, rest.get("/sensors/a").statusCode());
      assertEquals(404, rest.get("/sensors/b").statusCode());
      node.kill();
      node.eraseDisk();
      node.restart();
      assertEquals(404, rest.get("/sensors/a").statusCode());
    }
  }

  @Test
  void aClockThatIsMovedMovesTheVersions() {
    try (SseClient events = SseClient.open(node.addresses().http("/sensors/"));
        Rest rest = new Rest(node.addresses())) {
      node.setClock(Duration.ofDays(1));
      assertEquals(201, rest.put("/sensors/clock", "{}").statusCode());
      String event = events.inbox().awaitAny(any -> any.data().contains("clock")).data();
      double version = Double.parseDouble(event.replaceFirst(".*\"version\":([0-9.]+).*", "$1"));
      assertTrue(version > System.currentTimeMillis() + 80_000_000.0, event);
    }
  }
}
