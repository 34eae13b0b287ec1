package dev.lyrebird.mqtt;

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

import dev.lyrebird.journal.Write;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of a PUBLISH: its answer, its row, and its copies to subscribers. */
final class PublishTest {

  private final TestServer server = new TestServer();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void answerIsWhatTheQosAsksFor() {
    try (RawClient client = server.client("c3")) {
      client
          .send(publish("a", "x"), publish("a", 0x1234, "y"), publish("a", 0xffff, "z"))
          .expect("40 02 1234")
          .expect("40 02 ffff");
    }
    try (RawClient client = server.client5("c5", "")) {
      client.send(publish5("a", "", "x"), publish5("a", 0x1234, "", "y")).expect("40 02 1234");
    }
  }

  @Test
  void identifierIsFreeAgainOnceItIsAcknowledged() {
    try (RawClient client = server.client("c");
        RawClient subscriber = server.client("s")) {
      subscriber.send(subscribe(1, "a", 0)).expect("90 03 0001 00");
      client.send(publish("a", 7, "1")).expect("40 02 0007");
      client.send(Packet.of(0x3a, string("a"), twoBytes(7), utf8("2"))).expect("40 02 0007");
      subscriber.expect(publish("a", "1")).expect(publish("a", "2"));
    }
  }

  @Test
  void dupOfThePublisherIsNotPassedOn() {
    try (RawClient client = server.client("c")) {
      client
          .send(subscribe(1, "a", 1))
          .expect("90 03 0001 01")
          .send(Packet.of(0x3a, string("a"), twoBytes(7), utf8("x")))
          .expect(publish("a", 1, "x"))
          .expect("40 02 0007");
    }
  }

  @Test
  void publishesToSubscribersHaveIdentifiersOfTheirOwn() {
    try (RawClient client = server.client("c");
        RawClient publisher = server.client("p")) {
      client.send(subscribe(1, "a", 1)).expect("90 03 0001 01");
      publisher.send(publish("a", 9, "1"), publish("a", 9, "2"), publish("a", 9, "3"));
      client.expect(publish("a", 1, "1")).expect(publish("a", 2, "2")).expect(publish("a", 3, "3"));
    }
  }

  @Test
  void acknowledgementOfNothingIsPassedOver() {
    try (RawClient client = server.client5("c", "")) {
      client.send("40 02 0009 40 03 0009 97 c0 00").expect("d0 00");
    }
  }

  @Test
  void refusalByTheSubscriberCountsAsAcknowledgement() {
    try (RawClient client = server.client5("c", "21 0001")) {
      client
          .send(subscribe5(1, "", "a", 1))
          .expect("90 04 0001 00 01")
          .send(publish5("a", 7, "", "1"), publish5("a", 8, "", "2"))
          .expectInAnyOrder(hex("40 02 0007"), hex("40 02 0008"), publish5("a", 1, "", "1"))
          .send("40 03 0001 99")
          .expect(publish5("a", 2, "", "2"));
    }
  }

  @Test
  void messagesOfOneTopicArriveInTheirOrder() {
    try (RawClient client = server.client("c");
        RawClient publisher = server.client("p")) {
      client.send(subscribe(1, "#", 0)).expect("90 03 0001 00");
      for (int i = 0; i < 200; i++) {
        publisher.send(i % 3 == 0 ? publish("a", i + 1, "m" + i) : publish("a", "m" + i));
      }
      for (int i = 0; i < 200; i++) {
        client.expect(publish("a", "m" + i));
      }
    }
  }

  @Test
  void acknowledgementsComeInTheOrderOfThePublishes() {
    try (RawClient client = server.client("c")) {
      for (int i = 1; i <= 100; i++) {
        client.send(publish(i % 2 == 0 ? "a" : "sensors/a", i, i % 2 == 0 ? "x" : "{}"));
      }
      for (int i = 1; i <= 100; i++) {
        client.expect(Packet.acknowledgement(0x40, i));
      }
    }
  }

  @Test
  void retainedMessageIsReplacedByTheNext() {
    try (RawClient client = server.client("c")) {
      client
          .send(retained("a", "1"), retained("a", "2"), retained("b", "3"))
          .send(publish("a", "not kept"), publish("c", "not kept"), hex("c0 00"))
          .expect("d0 00")
          .send(subscribe(1, "#", 0))
          .expect("90 03 0001 00")
          .expectInAnyOrder(retained("a", "2"), retained("b", "3"))
          .send(publish("a", "live"))
          .expect(publish("a", "live"));
    }
  }

  @Test
  void emptyRetainedMessageRemovesTheOneBefore() {
    try (RawClient client = server.client("c");
        RawClient later = server.client("l")) {
      client
          .send(retained("a", "1"), subscribe(1, "a", 0))
          .expect("90 03 0001 00")
          .expect(retained("a", "1"))
          .send(retained("a", ""))
          .expect(publish("a", ""));
      later
          .send(subscribe(1, "a", 0))
          .expect("90 03 0001 00")
          .send(publish("a", "live"))
          .expect(publish("a", "live"));
    }
  }

  @Test
  void retainedMessageKeepsItsQos() {
    try (RawClient client = server.client("c")) {
      client
          .send(Packet.of(0x33, string("a"), twoBytes(1), utf8("1")), retained("b", "2"))
          .expect("40 02 0001")
          .send(subscribe(1, "a", 1))
          .expect("90 03 0001 01")
          .expect(Packet.of(0x33, string("a"), twoBytes(1), utf8("1")))
          .send(subscribe(2, "b", 1))
          .expect("90 03 0002 01")
          .expect(retained("b", "2"));
    }
  }

  @Test
  void retainedMessagesOutliveTheirPublisher() {
    server
        .client("p")
        .send(retained("a", "1"), hex("c000"))
        .expect("d0 00")
        .send("e0 00")
        .expectEnd();
    try (RawClient client = server.client("c")) {
      client.send(subscribe(1, "a", 0)).expect("90 03 0001 00").expect(retained("a", "1"));
    }
  }

  @Test
  void propertiesTravelUnchanged() {
    String all =
        "03 0004 742f786d" // Content Type
            + "01 01" // Payload Format Indicator
            + "08 0003 612f62" // Response Topic
            + "09 0003 00ff80" // Correlation Data
            + "26 0001 7a 0001 31" // User Properties in their order
            + "26 0001 61 0001 32"
            + "26 0001 7a 0000"
            + "26 0000 0001 33";
    try (RawClient client = server.client5("c", "");
        RawClient publisher = server.client5("p", "")) {
      client.send(subscribe5(1, "", "a", 0)).expect("90 04 0001 00 00");
      publisher.send(publish5("a", all, "x"));
      client.expect(publish5("a", all, "x"));
      publisher.send(Packet.of(0x31, string("a"), properties(all), utf8("kept")));
      client
          .expect(publish5("a", all, "kept"))
          .send(subscribe5(2, "", "a", 0))
          .expect("90 04 0002 00 00")
          .expect(Packet.of(0x31, string("a"), properties(all), utf8("kept")));
    }
  }

  @Test
  void propertiesMayBeEmpty() {
    String empty = "03 0000 09 0000 26 0000 0000";
    try (RawClient client = server.client5("c", "")) {
      client
          .send(subscribe5(1, "", "a", 0), publish5("a", empty, ""))
          .expect("90 04 0001 00 00")
          .expect(publish5("a", empty, ""));
    }
  }

  @Test
  void propertiesDoNotReachClientsOfMqtt3() {
    try (RawClient client = server.client("c");
        RawClient publisher = server.client5("p", "")) {
      client.send(subscribe(1, "a", 0)).expect("90 03 0001 00");
      publisher.send(publish5("a", "0101 26 0001 61 0001 62", "x"));
      client.expect(publish("a", "x"));
    }
  }

  @Test
  void payloadsAreTakenAsTheyAre() {
    try (RawClient client = server.client("c")) {
      byte[] binary = Packet.of(0x30, string("a"), hex("00 ff c328 0d0a"));
      byte[] large = Packet.of(0x30, string("a"), new byte[60_000]);
      client
          .send(subscribe(1, "a", 0), publish("a", ""), binary, large)
          .expect("90 03 0001 00")
          .expect(publish("a", ""))
          .expect(binary)
          .expect(large);
    }
  }

  @Test
  void expiryCountsDownWhileAMessageIsKept() {
    try (RawClient client = server.client5("c", "")) {
      client
          .send(Packet.of(0x31, string("a"), properties("02 0000000a"), utf8("x")), hex("c000"))
          .expect("d0 00");
      server.passMillis(4_000);
      client
          .send(subscribe5(1, "", "a", 0))
          .expect("90 04 0001 00 00")
          .expect(Packet.of(0x31, string("a"), properties("02 00000006"), utf8("x")));
      server.passMillis(5_001);
      client
          .send(subscribe5(1, "", "a", 0))
          .expect("90 04 0001 00 00")
          .expect(Packet.of(0x31, string("a"), properties("02 00000001"), utf8("x")));
      server.passMillis(1_000);
      client
          .send(subscribe5(1, "", "a", 0), publish5("a", "", "live"))
          .expect("90 04 0001 00 00")
          .expect(publish5("a", "", "live"));
    }
  }

  @Test
  void liveMessageHasItsWholeExpiry() {
    try (RawClient client = server.client5("c", "")) {
      client
          .send(subscribe5(1, "", "a", 0))
          .expect("90 04 0001 00 00")
          .send(publish5("a", "02 ffffffff", "x"), publish5("a", "02 00000001", "y"))
          .expect(publish5("a", "02 ffffffff", "x"))
          .expect(publish5("a", "02 00000001", "y"));
    }
  }

  @Test
  void messageThatExpiresBeforeItIsSentIsNotSent() {
    try (RawClient client = server.client5("c", "21 0001");
        RawClient publisher = server.client5("p", "")) {
      client.send(subscribe5(1, "", "a", 1)).expect("90 04 0001 00 01");
      publisher
          .send(publish5("a", 1, "", "first"), publish5("a", 2, "02 00000005", "short lived"))
          .send(publish5("a", 3, "02 00000064", "long lived"))
          .expect("40 02 0001 40 02 0002 40 02 0003");
      client.expect(publish5("a", 1, "", "first"));
      server.passMillis(10_000);
      client.send("40 02 0001").expect(publish5("a", 2, "02 0000005a", "long lived"));
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "Hidden/x,           87",
    "$SYS/broker/uptime, 87",
    "1/2/3/4/5/6/7/8/9,  90",
    "sensors/x,          99",
  })
  void refusedPublishTellsMqtt5Why(String topic, String code) {
    byte[] payload = utf8("{\"temperature\":\"x\"}");
    byte[] refused = Packet.of(0x33, string(topic), hex("0007 00"), payload);
    try (RawClient client = server.client5("c", "")) {
      byte[] puback = client.send(refused).packet();
      String head = HexFormat.of().formatHex(puback, 2, 5);
      assertEquals("0007" + code, head);
      assertEquals(0x1f, puback[6], "a Reason String");
    }
    try (RawClient client = server.client5("c", "17 00")) {
      client.send(refused).expect("40 04 0007" + code + "00"); // [MQTT-3.1.2-29]
    }
    server.client("c").send(Packet.of(0x33, string(topic), hex("0007"), payload)).expectEnd();
  }

  @Test
  void whatOtherProtocolsWriteArrivesToo() {
    try (RawClient client = server.client5("c", "")) {
      client.send(subscribe5(1, "", "sensors/a", 1)).expect("90 04 0001 00 01");
      server.write("sensors/a", Write.Kind.PUT, "{\"temperature\":1}");
      byte[] publish = client.packet();
      assertEquals(0x32, publish[0]);
    }
  }

  private static byte[] retained(String topic, String payload) {
    return Packet.of(0x31, string(topic), utf8(payload));
  }
}
