package dev.lyrebird.mqtt;

import static dev.lyrebird.mqtt.Packet.hex;
import static dev.lyrebird.mqtt.Packet.string;
import static dev.lyrebird.mqtt.Packet.utf8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What {@link HostileInputTest} has found, each as little as shows it. */
final class FoundInputsTest {

  private static final byte[] DURABLE =
      Packet.of(0x10, string("MQTT"), hex("04 00 0000"), string("s"));
  private static final int PINGS = 10;
  private static final int RIVALS = 12;

  /**
   * Its payload was shared in a turn of the event loop that is over when the identifier is free.
   */
  @Test
  void whatWaitsForItsPacketIdentifierKeepsItsPayload() {
    try (TestServer server = new TestServer()) {
      byte[] payload = utf8("x".repeat(PublishEncoder.SHARED_PAYLOAD_BYTES));
      byte[] retained = Packet.of(0x33, string("a"), hex("0001"), payload);
      server.client("p").send(retained).expect("40 02 0001");
      RawClient durable = server.client().send(DURABLE).expect("20 02 00 00");
      durable.send(Packet.subscribe(1, "a", 1), Packet.subscribe(2, "#", 1));
      List<byte[]> answers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        answers.add(durable.packet());
      }
      byte[] first = answers.stream().filter(answer -> answer[0] == 0x33).findFirst().orElseThrow();
      for (int i = 0; i < PINGS; i++) {
        durable.send("c0 00").expect("d0 00");
      }
      int idAt = 1 + 2 + string("a").length;
      durable.send(hex("40 02"), new byte[] {first[idAt], first[idAt + 1]});
      assertArrayEquals(first, durable.packet());
    }
  }

  /** [MQTT-3.3.1-2]: what was sent at QoS 1 is to be sent again, but now at QoS 0. */
  @Test
  void whatIsSentAgainAtQos0HasNoDup() {
    try (TestServer server = new TestServer()) {
      RawClient durable = server.client().send(DURABLE).expect("20 02 00 00");
      durable.send(Packet.subscribe(1, "a", 1)).expect("90 03 0001 01");
      RawClient publisher = server.client("p");
      publisher.send(Packet.publish("a", 1, "again")).expect("40 02 0001");
      assertEquals(0x32, durable.packet()[0]);
      durable.send("c0 00").expect("d0 00").abort();
      durable = server.client().send(DURABLE, Packet.subscribe(1, "a", 0)).expect("20 02 01 00");
      durable.expectInAnyOrder(hex("90 03 0001 00"), Packet.publish("a", "again"));
    }
  }

  /** A claim that another took the turn of is never granted. */
  @Test
  void connectionsThatDoNotGetTheirClientIdAreForgotten() {
    try (HostileRun run = new HostileRun(Sabotage.NONE, HostileRun.QUIET_SECONDS)) {
      run.replay(Collections.nCopies(RIVALS, List.of(Packet.connect("c"))));
    }
  }
}
