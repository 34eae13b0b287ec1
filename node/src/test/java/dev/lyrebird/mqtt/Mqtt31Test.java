package dev.lyrebird.mqtt;

import static dev.lyrebird.mqtt.Packet.hex;
import static dev.lyrebird.mqtt.Packet.publish;
import static dev.lyrebird.mqtt.Packet.string;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Where MQTT 3.1 differs from 3.1.1. */
final class Mqtt31Test {

  private final TestServer server = new TestServer();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void longClientIdentifiersAreTakenAllTheSame() {
    client("a client with more than 23 characters").close();
  }

  @Test
  void emptyClientIdentifierIsRefused() {
    connect("02", "").expect("20 02 00 02").expectEnd();
  }

  @Test
  void lengthHasPrecedenceOverTheFlagsOfCredentials() {
    connect("c2", "c1").expect("20 02 00 00").close();
    connect("c2", "c2", string("user")).expect("20 02 00 00").close();
    connect("c2", "c3", string("user"), string("password")).expect("20 02 00 00").close();
    connect("c2", "c4", hex("0005 75")).expectEnd();
  }

  @Test
  void requestsThatAreSentAgainHaveDup() {
    try (RawClient client = client("c1")) {
      client
          .send(Packet.of(0x8a, hex("0001"), string("a"), hex("00")))
          .expect("90 03 0001 00")
          .send(publish("a", "x"))
          .expect(publish("a", "x"))
          .send(Packet.of(0xaa, hex("0002"), string("a")))
          .expect("b0 02 0002");
    }
  }

  private RawClient client(String clientId) {
    return connect("02", clientId).expect("20 02 00 00");
  }

  private RawClient connect(String flags, String clientId, byte[]... credentials) {
    return server
        .client()
        .send(
            Packet.of(
                0x10,
                string("MQIsdp"),
                hex("03" + flags + "0000"),
                string(clientId),
                Packet.bytes(credentials)));
  }
}
