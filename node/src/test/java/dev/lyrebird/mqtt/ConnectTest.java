package dev.lyrebird.mqtt;

import static dev.lyrebird.mqtt.Packet.connect;
import static dev.lyrebird.mqtt.Packet.connect5;
import static dev.lyrebird.mqtt.Packet.hex;
import static dev.lyrebird.mqtt.Packet.publish;
import static dev.lyrebird.mqtt.Packet.string;
import static dev.lyrebird.mqtt.Packet.subscribe;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of a CONNECT, byte for byte. */
final class ConnectTest {

  /** The keep alive of 600 s that a client is told which asks for none. */
  private static final String KEEP_ALIVE = "13 0258";

  /** Receive Maximum, Maximum QoS, Maximum Packet Size, Topic Alias Maximum. */
  static final String GRANTED = "21 0010, 27 00010000, 22 0004";

  private final TestServer server = new TestServer();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void clientsOfMqtt3AreLetIn() {
    server.client().send(connect("c1")).expect("20 02 00 00").close();
    server
        .client()
        .send(Packet.of(0x10, string("MQIsdp"), hex("03 02 0000"), string("c2")))
        .expect("20 02 00 00")
        .close();
  }

  @Test
  void clientOfMqtt5IsToldWhatTheServerGrants() {
    server.client().send(connect5("c1", "")).expectConnack5(GRANTED, KEEP_ALIVE).close();
  }

  @Test
  void sessionMayOutliveItsConnectionAsLongAsTheClientAsks() {
    server.client().send(connect5("c1", "11 0000003c")).expectConnack5(GRANTED, KEEP_ALIVE).close();
    server
        .client()
        .send(Packet.of(0x10, string("MQTT"), hex("04 00 0000"), string("c2")))
        .expect("20 02 00 00")
        .close();
  }

  @Test
  void keepAliveWithinTheLimitIsTheClientsOwn() {
    byte[] connect = Packet.of(0x10, string("MQTT"), hex("05 02 0258 00"), string("c1"));
    server.client().send(connect).expectConnack5(GRANTED).close();
  }

  @Test
  void clientWithoutIdentifierGetsOne() {
    String assigned = "12 0007 66726573682d31"; // fresh-1
    server.client().send(connect5("", "")).expectConnack5(GRANTED, KEEP_ALIVE, assigned).close();
    server
        .client()
        .send(Packet.of(0x10, string("MQTT"), hex("05 00 0258 00"), string("")))
        .expectConnack5(GRANTED, "12 0007 66726573682d32")
        .close();
    server.client().send(connect("")).expect("20 02 00 00").close();
  }

  @Test
  void sessionWithoutIdentifierIsRefusedToMqtt3() {
    server
        .client()
        .send(Packet.of(0x10, string("MQTT"), hex("04 00 0000"), string("")))
        .expect("20 02 00 02")
        .expectEnd();
    server
        .client()
        .send(Packet.of(0x10, string("MQIsdp"), hex("03 02 0000"), string("")))
        .expect("20 02 00 02")
        .expectEnd();
  }

  @Test
  void unknownVersionIsRefusedInTheFormOfItsTime() {
    server
        .client()
        .send(Packet.of(0x10, string("MQTT"), hex("06 02 0000 00"), string("c1")))
        .expectRefusal("84");
    server
        .client()
        .send(Packet.of(0x10, string("MQTT"), hex("02 02 0000"), string("c1")))
        .expect("20 02 00 01")
        .expectEnd();
    server
        .client()
        .send(Packet.of(0x10, string("MQTX"), hex("04 02 0000"), string("c1")))
        .expect("20 02 00 01")
        .expectEnd();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "password without a user name,              04 42 0000,    0002 6331 0001 70",
    "reserved flag,                             04 03 0000,    0002 6331",
    "QoS of a will without a will,              04 0a 0000,    0002 6331",
    "RETAIN of a will without a will,           04 22 0000,    0002 6331",
    "will of QoS 3,                             04 1e 0000,    0002 6331 0001 74 0000",
    "will topic with a wildcard,                04 06 0000,    0002 6331 0001 23 0000",
    "empty will topic,                          04 06 0000,    0002 6331 0000 0000",
    "identifier that is no UTF-8,               04 02 0000,    0002 c328",
    "identifier with U+0000,                    04 02 0000,    0002 6100",
    "bytes behind the end,                      04 02 0000,    0002 6331 00",
    "flags without what they promise,           04 c2 0000,    0002 6331",
    "will that is not there,                    04 06 0000,    0002 6331",
    "user name that is not announced,           04 02 0000,    0002 6331 0001 75",
    "no identifier at all,                      04 02 0000,    ''",
  })
  void faultyConnectOfMqtt3IsRefusedWithoutAWord(String name, String header, String payload) {
    server.client().send(Packet.of(0x10, string("MQTT"), hex(header), hex(payload))).expectEnd();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "Receive Maximum 0,                   82, 05 02 0000 03 210000,                     0002 6331",
    "Maximum Packet Size 0,               82, 05 02 0000 05 2700000000,                 0002 6331",
    "property twice,                      82, 05 02 0000 0a 11000000011100000001,       0002 6331",
    "Request Problem Information 2,       82, 05 02 0000 02 1702,                       0002 6331",
    "property of another packet,          81, 05 02 0000 03 230001,                     0002 6331",
    "property that there is not,          81, 05 02 0000 02 7f00,                       0002 6331",
    "authentication method,               8c, 05 02 0000 05 1500025346,                 0002 6331",
    "authentication data without method,  82, 05 02 0000 04 16000100,                   0002 6331",
    "will of QoS 3,                       81, 05 1e 0000 00,             0002 6331 00 0001 74 0000",
    "will topic with a wildcard,          90, 05 06 0000 00,             0002 6331 00 0001 2b 0000",
    "response topic with a wildcard,      82, 05 06 0000 00, 0002 6331 04 08 0001 2b 0001 74 0000",
    "reserved flag,                       81, 05 03 0000 00,                            0002 6331",
    "QoS of a will without a will,        81, 05 0a 0000 00,                            0002 6331",
    "RETAIN of a will without a will,     81, 05 22 0000 00,                            0002 6331",
    "will that is not there,              81, 05 06 0000 00,                            0002 6331",
    "user name that is not there,         81, 05 82 0000 00,                            0002 6331",
    "password that is not there,          81, 05 42 0000 00,                            0002 6331",
    "user name that is not announced,     81, 05 02 0000 00,                    0002 6331 0001 75",
    "no identifier at all,                81, 05 02 0000 00,                            ''",
    "no property length,                  81, 05 02 0000,                               ''",
    "Request Response Information 2,      82, 05 02 0000 02 1902,                       0002 6331",
    "Receive Maximum twice,               82, 05 02 0000 06 210001210001,               0002 6331",
    "Topic Alias Maximum twice,           82, 05 02 0000 06 220001220001,               0002 6331",
    "Authentication Method twice,         82, 05 02 0000 0a 15000253461500025346,       0002 6331",
    "will delay twice, 82, 05 06 0000 00, 0002 6331 0a 18000000011800000001 0001 74 0000",
  })
  void faultyConnectOfMqtt5IsToldWhy(String name, String code, String header, String payload) {
    server
        .client()
        .send(Packet.of(0x10, string("MQTT"), hex(header), hex(payload)))
        .expectRefusal(code);
  }

  @Test
  void identifiersOfTheCommonCharactersAreTaken() {
    for (String id :
        new String[] {
          "a", "0123456789abcdefghijklm", "nopqrstuvwxyzABCDEFGHI", "JKLMNOPQRSTUVWXYZ"
        }) {
      server.client().send(connect(id)).expect("20 02 00 00").close();
      server.client().send(connect5(id, "")).expectConnack5(GRANTED, KEEP_ALIVE).close();
    }
  }

  @Test
  void responseInformationIsNeverTold() {
    for (String asked : new String[] {"19 00", "19 01"}) {
      server.client().send(connect5("c1", asked)).expectConnack5(GRANTED, KEEP_ALIVE).close();
    }
  }

  @Test
  void nothingBehindARefusedConnectIsTaken() {
    try (RawClient watcher = server.client("w")) {
      watcher.send(subscribe(1, "#", 0)).expect("90 03 0001 00");
      byte[] nameless = Packet.of(0x10, string("MQTT"), hex("04 00 0000"), string(""));
      server.client().send(nameless, publish("a", "1")).expect("20 02 00 02").expectEnd();
      byte[] faulty = Packet.of(0x10, string("MQTT"), hex("05 03 0000 00"), string("c"));
      server.client().send(faulty, Packet.publish5("a", "", "2")).expectRefusal("81");
      watcher.send(publish("a", "3")).expect(publish("a", "3"));
    }
  }

  @Test
  void laterConnectionTakesTheIdentifierOver() {
    RawClient first = server.client("c");
    RawClient second = server.client5("c", "");
    first.expectEnd();
    RawClient third = server.client("c");
    second.expectEndWith("8e");
    third.send("c0 00").expect("d0 00").close();
  }

  @Test
  void pingIsAnswered() {
    server.client("c3").send("c0 00").expect("d0 00").close();
    server.client5("c5", "").send("c0 00 c0 00").expect("d0 00 d0 00").close();
  }

  @Test
  void disconnectEndsTheConnection() {
    server.client("c3").send("e0 00").expectEnd();
    server.client5("c5", "").send("e0 00").expectEnd();
    server.client5("c5", "").send("e0 02 00 00").expectEnd();
  }

  @Test
  void credentialsAreTaken() {
    server
        .client()
        .send(
            Packet.of(
                0x10,
                string("MQTT"),
                hex("04 c2 0000"),
                string("c1"),
                string("user"),
                hex("0003 00ff80")))
        .expect("20 02 00 00")
        .close();
    server
        .client()
        .send(Packet.of(0x10, string("MQTT"), hex("05 42 0258 00"), string("c2"), string("token")))
        .expectConnack5(GRANTED)
        .close();
  }

  @Test
  void packetsBehindConnectNeedNotAwaitItsAnswer() {
    try (RawClient client = server.client()) {
      client
          .send(connect("c1"), subscribe(1, "a/b", 0), publish("a/b", "hi"), hex("c0 00"))
          .expect("20 02 00 00")
          .expect("90 03 0001 00")
          .expect("d0 00")
          .expect(publish("a/b", "hi"));
    }
  }

  @Test
  void connectInPiecesIsTaken() {
    try (RawClient client = server.client()) {
      byte[] connect = connect("c1");
      for (byte octet : connect) {
        client.send(new byte[] {octet});
      }
      client.expect("20 02 00 00");
    }
  }

  @Test
  void firstPacketMustBeConnect() {
    server.client().send("c0 00").expectEnd();
    server.client().send(Packet.utf8("GET / HTTP/1.1\r\n\r\n")).expectEnd();
  }

  @Test
  void connectComesOnce() {
    server.client5("c1", "").send(connect5("c1", "")).expectEndWith("82");
    server.client("c2").send(connect("c2")).expectEnd();
  }

  @Test
  void whoDoesNotConnectIsNotKept() {
    try (TestServer impatient = new TestServer(TestServer.IMPATIENT, 1)) {
      impatient.client().send("10 0e 00").expectEnd();
    }
  }

  @Test
  void silentClientIsNotKept() {
    byte[] connect = Packet.of(0x10, string("MQTT"), hex("05 02 0001 00"), string("c1"));
    server.client().send(connect).expectConnack5(GRANTED).expectEndWith("8d");
  }

  @Test
  void connectedClientsAreCounted() {
    try (RawClient client = server.client("c1")) {
      assertEquals(1, server.meter("lyrebird.mqtt.connected"));
      client.send("e0 00").expectEnd();
      assertEquals(0, server.meter("lyrebird.mqtt.connected"));
      assertEquals(1, server.meter("lyrebird.mqtt.connections"));
    }
  }
}
