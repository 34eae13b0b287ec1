package dev.lyrebird.mqtt;

import static dev.lyrebird.mqtt.Packet.hex;
import static dev.lyrebird.mqtt.Packet.publish;
import static dev.lyrebird.mqtt.Packet.publish5;
import static dev.lyrebird.mqtt.Packet.string;
import static dev.lyrebird.mqtt.Packet.subscribe5;
import static dev.lyrebird.mqtt.Packet.utf8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The Maximum Packet Size, that of clients and that of the server. */
final class PacketSizeTest {

  private static final int MAXIMUM = TestServer.LIMITS.maxPacketBytes();

  private final TestServer server = new TestServer();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void packetOfTheServersMaximumIsTakenAndNoLargerOne() {
    int around = 1 + 3 + 3; // of a PUBLISH to "a"
    try (RawClient client = server.client("s")) {
      client.send(Packet.subscribe(1, "a", 0)).expect("90 03 0001 00");
      byte[] largest = Packet.of(0x30, string("a"), new byte[MAXIMUM - around]);
      assertEquals(MAXIMUM, largest.length);
      client.send(largest).expect(largest);
      client.send(Packet.of(0x30, string("a"), new byte[MAXIMUM - around + 1])).expectEnd();
    }
    server
        .client5("c", "")
        .send(Packet.of(0x30, string("a"), hex("00"), new byte[MAXIMUM - around]))
        .expectEndWith("95");
  }

  @Test
  void messageThatIsTooLargeForTheClientCountsAsDelivered() {
    try (RawClient client = server.client5("c", "27 00000032");
        RawClient publisher = server.client("p")) {
      client.send(subscribe5(1, "", "a", 1)).expect("90 04 0001 00 01");
      String largest = "x".repeat(50 - 2 - 3 - 2 - 1);
      assertEquals(50, publish5("a", 1, "", largest).length);
      publisher
          .send(publish("a", 1, largest), publish("a", 2, largest + "y"), publish("a", 3, "next"))
          .expect("40 02 0001 40 02 0002 40 02 0003");
      client.expect(publish5("a", 1, "", largest)).expect(publish5("a", 2, "", "next"));
      assertEquals(1, server.meter("lyrebird.mqtt.publish.dropped"));
    }
  }

  @Test
  void propertiesOfTheSubscriptionCountToo() {
    String most = "x".repeat(32 - 2 - 3 - 1 - 5);
    try (RawClient client = server.client5("c", "27 00000020 22 0001");
        RawClient publisher = server.client("p")) {
      client.send(subscribe5(1, "0b05", "a", 0)).expect("90 04 0001 00 00");
      publisher.send(publish("a", most + "y"), publish("a", most), publish("a", most + "y"));
      client
          .expect(publish5("a", "23 0001 0b05", most))
          .expect(publish5("", "23 0001 0b05", most + "y"));
    }
  }

  @Test
  void reasonsAreLeftOutThatTheClientHasNoRoomFor() {
    try (RawClient client = server.client5("c", "27 0000003c")) {
      byte[] puback = client.send(refused()).packet();
      assertEquals(0x1f, puback[6], "a Reason String");
    }
    RawClient client = server.client5("c", "27 00000020");
    client
        .send(refused())
        .expect("40 04 0007 90 00")
        .send(Packet.of(0x34, string("1/2/3/4/5/6/7/8/9"), hex("0008 00"), utf8("x")))
        .expect("50 04 0008 90 00")
        .send("c1 00")
        .expect("e0 02 81 00")
        .expectEnd();
  }

  @Test
  void refusedClientIsToldWhyIfItHasRoomForThat() {
    String fault = "16 0000"; // data of an authentication without a method
    String reason = "authentication data need an authentication method";
    server
        .client()
        .send(Packet.connect5("c", "27 000000ff 17 00" + fault))
        .expect(Packet.of(0x20, hex("00 82 34 1f"), string(reason)))
        .expectEnd();
    server
        .client()
        .send(Packet.connect5("c", "27 00000038" + fault))
        .expect("20 03 00 82 00")
        .expectEnd();
  }

  @Test
  void subackSaysWhyIfThereIsRoomForThat() {
    try (RawClient client = server.client5("c", "27 00000030")) {
      client.send(subscribe5(1, "", "", 0)).expect("90 04 0001 00 8f");
    }
    try (RawClient client = server.client5("c", "27 0000003d")) {
      byte[] suback = client.send(subscribe5(1, "", "", 0)).packet();
      assertEquals(0x1f, suback[5], "a Reason String");
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "room for a refusal,              0000001f, 20 03 00 83 00",
    "room for no more than a refusal, 00000005, 20 03 00 83 00",
    "room for nothing,                00000004, ''",
  })
  void clientWithoutRoomForItsConnackIsRefused(String name, String maximum, String connack) {
    server.client().send(Packet.connect5("c", "27" + maximum)).expect(connack).expectEnd();
  }

  @Test
  void answerThatTheClientHasNoRoomForEndsTheConnection() {
    byte[] most = hex("000161".repeat(27));
    server
        .client5("c", "27 00000020")
        .send(Packet.of(0xa2, hex("0001 00"), most))
        .expect(hex("b0 1e 0001 00"), hex("11".repeat(27)))
        .send(Packet.of(0xa2, hex("0001 00"), most, string("b")))
        .expectEndWith("95");
    server
        .client5("c", "27 00000020")
        .send(Packet.of(0x82, hex("0001 00"), hex("00016100".repeat(28))))
        .expectEndWith("95");
  }

  private static byte[] refused() {
    return Packet.of(0x33, string("1/2/3/4/5/6/7/8/9"), hex("0007 00"), utf8("x"));
  }
}
