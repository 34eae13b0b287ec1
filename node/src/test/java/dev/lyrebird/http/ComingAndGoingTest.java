package dev.lyrebird.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.api.Connection;
import dev.lyrebird.api.ConnectionHandler;
import dev.lyrebird.api.Context;
import dev.lyrebird.api.IncomingMessages;
import dev.lyrebird.api.Message;
import dev.lyrebird.api.OutgoingMessages;
import dev.lyrebird.api.Resource;
import dev.lyrebird.api.Router;
import dev.lyrebird.hosting.Host;
import dev.lyrebird.resource.LoneNode;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.internal.VertxInternal;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Connections to users' code that come and go in every way leave nothing behind. {@code
 * -Dconnections=} says how many.
 */
final class ComingAndGoingTest {

  private static final String SDL = "type topics @table @export(name: \"\") { id: ID @primaryKey }";

  private static final int CONNECTIONS = Integer.getInteger("connections", 3_000);

  /** So many come first: they load classes, fill caches and make threads that stay. */
  private static final int WARM_UP = 1_000;

  private static final int CLIENTS = 4;

  /** Less than 700 bytes of a connection in the ordinary run: a fifth of the smallest there is. */
  private static final long MOST_HEAP_BYTES = 2 << 20;

  /** Threads of the JDK that come when there is much to do, and go later. */
  private static final int MOST_THREADS = 4;

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final MeterRegistry meters = new SimpleMeterRegistry();
  private final AtomicLong opened = new AtomicLong();
  private final AtomicLong closed = new AtomicLong();
  private final AtomicLong afterwards = new AtomicLong();
  private final Host host = new Host(new LoneNode(1), meters, 0);
  private final HttpNode node = HttpNode.start(SDL, host);

  /** The node has some of its own. */
  private final long timersAtFirst = timers();

  @BeforeEach
  void serve() {
    var _ = host.serve("the test", routes());
  }

  @AfterEach
  void stop() {
    node.stopDoors();
    node.close();
    host.close();
  }

  private List<Router.Placed> routes() {
    Router router = new Router();
    router.resource("/resource", new Echo());
    router.ws("/handler", new EchoHandler());
    return router.routes();
  }

  /** One thread echoes, and one waits with a timer for the end. */
  private final class Echo implements Resource {

    @Override
    public OutgoingMessages connect(IncomingMessages incoming, Context context) {
      opened.incrementAndGet();
      OutgoingMessages echo =
          outgoing -> {
            outgoing.onClose(closed::incrementAndGet);
            outgoing.onClose(afterwards::incrementAndGet);
            for (Message message : incoming) {
              outgoing.send(message);
            }
            outgoing.awaitClose(Duration.ofHours(1));
          };
      return echo.and(OutgoingMessages.every(Duration.ofHours(1), () -> "an hour has gone"));
    }
  }

  private final class EchoHandler implements ConnectionHandler<String> {

    @Override
    public String open(Connection connection) {
      opened.incrementAndGet();
      connection.onClose(afterwards::incrementAndGet);
      connection.join(connection.room("lobby"));
      return connection.id();
    }

    @Override
    public void message(Connection connection, String id, Message message) {
      if (message.text().equals("close")) {
        connection.close(3001, "as asked");
      } else {
        connection.send(message);
      }
    }

    @Override
    public void close(Connection connection, String id, int code, String reason) {
      closed.incrementAndGet();
    }
  }

  /** The ways to go. */
  private enum Going {
    CLIENT_CLOSES("/resource"),
    CLIENT_IS_LOST("/resource"),
    CLIENT_OF_HANDLER_IS_LOST("/handler"),
    HANDLER_CLOSES("/handler"),
    STREAM_IS_LOST("/resource");

    private final String path;

    Going(String path) {
      this.path = path;
    }
  }

  @Test
  void connectionsThatComeAndGoLeaveNothing() throws Exception {
    comeAndGo(WARM_UP);
    Remains before = awaitRest(remains -> true, WARM_UP);

    comeAndGo(CONNECTIONS);
    Remains after = awaitRest(remains -> remains.isLike(before), WARM_UP + CONNECTIONS);

    assertTrue(after.isLike(before), before + " has become " + after);
    assertEquals(opened.get(), closed.get(), "each is told its end once");
    assertEquals(opened.get(), afterwards.get(), "what is to follow does so once");
  }

  private void comeAndGo(int times) throws Exception {
    try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
      List<Future<?>> all = new ArrayList<>();
      for (int client = 0; client < CLIENTS; client++) {
        int first = client;
        all.add(
            clients.submit(() -> {
              for (int i = first; i < times; i += CLIENTS) {
                comeAndGo(Going.values()[i / CLIENTS % Going.values().length]);
              }
            }));
      }
      for (Future<?> each : all) {
        each.get();
      }
    }
  }

  private void comeAndGo(Going how) {
    try (RawWebSocket socket =
        how == Going.STREAM_IS_LOST ? follow(how.path) : RawWebSocket.open(node.port(), how.path)) {
      switch (how) {
        case CLIENT_CLOSES -> {
          socket.text("good-bye");
          assertEquals("good-bye", socket.readText());
          socket.send(RawWebSocket.close(1000));
          assertEquals(1000, socket.readClose());
        }
        case CLIENT_IS_LOST, CLIENT_OF_HANDLER_IS_LOST -> {
          socket.text("and now");
          assertEquals("and now", socket.readText());
        }
        case HANDLER_CLOSES -> {
          socket.text("close");
          assertEquals(3001, socket.read().code());
          socket.send(RawWebSocket.close(3001));
          socket.assertEnd();
        }
        case STREAM_IS_LOST -> {}
      }
    }
  }

  private RawWebSocket follow(String path) {
    RawWebSocket stream = RawWebSocket.connect(node.port());
    stream.send(
        "GET %s HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n"
            .formatted(path)
            .getBytes(StandardCharsets.US_ASCII));
    assertTrue(stream.head().startsWith("HTTP/1.1 200 "));
    return stream;
  }

  /** What could be left behind. */
  private record Remains(int threads, long timers, long connections, long heapBytes) {

    boolean isLike(Remains before) {
      return threads <= before.threads + MOST_THREADS
          && timers <= before.timers
          && connections == before.connections
          && heapBytes <= before.heapBytes + MOST_HEAP_BYTES;
    }
  }

  /** Waits until all that have come are gone, and what is left is as wanted; or some time. */
  private Remains awaitRest(Predicate<Remains> isRest, long come) {
    await(() -> opened.get() == come && connections() == 0 && closed.get() == come);
    await(() -> timers() <= timersAtFirst);
    Remains[] remains = {remains()};
    await(() -> {
      remains[0] = remains();
      return isRest.test(remains[0]);
    });
    return remains[0];
  }

  private static void await(BooleanSupplier isSo) {
    long until = System.nanoTime() + LIMIT.toNanos();
    while (!isSo.getAsBoolean() && System.nanoTime() - until < 0) {
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }

  private Remains remains() {
    ManagementFactory.getMemoryMXBean().gc();
    return new Remains(
        ManagementFactory.getThreadMXBean().getThreadCount(),
        timers(),
        connections(),
        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
  }

  private long connections() {
    return meters.find("lyrebird_resource_connections").gauges().stream()
        .mapToLong(gauge -> (long) gauge.value())
        .sum();
  }

  /** How many tasks the event loops are to run some time; Netty shows them to nobody. */
  private long timers() {
    long all = 0;
    for (EventExecutor loop : ((VertxInternal) node.vertx()).nettyEventLoopGroup()) {
      all += HttpNode.await(CompletableFuture.supplyAsync(() -> scheduled(loop), loop));
    }
    return all;
  }

  private static long scheduled(EventExecutor loop) {
    try {
      Class<?> kind = loop.getClass();
      while (!kind.getSimpleName().equals("AbstractScheduledEventExecutor")) {
        kind = kind.getSuperclass();
      }
      Field tasks = kind.getDeclaredField("scheduledTaskQueue");
      tasks.setAccessible(true);
      return tasks.get(loop) instanceof Collection<?> some ? some.size() : 0;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
