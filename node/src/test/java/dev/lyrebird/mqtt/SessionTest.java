package dev.lyrebird.mqtt;

import static dev.lyrebird.mqtt.Packet.hex;
import static dev.lyrebird.mqtt.Packet.string;
import static dev.lyrebird.mqtt.Packet.twoBytes;
import static dev.lyrebird.mqtt.Packet.utf8;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Reception;
import dev.lyrebird.journal.Write;
import dev.lyrebird.resource.Confirmation;
import dev.lyrebird.resource.MemoryTables;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is kept of a client between packets and between connections, seen on the wire. */
final class SessionTest {

  private static final String DISCONNECT = "e0 00";
  private static final String NEW = "20 02 00 00";
  private static final String PRESENT = "20 02 01 00";

  private final TestServer server = new TestServer();

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void aPublishOfQos2ReachesSubscribersOnceHoweverOftenItIsSent() {
    RawClient subscriber = subscriber("s", "a", 2);
    RawClient publisher = server.client("p");
    publisher.send(publish(0x34, "a", 7, "once")).expect("50 02 0007");
    publisher.send(publish(0x3c, "a", 7, "once")).expect("50 02 0007");
    publisher.send("62 02 0007").expect("70 02 0007");
    publisher.send("62 02 0007").expect("70 02 0007");
    publisher.send(publish(0x34, "a", 7, "twice")).expect("50 02 0007");
    assertEquals("once", payload(subscriber.packet()));
    assertEquals("twice", payload(subscriber.packet()));
  }

  @Test
  void aPublishOfQos2IsReceivedOnceOverConnections() {
    RawClient subscriber = subscriber("s", "a", 2);
    RawClient publisher = durable("p", NEW);
    publisher.send(publish(0x34, "a", 7, "once")).expect("50 02 0007").abort();
    publisher = durable("p", PRESENT);
    publisher.send(publish(0x3c, "a", 7, "once")).expect("50 02 0007");
    publisher.send("62 02 0007").expect("70 02 0007").abort();
    publisher = durable("p", PRESENT);
    publisher.send(publish(0x34, "a", 7, "twice")).expect("50 02 0007");
    assertEquals("once", payload(subscriber.packet()));
    assertEquals("twice", payload(subscriber.packet()));
  }

  /** Whoever looks after the session meanwhile, this node or another, knows of no reception. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void aPublishOfQos2IsReceivedOnceThoughItsNodeFails(long nextHolder) {
    RawClient subscriber = subscriber("s", "a", 2);
    durable("p", NEW).send(DISCONNECT).expectEnd();
    withRow(
        "p",
        last -> {
          MemoryTables tables = server.tables();
          tables.write(
              tables.definition(0),
              Write.message("a", Payload.of("once".getBytes(UTF_8))),
              Condition.NONE,
              Confirmation.NOT_AWAITED,
              new Reception(Write.publisherOf("p"), last.claim().time(), 7),
              null,
              0);
          fail("p", last, nextHolder);
        });
    assertEquals("once", payload(subscriber.packet()));
    RawClient publisher = durable("p", PRESENT);
    publisher.send(publish(0x3c, "a", 7, "once")).expect("50 02 0007");
    publisher.send("62 02 0007").expect("70 02 0007");
    publisher.send(publish(0x34, "a", 7, "twice")).expect("50 02 0007");
    assertEquals("twice", payload(subscriber.packet()));
  }

  @Test
  void whatIsPublishedWhileTheClientIsAwayIsSentWhenItIsBack() {
    durableSubscriber("s", 1).send(DISCONNECT).expectEnd();
    RawClient publisher = server.client("p");
    publisher.send(Packet.publish("a", 1, "one")).expect("40 02 0001");
    publisher.send(Packet.publish("a", 2, "two")).expect("40 02 0002");
    RawClient subscriber = durable("s", PRESENT);
    byte[] first = subscriber.packet();
    assertEquals(0x32, first[0]);
    assertEquals("one", payload(first));
    assertEquals("two", payload(subscriber.packet()));
  }

  @Test
  void whatWasNotAcknowledgedIsSentAgainUnderItsIdentifierAndInOrder() {
    RawClient subscriber = durableSubscriber("s", 1);
    RawClient publisher = server.client("p");
    for (int i = 1; i <= 3; i++) {
      publisher.send(Packet.publish("a", i, "m" + i)).expect(hex("40 02"), twoBytes(i));
    }
    byte[] first = subscriber.packet();
    byte[] second = subscriber.packet();
    byte[] third = subscriber.packet();
    subscriber.send(hex("40 02"), packetId(second)).send("c0 00").expect("d0 00").abort();
    publisher.send(Packet.publish("a", 4, "m4")).expect("40 02 0004");

    subscriber = durable("s", PRESENT);
    for (byte[] before : new byte[][] {first, third}) {
      byte[] again = subscriber.packet();
      assertEquals(0x3a, again[0]);
      assertArrayEquals(packetId(before), packetId(again));
      assertEquals(payload(before), payload(again));
    }
    byte[] later = subscriber.packet();
    assertEquals(0x32, later[0]);
    assertEquals("m4", payload(later));
  }

  @Test
  void whatTheClientHasReceivedAtQos2IsReleasedAndNeverSentAgain() {
    RawClient subscriber = durableSubscriber("s", 2);
    RawClient publisher = server.client("p");
    publisher.send(publish(0x34, "a", 1, "one")).expect("50 02 0001");
    publisher.send(publish(0x34, "a", 2, "two")).expect("50 02 0002");
    byte[] first = subscriber.packet();
    byte[] second = subscriber.packet();
    subscriber.send(hex("50 02"), packetId(first)).expect(hex("62 02"), packetId(first)).abort();

    subscriber = durable("s", PRESENT).expect(hex("62 02"), packetId(first));
    byte[] again = subscriber.packet();
    assertEquals(0x3c, again[0]);
    assertArrayEquals(packetId(second), packetId(again));
    subscriber.send(hex("70 02"), packetId(first)).send(hex("50 02"), packetId(second));
    subscriber.expect(hex("62 02"), packetId(second)).send(hex("70 02"), packetId(second));
    subscriber.send("c0 00").expect("d0 00").send(DISCONNECT).expectEnd();
    durable("s", PRESENT).send("c0 00").expect("d0 00");
  }

  /** Its journal may be read when the client has long been elsewhere, and there more than once. */
  @Test
  void whatAFailedNodeMayHaveSentIsSaidToComeAgainHoweverLateItComes() {
    RawClient subscriber = durableSubscriber("s", 1);
    AtomicReference<SessionState> connected = new AtomicReference<>();
    withRow("s", connected::set);
    subscriber.send(DISCONNECT).expectEnd();
    server.onLoop(() -> fail("s", connected.get(), 2));
    server.passMillis(1000);
    durable("s", PRESENT).send(DISCONNECT).expectEnd();
    subscriber = durable("s", PRESENT);
    RawClient publisher = server.client("p");
    publisher.send(Packet.publish("a", 1, "late")).expect("40 02 0001"); // by the tables' clock
    assertEquals(0x3a, subscriber.packet()[0]);
  }

  @Test
  void nothingIsLostToAClientThatSubscribesAgainAtOnce() {
    durableSubscriber("s", 1).send(DISCONNECT).expectEnd();
    RawClient publisher = server.client("p");
    publisher.send(Packet.publish("a", 1, "one")).expect("40 02 0001");
    byte[] connect = Packet.of(0x10, string("MQTT"), hex("04 00 0000"), string("s"));
    RawClient subscriber = server.client().send(connect, Packet.subscribe(1, "a", 1));
    subscriber.expect(PRESENT);
    byte[] first = subscriber.packet();
    byte[] second = subscriber.packet();
    boolean isSubackFirst = first[0] == (byte) 0x90;
    assertEquals("one", payload(isSubackFirst ? second : first));
    assertEquals((byte) 0x90, (isSubackFirst ? first : second)[0]);
  }

  @Test
  void noMessageIsLostBetweenOneSubscriptionAndTheNextToTheSameFilter() {
    RawClient client = server.client("c");
    for (int i = 1; i <= 3; i++) {
      client.send(Packet.subscribe(i, "a", 0), Packet.publish("a", "m" + i));
    }
    List<String> payloads = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      byte[] packet = client.packet();
      if (packet[0] == 0x30) {
        payloads.add(payload(packet));
      }
    }
    assertEquals(List.of("m1", "m2", "m3"), payloads);
  }

  @Test
  void aCleanSessionEndsTheOneBefore() {
    durableSubscriber("s", 1).send(DISCONNECT).expectEnd();
    server.client("s").send(DISCONNECT).expectEnd();
    durable("s", NEW).send("c0 00").expect("d0 00");
  }

  @Test
  void aSessionIsTakenOverFromAConnectionThatStands() {
    RawClient before = durableSubscriber("s", 1);
    server.client("p").send(Packet.publish("a", 1, "one")).expect("40 02 0001");
    byte[] sent = before.packet();
    RawClient after = durable("s", PRESENT);
    before.expectEnd();
    byte[] again = after.packet();
    assertEquals(0x3a, again[0]);
    assertArrayEquals(packetId(sent), packetId(again));
  }

  @Test
  void aSessionEndsWithItsExpiry() {
    String oneMinute = "11 0000003c";
    byte[] connect =
        Packet.of(
            0x10, string("MQTT"), hex("05 00 0258"), Packet.properties(oneMinute), string("s"));
    server.client().send(connect).expectConnack5(ConnectTest.GRANTED).send(DISCONNECT).expectEnd();
    server.passMillis(59_000);
    RawClient back = server.client().send(connect);
    assertEquals(1, back.packet()[2]);
    back.send(DISCONNECT).expectEnd();
    server.passMillis(61_000);
    assertEquals(0, server.client().send(connect).packet()[2]);
  }

  @Test
  void aQos0MessageIsNeverSentTwice() {
    RawClient subscriber = durableSubscriber("s", 1);
    RawClient publisher = server.client("p");
    publisher.send(Packet.publish("a", 1, "one")).expect("40 02 0001");
    publisher.send(Packet.publish("a", "zero")).send(Packet.publish("a", 2, "two"));
    assertEquals("one", payload(subscriber.packet()));
    subscriber.packet();
    assertEquals("two", payload(subscriber.packet()));
    subscriber.abort();
    subscriber = durable("s", PRESENT);
    assertEquals("one", payload(subscriber.packet()));
    assertEquals("two", payload(subscriber.packet()));
  }

  /** Does something with the row of a session, on the server's event loop. */
  private void withRow(String clientId, Consumer<SessionState> what) {
    server.onLoop(() -> {
      MemoryTables tables = server.tables();
      tables.read(
          tables.sessions(),
          clientId,
          row -> what.accept(SessionStateCodec.decode(row.payload().bytes())));
    });
  }

  /** Writes the row as it is after its holder has failed. */
  private void fail(String clientId, SessionState last, long nextHolder) {
    MemoryTables tables = server.tables();
    Write orphaned = SessionRow.put(clientId, last.orphaned(nextHolder, 0));
    tables.write(tables.sessions(), orphaned, Condition.NONE, (outcome, token) -> {}, 0);
  }

  private RawClient subscriber(String clientId, String filter, int qos) {
    return server
        .client(clientId)
        .send(Packet.subscribe(1, filter, qos))
        .expect(hex("90 03 0001"), new byte[] {(byte) qos});
  }

  private RawClient durableSubscriber(String clientId, int qos) {
    return durable(clientId, NEW)
        .send(Packet.subscribe(1, "a", qos))
        .expect(hex("90 03 0001"), new byte[] {(byte) qos});
  }

  /** Opens a connection of MQTT 3.1.1 whose session is to outlive it. */
  private RawClient durable(String clientId, String connack) {
    byte[] connect = Packet.of(0x10, string("MQTT"), hex("04 00 0000"), string(clientId));
    return server.client().send(connect).expect(connack);
  }

  private static byte[] publish(int first, String topic, int packetId, String payload) {
    return Packet.of(first, string(topic), twoBytes(packetId), utf8(payload));
  }

  /** Returns the packet identifier of a PUBLISH to the topic {@code a} at QoS 1 or 2. */
  private static byte[] packetId(byte[] publish) {
    return new byte[] {publish[5], publish[6]};
  }

  /** Returns the payload of a PUBLISH to the topic {@code a}. */
  private static String payload(byte[] publish) {
    int from = (publish[0] & 0x06) == 0 ? 5 : 7;
    return new String(publish, from, publish.length - from, UTF_8);
  }
}
