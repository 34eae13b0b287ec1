package dev.lyrebird.mqtt;

import static dev.lyrebird.mqtt.Packet.hex;
import static dev.lyrebird.mqtt.Packet.string;
import static dev.lyrebird.mqtt.Packet.subscribe;
import static dev.lyrebird.mqtt.Packet.subscribe5;
import static dev.lyrebird.mqtt.Packet.twoBytes;
import static dev.lyrebird.mqtt.Packet.utf8;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lyrebird.journal.Write;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Shared subscriptions of clients of one node, seen on the wire. */
final class SharedSubscriptionTest {

  private static final String DISCONNECT = "e0 00";
  private static final String NEW = "20 02 00 00";
  private static final String PRESENT = "20 02 01 00";
  private static final String GROUP = "$share/g/a";

  private TestServer server = new TestServer();

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void eachMessageGoesToOneOfTheGroupInTurn() {
    RawClient one = consumer("one", 0);
    RawClient other = consumer("other", 0);
    RawClient publisher = server.client("p");
    for (int i = 1; i <= 4; i++) {
      publisher.send(Packet.publish("a", i, "m" + i)).expect(hex("40 02"), twoBytes(i));
    }
    assertEquals("m1", payload(one.packet()));
    assertEquals("m3", payload(one.packet()));
    assertEquals("m2", payload(other.packet()));
    assertEquals("m4", payload(other.packet()));
    one.send("c0 00").expect("d0 00");
    other.send("c0 00").expect("d0 00");
  }

  @Test
  void consumersOfSeveralEventLoopsShareOneGroup() {
    server.close();
    server = new TestServer(TestServer.LIMITS, 2);
    RawClient one = consumer("one", 1);
    RawClient other = consumer("other", 1);
    // Each loop of this server has tables of its own; the group reads those of one of them.
    for (int publisher = 0; publisher < 2; publisher++) {
      RawClient client = server.client("p" + publisher);
      for (int i = 1; i <= 2; i++) {
        client.send(Packet.publish("a", i, "m" + i)).expect(hex("40 02"), twoBytes(i));
      }
    }
    assertEquals("m1", payload(one.packet()));
    assertEquals("m2", payload(other.packet()));
    one.send("c0 00").expect("d0 00");
    other.send("c0 00").expect("d0 00");
  }

  @Test
  void groupsOfOtherNamesAndOwnSubscriptionsGetTheirOwn() {
    RawClient one = consumer("one", 0).send(subscribe(2, "a", 0)).expect("90 03 0002 00");
    RawClient other =
        server.client("other").send(subscribe(1, "$share/h/a", 0)).expect("90 03 0001 00");
    server.client("p").send(Packet.publish("a", 1, "m")).expect("40 02 0001");
    assertEquals("m", payload(one.packet()));
    assertEquals("m", payload(one.packet()));
    assertEquals("m", payload(other.packet()));
    one.send("c0 00").expect("d0 00");
  }

  @Test
  void everyConsumerGetsItsOwnQualityOfService() {
    RawClient one = consumer("one", 0);
    RawClient other = consumer("other", 1);
    RawClient publisher = server.client("p");
    publisher.send(Packet.publish("a", 1, "m1")).expect("40 02 0001");
    publisher.send(Packet.publish("a", 2, "m2")).expect("40 02 0002");
    assertEquals(0x30, one.packet()[0]);
    assertEquals(0x32, other.packet()[0]); // [MQTT-4.8.2-3]
  }

  @Test
  void retainedMessagesAreNotSentToWhoSubscribes() {
    server.write("a", Write.Kind.PUT, "{\"retained\":1}");
    RawClient one = consumer("one", 0);
    server.client("p").send(Packet.publish("a", 1, "m")).expect("40 02 0001");
    assertEquals("m", payload(one.packet()));
  }

  @Test
  void deliveriesCarryTheSubscriptionIdentifier() {
    RawClient one =
        server.client5("one", "").send(subscribe5(1, "0b 07", GROUP, 0)).expect("90 04 0001 00 00");
    server.client("p").send(Packet.publish("a", 1, "m")).expect("40 02 0001");
    one.expect(Packet.of(0x30, string("a"), hex("02 0b 07"), utf8("m")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "$share/",
        "$share/g",
        "$share//a",
        "$share/g/",
        "$share/+/a",
        "$share/g#/a",
        "$share/g/a#",
        "$share/g/$SYS/#"
      })
  void filtersThatAreNoneAreRefused(String filter) {
    server.client5("one", "17 00").send(subscribe5(1, "", filter, 0)).expect("90 04 0001 00 8f");
    server.client("other").send(subscribe(1, filter, 0)).expect("90 03 0001 80");
  }

  @Test
  void noLocalIsAProtocolError() { // [MQTT-3.8.3-4]
    server.client5("one", "").send(subscribe5(1, "", GROUP, 0x04)).expectEndWith("82");
  }

  @Test
  void whatWasNotAcknowledgedGoesToAnotherInOrderWhenItsClientIsLost() {
    RawClient one = consumer("one", 1);
    RawClient publisher = server.client("p");
    for (int i = 1; i <= 3; i++) {
      publisher.send(Packet.publish("a", i, "m" + i)).expect(hex("40 02"), twoBytes(i));
    }
    one.packet();
    one.send(hex("40 02"), packetId(one.packet()));
    one.packet();
    one.send("c0 00").expect("d0 00");
    RawClient other = consumer("other", 1);
    one.abort();
    assertSent(0x3a, "m1", other.packet());
    assertSent(0x3a, "m3", other.packet());
    publisher.send(Packet.publish("a", 4, "m4")).expect("40 02 0004");
    assertSent(0x32, "m4", other.packet());
  }

  @Test
  void aMessageOfQos2WaitsForItsClient() { // [MQTT-4.8.2-4]
    RawClient one = durableConsumer("one", 2);
    RawClient other = consumer("other", 2);
    RawClient publisher = server.client("p");
    publish2(publisher, 1, "m1");
    publish2(publisher, 2, "m2");
    byte[] first = one.packet();
    other.packet();
    one.abort();
    publish2(publisher, 3, "m3");
    assertSent(0x34, "m3", other.packet());
    one = durable("one", PRESENT);
    byte[] again = one.packet();
    assertSent(0x3c, "m1", again);
    assertArrayEquals(packetId(first), packetId(again));
    one.send(hex("50 02"), packetId(again)).expect(hex("62 02"), packetId(again));
    one.send(hex("70 02"), packetId(again)).send("c0 00").expect("d0 00");
    other.send("c0 00").expect("d0 00");
  }

  @Test
  void aMessageOfQos2ThatWasReleasedIsNotSentAgain() {
    RawClient one = durableConsumer("one", 2);
    publish2(server.client("p"), 1, "m1");
    byte[] first = one.packet();
    one.send(hex("50 02"), packetId(first)).expect(hex("62 02"), packetId(first)).abort();
    RawClient other = consumer("other", 2);
    one = durable("one", PRESENT).expect(hex("62 02"), packetId(first));
    one.send(hex("70 02"), packetId(first)).send("c0 00").expect("d0 00");
    publish2(server.client("q"), 2, "m2");
    publish2(server.client("r"), 3, "m3");
    one.packet();
    other.packet();
    one.send("c0 00").expect("d0 00");
    other.send("c0 00").expect("d0 00");
  }

  @Test
  void aMessageOfQos2EndsWithTheSessionOfItsClient() { // [MQTT-4.8.2-5]
    RawClient one = consumer("one", 2);
    RawClient publisher = server.client("p");
    publish2(publisher, 1, "m1");
    one.packet();
    RawClient other = consumer("other", 2);
    one.send(DISCONNECT).expectEnd();
    publish2(publisher, 2, "m2");
    assertSent(0x34, "m2", other.packet());
    other.send("c0 00").expect("d0 00");
  }

  @ParameterizedTest
  @ValueSource(strings = {"40 03 %s 87", "50 03 %s 87"})
  void aMessageThatIsRefusedGoesToNobodyElse(String refusal) { // [MQTT-4.8.2-6]
    int qos = refusal.startsWith("4") ? 1 : 2;
    RawClient one = server.client5("one", "");
    one.send(subscribe5(1, "", GROUP, qos)).expect(hex("90 04 0001 00"), new byte[] {(byte) qos});
    RawClient publisher = server.client("p");
    publish2(publisher, 1, "m1");
    byte[] first = one.packet();
    RawClient other = consumer("other", qos);
    one.send(refusal.formatted("%02x%02x".formatted(first[5], first[6])));
    one.send(DISCONNECT).expectEnd();
    publish2(publisher, 2, "m2");
    assertEquals("m2", payload(other.packet()));
    other.send("c0 00").expect("d0 00");
  }

  @Test
  void aGroupWhoseClientsAreAllAwayGoesOnWhereItWas() {
    durableConsumer("one", 1).send(DISCONNECT).expectEnd();
    RawClient publisher = server.client("p");
    publisher.send(Packet.publish("a", 1, "m1")).expect("40 02 0001");
    publisher.send(Packet.publish("a", 2, "m2")).expect("40 02 0002");
    RawClient one = durable("one", PRESENT);
    assertSent(0x32, "m1", one.packet());
    assertSent(0x32, "m2", one.packet());
    one.send("c0 00").expect("d0 00").abort();
    RawClient other = consumer("other", 1);
    assertEquals("m1", payload(other.packet()));
    assertEquals("m2", payload(other.packet()));
  }

  @Test
  void aGroupWithoutSessionsEndsWithItsLastClient() {
    consumer("one", 1).send(DISCONNECT).expectEnd();
    RawClient publisher = server.client("p");
    publisher.send(Packet.publish("a", 1, "m1")).expect("40 02 0001");
    RawClient other = consumer("other", 1);
    publisher.send(Packet.publish("a", 2, "m2")).expect("40 02 0002");
    assertSent(0x32, "m2", other.packet());
  }

  @Test
  void whoHasUnsubscribedGetsNoMoreAndMayAcknowledgeWhatHeHas() {
    RawClient one = consumer("one", 1);
    RawClient other = consumer("other", 1);
    RawClient publisher = server.client("p");
    publisher.send(Packet.publish("a", 1, "m1")).expect("40 02 0001");
    byte[] first = one.packet();
    one.send(Packet.of(0xa2, twoBytes(2), string(GROUP))).expect("b0 02 0002");
    one.send(hex("40 02"), packetId(first)).send("c0 00").expect("d0 00");
    publisher.send(Packet.publish("a", 2, "m2")).expect("40 02 0002");
    publisher.send(Packet.publish("a", 3, "m3")).expect("40 02 0003");
    assertSent(0x32, "m2", other.packet());
    assertSent(0x32, "m3", other.packet());
    one.send("c0 00").expect("d0 00");
  }

  @Test
  void whoAcknowledgesNothingHoldsUpNobodyElse() {
    RawClient idle = consumer("idle", 1);
    RawClient busy = consumer("busy", 1);
    RawClient publisher = server.client("p");
    int window = TestServer.LIMITS.maxInflight() / 2;
    for (int i = 1; i <= 4 * window; i++) {
      publisher.send(Packet.publish("a", i, "m" + i)).expect(hex("40 02"), twoBytes(i));
    }
    for (int i = 1; i <= 3 * window; i++) {
      busy.send(hex("40 02"), packetId(busy.packet()));
    }
    for (int i = 1; i <= window; i++) {
      idle.packet();
    }
    idle.send("c0 00").expect("d0 00");
  }

  private RawClient consumer(String clientId, int qos) {
    return server
        .client(clientId)
        .send(subscribe(1, GROUP, qos))
        .expect(hex("90 03 0001"), new byte[] {(byte) qos});
  }

  private RawClient durableConsumer(String clientId, int qos) {
    return durable(clientId, NEW)
        .send(subscribe(1, GROUP, qos))
        .expect(hex("90 03 0001"), new byte[] {(byte) qos});
  }

  /** Opens a connection of MQTT 3.1.1 whose session is to outlive it. */
  private RawClient durable(String clientId, String connack) {
    byte[] connect = Packet.of(0x10, string("MQTT"), hex("04 00 0000"), string(clientId));
    return server.client().send(connect).expect(connack);
  }

  private static void publish2(RawClient publisher, int packetId, String payload) {
    byte[] id = twoBytes(packetId);
    publisher.send(Packet.of(0x34, string("a"), id, utf8(payload))).expect(hex("50 02"), id);
    publisher.send(hex("62 02"), id).expect(hex("70 02"), id);
  }

  private static void assertSent(int first, String payload, byte[] publish) {
    assertEquals(payload, payload(publish));
    assertEquals(first, publish[0]);
  }

  /** Returns the packet identifier of a PUBLISH to the topic {@code a} at QoS 1 or 2. */
  private static byte[] packetId(byte[] publish) {
    return new byte[] {publish[5], publish[6]};
  }

  /** Returns the payload of a PUBLISH of MQTT 3 to the topic {@code a}. */
  private static String payload(byte[] publish) {
    int from = (publish[0] & 0x06) == 0 ? 5 : 7;
    return new String(publish, from, publish.length - from, UTF_8);
  }
}
