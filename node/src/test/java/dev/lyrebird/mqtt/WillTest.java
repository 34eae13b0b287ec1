package dev.lyrebird.mqtt;

import static dev.lyrebird.mqtt.Packet.hex;
import static dev.lyrebird.mqtt.Packet.properties;
import static dev.lyrebird.mqtt.Packet.publish;
import static dev.lyrebird.mqtt.Packet.publish5;
import static dev.lyrebird.mqtt.Packet.string;
import static dev.lyrebird.mqtt.Packet.subscribe;
import static dev.lyrebird.mqtt.Packet.subscribe5;
import static dev.lyrebird.mqtt.Packet.utf8;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When a will is published, and as what. */
final class WillTest {

  private static final int WILL = 0x06;
  private static final int RETAINED = 0x20;

  private final TestServer server = new TestServer();
  private RawClient watcher;

  @BeforeEach
  void watch() {
    watcher = server.client("watcher").send(subscribe(1, "#", 2)).expect("90 03 0001 02");
  }

  @AfterEach
  void stop() {
    watcher.close();
    server.close();
  }

  @Test
  void lostConnectionPublishesIt() {
    client(WILL).abort();
    watcher.expect(publish("t", "gone"));
  }

  @Test
  void endWithoutDisconnectPublishesIt() {
    client(WILL).close();
    watcher.expect(publish("t", "gone"));
  }

  @Test
  void faultOfTheClientPublishesIt() {
    client(WILL).send("c1 00").expectEnd();
    watcher.expect(publish("t", "gone"));
  }

  @Test
  void silenceBeyondTheKeepAlivePublishesIt() {
    server.client().send(connect(WILL, "0001", "c")).expect("20 02 00 00").expectEnd();
    watcher.expect(publish("t", "gone"));
  }

  @Test
  void takeOverPublishesItBeforeTheNewClientIsLetIn() {
    RawClient before = client(WILL);
    RawClient after = server.client("c");
    before.expectEnd();
    after.send(publish("t", "back"));
    watcher.expect(publish("t", "gone")).expect(publish("t", "back"));
    after.close();
  }

  @Test
  void disconnectForgetsIt() {
    client(WILL).send("e0 00").expectEnd();
    client5(WILL, "", "").send("e0 00").expectEnd();
    client5(WILL, "", "").send("e0 02 00 00").expectEnd();
    assertNoWill();
  }

  @ParameterizedTest
  @ValueSource(strings = {"04", "80", "82", "93"})
  void disconnectWithAReasonPublishesIt(String code) {
    client5(WILL, "", "").send("e0 01" + code).expectEnd();
    watcher.expect(publish("t", "gone"));
  }

  @Test
  void refusedClientHasNone() {
    server.client().send(connect(WILL | 0x01, "0000", "c")).expectEnd();
    assertNoWill();
  }

  @Test
  void clientWithoutOneHasNone() {
    server.client("c").abort();
    assertNoWill();
  }

  @Test
  void itIsPublishedOnce() {
    client(WILL).abort();
    watcher.expect(publish("t", "gone"));
    server.client("c").abort();
    assertNoWill();
  }

  @ParameterizedTest(name = "QoS {0}")
  @CsvSource({"0, 30", "1, 32", "2, 34"})
  void itHasItsQos(int qos, String first) {
    client(WILL | qos << 3).abort();
    byte[] identifier = qos == 0 ? new byte[0] : hex("0001");
    watcher.expect(Packet.of(Integer.parseInt(first, 16), string("t"), identifier, utf8("gone")));
  }

  @Test
  void itIsRetainedIfItSaysSo() {
    client(WILL).abort();
    watcher.expect(publish("t", "gone"));
    assertRetained(false);
    client(WILL | RETAINED).abort();
    watcher.expect(publish("t", "gone"));
    assertRetained(true);
  }

  private void assertRetained(boolean isRetained) {
    try (RawClient client = server.client("later")) {
      client.send(subscribe(1, "t", 0)).expect("90 03 0001 00");
      if (isRetained) {
        client.expect(Packet.of(0x31, string("t"), utf8("gone")));
      }
      client.send(publish("t", "live")).expect(publish("t", "live"));
    }
    watcher.expect(publish("t", "live"));
  }

  @Test
  void itsPropertiesTravelUnchanged() {
    String all =
        "03 0004 742f786d 01 01 08 0003 612f62 09 0003 00ff80"
            + "26 0001 7a 0001 31 26 0001 61 0001 32 26 0001 7a 0000";
    RawClient reader = server.client5("reader", "");
    reader.send(subscribe5(1, "", "t", 0)).expect("90 04 0001 00 00");
    client5(WILL, "", all).abort();
    reader.expect(publish5("t", all, "gone")).close();
  }

  @Test
  void itsExpiryBeginsWithItsPublication() {
    RawClient reader = server.client5("reader", "");
    reader.send(subscribe5(1, "", "t", 0)).expect("90 04 0001 00 00");
    RawClient client = client5(WILL, "", "02 0000000a");
    server.passMillis(60_000);
    client.abort();
    reader.expect(publish5("t", "02 0000000a", "gone")).close();
  }

  @Test
  void newConnectionWithinTheDelayForgetsIt() {
    client5(WILL & ~0x02, "11 0000003c", "18 0000000a").abort();
    server.passMillis(5_000);
    RawClient back =
        server.client().send(Packet.of(0x10, string("MQTT"), hex("05 00 0258 00"), string("c")));
    back.packet();
    server.passMillis(60_000);
    assertNoWill();
    back.close();
  }

  @Test
  void delayBeyondTheSessionEndsWithIt() {
    client5(WILL, "", "18 0000000a").abort(); // a session that ends with its connection
    watcher.expect(publish("t", "gone"));
  }

  @Test
  void newSessionWithinTheDelayPublishesItForTheOldOne() {
    client5(WILL & ~0x02, "11 0000003c", "18 0000000a").abort();
    server.client5("c", "").close();
    watcher.expect(publish("t", "gone"));
    RawClient before = client5(WILL & ~0x02, "11 0000003c", "18 0000000a");
    server.client5("c", "").close(); // and likewise while the old connection stands
    before.expectEndWith("8e");
    watcher.expect(publish("t", "gone"));
  }

  @Test
  void itsTopicMayBeRefusedWithoutAnyHarm() {
    server
        .client()
        .send(
            Packet.of(
                0x10,
                string("MQTT"),
                hex("04 06 0000"),
                string("c"),
                string("Hidden/x"),
                hex("0000")))
        .expect("20 02 00 00")
        .abort();
    assertNoWill();
  }

  /** The next that arrives is what was published after the end. */
  private void assertNoWill() {
    try (RawClient other = server.client("other")) {
      other.send(publish("end", "x"));
      watcher.expect(publish("end", "x"));
    }
  }

  /** Opens a connection of MQTT 3.1.1 with the will "gone" for "t". */
  private RawClient client(int flags) {
    return server.client().send(connect(flags, "0000", "c")).expect("20 02 00 00");
  }

  private static byte[] connect(int flags, String keepAlive, String clientId) {
    return Packet.of(
        0x10,
        string("MQTT"),
        new byte[] {4, (byte) (flags | 0x02)},
        hex(keepAlive),
        string(clientId),
        string("t"),
        string("gone"));
  }

  private RawClient client5(int flags, String connectProperties, String willProperties) {
    RawClient client =
        server
            .client()
            .send(
                Packet.of(
                    0x10,
                    string("MQTT"),
                    new byte[] {5, (byte) flags},
                    hex("0258"),
                    properties(connectProperties),
                    string("c"),
                    properties(willProperties),
                    string("t"),
                    string("gone")));
    client.packet();
    return client;
  }
}
