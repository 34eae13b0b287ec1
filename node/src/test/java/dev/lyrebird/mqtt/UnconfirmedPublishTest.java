package dev.lyrebird.mqtt;

import static dev.lyrebird.mqtt.Packet.hex;
import static dev.lyrebird.mqtt.Packet.properties;
import static dev.lyrebird.mqtt.Packet.publish;
import static dev.lyrebird.mqtt.Packet.string;
import static dev.lyrebird.mqtt.Packet.utf8;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Publishes to a table that has another node confirm its writes, on a node that stands alone. */
final class UnconfirmedPublishTest {

  private static final String DETAIL = "applied by 0 of 1 other nodes";

  private final TestServer server = new TestServer();

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void mqtt5IsToldWithItsAcknowledgement() {
    try (RawClient client = server.client5("c1", "")) {
      client
          .send(Packet.of(0x32, string("confirmed/a"), hex("0007"), properties(""), utf8("x")))
          .expect(Packet.of(0x40, hex("0007 80"), reason()))
          .send("c0 00")
          .expect("d0 00");
    }
  }

  private static byte[] reason() {
    byte[] reason = Packet.bytes(hex("1f"), string(DETAIL));
    return Packet.bytes(Packet.varint(reason.length), reason);
  }

  @Test
  void mqtt3IsNotAcknowledgedAndItsConnectionEnds() {
    server.client("c1").send(publish("confirmed/a", 7, "x")).expectEnd();
  }

  @Test
  void qosZeroWaitsForNobody() {
    try (RawClient client = server.client("c1")) {
      client.send(publish("confirmed/a", "x"), hex("c0 00")).expect("d0 00");
      client.send("c0 00").expect("d0 00"); // read after the table has answered
    }
  }
}
