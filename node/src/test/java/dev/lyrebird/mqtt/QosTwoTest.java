package dev.lyrebird.mqtt;

import static dev.lyrebird.mqtt.Packet.acknowledgement;
import static dev.lyrebird.mqtt.Packet.hex;
import static dev.lyrebird.mqtt.Packet.properties;
import static dev.lyrebird.mqtt.Packet.publish;
import static dev.lyrebird.mqtt.Packet.publish5;
import static dev.lyrebird.mqtt.Packet.string;
import static dev.lyrebird.mqtt.Packet.subscribe;
import static dev.lyrebird.mqtt.Packet.subscribe5;
import static dev.lyrebird.mqtt.Packet.twoBytes;
import static dev.lyrebird.mqtt.Packet.utf8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The four packets of QoS 2, on both sides of the server. */
final class QosTwoTest {

  private static final int PUBREC = 0x50;
  private static final int PUBREL = 0x62;
  private static final int PUBCOMP = 0x70;

  private final TestServer server = new TestServer();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void everyPacketHasTheIdentifierOfThePublish() {
    try (RawClient client = server.client("c")) {
      for (int id : new int[] {1, 0x1234, 0xffff}) {
        client
            .send(publishTwo("a", id, "x"))
            .expect(acknowledgement(PUBREC, id))
            .send(acknowledgement(PUBREL, id))
            .expect(acknowledgement(PUBCOMP, id));
      }
    }
  }

  @Test
  void receiptsComeInTheOrderOfThePublishes() {
    try (RawClient client = server.client("c")) {
      for (int i = 1; i <= 50; i++) {
        client.send(publishTwo(i % 2 == 0 ? "a" : "sensors/a", i, i % 2 == 0 ? "x" : "{}"));
      }
      for (int i = 1; i <= 50; i++) {
        client.expect(acknowledgement(PUBREC, i));
      }
      for (int i = 1; i <= 50; i++) {
        client.send(acknowledgement(PUBREL, i));
      }
      for (int i = 1; i <= 50; i++) {
        client.expect(acknowledgement(PUBCOMP, i));
      }
    }
  }

  @Test
  void messageIsDeliveredWithoutAwaitingItsRelease() {
    try (RawClient client = server.client("c");
        RawClient publisher = server.client("p")) {
      client.send(subscribe(1, "a", 0)).expect("90 03 0001 00");
      publisher.send(publishTwo("a", 7, "x")).expect(acknowledgement(PUBREC, 7));
      client.expect(publish("a", "x"));
    }
  }

  @Test
  void unknownIdentifierIsToldToMqtt5Alone() {
    try (RawClient client = server.client5("c", "")) {
      assertCode("0009 92", 0x70, client.send(acknowledgement(PUBREL, 9)).packet());
      assertCode("0009 92", 0x62, client.send(acknowledgement(PUBREC, 9)).packet());
      client.send(acknowledgement(PUBCOMP, 9), hex("c000")).expect("d0 00");
    }
    try (RawClient client = server.client("c")) {
      client
          .send(acknowledgement(PUBREL, 9))
          .expect(acknowledgement(PUBCOMP, 9))
          .send(acknowledgement(PUBREC, 9))
          .expect(acknowledgement(PUBREL, 9))
          .send(acknowledgement(PUBCOMP, 9), hex("c000"))
          .expect("d0 00");
    }
  }

  private static void assertCode(String expected, int first, byte[] packet) {
    assertEquals(first, packet[0]);
    assertEquals(expected.replace(" ", ""), HexFormat.of().formatHex(packet, 2, 5));
  }

  @Test
  void refusedPublishNeedsNoReleaseAndFreesItsIdentifier() {
    try (RawClient client = server.client5("c", "17 00")) {
      client
          .send(Packet.of(0x34, string("Hidden/x"), twoBytes(7), hex("00 78")))
          .expect("50 04 0007 87 00")
          .send(Packet.of(0x34, string("a"), twoBytes(7), hex("00 78")))
          .expect(acknowledgement(PUBREC, 7))
          .send(acknowledgement(PUBREL, 7))
          .expect(acknowledgement(PUBCOMP, 7));
    }
    server.client("d").send(publishTwo("Hidden/x", 7, "x")).expectEnd();
  }

  @Test
  void publishesThatAreNotCompleteCountForTheServersReceiveMaximum() {
    int maximum = TestServer.LIMITS.receiveMaximum();
    RawClient client = server.client5("c", "");
    for (int i = 1; i <= maximum; i++) {
      client.send(publishTwo5("a", i, "", "x")).expect(acknowledgement(PUBREC, i));
    }
    client
        .send(acknowledgement(PUBREL, 3))
        .expect(acknowledgement(PUBCOMP, 3))
        .send(publishTwo5("a", maximum + 1, "", "x"))
        .expect(acknowledgement(PUBREC, maximum + 1))
        .send(publishTwo5("a", maximum + 2, "", "x"))
        .expectEndWith("93");
  }

  @Test
  void subscriberIsSentTheFourPackets() {
    try (RawClient client = server.client("c");
        RawClient publisher = server.client("p")) {
      client.send(subscribe(1, "a", 2)).expect("90 03 0001 02");
      publisher.send(publishTwo("a", 7, "1"), publishTwo("a", 8, "2"));
      client
          .expect(publishTwo("a", 1, "1"))
          .expect(publishTwo("a", 2, "2"))
          .send(acknowledgement(PUBREC, 1), acknowledgement(PUBREC, 2))
          .expect(acknowledgement(PUBREL, 1))
          .expect(acknowledgement(PUBREL, 2))
          .send(acknowledgement(PUBREC, 1))
          .expect(acknowledgement(PUBREL, 1))
          .send(acknowledgement(PUBCOMP, 1), acknowledgement(PUBCOMP, 2), hex("c000"))
          .expect("d0 00");
    }
  }

  @Test
  void deliveryCountsForTheClientsReceiveMaximumUntilItIsComplete() {
    try (RawClient client = server.client5("c", "21 0001");
        RawClient publisher = server.client("p")) {
      client.send(subscribe5(1, "", "a", 2)).expect("90 04 0001 00 02");
      publisher
          .send(publishTwo("a", 7, "1"), publishTwo("a", 8, "2"))
          .expect("50 02 0007 50 02 0008");
      client
          .expect(publishTwo5("a", 1, "", "1"))
          .send("c0 00")
          .expect("d0 00")
          .send(acknowledgement(PUBREC, 1))
          .expect(acknowledgement(PUBREL, 1))
          .send("c0 00")
          .expect("d0 00")
          .send(acknowledgement(PUBCOMP, 1))
          .expect(publishTwo5("a", 2, "", "2"));
    }
  }

  @Test
  void deliveryThatTheSubscriberRefusesIsOver() {
    try (RawClient client = server.client5("c", "21 0001");
        RawClient publisher = server.client("p")) {
      client.send(subscribe5(1, "", "a", 2)).expect("90 04 0001 00 02");
      publisher
          .send(publishTwo("a", 7, "1"), publishTwo("a", 8, "2"))
          .expect("50 02 0007 50 02 0008");
      client
          .expect(publishTwo5("a", 1, "", "1"))
          .send("50 03 0001 97")
          .expect(publishTwo5("a", 2, "", "2")); // and no PUBREL before it
    }
  }

  @Test
  void expiryDoesNotBreakOffWhatWasSent() {
    String session = "11 00000e10";
    try (RawClient publisher = server.client("p")) {
      RawClient client = server.client().send(connect("c", session));
      client.packet();
      client.send(subscribe5(1, "", "a", 2)).expect("90 04 0001 00 02");
      RawClient expiring = server.client5("e", "");
      expiring
          .send(publishTwo5("a", 1, "02 00000005", "1"), publishTwo5("a", 2, "02 00000005", "2"))
          .expect("50 02 0001 50 02 0002");
      byte[] first = client.packet();
      byte[] second = client.packet();
      server.passMillis(10_000);
      client.send(hex("5002"), identifier(first)).expect(hex("6202"), identifier(first)).abort();

      client = server.client().send(connect("c", session));
      assertEquals(1, client.packet()[2], "Session Present");
      client.expect(hex("6202"), identifier(first));
      byte[] again = client.packet();
      assertEquals(0x3c, again[0]);
      assertEquals(
          HexFormat.of().formatHex(identifier(second)),
          HexFormat.of().formatHex(identifier(again)));
      publisher.send(publish("a", "3"));
      client.expect(publish5("a", "", "3"));
      client.close();
    }
  }

  @Test
  void receiptGoesOnThoughTheMessageHasExpired() {
    try (RawClient client = server.client5("c", "")) {
      client.send(publishTwo5("a", 7, "02 00000001", "x")).expect(acknowledgement(PUBREC, 7));
      server.passMillis(10_000);
      client
          .send(publishTwo5("a", 7, "02 00000001", "x"))
          .expect(acknowledgement(PUBREC, 7))
          .send(acknowledgement(PUBREL, 7))
          .expect(acknowledgement(PUBCOMP, 7));
    }
  }

  private static byte[] connect(String clientId, String properties) {
    return Packet.of(
        0x10, string("MQTT"), hex("05 00 0258"), properties(properties), string(clientId));
  }

  /** Returns the packet identifier of a PUBLISH to the topic {@code a}. */
  private static byte[] identifier(byte[] publish) {
    return new byte[] {publish[5], publish[6]};
  }

  private static byte[] publishTwo(String topic, int packetId, String payload) {
    return Packet.of(0x34, string(topic), twoBytes(packetId), utf8(payload));
  }

  private static byte[] publishTwo5(String topic, int packetId, String properties, String payload) {
    return Packet.of(
        0x34, string(topic), twoBytes(packetId), properties(properties), utf8(payload));
  }
}
