package dev.lyrebird.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.client.HiveMqttSession;
import dev.lyrebird.client.PahoMqtt5Session;
import dev.lyrebird.client.PahoMqttSession;
import dev.lyrebird.client.SessionClient;
import dev.lyrebird.harness.Addresses;
import dev.lyrebird.harness.NodeProcess;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What users of the Java libraries for MQTT rely on, library by library. */
@TestInstance(Lifecycle.PER_CLASS)
final class ClientLibrariesIT {

  private final NodeProcess node = NodeProcess.start(Nodes.named("libraries"));
  private int clients;

  /** Each opens one session of its own. */
  enum Library {
    HIVEMQ_MQTT_5(true) {
      @Override
      SessionClient client(Addresses node, String id, String willTopic) {
        return new HiveMqttSession(node, id, willTopic);
      }
    },
    PAHO_MQTT_5(true) {
      @Override
      SessionClient client(Addresses node, String id, String willTopic) {
        return new PahoMqtt5Session(node, id, willTopic);
      }
    },
    PAHO_MQTT_3_1_1(false) {
      @Override
      SessionClient client(Addresses node, String id, String willTopic) {
        return new PahoMqttSession(node, id, willTopic);
      }
    };

    private final boolean hasProperties;

    Library(boolean hasProperties) {
      this.hasProperties = hasProperties;
    }

    abstract SessionClient client(Addresses node, String id, String willTopic);

    /** The line of what a client has published. */
    String line(String text, String publisher) {
      return hasProperties ? text + " by=" + publisher : text;
    }
  }

  @AfterAll
  void stop() {
    node.close();
  }

  @ParameterizedTest
  @EnumSource(Library.class)
  void everyQosGoesBothWaysWithItsProperties(Library library) {
    String id = nextId(library);
    try (SessionClient client = connected(library, id)) {
      client.subscribe(id + "/#", 2);
      for (int qos = 0; qos <= 2; qos++) {
        client.publish(id + "/t", "message " + qos, qos, false);
      }
      assertEquals(
          List.of(
              library.line(id + "/t q0 message 0", id),
              library.line(id + "/t q1 message 1", id),
              library.line(id + "/t q2 message 2", id)),
          client.inbox().await(3));
    }
  }

  @ParameterizedTest
  @EnumSource(Library.class)
  void aSessionGoesOnWithWhatCameMeanwhile(Library library) {
    String id = nextId(library);
    String other = nextId(library);
    try (SessionClient client = connected(library, id);
        SessionClient publisher = connected(library, other)) {
      client.subscribe(id + "/#", 2);
      client.disconnect();
      publisher.publish(id + "/t", "one", 1, false);
      publisher.publish(id + "/t", "two", 2, false);
      assertTrue(client.connect(), "the session was kept");
      publisher.publish(id + "/t", "three", 2, false);
      assertEquals(
          List.of(
              library.line(id + "/t q1 one", other),
              library.line(id + "/t q2 two", other),
              library.line(id + "/t q2 three", other)),
          client.inbox().await(3));
    }
  }

  @ParameterizedTest
  @EnumSource(Library.class)
  void aRetainedMessageWaitsForSubscribers(Library library) {
    String id = nextId(library);
    try (SessionClient client = connected(library, id)) {
      client.publish(id + "/kept", "{\"n\":1}", 2, true);
      client.subscribe(id + "/kept", 1);
      assertEquals(
          List.of(library.line(id + "/kept q1 {\"n\":1} retained", id)), client.inbox().await(1));
    }
  }

  @ParameterizedTest
  @EnumSource(Library.class)
  void aWillIsPublishedWhenItsClientBreaksOff(Library library) {
    String id = nextId(library);
    try (SessionClient client = connected(library, id);
        SessionClient watcher = connected(library, nextId(library))) {
      watcher.subscribe(id + "/will", 2);
      client.breakOff();
      assertEquals(List.of(id + "/will q2 " + id), watcher.inbox().await(1));
    }
  }

  private SessionClient connected(Library library, String id) {
    SessionClient client = library.client(node.addresses(), id, id + "/will");
    assertFalse(client.connect(), "the session is new");
    return client;
  }

  private String nextId(Library library) {
    return library + "-" + ++clients;
  }
}
