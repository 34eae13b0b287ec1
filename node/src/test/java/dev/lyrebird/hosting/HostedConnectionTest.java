package dev.lyrebird.hosting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.api.Call;
import dev.lyrebird.api.Changes;
import dev.lyrebird.api.Connection;
import dev.lyrebird.api.ConnectionHandler;
import dev.lyrebird.api.Context;
import dev.lyrebird.api.Limits;
import dev.lyrebird.api.Message;
import dev.lyrebird.api.ProblemException;
import dev.lyrebird.api.Protocol;
import dev.lyrebird.api.Room;
import dev.lyrebird.api.Router;
import dev.lyrebird.resource.LoneNode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A connection, its wire and its time, all in the hands of the test. */
final class HostedConnectionTest {

  private static final long HOUR_NANOS = TimeUnit.HOURS.toNanos(1);

  /** In so many, threads that get in each other's way do so many times. */
  private static final int ROUNDS = 20_000;

  private static final Duration CALL_TIME = Duration.ofMillis(10);

  private final ExecutorService loop =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Host host = new Host(new LoneNode(0), meters, 0);
  private final Router router = new Router();

  @AfterEach
  void close() {
    host.close();
    loop.shutdown();
  }

  /** A client that takes as many messages as its test says, and is let in when it says so. */
  private final class Line implements Wire {

    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final CompletableFuture<Integer> end = new CompletableFuture<>();
    private final CompletableFuture<ProblemException> refusal = new CompletableFuture<>();
    private final AtomicBoolean isCut = new AtomicBoolean();
    private @Nullable HostedConnection hosted;

    // What follows belongs to the loop.

    private boolean isAccepted;
    private int takes;

    private HostedConnection hosted() {
      return Objects.requireNonNull(hosted);
    }

    /** Takes so many more. */
    void take(int messages) {
      execute(() -> {
        takes += messages;
        hosted().drained();
      });
    }

    /** Waits until the loop has done what it has been given. */
    void turn() {
      CompletableFuture.runAsync(() -> {}, loop).join();
    }

    @Override
    public void execute(Runnable task) {
      loop.execute(task);
    }

    @Override
    public void accept() {
      isAccepted = true;
      hosted().drained();
    }

    @Override
    public void refuse(ProblemException problem) {
      refusal.complete(problem);
    }

    @Override
    public boolean isWritable() {
      return isAccepted && takes > 0;
    }

    @Override
    public void send(Sent message) {
      takes--;
      heard.add(message.message().text());
    }

    @Override
    public void flush() {}

    @Override
    public void read(boolean on) {}

    @Override
    public void close(int code, String reason) {
      end.complete(code);
      hosted().gone(code, reason);
    }

    @Override
    public void cut(int code, String reason) {
      isCut.set(true);
      close(code, reason);
    }
  }

  private Line connect(ConnectionHandler<?> handler, Limits limits) {
    router.ws("/it", handler).limits(limits);
    host.serve("the test", router.routes());
    return connect();
  }

  /** Connects another client to what is served. */
  private Line connect() {
    return connect(context());
  }

  private Line connect(Context context) {
    Line line = new Line();
    CompletableFuture.runAsync(() -> line.hosted = route().connect(context, line), loop).join();
    return line;
  }

  private HostedRoute route() {
    return Objects.requireNonNull(host.match("it")).route();
  }

  private static TestContext context() {
    return TestContext.at(
        name -> {
          throw new AssertionError("no table here");
        },
        Protocol.WEB_SOCKET,
        "",
        "");
  }

  private CompletableFuture<@Nullable Object> call() {
    return route().call(Call.GET, Message.text(""), context());
  }

  private static void await(BooleanSupplier claim) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!claim.getAsBoolean()) {
      assertTrue(System.nanoTime() < until, "not within 30 seconds");
      Thread.onSpinWait();
    }
  }

  private double late() {
    return meters.get("lyrebird_resource_late").counter().count();
  }

  /** Sends two messages where there is room for one, and then computes until it is interrupted. */
  private static final class Sender implements ConnectionHandler<String> {

    private final CompletableFuture<Thread> sending = new CompletableFuture<>();
    private final CountDownLatch sent = new CountDownLatch(1);
    private final CountDownLatch interrupted = new CountDownLatch(1);

    @Override
    public String open(Connection connection) {
      return "";
    }

    @Override
    public void message(Connection connection, String data, Message message) throws Exception {
      connection.send("one");
      sending.complete(Thread.currentThread());
      if (message.text().equals("await")) {
        assertTrue(connection.awaitWritable(Duration.ofDays(1)));
      }
      connection.send("two");
      sent.countDown();
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        interrupted.countDown();
        throw e;
      }
    }

    void awaitWait() throws Exception {
      Thread thread = sending.get();
      await(() -> thread.getState() == Thread.State.TIMED_WAITING);
    }
  }

  @Test
  void waitForTheClientIsNoTimeOfTheCallAndComputingIs() throws Exception {
    callWaitsAndThenComputes("send");
  }

  @Test
  void waitForRoomIsNoTimeOfTheCallAndComputingIs() throws Exception {
    callWaitsAndThenComputes("await");
  }

  private void callWaitsAndThenComputes(String how) throws Exception {
    Sender sender = new Sender();
    Line line = connect(sender, Limits.DEFAULT.withOutgoing(1));
    line.hosted().received(Message.text(how));
    sender.awaitWait();
    line.hosted().tick(System.nanoTime() + HOUR_NANOS);
    assertEquals(0, late());
    assertTrue(line.hosted().isOpen());

    line.take(2);
    sender.sent.await();
    assertEquals("one", line.heard.take());
    assertEquals("two", line.heard.take());
    line.hosted().tick(System.nanoTime());
    assertTrue(line.hosted().isOpen());
    line.hosted().tick(System.nanoTime() + HOUR_NANOS);
    sender.interrupted.await();
    assertEquals(1, late());
    assertEquals(Connection.FAULT, line.end.get());
  }

  private double overdue() {
    return meters.get("lyrebird_resource_overdue").gauge().value();
  }

  /** Notices that it is interrupted, and ends when it may. */
  private static final class Stubborn implements ConnectionHandler<String> {

    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private final CountDownLatch end = new CountDownLatch(1);

    @Override
    public String open(Connection connection) {
      return "";
    }

    @Override
    public void message(Connection connection, String data, Message message) throws Exception {
      hold();
    }

    private String hold() throws InterruptedException {
      begun.countDown();
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        interrupted.countDown();
        end.await();
      }
      return "done";
    }
  }

  @Test
  void connectionWhoseCallGoesOnThoughItWasInterruptedIsOverdueAtTheNextLook() throws Exception {
    Stubborn handler = new Stubborn();
    Line line = connect(handler, Limits.DEFAULT.withOverdue(1));
    line.hosted().received(Message.text("go"));
    handler.begun.await();

    line.hosted().tick(System.nanoTime() + HOUR_NANOS);
    handler.interrupted.await();
    assertEquals(0, overdue());
    assertTrue(connect().hosted().isOpen());
    line.hosted().tick(System.nanoTime() + HOUR_NANOS);
    assertEquals(1, overdue());
    assertEquals(503, connect().refusal.get().status());
    handler.end.countDown();
    await(() -> overdue() == 0);
    assertTrue(connect().hosted().isOpen());
    assertEquals(1, late());
  }

  @Test
  void callThatGoesOnThoughItWasInterruptedIsOverdueAtTheNextLook() throws Exception {
    Stubborn stubborn = new Stubborn();
    router.get("/it", context -> stubborn.hold()).limits(Limits.DEFAULT.withOverdue(1));
    host.serve("the test", router.routes());
    CompletableFuture<@Nullable Object> first = call();
    stubborn.begun.await();

    route().tick(System.nanoTime() + HOUR_NANOS);
    stubborn.interrupted.await();
    assertTrue(first.isCompletedExceptionally());
    assertEquals(0, overdue());
    CompletableFuture<@Nullable Object> second = call();
    assertFalse(second.isDone());
    route().tick(System.nanoTime());
    assertEquals(1, overdue());
    assertTrue(call().isCompletedExceptionally());
    stubborn.end.countDown();
    await(() -> overdue() == 0);
    assertFalse(second.isDone());
    assertEquals(1, late());
    route().tick(System.nanoTime() + HOUR_NANOS);
  }

  /** Takes longer for a message that came before the end than any code has behind the end. */
  private static final class Leisurely implements ConnectionHandler<String> {

    private final CompletableFuture<Long> gone = new CompletableFuture<>();
    private final CompletableFuture<Long> closing = new CompletableFuture<>();
    private final CountDownLatch looked = new CountDownLatch(1);
    private final CompletableFuture<String> end = new CompletableFuture<>();
    private long told;

    @Override
    public String open(Connection connection) {
      return "";
    }

    @Override
    public void message(Connection connection, String data, Message message) throws Exception {
      long since = gone.get();
      await(() -> System.nanoTime() - since > CALL_TIME.toNanos());
      told = System.nanoTime();
    }

    @Override
    public void close(Connection connection, String data, int code, String reason) {
      closing.complete(told);
      try {
        looked.await();
        end.complete("undisturbed");
      } catch (InterruptedException e) {
        end.complete("interrupted");
      }
    }
  }

  @Test
  void handlerHasTimeForTheEndHoweverLongTheMessagesBeforeItTook() throws Exception {
    Leisurely handler = new Leisurely();
    Line line = connect(handler, Limits.DEFAULT.withCallTime(CALL_TIME));
    line.hosted().received(Message.text("the last word"));
    line.hosted().gone(Connection.LOST, "");
    handler.gone.complete(System.nanoTime());

    line.hosted().tick(handler.closing.get());
    handler.looked.countDown();
    assertEquals("undisturbed", handler.end.get());
  }

  @Test
  void codeThatFollowsATableHasNotFailedWhenItsClientGoesAway() throws Exception {
    CountDownLatch following = new CountDownLatch(1);
    CompletableFuture<Boolean> isInterruptedLater = new CompletableFuture<>();
    router.connect(
        "/it",
        (incoming, context) ->
            outgoing -> {
              outgoing.onClose(
                  () -> isInterruptedLater.complete(Thread.currentThread().isInterrupted()));
              try (Changes changes = context.tables().table("Dogs").follow("", "")) {
                following.countDown();
                while (changes.next(Duration.ofDays(1)) != null) {}
              }
            });
    host.serve("the test", router.routes());
    try (LoopOfTest tables = new LoopOfTest("type Dogs @table { id: ID @primaryKey }")) {
      Line line = connect(TestContext.at(tables.tables, Protocol.WEB_SOCKET, "", ""));
      following.await();
      line.hosted().gone(Connection.LOST, "");
      line.hosted().tick(System.nanoTime() + HOUR_NANOS);
      await(line.hosted()::isFinished);
      assertFalse(isInterruptedLater.get());
      assertEquals(0, meters.get("lyrebird_resource_faults").counter().count());
      tables.awaitNoReaders("Dogs");
    }
  }

  /** Sends a message and closes behind it. */
  private Line connectToWhatCloses() throws InterruptedException {
    CountDownLatch closed = new CountDownLatch(1);
    ConnectionHandler<String> handler =
        connection -> {
          connection.send("the last word");
          connection.close(Connection.NORMAL, "");
          closed.countDown();
          return "";
        };
    Line line = connect(handler, Limits.DEFAULT);
    closed.await();
    return line;
  }

  @Test
  void endIsNoCutWhereTheClientTakesAllBeforeIt() throws Exception {
    Line line = connectToWhatCloses();
    line.take(1);
    assertEquals(Connection.NORMAL, line.end.get());
    assertEquals("the last word", line.heard.take());
    assertFalse(line.isCut.get());
  }

  @Test
  void endIsACutWhereTheClientTakesTooLong() throws Exception {
    Line line = connectToWhatCloses();
    line.hosted().tick(System.nanoTime() + HOUR_NANOS);
    assertEquals(Connection.NORMAL, line.end.get());
    assertTrue(line.heard.isEmpty());
    assertTrue(line.isCut.get());
  }

  @Test
  void clientThatHasItsAnswerFindsTheRoomOfItsCallFree() throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    router
        .get(
            "/it",
            context -> {
              goOn.await();
              return "here";
            })
        .limits(Limits.DEFAULT.withCalls(1));
    host.serve("the test", router.routes());

    CompletableFuture<@Nullable Object> second = call().thenCompose(answer -> call());
    goOn.countDown();
    assertEquals("here", second.get());
  }

  /** Enters a room more than once and is in no hurry then. */
  private static final class Joiner implements ConnectionHandler<String> {

    private final CountDownLatch joined = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);

    @Override
    public String open(Connection connection) throws Exception {
      for (int i = 0; i < 3; i++) {
        connection.join(connection.room("all"));
      }
      joined.countDown();
      goOn.await();
      return "";
    }
  }

  @Test
  void whoEntersARoomAgainIsInThereOnce() throws InterruptedException {
    Joiner joiner = new Joiner();
    Line line = connect(joiner, Limits.DEFAULT);
    joiner.joined.await();
    assertEquals(1, line.hosted().rooms());
    joiner.goOn.countDown();
  }

  @Test
  void whoEntersAndLeavesARoomAtOnceIsInThereForBothOrForNone() throws Exception {
    Joiner joiner = new Joiner();
    Line line = connect(joiner, Limits.DEFAULT);
    joiner.joined.await();
    Room room = line.hosted().room("all");
    for (int round = 0; round < ROUNDS; round++) {
      line.hosted().leave(room);
      CyclicBarrier start = new CyclicBarrier(2);
      Thread leaving =
          Thread.startVirtualThread(() -> {
            pass(start);
            line.hosted().leave(room);
          });
      pass(start);
      line.hosted().join(room);
      leaving.join();
      assertEquals(room.size(), line.hosted().rooms(), "round " + round);
    }
    joiner.goOn.countDown();
    line.hosted().gone(Connection.LOST, "");
    assertEquals(0, room.size());
  }

  private static void pass(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (InterruptedException | BrokenBarrierException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whatARoomIsToldBeforeAMemberIsLetInIsSentBehindThat() throws InterruptedException {
    Joiner joiner = new Joiner();
    Line line = connect(joiner, Limits.DEFAULT);
    joiner.joined.await();
    line.take(10);
    line.hosted().room("all").broadcastHere("early");
    line.turn();
    assertTrue(line.heard.isEmpty());
    joiner.goOn.countDown();
    assertEquals("early", line.heard.take());
  }

  @Test
  void clientThatIsNotInYetAndForWhomTooMuchWaitsIsRefused() throws Exception {
    Joiner joiner = new Joiner();
    Line line = connect(joiner, Limits.DEFAULT.withOutgoing(1));
    joiner.joined.await();
    line.take(10);
    line.hosted().room("all").broadcastHere("early");
    line.hosted().room("all").broadcastHere("too much");
    assertEquals(503, line.refusal.get().status());
    joiner.goOn.countDown();
    line.turn();
    assertTrue(line.heard.isEmpty());
  }

  /** Enters a room, and broadcasts there what its client says, many times. */
  private static final class Repeater implements ConnectionHandler<Room> {

    private static final int TIMES = 1000;

    private final CountDownLatch done = new CountDownLatch(1);

    @Override
    public Room open(Connection connection) {
      Room room = connection.room("all");
      connection.join(room);
      return room;
    }

    @Override
    public void message(Connection connection, Room room, Message message) {
      for (int i = 0; i < TIMES; i++) {
        room.broadcast(message.text() + i);
      }
      done.countDown();
    }

    static void assertHeardBy(Line line) throws InterruptedException {
      for (int i = 0; i < TIMES; i++) {
        assertEquals("a" + i, line.heard.take());
      }
    }
  }

  @Test
  void whoBroadcastsIntoItsOwnRoomWaitsForTheEventLoopAndIsNotClosed() throws Exception {
    Repeater repeater = new Repeater();
    Line line = connect(repeater, Limits.DEFAULT.withOutgoing(4));
    Line other = connect();
    line.take(Repeater.TIMES);
    other.take(Repeater.TIMES);
    await(() -> line.hosted().room("all").size() == 2);
    line.hosted().received(Message.text("a"));

    Repeater.assertHeardBy(line);
    Repeater.assertHeardBy(other);
    repeater.done.await();
    assertTrue(line.hosted().isOpen());
    assertTrue(other.hosted().isOpen());
  }

  @Test
  void waitForAMemberWhoseEventLoopHasNoTimeIsNoTimeOfTheCall() throws Exception {
    Repeater repeater = new Repeater();
    Line line = connect(repeater, Limits.DEFAULT.withOutgoing(4));
    line.take(Repeater.TIMES);
    await(() -> line.hosted().room("all").size() == 1);
    line.turn();
    CountDownLatch goOn = new CountDownLatch(1);
    line.execute(() -> {
      try {
        goOn.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    });
    line.hosted().received(Message.text("a"));
    await(line.hosted()::isFull);
    long full = System.nanoTime();
    await(() -> System.nanoTime() - full > 2 * Outbox.GRACE.toNanos());
    line.hosted().tick(System.nanoTime() + HOUR_NANOS);
    assertEquals(0, late());
    assertTrue(line.hosted().isOpen());
    goOn.countDown();
    Repeater.assertHeardBy(line);
    repeater.done.await();
    assertTrue(line.hosted().isOpen());
  }

  @Test
  void memberThatTakesNothingIsClosedAndTheOthersHearAllThatACallTells() throws Exception {
    Repeater repeater = new Repeater();
    Line line = connect(repeater, Limits.DEFAULT.withOutgoing(4));
    Line deaf = connect();
    line.take(Repeater.TIMES);
    await(() -> line.hosted().room("all").size() == 2);
    line.hosted().received(Message.text("a"));

    Repeater.assertHeardBy(line);
    repeater.done.await();
    assertEquals(Connection.POLICY, deaf.end.get());
    assertTrue(line.hosted().isOpen());
    assertEquals(1, line.hosted().room("all").size());
    assertEquals(1, meters.get("lyrebird_resource_slow").counter().count());
  }

  @Test
  void whoMustNotWaitClosesAMemberForWhomTooMuchWaits() throws Exception {
    Joiner joiner = new Joiner();
    joiner.goOn.countDown();
    router.ws("/it", joiner).limits(Limits.DEFAULT.withOutgoing(1));
    try (Host unwaiting = new Host(new LoneNode(0), new SimpleMeterRegistry(), 0, () -> true)) {
      unwaiting.serve("the test", router.routes());
      HostedRoute route = Objects.requireNonNull(unwaiting.match("it")).route();
      Line line = new Line();
      CompletableFuture.runAsync(() -> line.hosted = route.connect(context(), line), loop).join();
      await(() -> route.members(null) == 1);
      route.room("all").broadcastHere("waits");
      assertTrue(line.hosted().isOpen());
      route.room("all").broadcastHere("too much");
      assertFalse(line.hosted().isOpen());
      assertEquals(Connection.POLICY, line.end.get());
    }
  }

  @Test
  void whoWaitsForRoomIsLetInSinceNobodyElseMakesIt() throws InterruptedException {
    ConnectionHandler<Boolean> handler =
        connection -> {
          Room room = connection.room("all");
          connection.join(room);
          room.broadcastHere("early");
          return connection.awaitWritable(Duration.ofDays(1));
        };
    Line line = connect(handler, Limits.DEFAULT.withOutgoing(1));
    line.take(1);
    assertEquals("early", line.heard.take());
  }
}
