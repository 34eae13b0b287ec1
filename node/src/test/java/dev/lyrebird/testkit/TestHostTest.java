package dev.lyrebird.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import dev.lyrebird.api.Call;
import dev.lyrebird.api.Connection;
import dev.lyrebird.api.ConnectionClosedException;
import dev.lyrebird.api.ConnectionHandler;
import dev.lyrebird.api.Limits;
import dev.lyrebird.api.Message;
import dev.lyrebird.api.OutgoingMessages;
import dev.lyrebird.api.ProblemException;
import dev.lyrebird.api.Protocol;
import dev.lyrebird.api.Router;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Users' code as the test kit runs it, and so what the engine promises to it. */
final class TestHostTest {

  private final Router router = new Router();

  @Test
  void callsReturnWhatTheCodeReturns() {
    router.get("/hello/{name}", context -> "hello " + context.parameter("name"));
    router.post("/sum", (content, context) -> List.of(content.as(int[].class)).size());

    try (TestHost host = TestHost.of(router)) {
      assertEquals("hello ann", host.get("/hello/ann"));
      assertEquals(1, host.call(Call.POST, "/sum", new int[] {1, 2}));
      assertEquals(405, problem(() -> host.get("/sum")).status());
      assertEquals(404, problem(() -> host.get("/nowhere")).status());
      assertEquals(400, problem(() -> host.call(Call.POST, "/sum", "{")).status());
    }
  }

  private static ProblemException problem(Runnable code) {
    return assertThrows(ProblemException.class, code::run);
  }

  @Test
  void messagesWaitForCodeThatIsBusyAndTheRestAtTheClient() throws InterruptedException {
    CountDownLatch goOn = new CountDownLatch(1);
    router
        .connect(
            "/count",
            (incoming, context) ->
                OutgoingMessages.from(outgoing -> {
                  goOn.await();
                  for (Message message : incoming) {
                    outgoing.send(message);
                  }
                }))
        .limits(Limits.DEFAULT.withMailbox(10));

    try (TestHost host = TestHost.of(router);
        TestClient client = host.connect("/count")) {
      for (int i = 0; i < 9; i++) {
        client.say(i);
      }
      assertEquals(true, client.isRead());
      client.say(9);
      assertEquals(false, client.isRead());
      goOn.countDown();
      for (int i = 0; i < 10; i++) {
        assertEquals(i, client.hear(Integer.class));
      }
      assertEquals(true, client.isRead());
    }
  }

  /** Whether two calls were ever under way at once, and what was told in which order. */
  private static final class Witness implements ConnectionHandler<List<String>> {

    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicBoolean twiceAtOnce = new AtomicBoolean();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final AtomicInteger closes = new AtomicInteger();

    private void in(Runnable code) {
      if (inside.incrementAndGet() > 1) {
        twiceAtOnce.set(true);
      }
      code.run();
      inside.decrementAndGet();
    }

    @Override
    public List<String> open(Connection connection) {
      return Collections.synchronizedList(new ArrayList<>());
    }

    @Override
    public void message(Connection connection, List<String> told, Message message) {
      in(() -> told.add(message.text()));
    }

    @Override
    public void drain(Connection connection, List<String> told) {
      in(() -> told.add("drain"));
    }

    @Override
    public void close(Connection connection, List<String> told, int code, String reason) {
      in(() -> {
        closes.incrementAndGet();
        connection.onClose(closed::countDown);
      });
    }
  }

  @Test
  void whatTheClientSaidBeforeItLeftIsToldBeforeTheEnd() throws InterruptedException {
    List<String> all = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch over = new CountDownLatch(1);
    router.ws(
        "/w",
        new ConnectionHandler<String>() {

          @Override
          public String open(Connection connection) {
            return "";
          }

          @Override
          public void message(Connection connection, String data, Message message) {
            all.add(message.text());
          }

          @Override
          public void close(Connection connection, String data, int code, String reason) {
            all.add(code + " " + reason);
            over.countDown();
          }
        });

    try (TestHost host = TestHost.of(router);
        TestClient client = host.connect("/w")) {
      for (int i = 0; i < 50; i++) {
        client.say("m" + i);
      }
      client.leave(1000, "bye");
      over.await();
      assertEquals(51, all.size());
      assertEquals("m49", all.get(49));
      assertEquals("1000 bye", all.get(50));
    }
  }

  @Test
  void whatConnectReturnsRunsThoughTheEndHasComeBefore() throws Exception {
    CountDownLatch connecting = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    router.connect(
        "/slow",
        (incoming, context) -> {
          connecting.countDown();
          goOn.await();
          return outgoing -> outgoing.onClose(ended::countDown);
        });

    try (TestHost host = TestHost.of(router)) {
      var refused =
          CompletableFuture.supplyAsync(() -> problem(() -> host.connect("/slow")).status());
      connecting.await();
      var closing = CompletableFuture.runAsync(host::close);
      assertEquals(503, refused.get());
      goOn.countDown();
      ended.await();
      closing.get();
    }
  }

  @Test
  void clientThatDoesNotTakeWhatIsLeftForItIsClosedThoughTheCodeHasDone() {
    router
        .connect(
            "/last",
            (incoming, context) ->
                OutgoingMessages.from(outgoing -> {
                  incoming.next();
                  outgoing.send("the last word");
                }))
        .limits(Limits.DEFAULT.withConnections(1).withSendTime(Duration.ofMillis(100)));

    try (TestHost host = TestHost.of(router);
        TestClient client = host.connect("/last")) {
      client.listen(false);
      client.say("go");
      assertEquals(new TestClient.End(1000, ""), client.awaitEnd());
      host.connect("/last").close();
    }
  }

  @Test
  void endsFromAllSidesAtOnceAreToldOnceAndNeverBesideAMessage() throws InterruptedException {
    for (int round = 0; round < 300; round++) {
      Witness witness = new Witness();
      Router own = new Router();
      own.ws("/w", witness);
      try (TestHost host = TestHost.of(own);
          TestClient client = host.connect("/w")) {
        CountDownLatch start = new CountDownLatch(1);
        List<Thread> enders =
            List.of(
                Thread.ofVirtual().start(() -> after(start, () -> client.leave(1000, "client"))),
                Thread.ofVirtual().start(() -> after(start, host::close)));
        for (int i = 0; i < 20; i++) {
          client.say(i);
        }
        start.countDown();
        for (Thread ender : enders) {
          ender.join();
        }
        witness.closed.await();
      }
      assertEquals(1, witness.closes.get());
      assertEquals(false, witness.twiceAtOnce.get());
    }
  }

  private static void after(CountDownLatch start, Runnable code) {
    try {
      start.await();
      code.run();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void handlerIsToldWhenThereIsRoomAgain() {
    router
        .ws(
            "/fill",
            new ConnectionHandler<String>() {

              @Override
              public String open(Connection connection) {
                return "";
              }

              @Override
              public void message(Connection connection, String data, Message message) {
                int sent = 0;
                while (connection.isWritable()) {
                  connection.send(sent++);
                }
              }

              @Override
              public void drain(Connection connection, String data) {
                connection.send("drained");
              }
            })
        .limits(Limits.DEFAULT.withOutgoing(10));

    try (TestHost host = TestHost.of(router);
        TestClient client = host.connect("/fill")) {
      client.listen(false);
      client.say("go");
      client.listen(true);
      String last = "";
      for (int i = 0; i < 10_000 && !last.equals("drained"); i++) {
        last = client.hear();
      }
      assertEquals("drained", last);
    }
  }

  @Test
  void whatRunsAlongsideEndsWithTheConnectionAndEndsIt() {
    AtomicInteger ended = new AtomicInteger();
    router.connect(
        "/both",
        (incoming, context) ->
            OutgoingMessages.from(
                    outgoing -> {
                      outgoing.onClose(ended::incrementAndGet);
                      outgoing.awaitClose(Duration.ofDays(1));
                    })
                .and(outgoing -> {
                  for (Message message : incoming) {
                    if (message.text().equals("fail")) {
                      throw new ProblemException(418, "as asked");
                    }
                  }
                }));

    try (TestHost host = TestHost.of(router);
        TestClient client = host.connect("/both")) {
      client.say("fail");
      assertEquals(new TestClient.End(1008, "as asked"), client.awaitEnd());
    }
    assertEquals(1, ended.get());
  }

  @Test
  void threadsThatSleepBehindTheEndAreInterrupted() throws InterruptedException {
    CountDownLatch interrupted = new CountDownLatch(1);
    CountDownLatch asleep = new CountDownLatch(1);
    router
        .connect(
            "/sleeper",
            (incoming, context) ->
                OutgoingMessages.from(outgoing -> {
                  asleep.countDown();
                  try {
                    Thread.sleep(Duration.ofDays(1));
                  } catch (InterruptedException e) {
                    interrupted.countDown();
                  }
                }))
        .limits(Limits.DEFAULT.withCallTime(Duration.ofMillis(50)));

    try (TestHost host = TestHost.of(router)) {
      TestClient client = host.connect("/sleeper");
      asleep.await();
      client.close();
      interrupted.await();
    }
  }

  @Test
  void sendBehindTheEndSaysSo() throws InterruptedException {
    CountDownLatch gone = new CountDownLatch(1);
    List<String> faults = Collections.synchronizedList(new ArrayList<>());
    router.connect(
        "/late",
        (incoming, context) ->
            OutgoingMessages.from(outgoing -> {
              outgoing.onClose(gone::countDown);
              outgoing.send("hello");
              assertNull(incoming.next());
              try {
                outgoing.send("late");
              } catch (RuntimeException e) {
                faults.add(e.getClass().getSimpleName());
                throw e;
              }
            }));

    try (TestHost host = TestHost.of(router)) {
      TestClient client = host.connect("/late", Protocol.SSE, Map.of());
      assertEquals("hello", client.hear());
      client.close();
      gone.await();
    }
    assertEquals(List.of("ConnectionClosedException"), faults);
  }

  @Test
  void nothingIsLeftBehindByManyClients() {
    AtomicInteger open = new AtomicInteger();
    var route =
        router.ws(
            "/many",
            new ConnectionHandler<String>() {

              @Override
              public String open(Connection connection) {
                open.incrementAndGet();
                connection.join(connection.room("all"));
                return "";
              }

              @Override
              public void close(Connection connection, String data, int code, String reason) {
                open.decrementAndGet();
              }
            });

    try (TestHost host = TestHost.of(router)) {
      for (int i = 0; i < 2000; i++) {
        host.connect("/many").close();
      }
    }
    assertEquals(0, open.get());
    assertEquals(0, route.size());
    assertEquals(0, route.room("all").size());
  }

  /** Sends more than its client takes, and tells when it begins to wait. */
  private static final class Chatter implements ConnectionHandler<String> {

    private final AtomicLong waitsSince = new AtomicLong();

    @Override
    public String open(Connection connection) {
      connection.join(connection.room("all"));
      connection.send("welcome");
      return "";
    }

    @Override
    public void message(Connection connection, String data, Message message) {
      connection.send("fills the queue");
      waitsSince.set(System.nanoTime());
      connection.send("has to wait");
    }
  }

  /** Just when the time of one who waits for the client is up, others tell its room something. */
  @Test
  void clientThatIsClosedForBeingSlowWhileItsRoomSpeaksHoldsUpNobody() {
    Chatter chatter = new Chatter();
    Duration sendTime = Duration.ofMillis(2);
    RandomGenerator random = new SplittableRandom(7);
    var route =
        router
            .ws("/chatter", chatter)
            .limits(Limits.DEFAULT.withOutgoing(1).withSendTime(sendTime));

    try (TestHost host = TestHost.of(router)) {
      for (int round = 0; round < 1000; round++) {
        try (TestClient client = host.connect("/chatter")) {
          assertEquals("welcome", client.hear());
          client.listen(false);
          chatter.waitsSince.set(0);
          client.say("go");
          while (chatter.waitsSince.get() == 0) {
            Thread.onSpinWait();
          }
          long due =
              chatter.waitsSince.get() + sendTime.toNanos() + random.nextLong(-100_000, 300_000);
          while (System.nanoTime() < due) {
            Thread.onSpinWait();
          }
          route.room("all").broadcastHere("to all");
          assertEquals(1008, client.awaitEnd().code());
        }
      }
    }
    assertEquals(0, route.size());
  }

  @Test
  void handlerWhoseClientTakesNothingIsClosedByItsSendTimeAndNotByItsCallTime() throws Exception {
    CompletableFuture<String> fault = new CompletableFuture<>();
    router
        .ws(
            "/much",
            new ConnectionHandler<String>() {

              @Override
              public String open(Connection connection) {
                return "";
              }

              @Override
              public void message(Connection connection, String data, Message message) {
                try {
                  while (true) {
                    connection.send("much");
                  }
                } catch (RuntimeException e) {
                  fault.complete(e.getClass().getSimpleName());
                  throw e;
                }
              }
            })
        .limits(
            Limits.DEFAULT
                .withCallTime(Duration.ofMillis(50))
                .withSendTime(Duration.ofMillis(700)));

    try (TestHost host = TestHost.of(router);
        TestClient client = host.connect("/much")) {
      client.listen(false);
      client.say("go");
      assertEquals(new TestClient.End(1008, "too slow: too many messages wait"), client.awaitEnd());
      assertEquals("SlowClientException", fault.get());
    }
  }

  /** Tells all who have ever come, or its own client alone. */
  private static final class Relay implements ConnectionHandler<String> {

    private final List<Connection> all = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch closed = new CountDownLatch(1);

    @Override
    public String open(Connection connection) {
      all.add(connection);
      return "";
    }

    @Override
    public void message(Connection connection, String data, Message message) {
      if (message.text().equals("all")) {
        List.copyOf(all).forEach(each -> each.send("to all"));
      } else {
        connection.send(message);
      }
    }

    @Override
    public void close(Connection connection, String data, int code, String reason) {
      closed.countDown();
    }
  }

  @Test
  void handlerThatSendsToAConnectionThatHasEndedKeepsItsOwn() throws InterruptedException {
    Relay relay = new Relay();
    router.ws("/relay", relay);
    try (TestHost host = TestHost.of(router)) {
      host.connect("/relay").close();
      relay.closed.await();
      try (TestClient client = host.connect("/relay")) {
        client.say("all");
        client.say("me");
        assertEquals("me", client.hear());
      }
    }
  }

  @Test
  void runThatSendsToAConnectionThatHasEndedHasFailed() throws Exception {
    Relay relay = new Relay();
    CompletableFuture<Boolean> isOfTheOther = new CompletableFuture<>();
    router.ws("/relay", relay);
    router.connect(
        "/run",
        (incoming, context) ->
            OutgoingMessages.from(outgoing -> {
              Connection other = relay.all.getFirst();
              try {
                other.send("to another");
              } catch (ConnectionClosedException e) {
                isOfTheOther.complete(other.equals(e.connection()));
                throw e;
              }
            }));
    try (TestHost host = TestHost.of(router)) {
      host.connect("/relay").close();
      relay.closed.await();
      try (TestClient client = host.connect("/run")) {
        assertEquals(1011, client.awaitEnd().code());
        assertEquals(true, isOfTheOther.get());
      }
    }
  }

  @Test
  void headersAreFoundByTheirNamesInAnyCase() {
    router.get("/header", context -> context.header("if-match"));
    router.connect(
        "/header", (incoming, context) -> outgoing -> outgoing.send(context.header("IF-MATCH")));

    try (TestHost host = TestHost.of(router)) {
      Map<String, String> headers = Map.of("If-Match", "7");
      assertEquals("7", host.call(Call.GET, "/header", null, headers));
      try (TestClient client = host.connect("/header", Protocol.SSE, headers)) {
        assertEquals("7", client.hear());
      }
    }
  }

  @Test
  void clientThatHasEndedWaitsForNothing() {
    router.connect("/once", (incoming, context) -> outgoing -> outgoing.send("once"));

    try (TestHost host = TestHost.of(router)) {
      TestClient client = host.connect("/once");
      assertEquals(1000, client.awaitEnd().code());
      assertEquals("once", client.hear());
      for (int i = 0; i < 2; i++) {
        assertTimeout(
            Duration.ofSeconds(10), () -> assertThrows(IllegalStateException.class, client::hear));
      }
      client.close();
      assertEquals(false, client.isRead());
    }
  }

  @Test
  void callsBeyondTheLimitAreRefusedUntilOneHasEnded() throws Exception {
    CountDownLatch called = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    router
        .get(
            "/busy",
            context -> {
              called.countDown();
              goOn.await();
              return "done";
            })
        .limits(Limits.DEFAULT.withCalls(1));

    try (TestHost host = TestHost.of(router)) {
      var first = CompletableFuture.supplyAsync(() -> String.valueOf(host.get("/busy")));
      called.await();
      assertEquals(503, problem(() -> host.get("/busy")).status());
      goOn.countDown();
      assertEquals("done", first.get());
      assertEquals("done", whenThereIsRoom(host, "/busy"));
    }
  }

  /** A call is answered just before it has ended. */
  private static Object whenThereIsRoom(TestHost host, String target) {
    long until = System.nanoTime() + 30_000_000_000L;
    while (true) {
      try {
        return String.valueOf(host.get(target));
      } catch (ProblemException e) {
        if (e.status() != 503 || System.nanoTime() > until) {
          throw e;
        }
      }
    }
  }

  @Test
  void bytesFillTheQueuesAsMessagesDoAndOneMessageMayBeLarger() throws InterruptedException {
    CountDownLatch goOn = new CountDownLatch(1);
    BlockingQueue<Boolean> writable = new LinkedBlockingQueue<>();
    String text = "x".repeat(600);
    router
        .connect(
            "/bytes",
            (incoming, context) ->
                OutgoingMessages.from(outgoing -> {
                  goOn.await();
                  for (Message message : incoming) {
                    writable.add(outgoing.isWritable());
                    outgoing.send(message);
                  }
                }))
        .limits(Limits.DEFAULT.withQueuedBytes(1000));

    try (TestHost host = TestHost.of(router);
        TestClient client = host.connect("/bytes")) {
      client.listen(false);
      client.say(text);
      assertEquals(true, client.isRead());
      client.say(text);
      assertEquals(false, client.isRead());
      client.say("x".repeat(5000));
      goOn.countDown();
      assertEquals(
          List.of(true, false, false), List.of(writable.take(), writable.take(), writable.take()));
      client.listen(true);
      assertEquals(600, client.hear().length());
      assertEquals(600, client.hear().length());
      assertEquals(5000, client.hear().length());
    }
  }
}
