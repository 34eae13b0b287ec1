package dev.lyrebird.mqtt;

import static dev.lyrebird.mqtt.Packet.hex;
import static dev.lyrebird.mqtt.Packet.publish;
import static dev.lyrebird.mqtt.Packet.publish5;
import static dev.lyrebird.mqtt.Packet.string;
import static dev.lyrebird.mqtt.Packet.subscribe;
import static dev.lyrebird.mqtt.Packet.utf8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lyrebird.api.Context;
import dev.lyrebird.api.Limits;
import dev.lyrebird.api.Message;
import dev.lyrebird.api.ProblemException;
import dev.lyrebird.api.Resource;
import dev.lyrebird.api.Router;
import dev.lyrebird.hosting.Host;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What clients publish to users' code on no subscription, and what they are answered. */
final class ResourcePublishTest {

  private static final String PING = "c0 00";
  private static final String PONG = "d0 00";
  private static final int RETAINED_QOS_1 = 0x33;
  private static final int QOS_2 = 0x34;

  private final Router router = new Router();
  private final BlockingQueue<String> said = new LinkedBlockingQueue<>();
  private @Nullable ResourceServer started;

  /** Tells of its calls. */
  private final class Box implements Resource {

    @Override
    public void publish(Message message, Context context) {
      said.add("publish %s %s".formatted(context.path(), message));
    }

    @Override
    public @Nullable Object put(Message content, Context context) {
      said.add("put %s %s".formatted(context.path(), content));
      return "nobody sees it";
    }

    @Override
    public @Nullable Object delete(Context context) {
      said.add("delete " + context.path());
      return null;
    }
  }

  /** Takes messages by code that may fail. */
  @FunctionalInterface
  private interface Taking extends Resource {

    void take(Message message) throws Exception;

    @Override
    default void publish(Message message, Context context) throws Exception {
      take(message);
    }
  }

  @AfterEach
  void stop() {
    if (started != null) {
      started.close();
    }
  }

  private TestServer start() {
    ResourceServer all = new ResourceServer(router);
    started = all;
    return all.server;
  }

  private void expectSaid(String... all) {
    for (String each : all) {
      assertEquals(each, ResourceServer.next(said));
    }
  }

  private void takes(String pattern, Taking code) {
    router.resource(pattern, code);
  }

  private static byte[] publishQos2(int first, String topic, int packetId, String payload) {
    return Packet.of(first, string(topic), Packet.twoBytes(packetId), utf8(payload));
  }

  @Test
  void publicationsAreCalls() {
    router.resource("box/{id}", new Box());
    try (RawClient client = start().client("c")) {
      client
          .send(publish("box/a", "0"), publish("box/a", 1, "1"))
          .expect("40 02 0001")
          .send(publishQos2(QOS_2, "box/a", 2, "2"))
          .expect("50 02 0002")
          .send("62 02 0002")
          .expect("70 02 0002")
          .send(publishQos2(RETAINED_QOS_1, "box/b", 3, "kept"))
          .expect("40 02 0003")
          .send(publishQos2(RETAINED_QOS_1, "box/b", 4, ""))
          .expect("40 02 0004");
      expectSaid(
          "publish box/a 0",
          "publish box/a 1",
          "publish box/a 2",
          "put box/b kept",
          "delete box/b");
    }
  }

  @Test
  void whatIsUtf8IsTextUnlessTheClientSaysOtherwise() {
    takes("kind", message -> said.add(message.isText() + " " + message.contentType()));
    try (RawClient client = start().client5("c", "")) {
      client.send(
          publish5("kind", "", "w\u00f6rld"),
          Packet.of(0x30, string("kind"), hex("00 ff fe")),
          publish5("kind", "01 01", "x"),
          publish5("kind", "03 0010 6170706c69636174696f6e2f6a736f6e", "{}"),
          publish5("kind", "03 0009 696d6167652f706e67", "x"));
      expectSaid(
          "true text/plain",
          "false application/octet-stream",
          "true text/plain",
          "true application/json",
          "false image/png");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "400, 99", "401, 87", "403, 87", "404, 90", "405, 90", "409, 83", "413, 97", "415, 99",
    "418, 83", "422, 99", "429, 97", "500, 80", "502, 80", "503, 97", "504, 80"
  })
  void refusalHasItsCode(int status, String code) {
    takes(
        "no",
        message -> {
          throw new ProblemException(status, "not this");
        });
    TestServer server = start();
    String reason = "0b 1f 0008 6e6f742074686973";
    try (RawClient client = server.client5("c5", "")) {
      client
          .send(publish5("no", 1, "", "x"))
          .expect("40 0f 0001" + code + reason)
          .send(Packet.of(QOS_2, string("no"), hex("0002 00"), utf8("x")))
          .expect("50 0f 0002" + code + reason)
          .send(publish5("no", "", "x"))
          .send(PING)
          .expect(PONG);
    }
    server.client("c3").send(publish("no", 1, "x")).expectEnd();
    server.client("c3").send(publish("no", "x")).expectEnd();
  }

  @Test
  void whatIsNotOfferedIsRefused() {
    takes("messages", message -> said.add("got " + message));
    router.get("read", context -> "x");
    try (RawClient client = start().client5("c", "17 00")) {
      client
          .send(publish5("read", 1, "", "x"))
          .expect("40 04 0001 90 00")
          .send(Packet.of(RETAINED_QOS_1, string("messages"), hex("0002 00"), utf8("x")))
          .expect("40 04 0002 90 00")
          .send(publish5("messages", 3, "", "x"))
          .expect("40 02 0003");
      expectSaid("got x");
    }
  }

  @Test
  void callsOfAClientAreInOrderAndNeverTwoAtOnce() {
    AtomicInteger atOnce = new AtomicInteger();
    takes(
        "one",
        message -> {
          said.add(message + " " + atOnce.incrementAndGet());
          Thread.onSpinWait();
          atOnce.decrementAndGet();
        });
    try (RawClient client = start().client("c")) {
      for (int i = 1; i <= 100; i++) {
        client.send(i % 2 == 0 ? publish("one", "m" + i) : publish("one", i, "m" + i));
      }
      for (int i = 1; i <= 100; i++) {
        expectSaid("m" + i + " 1");
      }
      for (int i = 1; i <= 100; i += 2) {
        client.expect("40 02 00%02x".formatted(i));
      }
    }
  }

  @Test
  void acknowledgementAwaitsTheCallAndThoseBehindItTheirTurn() {
    CountDownLatch end = new CountDownLatch(1);
    takes("slow", message -> end.await());
    TestServer server = start();
    try (RawClient client = server.client("c");
        RawClient watcher = server.client("w")) {
      watcher.send(subscribe(1, "t", 0)).expect("90 03 0001 00");
      client.send(publish("slow", 1, "x"), publish("t", 2, "y"));
      watcher.expect(publish("t", "y")); // a table takes it at once
      client.send(PING).expect(PONG); // and still no PUBACK: [MQTT-4.6.0-2]
      end.countDown();
      client.expect("40 02 0001 40 02 0002");
    }
  }

  @Test
  void whileTooManyCallsWaitTheSocketIsNotRead() {
    CountDownLatch end = new CountDownLatch(1);
    takes("slow", message -> end.await());
    TestServer server = start();
    int most = TestServer.LIMITS.connectionWrites();
    try (RawClient client = server.client("c");
        RawClient other = server.client("o");
        RawClient watcher = server.client("w")) {
      watcher.send(subscribe(1, "t", 0)).expect("90 03 0001 00");
      for (int i = 0; i < most; i++) {
        client.send(publish("slow", "x"));
      }
      awaitPublishes(server, most);
      client.send(publish("t", "late"));
      other.send(publish("t", 1, "early")).expect("40 02 0001");
      watcher.expect(publish("t", "early"));
      end.countDown();
      watcher.expect(publish("t", "late"));
    }
  }

  private static void awaitPublishes(TestServer server, int count) {
    long end = System.nanoTime() + 30_000_000_000L;
    while (server.meter("lyrebird.mqtt.publish.received") < count) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not all have come");
      }
      Thread.onSpinWait();
    }
  }

  @Test
  void callThatDoesNotEndIsAnsweredForAndHoldsUpNobody() {
    router
        .resource("stuck", (Taking) message -> new CountDownLatch(1).await())
        .limits(Limits.DEFAULT.withCallTime(Duration.ofMillis(50)));
    TestServer server = start();
    try (RawClient client = server.client5("c", "17 00");
        RawClient other = server.client("o")) {
      client.send(publish5("stuck", 1, "", "x"));
      for (int i = 0; i < 100; i++) {
        other.send(PING).expect(PONG);
      }
      while (server.meter("lyrebird.mqtt.publish.refused") == 0) {
        host().tick();
        Thread.onSpinWait();
      }
      client.expect("40 04 0001 97 00");
    }
  }

  private Host host() {
    if (started == null) {
      throw new IllegalStateException("nothing was started");
    }
    return started.host;
  }

  @Test
  void whatWasPublishedIsCarriedOutThoughTheClientIsGone() {
    CountDownLatch begin = new CountDownLatch(1);
    takes(
        "slow",
        message -> {
          begin.await();
          said.add(message.text());
        });
    RawClient client = start().client("c");
    client.send(publish("slow", "1"), publish("slow", "2"), publish("slow", "3"), hex("e0 00"));
    client.expectEnd();
    begin.countDown();
    expectSaid("1", "2", "3");
  }

  @Test
  void publishOfQos2ReachesTheCodeOnceOverConnections() {
    takes("once", message -> said.add(message.text()));
    TestServer server = start();
    RawClient client = durable(server, "20 02 00 00");
    client.send(publishQos2(QOS_2, "once", 7, "1")).expect("50 02 0007");
    client.send(publishQos2(0x3c, "once", 7, "1")).expect("50 02 0007").abort();
    client = durable(server, "20 02 01 00");
    client.send(publishQos2(0x3c, "once", 7, "1")).expect("50 02 0007");
    client.send("62 02 0007").expect("70 02 0007").abort();
    client = durable(server, "20 02 01 00");
    client.send(publishQos2(QOS_2, "once", 7, "2")).expect("50 02 0007");
    client.send("62 02 0007").expect("70 02 0007").close();
    expectSaid("1", "2");
  }

  /** Opens a connection of MQTT 3.1.1 whose session is to outlive it. */
  private static RawClient durable(TestServer server, String connack) {
    byte[] connect = Packet.of(0x10, string("MQTT"), hex("04 00 0000"), string("d"));
    return server.client().send(connect).expect(connack);
  }

  @Test
  void willReachesTheCode() {
    router.resource("box/{id}", new Box());
    TestServer server = start();
    byte[] connect =
        Packet.of(
            0x10,
            string("MQTT"),
            hex("04 06 0000"),
            string("c"),
            string("box/will"),
            string("gone"));
    server.client().send(connect).expect("20 02 00 00").abort();
    expectSaid("publish box/will gone");
  }

  @Test
  void codeReachesTables() {
    router.put(
        "raw/{id}",
        (content, context) -> {
          context.tables().table("topics").publish(context.parameter("id"), content);
          return null;
        });
    try (RawClient client = start().client("c")) {
      client
          .send(subscribe(1, "a", 0))
          .expect("90 03 0001 00")
          .send(publishQos2(RETAINED_QOS_1, "raw/a", 2, "x"))
          .expectInAnyOrder(hex("40 02 0002"), publish("a", "x"));
    }
  }

  @Test
  void routesGoBeforeTablesAndOtherTopicsToTables() {
    router.resource("sensors/{id}/code", new Box());
    TestServer server = start();
    try (RawClient client = server.client("c")) {
      client
          .send(subscribe(1, "sensors/#", 0))
          .expect("90 03 0001 00")
          .send(publish("sensors/a/code", 1, "x"), publish("sensors/a", 2, "y"))
          .expectInAnyOrder(hex("40 02 0001"), hex("40 02 0002"), publish("sensors/a", "y"));
      expectSaid("publish sensors/a/code x");
    }
  }
}
