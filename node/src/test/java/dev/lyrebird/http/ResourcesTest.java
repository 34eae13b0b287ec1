package dev.lyrebird.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.api.Action;
import dev.lyrebird.api.Connection;
import dev.lyrebird.api.ConnectionHandler;
import dev.lyrebird.api.Context;
import dev.lyrebird.api.Limits;
import dev.lyrebird.api.Message;
import dev.lyrebird.api.OutgoingMessages;
import dev.lyrebird.api.ProblemException;
import dev.lyrebird.api.Resource;
import dev.lyrebird.api.Response;
import dev.lyrebird.api.Route;
import dev.lyrebird.api.Router;
import dev.lyrebird.hosting.Host;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Users' code as its clients see it, over REST, WebSocket and event streams. */
final class ResourcesTest {

  private static final String SDL = "type topics @table @export(name: \"\") { id: ID @primaryKey }";

  private static final Connecting ECHO =
      (incoming, context) ->
          OutgoingMessages.from(outgoing -> {
            for (Message message : incoming) {
              outgoing.send(message);
            }
          });

  /** Spares the name of its owner. */
  private interface Connecting extends Router.Connecting {}

  private final Router router = new Router();
  private final BlockingQueue<String> said = new LinkedBlockingQueue<>();
  private @Nullable Host host;
  private @Nullable HttpNode started;

  @AfterEach
  void stop() {
    if (started != null) {
      started.stopDoors();
      started.close();
    }
    if (host != null) {
      host.close();
    }
  }

  private HttpNode start() {
    Host made = Host.of(router);
    HttpNode node = HttpNode.start(SDL, made);
    host = made;
    started = node;
    return node;
  }

  private String heard() throws InterruptedException {
    String next = said.poll(HttpNode.WAIT_SECONDS, TimeUnit.SECONDS);
    return next == null ? "(nothing in time)" : next;
  }

  // --- REST. ---

  record Dog(String name, int age) {}

  @Test
  void codeAnswersRest() {
    router.get("/hello/{name}", context -> "hello " + context.parameter("name"));
    router.get("/dogs/{name}", context -> new Dog(context.parameter("name"), 3));
    router.put(
        "/dogs/{name}",
        (content, context) -> {
          said.add(content.as(Dog.class).toString());
          return null;
        });
    router.post(
        "/dogs",
        (content, context) ->
            Response.of(201).with("Location", "/dogs/rex").with(Map.of("made", content.text())));
    router.delete("/dogs/{name}", context -> null);
    router.get("/none", context -> null);
    HttpNode node = start();

    HttpResponse<String> hello = node.send("GET", "/hello/w%C3%B6rld");
    assertEquals("200 hello wörld", hello.statusCode() + " " + hello.body());
    assertEquals("text/plain; charset=utf-8", HttpNode.header(hello, "Content-Type"));
    HttpResponse<String> dog = node.send("GET", "/dogs/rex");
    assertEquals("{\"name\":\"rex\",\"age\":3}", dog.body());
    assertEquals("application/json", HttpNode.header(dog, "Content-Type"));
    HttpResponse<String> head = node.send("HEAD", "/dogs/rex");
    assertEquals("22", HttpNode.header(head, "Content-Length"));
    assertEquals(
        204, node.sendJson("PUT", "/dogs/rex", "{\"name\":\"rex\",\"age\":4}").statusCode());
    assertEquals("Dog[name=rex, age=4]", said.poll());
    HttpResponse<String> posted = node.send("POST", "/dogs");
    assertEquals("201 {\"made\":\"\"}", posted.statusCode() + " " + posted.body());
    assertEquals("/dogs/rex", HttpNode.header(posted, "Location"));
    assertEquals(204, node.send("DELETE", "/dogs/rex").statusCode());
    assertEquals(404, node.send("GET", "/none").statusCode());
    assertEquals(404, node.send("GET", "/dogs/rex/tail").statusCode(), "that is a row");
  }

  @Test
  void whatACallCannotTakeIsToldWithTheRemedy() {
    router.put("/dogs/{name}", (content, context) -> content.as(Dog.class));
    router.connect("/listen", ECHO);
    router.get(
        "/broken",
        context -> {
          throw new IllegalStateException("a secret");
        });
    router.get(
        "/gone",
        context -> {
          throw new ProblemException(410, "the dog has left");
        });
    HttpNode node = start();

    HttpResponse<String> unknown =
        node.sendJson("PUT", "/dogs/rex", "{\"name\":\"rex\",\"age\":3,\"legs\":4}");
    assertEquals(400, unknown.statusCode());
    assertTrue(
        unknown.body().contains("there is no attribute legs here; there are [name, age]"),
        unknown.body());
    HttpResponse<String> get = node.send("GET", "/dogs/rex");
    assertEquals(405, get.statusCode());
    assertEquals("OPTIONS, PUT", HttpNode.header(get, "Allow"));
    assertEquals("OPTIONS, PUT", HttpNode.header(node.send("OPTIONS", "/dogs/rex"), "Allow"));
    assertEquals(406, node.send("GET", "/listen").statusCode());
    HttpResponse<String> broken = node.send("GET", "/broken");
    assertEquals(500, broken.statusCode());
    assertTrue(!broken.body().contains("secret"), broken.body());
    HttpResponse<String> gone = node.send("GET", "/gone");
    assertEquals(410, gone.statusCode());
    assertTrue(gone.body().contains("the dog has left"), gone.body());
  }

  @Test
  void callThatTakesTooLongIsAnsweredForAndInterrupted() throws InterruptedException {
    router
        .get(
            "/slow",
            context -> {
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                said.add("interrupted");
              }
              return null;
            })
        .limits(Limits.DEFAULT.withCallTime(Duration.ofMillis(50)));
    HttpNode node = start();

    assertEquals(503, node.send("GET", "/slow").statusCode());
    assertEquals("interrupted", heard());
  }

  @Test
  void whereCallsDoNotEndNewcomersAreRefusedAndOthersServed() throws InterruptedException {
    CountDownLatch end = new CountDownLatch(1);
    router
        .get(
            "/stuck",
            context -> {
              while (end.getCount() > 0) {
                Thread.interrupted();
                Thread.onSpinWait();
              }
              said.add("ended");
              return null;
            })
        .limits(Limits.DEFAULT.withCallTime(Duration.ofMillis(50)).withOverdue(1));
    router.get("/other", context -> "here");
    HttpNode node = start();

    assertEquals(503, node.send("GET", "/stuck").statusCode());
    awaitStuck(node);
    assertEquals("here", node.send("GET", "/other").body());
    end.countDown();
    assertEquals("ended", heard());
  }

  /** Waits until it is found that the call goes on though it was interrupted. */
  private static void awaitStuck(HttpNode node) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(HttpNode.WAIT_SECONDS);
    HttpResponse<String> refused;
    do {
      assertTrue(System.nanoTime() < until, "newcomers are not refused");
      refused = node.send("GET", "/stuck");
      assertEquals(503, refused.statusCode());
    } while (!refused.body().contains("calls of stuck do not end"));
  }

  @Test
  void whoMayNotIsTold() {
    router.resource(
        "/private",
        new Resource() {
          @Override
          public Object get(Context context) {
            return "secret";
          }

          @Override
          public OutgoingMessages subscribe(Context context) {
            return outgoing -> {};
          }

          @Override
          public boolean allows(Action action, Context context) {
            return "let me".equals(context.header("x-please"));
          }
        });
    HttpNode node = start();

    assertEquals(403, node.send("GET", "/private").statusCode());
    assertEquals(200, node.send("GET", "/private", "X-Please", "let me").statusCode());
    assertEquals(403, node.send("GET", "/private", "Accept", "text/event-stream").statusCode());
    assertEquals(403, node.send("HEAD", "/private", "Accept", "text/event-stream").statusCode());
  }

  // --- Connections. ---

  @Test
  void webSocketHearsAnEcho() {
    router.connect("/echo", ECHO);
    HttpNode node = start();

    try (RawWebSocket socket = RawWebSocket.open(node.port(), "/echo")) {
      socket.text("one");
      assertEquals("one", socket.readText());
      socket.send(RawWebSocket.frame(RawWebSocket.FIN | RawWebSocket.BINARY, new byte[] {0, 1}));
      RawWebSocket.Frame frame = socket.read();
      assertEquals(RawWebSocket.FIN | RawWebSocket.BINARY, frame.first());
      assertEquals(2, frame.body().length);
      for (int i = 0; i < 5000; i++) {
        socket.text("m" + i);
      }
      for (int i = 0; i < 5000; i++) {
        assertEquals("m" + i, socket.readText());
      }
      socket.send(RawWebSocket.close(1000));
      assertEquals(1000, socket.readClose());
    }
  }

  @Test
  void eventsCarryTheFieldsThatTheCodeGivesThem() {
    router.connect(
        "/ticks",
        (incoming, context) ->
            OutgoingMessages.from(outgoing -> {
              outgoing.send(
                  Message.json(Map.of("n", 1))
                      .withEvent("tick")
                      .withId("7")
                      .withRetry(Duration.ofMillis(123)));
              outgoing.send("two\nlines");
              outgoing.send(new byte[] {1, 2, 3});
            }));
    HttpNode node = start();

    try (RawEventStream stream = RawEventStream.open(node.port(), "/ticks")) {
      assertEquals(new RawEventStream.Block("tick", "{\"n\":1}", "7"), stream.block());
      assertEquals(123, stream.retryMillis());
      assertEquals("two\nlines", stream.data());
      assertEquals("AQID", stream.data());
      stream.assertEnd();
    }
  }

  @Test
  void codeRefusesBeforeTheStreamBegins() {
    router.connect(
        "/search",
        (incoming, context) -> {
          if (context.query("q") == null) {
            throw new ProblemException(400, "say what to search for: ?q=");
          }
          return outgoing -> outgoing.send(context.query().get("q"));
        });
    HttpNode node = start();

    HttpResponse<String> refused = node.send("GET", "/search", "Accept", "text/event-stream");
    assertEquals(400, refused.statusCode());
    assertTrue(refused.body().contains("say what to search for: ?q="), refused.body());
    assertEquals("application/problem+json", HttpNode.header(refused, "Content-Type"));
    try (RawWebSocket socket = RawWebSocket.connect(node.port())) {
      socket.request("/search", RawWebSocket.KEY);
      assertEquals("HTTP/1.1 400 Bad Request", socket.head().lines().findFirst().orElse(""));
    }
    try (RawEventStream stream = RawEventStream.open(node.port(), "/search?q=a+b&q=c%26d")) {
      assertEquals("[\"a b\",\"c&d\"]", stream.data());
    }
  }

  @Test
  void faultEndsItsConnectionAndNoOther() {
    router.connect(
        "/moody",
        (incoming, context) ->
            OutgoingMessages.from(outgoing -> {
              for (Message message : incoming) {
                if (message.text().equals("throw")) {
                  throw new IllegalStateException("a secret");
                }
                outgoing.send(message);
              }
            }));
    HttpNode node = start();

    try (RawWebSocket other = RawWebSocket.open(node.port(), "/moody");
        RawWebSocket socket = RawWebSocket.open(node.port(), "/moody")) {
      socket.text("throw");
      RawWebSocket.Frame close = socket.read();
      assertEquals(1011, close.code());
      assertTrue(!close.text().contains("secret"), close.text());
      other.text("still here");
      assertEquals("still here", other.readText());
    }
  }

  @Test
  void pulseEndsWithItsConnection() throws InterruptedException {
    AtomicInteger asked = new AtomicInteger();
    router.connect(
        "/pulse",
        (incoming, context) ->
            ECHO.connect(incoming, context)
                .andEvery(Duration.ofMillis(20), () -> "pulse " + asked.incrementAndGet())
                .and(outgoing -> outgoing.onClose(() -> said.add("closed"))));
    HttpNode node = start();

    try (RawWebSocket socket = RawWebSocket.open(node.port(), "/pulse")) {
      assertEquals("pulse 1", socket.readText());
      assertEquals("pulse 2", socket.readText());
      socket.send(RawWebSocket.close(1000));
    }
    assertEquals("closed", heard());
    int then = asked.get();
    try (RawWebSocket socket = RawWebSocket.open(node.port(), "/pulse")) {
      assertEquals("pulse " + (then + 1), socket.readText());
    }
  }

  /** Writes down what it is told, and how often at once. */
  private final class Diary implements ConnectionHandler<AtomicInteger> {

    private final AtomicInteger inside = new AtomicInteger();

    @Override
    public AtomicInteger open(Connection connection) {
      said.add("open " + connection.context().parameter("name"));
      return new AtomicInteger();
    }

    @Override
    public void message(Connection connection, AtomicInteger count, Message message)
        throws Exception {
      if (inside.incrementAndGet() != 1) {
        said.add("twice at once");
      }
      LockSupport.parkNanos(1);
      try {
        answer(connection, count, message);
      } finally {
        inside.decrementAndGet();
      }
    }

    private void answer(Connection connection, AtomicInteger count, Message message)
        throws InterruptedException {
      switch (message.text()) {
        case "close" -> connection.close(3001, "as asked");
        case "throw" -> throw new IllegalStateException("as asked");
        case "bad" -> throw new ProblemException(422, "say something else");
        case "hang" -> new CountDownLatch(1).await();
        default -> connection.send(count.incrementAndGet() + " " + message.text());
      }
    }

    @Override
    public void close(Connection connection, AtomicInteger count, int code, String reason) {
      said.add("close " + code + " " + reason);
    }
  }

  private HttpNode startDiary() {
    router
        .ws("/diary/{name}", new Diary())
        .limits(Limits.DEFAULT.withCallTime(Duration.ofMillis(100)));
    return start();
  }

  @Test
  void handlerIsToldInOrderAndOfTheEndOnce() throws InterruptedException {
    HttpNode node = startDiary();

    try (RawWebSocket socket = RawWebSocket.open(node.port(), "/diary/a")) {
      assertEquals("open a", heard());
      for (int i = 1; i <= 2000; i++) {
        socket.text("m" + i);
      }
      for (int i = 1; i <= 2000; i++) {
        assertEquals(i + " m" + i, socket.readText());
      }
      socket.send(RawWebSocket.close(4242, (byte) 'b', (byte) 'y', (byte) 'e'));
      assertEquals(4242, socket.readClose());
    }
    assertEquals("close 4242 bye", heard());
  }

  @Test
  void handlerIsToldHowTheConnectionEnded() throws InterruptedException {
    HttpNode node = startDiary();

    assertEquals(3001, closedBy(node, "close"));
    assertEquals("close 3001 as asked", heard());
    assertEquals(1011, closedBy(node, "throw"));
    assertTrue(heard().startsWith("close 1011 fault; see the node's log for "));
    assertEquals(1011, closedBy(node, "hang"));
    assertEquals("close 1011 the resource took too long", heard());
    RawWebSocket.open(node.port(), "/diary/b").close();
    assertEquals("open b", heard());
    assertEquals("close 1006 ", heard());
    try (RawWebSocket socket = RawWebSocket.open(node.port(), "/diary/c")) {
      assertEquals("open c", heard());
      node.stopDoors();
      assertEquals(1001, socket.read().code());
    }
    assertEquals("close 1001 the node is stopping", heard());
    assertNull(said.poll());
  }

  private int closedBy(HttpNode node, String message) throws InterruptedException {
    try (RawWebSocket socket = RawWebSocket.open(node.port(), "/diary/a")) {
      assertEquals("open a", heard());
      socket.text(message);
      return socket.read().code();
    }
  }

  @Test
  void messageThatCannotBeTakenIsToldAndTheConnectionGoesOn() throws InterruptedException {
    HttpNode node = startDiary();

    try (RawWebSocket socket = RawWebSocket.open(node.port(), "/diary/a")) {
      socket.text("bad");
      assertEquals(
          "{\"type\":\"error\",\"status\":422,\"title\":\"say something else\"}",
          socket.readText());
    }
  }

  @Test
  void clientThatTakesNothingHoldsUpItsSenderAndIsClosed() throws InterruptedException {
    byte[] much = new byte[64 * 1024];
    router
        .connect(
            "/much",
            (incoming, context) ->
                OutgoingMessages.from(outgoing -> {
                  try {
                    for (int i = 0; i < 100_000; i++) {
                      outgoing.send(much);
                    }
                    said.add("all was sent");
                  } catch (RuntimeException e) {
                    said.add(e.getClass().getSimpleName());
                    throw e;
                  }
                }))
        .limits(Limits.DEFAULT.withSendTime(Duration.ofMillis(200)));
    HttpNode node = start();

    RawWebSocket deaf = RawWebSocket.open(node.port(), "/much");
    assertEquals("SlowClientException", heard());
    deaf.close();
  }

  @Test
  void eventStreamThatIsGivenUpIsBrokenOffAndOneThatIsOverEnds() throws InterruptedException {
    byte[] much = new byte[64 * 1024];
    router
        .connect(
            "/much",
            (incoming, context) ->
                OutgoingMessages.from(outgoing -> {
                  try {
                    while (true) {
                      outgoing.send(much);
                    }
                  } catch (RuntimeException e) {
                    said.add(e.getClass().getSimpleName());
                    throw e;
                  }
                }))
        .limits(Limits.DEFAULT.withSendTime(Duration.ofMillis(200)));
    router.connect(
        "/one", (incoming, context) -> OutgoingMessages.from(outgoing -> outgoing.send("one")));
    HttpNode node = start();

    try (RawEventStream deaf = RawEventStream.open(node.port(), "/much");
        RawEventStream over = RawEventStream.open(node.port(), "/one")) {
      assertEquals("one", over.data());
      over.assertEnd();
      assertEquals("SlowClientException", heard());
      deaf.assertBrokenOff();
    }
  }

  @Test
  void codeThatReadsNothingHoldsUpItsClientAlone() throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    router.connect(
        "/lazy",
        (incoming, context) ->
            OutgoingMessages.from(outgoing -> {
              goOn.await();
              long bytes = 0;
              for (Message message : incoming) {
                bytes += message.bytes().length;
                if (message.text().endsWith("end")) {
                  outgoing.send(bytes);
                }
              }
            }));
    HttpNode node = start();

    String text = "x".repeat(100_000);
    try (RawWebSocket flood = RawWebSocket.open(node.port(), "/lazy")) {
      Thread sender =
          Thread.ofVirtual()
              .start(() -> {
                for (int i = 0; i < 1000; i++) {
                  flood.text(text);
                }
                flood.text("end");
              });
      assertTrue(!sender.join(Duration.ofMillis(500)), "100 MB are not kept for lazy code");
      assertEquals(404, node.send("GET", "/row").statusCode());
      goOn.countDown();
      assertEquals("100000003", flood.readText());
    }
  }

  @Test
  void moreConnectionsThanThereMayBeAreRefused() throws InterruptedException {
    router.connect("/echo", ECHO).limits(Limits.DEFAULT.withConnections(1));
    HttpNode node = start();

    try (RawWebSocket first = RawWebSocket.open(node.port(), "/echo");
        RawWebSocket second = RawWebSocket.connect(node.port())) {
      second.request("/echo", RawWebSocket.KEY);
      assertEquals(
          "HTTP/1.1 503 Service Unavailable", second.head().lines().findFirst().orElse(""));
      first.text("here");
      assertEquals("here", first.readText());
    }
  }

  // --- Rooms. ---

  private record Member(String name) {}

  /** A chat of rooms, as a newcomer writes it. */
  private final class Chat implements ConnectionHandler<Member> {

    @Override
    public Member open(Connection connection) {
      connection.join(connection.room(connection.context().parameter("room")));
      Member member = new Member(String.valueOf(connection.context().query("name")));
      connection.send("welcome " + member.name());
      return member;
    }

    @Override
    public void message(Connection connection, Member member, Message message) {
      connection
          .room(connection.context().parameter("room"))
          .broadcast(member.name() + ": " + message.text());
    }

    @Override
    public void close(Connection connection, Member member, int code, String reason) {
      said.add(member.name() + " left");
    }
  }

  @Test
  void membersOfARoomHearOneAnotherAndNobodyElseDoes() throws InterruptedException {
    Route chat = router.ws("/chat/{room}", new Chat());
    HttpNode node = start();

    RawWebSocket bob = RawWebSocket.open(node.port(), "/chat/a?name=bob");
    try (RawWebSocket ann = RawWebSocket.open(node.port(), "/chat/a?name=ann");
        RawEventStream eve = RawEventStream.open(node.port(), "/chat/b?name=eve")) {
      assertEquals("welcome ann", ann.readText());
      assertEquals("welcome bob", bob.readText());
      assertEquals("welcome eve", eve.data());
      ann.text("hi");
      assertEquals("ann: hi", bob.readText());
      assertEquals("ann: hi", ann.readText());
      assertEquals(2, chat.room("a").size());
      assertEquals(3, chat.size());
      chat.broadcast("to all");
      assertEquals(
          List.of("to all", "to all", "to all"),
          List.of(ann.readText(), bob.readText(), eve.data()));
      bob.close();
      assertEquals("bob left", heard());
      assertEquals(1, chat.room("a").size());
    }
  }

  @Test
  void callReachesThoseWhoAreConnectedToItsPath() {
    router.ws("/chat/{room}", new Chat());
    router.post(
        "/chat/{room}",
        (content, context) -> {
          context.room(context.parameter("room")).broadcast("heard: " + content.text());
          return context.everybody().size();
        });
    HttpNode node = start();

    try (RawWebSocket ann = RawWebSocket.open(node.port(), "/chat/a?name=ann");
        RawEventStream eve = RawEventStream.open(node.port(), "/chat/b?name=eve")) {
      assertEquals("welcome ann", ann.readText());
      assertEquals("welcome eve", eve.data());
      assertEquals("2", node.sendJson("POST", "/chat/a", "hi").body());
      assertEquals("heard: hi", ann.readText());
      node.sendJson("POST", "/chat/b", "ho");
      assertEquals("heard: ho", eve.data());
    }
  }

  @Test
  void pageAndSocketShareAPath() {
    router.get("/chat/{room}", context -> "a page").limits(Limits.DEFAULT.withConnections(2));
    Route route = router.ws("/chat/{room}", new Chat());
    HttpNode node = start();

    assertEquals(2, route.limits().connections());
    assertEquals("a page", node.send("GET", "/chat/a").body());
    assertEquals(
        "GET, HEAD, OPTIONS", node.send("PUT", "/chat/a").headers().firstValue("Allow").orElse(""));
    try (RawWebSocket ann = RawWebSocket.open(node.port(), "/chat/a?name=ann");
        RawEventStream eve = RawEventStream.open(node.port(), "/chat/a?name=eve")) {
      assertEquals("welcome ann", ann.readText());
      assertEquals("welcome eve", eve.data());
    }
  }

  @Test
  void onePathHasOneOfEach() {
    router.ws("/a", new Chat());
    router.connect("/b", ECHO);
    router.get("/c", context -> "a page");
    router.resource("/d", new Resource() {});
    for (Runnable second :
        List.<Runnable>of(
            () -> router.connect("/a", ECHO),
            () -> router.ws("/a", new Chat()),
            () -> router.ws("/b", new Chat()),
            () -> router.get("/c/", context -> "another"),
            () -> router.ws("/d", new Chat()),
            () -> router.resource("/c", new Resource() {}))) {
      var refused = assertThrows(IllegalArgumentException.class, second::run);
      assertTrue(
          String.valueOf(refused.getMessage()).startsWith("there is something behind the path"));
    }
  }

  private static final int BURST = 20_000;

  @Test
  void burstReachesAllMembersThatRead() throws Exception {
    router.ws("/chat/{room}", new Chat());
    router.post(
        "/chat/{room}",
        (content, context) -> {
          for (int i = 0; i < BURST; i++) {
            context.room(context.parameter("room")).broadcast("message " + i);
          }
          return "told";
        });
    HttpNode node = start();

    try (RawWebSocket ann = RawWebSocket.open(node.port(), "/chat/a?name=ann");
        RawWebSocket bob = RawWebSocket.open(node.port(), "/chat/a?name=bob")) {
      assertEquals("welcome ann", ann.readText());
      assertEquals("welcome bob", bob.readText());
      List<CompletableFuture<Void>> readers =
          List.of(hears(ann, "message ", BURST), hears(bob, "message ", BURST));
      assertEquals("told", node.sendJson("POST", "/chat/a", "go").body());
      for (CompletableFuture<Void> reader : readers) {
        reader.get(HttpNode.WAIT_SECONDS, TimeUnit.SECONDS);
      }
      ann.text("still here");
      assertEquals("ann: still here", bob.readText());
    }
  }

  @Test
  void memberThatSaysMuchInOneLoopIsHeardByAllAndIsNotClosed() throws Exception {
    router.ws("/chat/{room}", new Chat());
    HttpNode node = start();

    int messages = 5000;
    try (RawWebSocket ann = RawWebSocket.open(node.port(), "/chat/a?name=ann");
        RawWebSocket bob = RawWebSocket.open(node.port(), "/chat/a?name=bob")) {
      assertEquals("welcome ann", ann.readText());
      assertEquals("welcome bob", bob.readText());
      List<CompletableFuture<Void>> readers =
          List.of(hears(ann, "ann: ", messages), hears(bob, "ann: ", messages));
      for (int i = 0; i < messages; i++) {
        ann.text(String.valueOf(i));
      }
      for (CompletableFuture<Void> reader : readers) {
        reader.get(HttpNode.WAIT_SECONDS, TimeUnit.SECONDS);
      }
      bob.text("still here");
      assertEquals("bob: still here", ann.readText());
    }
  }

  /** Reads so many messages, which are numbered, on a thread of its own. */
  private static CompletableFuture<Void> hears(RawWebSocket member, String before, int messages) {
    return CompletableFuture.runAsync(
        () -> {
          for (int i = 0; i < messages; i++) {
            assertEquals(before + i, member.readText());
          }
        },
        task -> Thread.ofPlatform().daemon().start(task));
  }

  @Test
  void memberThatTakesNothingIsClosedAndTheOthersHearAll() throws InterruptedException {
    Route chat = router.ws("/chat/{room}", new Chat()).limits(Limits.DEFAULT.withOutgoing(100));
    HttpNode node = start();

    String much = "x".repeat(50_000);
    RawWebSocket deaf = RawWebSocket.open(node.port(), "/chat/a?name=deaf");
    try (RawWebSocket ann = RawWebSocket.open(node.port(), "/chat/a?name=ann")) {
      assertEquals("welcome ann", ann.readText());
      int heard = 0;
      while (said.isEmpty() && heard < 10_000) {
        chat.room("a").broadcast(much);
        assertEquals(much, ann.readText());
        heard++;
      }
      assertEquals("deaf left", heard());
      assertEquals(1, chat.room("a").size());
    }
    deaf.close();
  }
}
