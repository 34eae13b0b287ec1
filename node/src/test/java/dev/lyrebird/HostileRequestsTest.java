package dev.lyrebird;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.http.HostileCaller;
import dev.lyrebird.http.RequestGrammar;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever comes as a request: it is answered, and in time; an answer that refuses is a problem
 * that says why; the node never fails, serves others meanwhile, and does not grow.
 *
 * <p>{@code -Drequests=} sets how many, {@code -Dseed=} replays one round.
 */
final class HostileRequestsTest {

  private static final int REQUESTS = Integer.getInteger("requests", 20_000);
  private static final int ROUNDS = 10;
  private static final int CALLERS = 8;

  /** What a thousand rows, the caches of names and a few connections may take. */
  private static final long GROWTH_BYTES = 24L << 20;

  /** What no hostile request names. */
  private static final String HEALTHY = "/Healthy/row";

  private static final String SCHEMA =
      """
      type Sensors @table @export {
        id: ID @primaryKey
        temp: Float @indexed
        room: String @indexed
        tags: [String] @indexed
        seen: Date
        count: Int
        on: Boolean
        any: Any
        placeId: ID @indexed
        place: Places @relationship(from: "placeId")
      }
      type Places @table @export {
        id: ID @primaryKey
        name: String
        sensors: [Sensors] @relationship(to: "placeId")
      }
      type Numbers @table @export { id: Long @primaryKey value: Int }
      type Sealed @table @export @sealed { id: ID @primaryKey temp: Float! }
      type Healthy @table @export { id: ID @primaryKey }
      type Root @table @export(name: "") { id: ID @primaryKey }
      """;

  private final List<Throwable> faults = new CopyOnWriteArrayList<>();
  private final Map<Integer, Integer> statuses = new ConcurrentHashMap<>();

  @Test
  void areAnsweredAndDoNoHarm(@TempDir Path folder) throws IOException {
    try (Warnings warnings = new Warnings("dev.lyrebird.http.Paths");
        Node node = start(folder);
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS)) {
      int port = port(node);
      put(port, HEALTHY, "{}");
      Long only = Long.getLong("seed");
      long seed = only == null ? System.nanoTime() : only;
      long early = 0;
      for (int round = 0; round < (only == null ? ROUNDS : 1); round++) {
        round(seed + round, port, callers, warnings);
        assertNull(warnings.first(), "-Dseed=" + (seed + round));
        long heap = heap();
        early = round == 0 ? heap : early;
        assertTrue(heap < early + GROWTH_BYTES, "heap grew from %d to %d".formatted(early, heap));
      }
      System.out.println("answers by status: " + statuses);
    }
    assertEquals(List.of(), faults);
  }

  private void round(long seed, int port, ExecutorService callers, Warnings warnings) {
    List<Future<?>> calls = new ArrayList<>();
    for (int caller = 0; caller < CALLERS; caller++) {
      SplittableRandom random = new SplittableRandom(seed * CALLERS + caller);
      calls.add(callers.submit(() -> call(random, port)));
    }
    try {
      for (Future<?> call : calls) {
        call.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      String log = warnings.first();
      throw new AssertionError("-Dseed=" + seed + "; the log says " + log, e.getCause());
    }
    assertEquals(200, get(port, HEALTHY), "-Dseed=" + seed);
  }

  private void call(SplittableRandom random, int port) {
    RequestGrammar grammar = new RequestGrammar(random);
    try (HostileCaller caller = new HostileCaller(port)) {
      for (int i = 0; i < REQUESTS / ROUNDS / CALLERS; i++) {
        statuses.merge(caller.call(grammar.next()), 1, Integer::sum);
      }
    }
  }

  private Node start(Path folder) throws IOException {
    Files.writeString(folder.resolve("schema.graphql"), SCHEMA);
    Path file = Files.writeString(folder.resolve("config.yaml"), "");
    return Node.start(
        ConfigFile.read(
            file,
            List.of(
                "storage.path=data",
                "storage.journalMaxBytes=16777216",
                "http.port=0",
                "mqtt.network.port=0",
                "operations.port=0",
                "loops.http=2",
                "loops.mqtt=1")),
        faults::add);
  }

  private static int port(Node node) {
    Matcher address = Pattern.compile("http \\S+:(\\d+)").matcher(node.startLine());
    assertTrue(address.find(), node.startLine());
    return Integer.parseInt(address.group(1));
  }

  private static long heap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static int get(int port, String path) {
    return status(port, HttpRequest.newBuilder(uri(port, path)));
  }

  private static void put(int port, String path, String json) {
    HttpRequest.BodyPublisher body = HttpRequest.BodyPublishers.ofString(json);
    assertEquals(201, status(port, HttpRequest.newBuilder(uri(port, path)).PUT(body)));
  }

  private static URI uri(int port, String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  private static int status(int port, HttpRequest.Builder request) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .sendAsync(request.build(), HttpResponse.BodyHandlers.discarding())
          .get(30, TimeUnit.SECONDS)
          .statusCode();
    } catch (Exception e) {
      throw new AssertionError("no answer to a healthy client on port " + port, e);
    }
  }
}
