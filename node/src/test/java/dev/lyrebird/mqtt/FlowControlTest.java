package dev.lyrebird.mqtt;

import static dev.lyrebird.mqtt.Packet.acknowledgement;
import static dev.lyrebird.mqtt.Packet.hex;
import static dev.lyrebird.mqtt.Packet.publish;
import static dev.lyrebird.mqtt.Packet.publish5;
import static dev.lyrebird.mqtt.Packet.subscribe;
import static dev.lyrebird.mqtt.Packet.subscribe5;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The Receive Maximum, that of clients and that of the server. */
final class FlowControlTest {

  private final TestServer server = new TestServer();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void noMoreIsSentThanTheClientTakes() {
    try (RawClient client = server.client5("c", "21 0002");
        RawClient publisher = server.client("p")) {
      client.send(subscribe5(1, "", "a", 1)).expect("90 04 0001 00 01");
      for (int i = 1; i <= 4; i++) {
        publisher.send(publish("a", i, "m" + i)).expect(acknowledgement(0x40, i));
      }
      client
          .expect(publish5("a", 1, "", "m1"))
          .expect(publish5("a", 2, "", "m2"))
          .send("c0 00") // [MQTT-3.3.4-10]: all but PUBLISH goes on
          .expect("d0 00")
          .send(subscribe5(2, "", "b", 1))
          .expect("90 04 0002 00 01")
          .send(acknowledgement(0x40, 2))
          .expect(publish5("a", 3, "", "m3"))
          .send("c0 00")
          .expect("d0 00")
          .send(acknowledgement(0x40, 1), acknowledgement(0x40, 3))
          .expect(publish5("a", 4, "", "m4"));
    }
  }

  @Test
  void maximumOfOneMeansOneAfterTheOther() {
    try (RawClient client = server.client5("c", "21 0001");
        RawClient publisher = server.client("p")) {
      client.send(subscribe5(1, "", "a", 1)).expect("90 04 0001 00 01");
      for (int i = 1; i <= 20; i++) {
        publisher.send(publish("a", i, "m" + i));
      }
      for (int i = 1; i <= 20; i++) {
        client.expect(publish5("a", i, "", "m" + i)).send("c0 00").expect("d0 00");
        client.send(acknowledgement(0x40, i));
      }
    }
  }

  @Test
  void clientOfMqtt3IsSentNoMoreThanTheServersOwnLimit() {
    int window = TestServer.LIMITS.maxInflight();
    try (RawClient client = server.client("c");
        RawClient publisher = server.client("p")) {
      client.send(subscribe(1, "a", 1)).expect("90 03 0001 01");
      for (int i = 1; i <= window + 1; i++) {
        publisher.send(publish("a", i, "x")).expect(acknowledgement(0x40, i));
      }
      for (int i = 1; i <= window; i++) {
        client.expect(publish("a", i, "x"));
      }
      client.send("c0 00").expect("d0 00");
      for (int i = 1; i <= window; i++) {
        client.send(acknowledgement(0x40, i));
      }
      client.expect(publish("a", window + 1, "x"));
    }
  }

  @Test
  void clientThatSendsMoreThanTheServerTakesIsEnded() {
    int maximum = TestServer.LIMITS.receiveMaximum();
    RawClient client = server.client5("c", "");
    server.onLoop(() -> server.tables().hold());
    for (int i = 1; i <= maximum; i++) {
      client.send(publish5("a", i, "", "x"));
    }
    client.send("c0 00").expect("d0 00"); // so many are taken, and all else with them
    client.send(publish5("a", maximum + 1, "", "x")).expectEndWith("93");
  }

  @Test
  void qosZeroCountsForNothing() {
    try (RawClient client = server.client5("c", "")) {
      server.onLoop(() -> server.tables().hold());
      for (int i = 0; i < 2 * TestServer.LIMITS.receiveMaximum(); i++) {
        client.send(publish5("a", "", "x"));
      }
      client.send(publish5("a", 1, "", "x"), hex("c0 00")).expect("d0 00");
      server.onLoop(() -> server.tables().release());
      client.expect("40 02 0001");
    }
  }

  @Test
  void acknowledgedPublishesMakeRoom() {
    try (RawClient client = server.client5("c", "")) {
      for (int i = 1; i <= 5 * TestServer.LIMITS.receiveMaximum(); i++) {
        client.send(publish5("a", i, "", "x")).expect(acknowledgement(0x40, i));
      }
    }
  }
}
