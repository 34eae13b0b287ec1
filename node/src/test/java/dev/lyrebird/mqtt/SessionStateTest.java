package dev.lyrebird.mqtt;

import static dev.lyrebird.mqtt.Packet.hex;
import static dev.lyrebird.mqtt.Packet.properties;
import static dev.lyrebird.mqtt.Packet.publish;
import static dev.lyrebird.mqtt.Packet.publish5;
import static dev.lyrebird.mqtt.Packet.string;
import static dev.lyrebird.mqtt.Packet.subscribe;
import static dev.lyrebird.mqtt.Packet.subscribe5;
import static dev.lyrebird.mqtt.Packet.utf8;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How long sessions of MQTT 5 last, and what of them the next connection finds. */
final class SessionStateTest {

  private static final String ONE_MINUTE = "11 0000003c";
  private static final String DISCONNECT = "e0 00";
  private static final int RESUMING = 0x00;
  private static final int CLEAN = 0x02;

  private final TestServer server = new TestServer();

  @AfterEach
  void stop() {
    server.close();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "kept for its minute,                  11 0000003c, e0 00,                    59, 1",
    "ended with its minute,                11 0000003c, e0 00,                    61, 0",
    "ended with its connection,            '',          e0 00,                     0, 0",
    "never ended,                          11 ffffffff, e0 00,             100000000, 1",
    "kept as DISCONNECT says,              11 0000003c, e0 07 00 05 11 00000e10, 3599, 1",
    "ended as DISCONNECT says,             11 0000003c, e0 07 00 05 11 0000000a,   11, 0",
    "ended by DISCONNECT,                  11 0000003c, e0 07 00 05 11 00000000,    0, 0",
    "never ended for DISCONNECT says so,   11 0000003c, e0 07 00 05 11 ffffffff, 9999, 1",
  })
  void sessionIs(String name, String expiry, String disconnect, long seconds, int present) {
    connect(CLEAN, expiry, 0).send(disconnect).expectEnd();
    server.passMillis(seconds * 1000);
    connect(RESUMING, expiry, present).close();
  }

  @Test
  void sessionDoesNotEndWhileItsConnectionStands() {
    RawClient client = connect(CLEAN, ONE_MINUTE, 0);
    server.passMillis(3_600_000);
    client.send("c0 00").expect("d0 00").abort();
    server.passMillis(59_000);
    connect(RESUMING, ONE_MINUTE, 1).close();
  }

  @Test
  void firstConnectionFindsNoSession() {
    connect(RESUMING, ONE_MINUTE, 0).close();
  }

  @Test
  void cleanStartFindsNothingOfTheSessionBefore() {
    RawClient client = connect(CLEAN, ONE_MINUTE, 0);
    client.send(subscribe5(1, "", "a", 1)).expect("90 04 0001 00 01").send(DISCONNECT).expectEnd();
    publishAtOne("a", "before");
    client = connect(CLEAN, ONE_MINUTE, 0);
    publishAtOne("a", "after");
    client.send(subscribe5(1, "", "b", 0)).expect("90 04 0001 00 00");
    client.send(publish5("b", "", "x")).expect(publish5("b", "", "x")).close();
  }

  @Test
  void subscriptionsKeepTheirOptions() {
    RawClient client = connect(CLEAN, ONE_MINUTE, 0);
    client.send(subscribe5(1, "0b07", "a", 0x0c)).expect("90 04 0001 00 00"); // and QoS 0
    client.send(DISCONNECT).expectEnd();
    client = connect(RESUMING, ONE_MINUTE, 1);
    client.send(publish5("a", 1, "", "own")).expect("40 02 0001");
    try (RawClient publisher = server.client("p")) {
      publisher.send(Packet.of(0x31, string("a"), utf8("kept")));
      client.expect(Packet.of(0x31, string("a"), hex("02 0b07"), utf8("kept"))).close();
    }
  }

  @Test
  void subscriptionThatWasTakenBackStaysSo() {
    RawClient client = connect(CLEAN, ONE_MINUTE, 0);
    client.send(subscribe5(1, "", "a", 1), subscribe5(2, "", "b", 0));
    client.expect("90 04 0001 00 01 90 04 0002 00 00");
    client.send(Packet.of(0xa2, hex("0003 00"), string("a"))).expect("b0 04 0003 00 00");
    client.send(DISCONNECT).expectEnd();
    publishAtOne("a", "unwanted");
    client = connect(RESUMING, ONE_MINUTE, 1);
    client.send(publish5("b", "", "x")).expect(publish5("b", "", "x")).close();
  }

  @Test
  void whatTheClientRefusedIsNotSentAgain() {
    RawClient client = connect(CLEAN, ONE_MINUTE, 0);
    client.send(subscribe5(1, "", "a", 2)).expect("90 04 0001 00 02");
    publishAtOne("a", "1");
    byte[] first = client.packet();
    client.send(hex("4003"), identifier(first), hex("97"));
    try (RawClient publisher = server.client("p")) {
      publisher.send(Packet.of(0x34, string("a"), hex("0001"), utf8("2"))).expect("50 02 0001");
    }
    byte[] second = client.packet();
    client.send(hex("5003"), identifier(second), hex("80")).send(hex("c000")).expect("d0 00");
    client.send(DISCONNECT).expectEnd();
    client = connect(RESUMING, ONE_MINUTE, 1);
    client.send(publish5("a", "", "3")).expect(publish5("a", "", "3")).close();
  }

  @Test
  void newConnectionsReceiveMaximumHoldsForWhatIsSentAgain() {
    RawClient client = connect(CLEAN, ONE_MINUTE, 0);
    client.send(subscribe5(1, "", "a", 1)).expect("90 04 0001 00 01");
    for (int i = 1; i <= 3; i++) {
      publishAtOne("a", "m" + i);
      client.packet();
    }
    client.abort();
    client = connect(RESUMING, ONE_MINUTE + "21 0001", 1);
    for (int i = 1; i <= 3; i++) {
      byte[] again = client.packet();
      assertEquals("m" + i, payload(again));
      assertEquals(0x3a, again[0] & 0xff, "DUP");
      client.send("c0 00").expect("d0 00").send(hex("4002"), identifier(again));
    }
    client.close();
  }

  @Test
  void topicIsSpelledOutAnewOnTheNextConnection() {
    RawClient client = connect(CLEAN, ONE_MINUTE + "22 0002", 0);
    client.send(subscribe5(1, "", "a", 0)).expect("90 04 0001 00 00");
    client.send(publish5("a", "", "1"), publish5("a", "", "2"));
    client.expect(publish5("a", "23 0001", "1")).expect(publish5("", "23 0001", "2")).abort();
    client = connect(RESUMING, ONE_MINUTE + "22 0002", 1);
    client.send(publish5("a", "", "3")).expect(publish5("a", "23 0001", "3")).close();
  }

  @Test
  void retainedMessagesAreNoPartOfASession() {
    RawClient client = connect(CLEAN, ONE_MINUTE, 0);
    client.send(Packet.of(0x31, string("a"), hex("00"), utf8("kept"))).send("c0 00").expect("d000");
    client.send(DISCONNECT).expectEnd();
    client = connect(CLEAN, "", 0);
    client
        .send(subscribe5(1, "", "a", 0))
        .expect("90 04 0001 00 00")
        .expect(Packet.of(0x31, string("a"), hex("00"), utf8("kept")))
        .close();
  }

  @Test
  void messagesThatArriveMeanwhileAreInOrder() {
    RawClient client = connect(CLEAN, ONE_MINUTE, 0);
    client.send(subscribe5(1, "", "a", 2)).expect("90 04 0001 00 02").send(DISCONNECT).expectEnd();
    try (RawClient publisher = server.client("publisher")) {
      for (int i = 1; i <= 20; i++) {
        publisher.send(publish("a", 1, "m" + i)).expect("40 02 0001");
      }
    }
    client = connect(RESUMING, ONE_MINUTE, 1);
    for (int i = 1; i <= 20; i++) {
      assertEquals("m" + i, payload(client.packet()));
    }
    client.close();
  }

  @Test
  void sessionOfOneVersionGoesOnInAnother() {
    RawClient client = connect(CLEAN, "11 ffffffff", 0);
    client.send(subscribe5(1, "", "a", 1)).expect("90 04 0001 00 01").send(DISCONNECT).expectEnd();
    byte[] older = Packet.of(0x10, string("MQTT"), hex("04 00 0000"), string("c"));
    client = server.client().send(older).expect("20 02 01 00");
    client.send(publish("a", "x")).expect(publish("a", "x")).send(DISCONNECT).expectEnd();
    byte[] oldest = Packet.of(0x10, string("MQIsdp"), hex("03 00 0000"), string("c"));
    client = server.client().send(oldest).expect("20 02 00 00"); // which has no word for it
    client.send(publish("a", "y")).expect(publish("a", "y")).close();
  }

  @Test
  void cleanSessionOfMqtt3LeavesNothingBehind() {
    RawClient client = server.client("c");
    client.send(subscribe(1, "a", 1)).expect("90 03 0001 01").abort();
    byte[] resuming = Packet.of(0x10, string("MQTT"), hex("04 00 0000"), string("c"));
    client = server.client().send(resuming).expect("20 02 00 00");
    publishAtOne("a", "unwanted");
    client.send(subscribe(1, "b", 0)).expect("90 03 0001 00");
    client.send(publish("b", "x")).expect(publish("b", "x")).close();
  }

  private RawClient connect(int flags, String properties, int present) {
    RawClient client =
        server
            .client()
            .send(
                Packet.of(
                    0x10,
                    string("MQTT"),
                    new byte[] {5, (byte) flags},
                    hex("0258"),
                    properties(properties),
                    string("c")));
    byte[] connack = client.packet();
    assertEquals("0" + present + "00", HexFormat.of().formatHex(connack, 2, 4));
    return client;
  }

  private void publishAtOne(String topic, String payload) {
    try (RawClient publisher = server.client("publisher")) {
      publisher.send(publish(topic, 1, payload)).expect("40 02 0001");
    }
  }

  /** Returns the packet identifier of a PUBLISH to the topic {@code a}. */
  private static byte[] identifier(byte[] publish) {
    return new byte[] {publish[5], publish[6]};
  }

  /** Returns the payload of a PUBLISH of MQTT 5 to the topic {@code a}, at QoS 1. */
  private static String payload(byte[] publish) {
    int from = 8 + publish[7];
    return new String(publish, from, publish.length - from, UTF_8);
  }
}
