package dev.lyrebird.mqtt;

import static dev.lyrebird.mqtt.Packet.hex;
import static dev.lyrebird.mqtt.Packet.publish;
import static dev.lyrebird.mqtt.Packet.publish5;
import static dev.lyrebird.mqtt.Packet.string;
import static dev.lyrebird.mqtt.Packet.subscribe;
import static dev.lyrebird.mqtt.Packet.subscribe5;
import static dev.lyrebird.mqtt.Packet.unsubscribe;
import static dev.lyrebird.mqtt.Packet.utf8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.api.Context;
import dev.lyrebird.api.IncomingMessages;
import dev.lyrebird.api.Limits;
import dev.lyrebird.api.Message;
import dev.lyrebird.api.OutgoingMessages;
import dev.lyrebird.api.ProblemException;
import dev.lyrebird.api.Resource;
import dev.lyrebird.api.Router;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Subscriptions to topics of users' code: what reaches the code, and what the client sees of it.
 */
final class ResourceSubscriptionTest {

  private static final String PING = "c0 00";
  private static final String PONG = "d0 00";

  private final Router router = new Router();
  private final BlockingQueue<String> said = new LinkedBlockingQueue<>();
  private @Nullable ResourceServer started;

  @AfterEach
  void stop() {
    if (started != null) {
      started.close();
    }
  }

  private TestServer start() {
    return start(TestServer.LIMITS);
  }

  private TestServer start(MqttLimits limits) {
    ResourceServer all = new ResourceServer(router, limits);
    started = all;
    return all.server;
  }

  private void expectSaid(String... all) {
    for (String each : all) {
      assertEquals(each, ResourceServer.next(said));
    }
  }

  private void echo(String pattern) {
    router.ws(pattern, new ResourceServer.Echo(said));
  }

  private static byte[] subscribeAll(int packetId, boolean isVersion5, String... filters) {
    byte[] body = Packet.bytes(Packet.twoBytes(packetId), hex(isVersion5 ? "00" : ""));
    for (String filter : filters) {
      body = Packet.bytes(body, string(filter), hex("02"));
    }
    return Packet.of(0x82, body);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // --- What is said. ---

  @Test
  void clientAndCodeTalkOnATopic() {
    echo("echo/{name}");
    try (RawClient client = start().client("c")) {
      client
          .send(subscribe(1, "echo/a", 2))
          .expect("90 03 0001 00")
          .send(publish("echo/a", "one"))
          .expect(publish("echo/a", "one"))
          .send(publish("echo/a", 7, "two"))
          .expectInAnyOrder(hex("40 02 0007"), publish("echo/a", "two"))
          .send(Packet.of(0x34, string("echo/a"), hex("0008"), utf8("three")))
          .expectInAnyOrder(hex("50 02 0008"), publish("echo/a", "three"))
          .send("62 02 0008")
          .expect("70 02 0008");
      expectSaid("open echo/a", "heard one", "heard two", "heard three");
    }
  }

  @Test
  void whatIsToBeRetainedIsACallThoughTheClientSubscribes() {
    router.resource(
        "box/{name}",
        new Resource() {

          @Override
          public OutgoingMessages subscribe(Context context) {
            return outgoing -> outgoing.awaitClose(Duration.ofDays(1));
          }

          @Override
          public void publish(Message message, Context context) {
            said.add("published " + message);
          }

          @Override
          public @Nullable Object put(Message content, Context context) {
            said.add("put " + content);
            return null;
          }
        });
    try (RawClient client = start().client("c")) {
      client
          .send(subscribe(1, "box/a", 1))
          .expect("90 03 0001 00")
          .send(publish("box/a", 7, "said"))
          .expect("40 02 0007")
          .send(Packet.of(0x33, string("box/a"), hex("0008"), utf8("kept")))
          .expect("40 02 0008")
          .send(Packet.of(0x33, string("box/a"), hex("0009")))
          .expect("40 02 0009");
      List<String> told = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        told.add(ResourceServer.next(said));
      }
      assertEquals(Set.of("published said", "put kept", "published "), Set.copyOf(told));
    }
  }

  @Test
  void mqtt5IsToldWhatAMessageIsAndWhichSubscriptionItIsOf() {
    router.connect(
        "kinds",
        (incoming, context) ->
            OutgoingMessages.from(outgoing -> {
              outgoing.send("text");
              outgoing.send(new byte[] {1, 2});
              outgoing.send(Message.json(7));
              incoming.next();
            }));
    try (RawClient client = start().client5("c", "17 00")) {
      client
          .send(subscribe5(1, "0b c801", "kinds", 1))
          .expect("90 04 0001 00 00")
          .expectPublish5("kinds", "text", "01 01", "03 000a " + hexOf("text/plain"), "0b c801")
          .expectPublish5(
              "kinds", "\u0001\u0002", "03 0018 " + hexOf("application/octet-stream"), "0b c801")
          .expectPublish5("kinds", "7", "01 01", "03 0010 " + hexOf("application/json"), "0b c801");
    }
  }

  private static String hexOf(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void largeMessagesArriveWholeAndTooLargeOnesAreLeftOut() {
    router.connect(
        "sizes",
        (incoming, context) ->
            OutgoingMessages.from(outgoing -> {
              outgoing.send("x".repeat(600));
              outgoing.send("y".repeat(2000));
              outgoing.send("end");
              incoming.next();
            }));
    TestServer server = start();
    try (RawClient client = server.client5("c", "17 00 27 00000400")) {
      String properties = "01 01 03 000a " + hexOf("text/plain");
      client
          .send(subscribe5(1, "", "sizes", 0))
          .expect("90 04 0001 00 00")
          .expect(publish5("sizes", properties, "x".repeat(600)))
          .expect(publish5("sizes", properties, "end"));
    }
    try (RawClient client = server.client("c3")) {
      client
          .send(subscribe(1, "sizes", 0))
          .expect("90 03 0001 00")
          .expect(publish("sizes", "x".repeat(600)))
          .expect(publish("sizes", "y".repeat(2000)))
          .expect(publish("sizes", "end"));
    }
  }

  @Test
  void codeIsToldWithWhatAClientCame() {
    router.connect(
        "who/{name}/{rest*}",
        (incoming, context) -> {
          said.add(told(context));
          return OutgoingMessages.from(outgoing -> incoming.next());
        });
    try (RawClient client = start().client5("c", "26 0001 61 0001 31 26 0001 62 0001 32")) {
      client.send(subscribe5(1, "26 0001 42 0001 33", "who/x/y/z", 0)).expect("90 04 0001 00 00");
      expectSaid("MQTT null 127.0.0.1 who/x/y/z x y/z {} 1 3 null");
    }
  }

  private static String told(Context context) {
    return "%s %s %s %s %s %s %s %s %s %s"
        .formatted(
            context.protocol(),
            context.user(),
            context.remoteAddress(),
            context.path(),
            context.parameter("name"),
            context.parameter("rest"),
            context.query(),
            context.header("A"),
            context.header("b"),
            context.header("c"));
  }

  // --- Who is let in. ---

  @ParameterizedTest
  @CsvSource({
    "400, 83", "401, 87", "403, 87", "404, 8f", "409, 83", "413, 83", "422, 83", "429, 97",
    "500, 80", "503, 97", "504, 80"
  })
  void refusalHasItsCode(int status, String code) {
    router.connect(
        "no",
        (incoming, context) -> {
          throw new ProblemException(status, "not you");
        });
    TestServer server = start();
    server.client("c3").send(subscribe(1, "no", 0)).expect("90 03 0001 80").close();
    server
        .client5("c5", "")
        .send(subscribe5(1, "", "no", 0))
        .expect(Packet.of(0x90, hex("0001 0a 1f"), string("not you"), hex(code)))
        .close();
    assertEquals(0, server.meter("lyrebird.mqtt.subscriptions"));
  }

  @Test
  void codeThatTakesNoConnectionRefusesThem() {
    router.put("row", (content, context) -> null);
    TestServer server = start();
    server.client("c3").send(subscribe(1, "row", 0)).expect("90 03 0001 80").close();
    server.client5("c5", "17 00").send(subscribe5(1, "", "row", 0)).expect("90 04 0001 00 8f");
  }

  @Test
  void subackWaitsForAllFiltersAndNothingElseDoes() {
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch second = new CountDownLatch(1);
    router.connect(
        "first",
        (incoming, context) -> {
          await(first);
          return OutgoingMessages.from(outgoing -> {
            outgoing.send("welcome");
            incoming.next();
          });
        });
    router.connect(
        "second",
        (incoming, context) -> {
          await(second);
          throw new ProblemException(403, "no");
        });
    try (RawClient client = start().client5("c", "17 00")) {
      client
          .send(subscribeAll(1, true, "a", "second", "b+", "first", "b"))
          .send(PING)
          .expect(PONG)
          .send(subscribe5(2, "", "c", 1))
          .expect("90 04 0002 00 01")
          .send(publish5("b", 7, "", "m"))
          .expectInAnyOrder(publish5("b", 1, "", "m"), hex("40 02 0007"));
      first.countDown();
      client.send(PING).expect(PONG);
      second.countDown();
      client
          .expect("90 08 0001 00 02 87 8f 00 02")
          .expectPublish5("first", "welcome", "01 01", "03 000a " + hexOf("text/plain"));
    }
  }

  @Test
  void whatIsPublishedBeforeTheCodeHasDecidedWaitsForIt() {
    CountDownLatch decision = new CountDownLatch(1);
    router.connect(
        "yes",
        (incoming, context) -> {
          await(decision);
          return OutgoingMessages.from(outgoing -> {
            for (Message message : incoming) {
              outgoing.send(message);
            }
          });
        });
    router.resource(
        "no",
        new Resource() {

          @Override
          public OutgoingMessages subscribe(Context context) {
            await(decision);
            throw new ProblemException(403, "no");
          }

          @Override
          public void publish(Message message, Context context) {
            said.add("called " + message);
          }
        });
    try (RawClient client = start().client("c")) {
      client
          .send(subscribe(1, "yes", 0), publish("yes", 1, "1"), publish("yes", 2, "2"))
          .send(subscribe(2, "no", 0), publish("no", 3, "3"))
          .send(PING)
          .expect(PONG);
      decision.countDown();
      client.expectInAnyOrder(
          hex("90 03 0001 00"),
          hex("90 03 0002 80"),
          hex("40 02 0001"),
          hex("40 02 0002"),
          hex("40 02 0003"),
          publish("yes", "1"),
          publish("yes", "2"));
      expectSaid("called 3");
    }
  }

  @Test
  void wildcardsAndSharedFiltersReachTablesAlone() {
    echo("echo/{name}");
    try (RawClient client = start().client("c")) {
      client
          .send(subscribeAll(1, false, "echo/+", "echo/#", "$share/g/echo/a"))
          .expect("90 05 0001 02 02 02")
          .send(subscribe(2, "echo/b", 1))
          .expect("90 03 0002 00");
      expectSaid("open echo/b");
    }
  }

  @Test
  void theyCountAsSubscriptionsOfTheClient() {
    echo("echo/{name}");
    TestServer server = start(TestServer.limits(2, 0));
    try (RawClient client = server.client5("c", "17 00")) {
      client
          .send(subscribeAll(1, true, "echo/a", "echo/b", "echo/c"))
          .expect("90 06 0001 00 00 00 97");
      assertEquals(2, server.meter("lyrebird.mqtt.subscriptions"));
    }
  }

  // --- How it ends. ---

  @Test
  void everyEndHasItsCode() {
    echo("echo");
    TestServer server = start();
    subscriber(server).send(unsubscribe(2, "echo")).expect("b0 02 0002").close();
    expectSaid("open echo", "closed 1000");
    subscriber(server).send("e0 00").expectEnd();
    expectSaid("open echo", "closed 1000");
    subscriber(server).abort();
    expectSaid("open echo", "closed 1006");
    RawClient before = subscriber(server);
    server.client("c").close();
    before.expectEnd();
    expectSaid("open echo", "closed 1006");
    subscriber(server).send("c1 00").expectEnd();
    expectSaid("open echo", "closed 1006");
    subscriber(server);
    expectSaid("open echo");
    server.close();
    expectSaid("closed 1001");
  }

  private static RawClient subscriber(TestServer server) {
    return server.client("c").send(subscribe(1, "echo", 0)).expect("90 03 0001 00");
  }

  @Test
  void subscribingAnewReplacesTheConnection() {
    echo("echo");
    TestServer server = start();
    try (RawClient client = subscriber(server)) {
      client.send(subscribe(2, "echo", 0)).expect("90 03 0002 00");
      client.send(publish("echo", "once")).expect(publish("echo", "once"));
      client.send(PING).expect(PONG);
      assertEquals(1, server.meter("lyrebird.mqtt.subscriptions"));
    }
    expectReplaced();
  }

  /** The first ends while the second lives; each is heard of in its order. */
  private void expectReplaced() {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      all.add(ResourceServer.next(said));
    }
    assertTrue(all.indexOf("closed 1000") > 0, all::toString);
    all.remove("closed 1000");
    assertEquals(List.of("open echo", "open echo", "heard once", "closed 1006"), all);
  }

  @Test
  void whereTheCodeEndsItNothingMoreArrivesAndPublishesAreCalls() {
    router.resource(
        "brief",
        new Resource() {

          @Override
          public OutgoingMessages subscribe(Context context) {
            return outgoing -> outgoing.send("bye");
          }

          @Override
          public void publish(Message message, Context context) {
            said.add("called " + message);
          }

          @Override
          public OutgoingMessages connect(IncomingMessages incoming, Context context) {
            return subscribe(context);
          }
        });
    TestServer server = start();
    try (RawClient client = server.client5("c", "17 00")) {
      client
          .send(subscribe5(1, "", "brief", 0))
          .expect("90 04 0001 00 00")
          .expectPublish5("brief", "bye", "01 01", "03 000a " + hexOf("text/plain"));
      awaitNoSubscription(server);
      client.send(publish5("brief", 1, "", "late")).expect("40 02 0001");
      expectSaid("called late");
      client.send(Packet.of(0xa2, hex("0002 00"), string("brief"))).expect("b0 04 0002 00 11");
    }
  }

  private static void awaitNoSubscription(TestServer server) {
    long end = System.nanoTime() + 30_000_000_000L;
    while (server.meter("lyrebird.mqtt.subscriptions") > 0) {
      if (System.nanoTime() > end) {
        throw new AssertionError("there is still a subscription");
      }
      Thread.onSpinWait();
    }
  }

  @Test
  void codeThatReplacesOtherCodeTakesItsClientsOver() {
    router.connect(
        "news", (incoming, context) -> OutgoingMessages.from(outgoing -> incoming.next()));
    TestServer server = start();
    Router later = new Router();
    later.connect(
        "news",
        (incoming, context) ->
            OutgoingMessages.from(outgoing -> {
              outgoing.send("new for " + context.header("a"));
              incoming.next();
              outgoing.close(1012, "of its own accord");
            }));
    try (RawClient client = server.client5("c", "17 00")) {
      client.send(subscribe5(1, "26 0001 61 0001 62", "news", 0)).expect("90 04 0001 00 00");
      serve(later);
      client
          .expectPublish5("news", "new for b", "01 01", "03 000a " + hexOf("text/plain"))
          .send(publish5("news", "", "end"));
      awaitNoSubscription(server);
    }
  }

  private void serve(Router other) {
    if (started == null) {
      throw new IllegalStateException("nothing was started");
    }
    started.host.serve("the router", other.routes());
  }

  // --- Sessions. ---

  @Test
  void sessionThatGoesOnIsConnectedAgain() {
    echo("echo");
    TestServer server = start();
    durable(server, "20 02 00 00").send(subscribe(1, "echo", 0)).expect("90 03 0001 00").abort();
    expectSaid("open echo", "closed 1006");
    try (RawClient client = durable(server, "20 02 01 00")) {
      expectSaid("open echo");
      client.send(publish("echo", "again")).expect(publish("echo", "again"));
      assertEquals(1, server.meter("lyrebird.mqtt.subscriptions"));
    }
  }

  @Test
  void sessionThatIsNotLetInAgainLosesItsSubscription() {
    AtomicBoolean isOpen = new AtomicBoolean(true);
    router.connect(
        "door",
        (incoming, context) -> {
          said.add("asked");
          if (!isOpen.get()) {
            throw new ProblemException(403, "closed");
          }
          return OutgoingMessages.from(outgoing -> incoming.next());
        });
    TestServer server = start();
    durable(server, "20 02 00 00").send(subscribe(1, "door", 0)).expect("90 03 0001 00").abort();
    isOpen.set(false);
    RawClient client = durable(server, "20 02 01 00");
    expectSaid("asked", "asked");
    awaitNoSubscription(server);
    client.send("e0 00").expectEnd();
    isOpen.set(true);
    client = durable(server, "20 02 01 00").send(PING).expect(PONG);
    assertEquals(0, server.meter("lyrebird.mqtt.subscriptions"));
    assertEquals(0, said.size());
    client.close();
  }

  /** Opens a connection of MQTT 3.1.1 whose session is to outlive it. */
  private static RawClient durable(TestServer server, String connack) {
    byte[] connect = Packet.of(0x10, string("MQTT"), hex("04 00 0000"), string("d"));
    return server.client().send(connect).expect(connack);
  }

  // --- Clients and code that are slow. ---

  @Test
  void codeThatFloodsWaitsForItsClientAndHoldsUpNobody() {
    int messages = 20_000;
    router.connect(
        "flood",
        (incoming, context) ->
            OutgoingMessages.from(outgoing -> {
              for (int i = 0; i < messages; i++) {
                outgoing.send("%08d".formatted(i).repeat(64));
              }
              said.add("all sent");
              incoming.next();
            }));
    echo("echo");
    TestServer server = start();
    RawClient slow = server.slowClient().send(Packet.connect("slow")).expect("20 02 00 00");
    slow.send(subscribe(1, "flood", 0)).expect("90 03 0001 00");
    try (RawClient other = subscriber(server)) {
      expectSaid("open echo");
      for (int i = 0; i < 100; i++) {
        other.send(publish("echo", "m" + i)).expect(publish("echo", "m" + i));
        expectSaid("heard m" + i); // and not "all sent": 10 MiB are in no socket
      }
    }
    expectSaid("closed 1006");
    for (int i = 0; i < messages; i++) {
      slow.expect(publish("flood", "%08d".formatted(i).repeat(64)));
    }
    expectSaid("all sent");
    slow.close();
  }

  @Test
  void clientWhoseMessagesAreNotReadWaitsAndHoldsUpNobody() {
    CountDownLatch goOn = new CountDownLatch(1);
    router
        .connect(
            "busy",
            (incoming, context) ->
                OutgoingMessages.from(outgoing -> {
                  await(goOn);
                  outgoing.send("going on");
                  for (Message message : incoming) {
                    outgoing.send(message);
                  }
                }))
        .limits(Limits.DEFAULT.withMailbox(4));
    TestServer server = start();
    try (RawClient client = server.client("c");
        RawClient other = server.client("o")) {
      client.send(subscribe(1, "busy", 0)).expect("90 03 0001 00");
      for (int i = 1; i <= 4; i++) {
        client.send(publish("busy", i, "m" + i)).expect("40 02 000" + i);
      }
      client.send(PING);
      for (int i = 0; i < 100; i++) {
        other.send(PING).expect(PONG);
      }
      goOn.countDown();
      client.expect(publish("busy", "going on")); // a socket that is read had told PONG long ago
      client.expectInAnyOrder(
          hex(PONG),
          publish("busy", "m1"),
          publish("busy", "m2"),
          publish("busy", "m3"),
          publish("busy", "m4"));
    }
  }

  @Test
  void clientThatLeavesTooMuchBehindIsNotRead() {
    CountDownLatch end = new CountDownLatch(1);
    router.connect(
        "slow",
        (incoming, context) -> {
          await(end);
          return OutgoingMessages.from(outgoing -> incoming.next());
        });
    TestServer server = start();
    try (RawClient client = server.client("c");
        RawClient other = server.client("o");
        RawClient watcher = server.client("w")) {
      watcher.send(subscribe(1, "t", 0)).expect("90 03 0001 00");
      int most = TestServer.LIMITS.connectionWrites();
      client.send(subscribe(1, "slow", 0));
      for (int i = 1; i <= most; i++) {
        client
            .send(subscribe(i + 1, "slow", 0))
            .expect(hex("90 03"), Packet.twoBytes(i), hex("00"));
      }
      client.send(publish("t", "late"));
      other.send(publish("t", 1, "early")).expect("40 02 0001");
      watcher.expect(publish("t", "early"));
      end.countDown();
      watcher.expect(publish("t", "late"));
    }
  }

  @Test
  void subscriptionThatEndsNoLongerKeepsTheSocketFromBeingRead() {
    CountDownLatch end = new CountDownLatch(1);
    router
        .connect(
            "deaf",
            (incoming, context) ->
                OutgoingMessages.from(outgoing -> {
                  await(end);
                  outgoing.close(1000, "enough");
                }))
        .limits(Limits.DEFAULT.withMailbox(1));
    try (RawClient client = start().client("c")) {
      client.send(subscribe(1, "deaf", 0)).expect("90 03 0001 00");
      client.send(publish("deaf", 1, "m")).expect("40 02 0001").send(PING);
      end.countDown();
      client.expect(PONG);
    }
  }
}
