package dev.lyrebird.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.api.Router;
import dev.lyrebird.hosting.Host;
import dev.lyrebird.resource.Tables;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Content that is not finished: how much of it is held, and how long it is awaited. */
final class BodiesTest {

  private static final String SDL = "type T @table @export { id: ID @primaryKey }";
  private static final int WHOLE = 8 << 20;

  /** An array without rows, as long as content may be. */
  private static final String BEGIN = '[' + " ".repeat(WHOLE - 2);

  private static final int TIMEOUT_SECONDS = 1;

  private static final int DRIP_MILLIS = 200;

  private HttpNode node = HttpNode.start(SDL);
  private final List<RawHttp> clients = new ArrayList<>();

  /** Writes that the table has not been told of. Of the loop. */
  private final Queue<Runnable> held = new ArrayDeque<>();

  /** Of the loop. */
  private boolean isHolding = true;

  @AfterEach
  void stop() {
    clients.forEach(RawHttp::close);
    node.close();
  }

  private RawHttp client() {
    RawHttp client = new RawHttp(node.port());
    clients.add(client);
    return client;
  }

  private RawHttp post(String path, int length) {
    return client().send(head(path, "application/json", length));
  }

  private static String head(String path, String type, int length) {
    return "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
        .formatted(path, type, length);
  }

  private void awaitBytes(LongPredicate enough) {
    long deadline = System.nanoTime() + HttpNode.WAIT_SECONDS * 1_000_000_000L;
    while (!enough.test(node.bodyBytes())) {
      assertTrue(System.nanoTime() < deadline, () -> node.bodyBytes() + " bytes are taken");
      Thread.onSpinWait();
    }
  }

  private void replace(HttpNode other) {
    node.close();
    node = other;
  }

  private static void assertStatus(int status, String answer) {
    assertTrue(answer.startsWith("HTTP/1.1 " + status + ' '), answer);
  }

  @Test
  void contentBeyondTheRoomIsRefusedAndTheRestGoesOn() {
    RawHttp first = post("/T/", WHOLE).send(BEGIN);
    RawHttp second = post("/T/", WHOLE).send(BEGIN);
    awaitBytes(bytes -> bytes == 2L * WHOLE);

    RawHttp third = post("/T/", WHOLE).send(BEGIN);
    String refused = third.answer();
    assertStatus(503, refused);
    assertTrue(refused.contains("Retry-After: 1\r\n"), refused);
    assertTrue(refused.contains("http.maxBodiesBytes"), refused);
    awaitBytes(bytes -> bytes == 2L * WHOLE);
    assertStatus(201, third.send("]" + head("/T/", "application/json", 2) + "[]").answer());

    assertStatus(201, first.send("]").answer());
    assertStatus(201, second.send("]").answer());
    awaitBytes(bytes -> bytes == 0);
    assertStatus(201, third.send(head("/T/", "application/json", WHOLE) + BEGIN + ']').answer());
    awaitBytes(bytes -> bytes == 0);
  }

  @Test
  void clientsThatVanishLeaveTheirRoom() {
    for (int i = 0; i < 2; i++) {
      post("/T/", WHOLE).send(BEGIN);
    }
    awaitBytes(bytes -> bytes == 2L * WHOLE);
    clients.forEach(RawHttp::close);

    awaitBytes(bytes -> bytes == 0);
    assertStatus(201, post("/T/", WHOLE).send(BEGIN + ']').answer());
  }

  @Test
  void contentOfUnknownLengthTakesRoomAndLeavesIt() {
    RawHttp client =
        client().send("POST /T/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    client.send("400000\r\n" + " ".repeat(4 << 20) + "\r\n");
    awaitBytes(bytes -> bytes >= 4 << 20);

    assertStatus(201, client.send("2\r\n[]\r\n0\r\n\r\n").answer());
    awaitBytes(bytes -> bytes == 0);
    byte[] gzip = GzipContentTest.gzip("[]".repeat(100_000).getBytes(ISO_8859_1));
    gzip[gzip.length - 1]++;
    String coded =
        "POST /T/ HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
            .formatted(gzip.length);
    assertStatus(400, client.send(coded + new String(gzip, ISO_8859_1)).answer());
    awaitBytes(bytes -> bytes == 0);
  }

  @Test
  void roomIsTakenUntilUsersCodeHasAnswered() {
    CompletableFuture<Void> go = new CompletableFuture<>();
    Router router = new Router();
    router.post(
        "/slow",
        (content, context) -> {
          go.join(); // does not heed that it is interrupted
          return null;
        });
    router.post(
        "/broken",
        (content, context) -> {
          throw new IllegalStateException("on purpose");
        });
    try (Host host = Host.of(router)) {
      replace(HttpNode.start(SDL, host));
      RawHttp patient = post("/slow", 100).send("x".repeat(100));
      RawHttp gone = post("/slow", 1000).send("x".repeat(1000));
      awaitBytes(bytes -> bytes == 1100);
      assertStatus(500, post("/broken", 10).send("x".repeat(10)).answer());
      gone.close();
      assertEquals(404, node.send("GET", "/T/none").statusCode());
      assertEquals(404, node.send("GET", "/T/none").statusCode());
      awaitBytes(bytes -> bytes == 1100);

      go.complete(null);
      assertStatus(204, patient.answer());
      awaitBytes(bytes -> bytes == 0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/json", "application/x-ndjson", "text/csv"})
  void contentThatDoesNotGoOnIsAwaitedForSomeTimeOnly(String type) {
    replace(HttpNode.start(SDL, HttpNode.waitingForContent(TIMEOUT_SECONDS)));
    RawHttp client = client().send(head("/T/", type, 10) + "id\n");

    String answer = client.answer();
    assertStatus(408, answer);
    assertTrue(answer.contains("http.bodyTimeoutSeconds"), answer);
    assertEquals("", client.rest());
    awaitBytes(bytes -> bytes == 0);
  }

  @Test
  void refusedContentThatDoesNotGoOnEndsItsConnection() {
    replace(HttpNode.start(SDL, HttpNode.waitingForContent(TIMEOUT_SECONDS)));
    RawHttp client = post("/T/", WHOLE + 1).send("[");

    assertStatus(413, client.answer());
    assertEquals("", client.rest());
  }

  @Test
  void contentThatGoesOnSlowlyIsAwaited() {
    replace(HttpNode.start(SDL, HttpNode.waitingForContent(2 * TIMEOUT_SECONDS)));
    RawHttp slow = post("/T/", WHOLE).send("[");
    AtomicInteger sent = new AtomicInteger(1);
    long dripping =
        node.onLoop(all ->
            node.vertx()
                .setPeriodic(
                    DRIP_MILLIS,
                    timer -> {
                      slow.send(" ");
                      sent.incrementAndGet();
                    }));
    for (int i = 0; i < 2; i++) {
      assertStatus(408, post("/T/", 10).send("[").answer());
    }
    boolean wasDripping = node.onLoop(all -> node.vertx().cancelTimer(dripping));
    assertTrue(wasDripping);
    assertStatus(201, slow.send(BEGIN.substring(sent.get()) + ']').answer());
  }

  @Test
  void importThatTheNodeHoldsUpIsNotTheClientsFault() {
    replace(
        HttpNode.start(
            SDL, HttpNode.waitingForContent(TIMEOUT_SECONDS), Upgrades.NONE, this::holding));
    String row = "{\"id\":\"%d\"}\n";
    StringBuilder rows = new StringBuilder();
    for (int i = 10; i < 50; i++) {
      rows.append(row.formatted(i));
    }
    RawHttp client = client().send(head("/T/", "application/x-ndjson", rows.length() + 12) + rows);
    assertStatus(408, post("/T/", 10).send("[").answer());
    assertStatus(408, post("/T/", 10).send("[").answer());

    client.send(row.formatted(50) + '\n');
    node.onLoop(all -> {
      isHolding = false;
      held.forEach(Runnable::run);
      return true;
    });
    String answer = client.answer();
    assertStatus(200, answer);
    assertTrue(answer.contains("\"imported\":41"), answer);
  }

  private Tables holding(Tables tables) {
    return (Tables)
        Proxy.newProxyInstance(
            Tables.class.getClassLoader(),
            new Class<?>[] {Tables.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("write") && isHolding) {
                held.add(() -> {
                  try {
                    method.invoke(tables, arguments);
                  } catch (ReflectiveOperationException e) {
                    throw new IllegalStateException(e);
                  }
                });
                return null;
              }
              try {
                return method.invoke(tables, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
