package dev.lyrebird.mqtt;

import static dev.lyrebird.mqtt.Packet.publish;
import static dev.lyrebird.mqtt.Packet.string;
import static dev.lyrebird.mqtt.Packet.subscribe;
import static dev.lyrebird.mqtt.Packet.twoBytes;
import static dev.lyrebird.mqtt.Packet.utf8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What stands under $SYS, and that it is true. */
final class SysTreeTest {

  private long now = 1_795_219_619_331L;
  private final MqttCounters counters = new MqttCounters(new SimpleMeterRegistry());
  private final SysTree tree =
      new SysTree(counters, () -> Instant.ofEpochMilli(now), "7", Instant.ofEpochMilli(now));

  @Test
  void valuesAreThoseOfTheCounters() {
    counters.addConnected();
    counters.addConnected();
    counters.add(Count.CONNECTED, -1);
    counters.add(Count.DROPPED, 2);
    counters.add(Count.QUEUE_DROPPED, 3);
    now += 61_500;

    Map<String, String> values = tree.values(SessionCensus.UNKNOWN);

    assertEquals("lyrebird version 7", values.get("$SYS/broker/version"));
    assertEquals("61 seconds", values.get("$SYS/broker/uptime"));
    assertEquals("1", values.get("$SYS/broker/clients/connected"));
    assertEquals("2", values.get("$SYS/broker/clients/maximum"));
    assertEquals("5", values.get("$SYS/broker/publish/messages/dropped"));
    assertFalse(values.containsKey("$SYS/broker/clients/total"));
    assertEquals("7", tree.values(6).get("$SYS/broker/clients/total"));
  }

  @Test
  void averageOfASteadyLoadComesToItsRate() {
    for (int i = 0; i < 2000; i++) {
      counters.add(Count.PUBLISHES_RECEIVED, 20);
      now += 10_000;
      tree.tick();
    }
    Map<String, String> values = tree.values(SessionCensus.UNKNOWN);
    assertEquals("120.00", values.get("$SYS/broker/load/publish/received/1min"));
    assertEquals("120.00", values.get("$SYS/broker/load/publish/received/5min"));
    assertEquals("120.00", values.get("$SYS/broker/load/publish/received/15min"));
    assertEquals("0.00", values.get("$SYS/broker/load/publish/sent/1min"));
  }

  @Test
  void averageForgetsByItsTime() {
    counters.add(Count.BYTES_SENT, 100);
    now += 10_000;
    tree.tick();
    // 100 bytes in 10 s are 600 a minute, of which 1 - e^(-10/60) counts.
    assertEquals(
        "92.11", tree.values(SessionCensus.UNKNOWN).get("$SYS/broker/load/bytes/sent/1min"));
    now += 60_000;
    tree.tick();
    assertEquals(
        "33.89", tree.values(SessionCensus.UNKNOWN).get("$SYS/broker/load/bytes/sent/1min"));
  }

  @Test
  void averagesTakeNoNoticeOfLoopsThatLookTooOften() {
    counters.add(Count.BYTES_SENT, 100);
    now += 9_999;
    tree.tick();
    assertEquals(
        "0.00", tree.values(SessionCensus.UNKNOWN).get("$SYS/broker/load/bytes/sent/1min"));
    now -= 100_000;
    tree.tick();
    now += 10_000;
    tree.tick();
    assertEquals(
        "92.11", tree.values(SessionCensus.UNKNOWN).get("$SYS/broker/load/bytes/sent/1min"));
  }

  @Test
  void publishesAreCountedApartFromOtherPackets() {
    try (TestServer server = new TestServer();
        RawClient client = server.client("c1")) {
      client.send(subscribe(1, "a", 1)).expect("90 03 0001 01");
      client.send(publish("a", "four"), publish("a", 7, "four"));
      client.packet();
      client.packet();
      client.packet(); // two PUBLISH and one PUBACK
      client.send("c0 00").expect("d0 00");
      assertEquals(2, server.meter("lyrebird.mqtt.publish.received"));
      assertEquals(8, server.meter("lyrebird.mqtt.publish.bytes.received"));
      assertEquals(2, server.meter("lyrebird.mqtt.publish.sent"));
      assertEquals(8, server.meter("lyrebird.mqtt.publish.bytes.sent"));
      assertEquals(1, server.meter("lyrebird.mqtt.connects"));
      assertEquals(1, server.meter("lyrebird.mqtt.sockets"));
    }
  }

  @Test
  void subscriberIsToldWhatStandsThereAtOnce() {
    try (TestServer server = new TestServer();
        RawClient client = server.client("c1")) {
      client
          .send(subscribe(1, "$SYS/broker/version", 0))
          .expect("90 03 0001 00")
          .expect(Packet.of(0x31, string("$SYS/broker/version"), utf8("lyrebird version test")));
      client.send(subscribe(2, "#", 0), subscribe(3, "+/broker/uptime", 0));
      client.expect("90 03 0002 00").expect("90 03 0003 00");
      client.send("c0 00").expect("d0 00");
    }
  }

  @Test
  void subscriberIsToldAgainEveryTenSeconds() {
    try (TestServer server = new TestServer();
        RawClient client = server.client("c1")) {
      client.send(subscribe(1, "$SYS/broker/clients/connected", 0)).expect("90 03 0001 00");
      byte[] first = client.packet();
      assertEquals(0x31, first[0]);
      byte[] next = client.packetWithin(19); // less than two periods
      assertEquals(0x30, next[0]);
    }
  }

  @Test
  void sessionsOfClientsThatAreAwayAreCounted() {
    try (TestServer server = new TestServer()) {
      byte[] durable = Packet.of(0x10, string("MQTT"), Packet.hex("04 00 0000"), string("away"));
      server.client().send(durable).expect("20 02 00 00").send("e0 00").expectEnd();
      try (RawClient client = server.client("c1")) {
        client.send(subscribe(1, "$SYS/broker/clients/disconnected", 0)).expect("90 03 0001 00");
        byte[] expected = Packet.of(0x30, string("$SYS/broker/clients/disconnected"), utf8("1"));
        assertArrayEquals(expected, client.packet());
      }
    }
  }

  @Test
  void nobodyElsePublishesThere() {
    try (TestServer server = new TestServer();
        RawClient client = server.client5("c1", "")) {
      client.send(Packet.of(0x32, string("$SYS/broker/version"), twoBytes(5), new byte[] {0}));
      byte[] puback = client.packet();
      assertEquals((byte) 0x87, puback[4]);
    }
  }
}
