package dev.lyrebird.mqtt;

import static dev.lyrebird.mqtt.Packet.connect;
import static dev.lyrebird.mqtt.Packet.connect5;
import static dev.lyrebird.mqtt.Packet.hex;
import static dev.lyrebird.mqtt.Packet.publish;
import static dev.lyrebird.mqtt.Packet.string;
import static dev.lyrebird.mqtt.Packet.subscribe;
import static dev.lyrebird.mqtt.Packet.subscribe5;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.mqtt.Admission.Bounds;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What clients see of the limits of the configuration, and that nobody else sees it. */
final class LimitsTest {

  private static final Bounds NONE = new Bounds(0, 0, 0);

  @Test
  void oneConnectionTooManyIsRefusedAndLeavesTheOthersAlone() {
    try (TestServer server = server(new Bounds(1, 0, 0))) {
      RawClient first = server.client("c1");
      server.client().send(connect5("c2", "")).expectRefusal("97");
      server.client().send(connect("c1")).expect("20 02 00 03").expectEnd();
      first.send("c0 00").expect("d0 00");
      assertEquals(2, server.meter("lyrebird.mqtt.limit.reached", "mqtt.limits.maxConnections"));
      first.send("e0 00").expectEnd();
      server.clientInTime("c2").close();
    }
  }

  @Test
  void connectionThatIsRefusedDoesNotCount() {
    try (TestServer server = server(new Bounds(1, 0, 0))) {
      RawClient first = server.client("c1");
      RawClient silent = server.client();
      server.awaitReached("mqtt.limits.maxConnections", 1);
      first.send("e0 00").expectEnd();
      server.clientInTime("c2").close();
      silent.send(connect("c3")).expect("20 02 00 03").expectEnd();
    }
  }

  @Test
  void oneConnectionTooManyFromAnAddressIsRefused() {
    try (TestServer server = server(new Bounds(0, 1, 0))) {
      RawClient first = server.client("c1");
      server.client().send(connect5("c2", "")).expectRefusal("97");
      first.send("e0 00").expectEnd();
      server.clientInTime("c2").close();
    }
  }

  @Test
  void connectionsThatComeTooFastAreRefusedUntilTheSecondIsOver() {
    try (TestServer server = server(new Bounds(0, 0, 2))) {
      server.client("c1").close();
      server.client("c2").close();
      server.client().send(connect5("c3", "")).expectRefusal("9f");
      server.client().send(connect("c3")).expect("20 02 00 03").expectEnd();
      server.passMillis(1000);
      server.client("c3").close();
    }
  }

  @Test
  void newcomersAreRefusedWhileMemoryIsShort() {
    AtomicBoolean isShort = new AtomicBoolean();
    try (TestServer server = new TestServer(TestServer.LIMITS, NONE, isShort::get);
        RawClient old = server.client("c1")) {
      isShort.set(true);
      server.client().send(connect5("c2", "")).expectRefusal("97");
      old.send("c0 00").expect("d0 00");
      isShort.set(false);
      server.client("c2").close();
    }
  }

  @Test
  void oneSubscriptionTooManyIsRefused() {
    try (TestServer server = new TestServer(TestServer.limits(2, 0), 1);
        RawClient old = server.client("c1");
        RawClient client = server.client5("c2", "17 00")) {
      old.send(subscribe(1, "a", 0), subscribe(2, "b", 0), subscribe(3, "c", 0))
          .expect("90 03 0001 00")
          .expect("90 03 0002 00")
          .expect("90 03 0003 80");
      byte[] three =
          Packet.of(
              0x82,
              hex("0001 00"),
              string("a"),
              hex("00"),
              string("b"),
              hex("00"),
              string("c"),
              hex("00"));
      client.send(three).expect("90 06 0001 00 00 00 97");
      client.send(subscribe5(2, "", "a", 1)).expect("90 04 0002 00 01");
      client.send(Packet.of(0xa2, hex("0003 00"), string("a"))).expect("b0 04 0003 00 00");
      client.send(subscribe5(4, "", "c", 0)).expect("90 04 0004 00 00");
      assertEquals(2, server.meter("lyrebird.mqtt.limit.reached", "mqtt.limits.maxSubscriptions"));
    }
  }

  @Test
  void longTopicIsRefused() {
    String longest = "x".repeat(4096);
    String tooLong = "ä".repeat(2048) + "x";
    try (TestServer server = new TestServer();
        RawClient client = server.client5("c1", "17 00")) {
      client.send(subscribe5(1, "", longest, 0)).expect("90 04 0001 00 00");
      client.send(subscribe5(2, "", tooLong, 0)).expect("90 04 0002 00 8f");
      client.send(Packet.of(0x32, string(tooLong), hex("0007 00")));
      byte[] puback = client.packet();
      assertEquals((byte) 0x90, puback[4]);
      server
          .client()
          .send(
              Packet.of(
                  0x10,
                  string("MQTT"),
                  hex("05 06 0000 00"),
                  string("c2"),
                  hex("00"),
                  string(tooLong),
                  string("")))
          .expectRefusal("90");
    }
  }

  @Test
  void fastPublisherIsReadNoFasterThanAllowedAndLosesNothing() {
    try (TestServer server = new TestServer(TestServer.limits(64, 2), 1);
        RawClient subscriber = server.client("c1");
        RawClient fast = server.client("c2")) {
      subscriber.send(subscribe(1, "a", 0)).expect("90 03 0001 00");
      fast.send(publish("a", "1"), publish("a", "2"), publish("a", "3"));
      fast.send(publish("a", "4"), hex("c0 00"));
      subscriber.expect(publish("a", "1"), publish("a", "2"), publish("a", "3"), publish("a", "4"));
      fast.expect("d0 00");
      assertTrue(
          server.meter("lyrebird.mqtt.limit.reached", "mqtt.limits.maxPublishesPerSecond") > 0);
    }
  }

  @Test
  void burstIsMadeUpForByLaterSecondsButNotForEver() {
    PublishRate rate = new PublishRate(5);
    for (int i = 0; i < 4; i++) {
      assertEquals(false, rate.isUsedUp());
    }
    assertTrue(rate.isUsedUp());
    assertTrue(rate.nextSecond());
    for (int i = 0; i < 1000; i++) {
      rate.isUsedUp();
    }
    int seconds = 1;
    while (!rate.nextSecond()) {
      seconds++;
    }
    assertEquals(PublishRate.LONGEST_SECONDS + 1, seconds);
  }

  private static TestServer server(Bounds bounds) {
    return new TestServer(TestServer.LIMITS, bounds, () -> false);
  }
}
