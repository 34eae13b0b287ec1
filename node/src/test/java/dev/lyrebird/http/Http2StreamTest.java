package dev.lyrebird.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.api.Limits;
import dev.lyrebird.api.OutgoingMessages;
import dev.lyrebird.api.Router;
import dev.lyrebird.api.SlowClientException;
import dev.lyrebird.hosting.Host;
import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Write;
import dev.lyrebird.resource.MemoryTables;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Event streams that share a connection of HTTP/2. */
final class Http2StreamTest {

  /** Far more than the flow control of HTTP/2 lets through unread (RFC 9113 §6.9.2). */
  private static final int EVENTS = 2_000;

  private static final String FILLING = "x".repeat(1024);

  private final Vertx vertx = Vertx.vertx();
  private final Context loop = vertx.getOrCreateContext();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
  private final MemoryTables tables =
      MemoryTables.of(
          "type Sensors @table @export { id: ID @primaryKey }",
          task -> loop.runOnContext(none -> task.run()));
  private final CompletableFuture<RuntimeException> fault = new CompletableFuture<>();
  private final Host host = Host.of(floods());
  private int port;

  /** Returns code that sends until its client is too slow. */
  private Router floods() {
    Router router = new Router();
    router
        .connect(
            "/flood",
            (incoming, context) ->
                OutgoingMessages.from(outgoing -> {
                  try {
                    while (true) {
                      outgoing.send(FILLING);
                    }
                  } catch (RuntimeException e) {
                    fault.complete(e);
                    throw e;
                  }
                }))
        .limits(Limits.DEFAULT.withSendTime(Duration.ofMillis(200)));
    return router;
  }

  @BeforeEach
  void start() {
    CompletableFuture<HttpServer> listening = new CompletableFuture<>();
    loop.runOnContext(none -> listen().onSuccess(listening::complete));
    port = HttpNode.await(listening).actualPort();
  }

  private Future<HttpServer> listen() {
    InstantSource clock = InstantSource.system();
    DateField date = new DateField(clock);
    OpenBodies bodies =
        new OpenBodies(vertx, new BodyRoom(HttpNode.BODIES_BYTES), HttpNode.NEVER_SECONDS);
    Doors doors =
        new Doors(
            loop,
            HttpNode.SETTINGS,
            tables,
            Upgrades.NONE,
            host,
            () -> ApiDocuments.NONE,
            clock,
            RandomGenerator.getDefault());
    return vertx
        .createHttpServer(new HttpServerOptions().setHttp2ClearTextEnabled(true))
        .requestHandler(request -> {
          String path = Objects.requireNonNull(request.path()).substring(1);
          doors.of(request, path).open(new Exchange(request, path, date, bodies));
        })
        .listen(0, "127.0.0.1");
  }

  @AfterEach
  void stop() {
    client.close();
    host.close();
    HttpNode.await(vertx.close().toCompletionStage().toCompletableFuture());
  }

  @Test
  void slowStreamMissesNothingAndHoldsUpNoOther() throws IOException {
    try (BufferedReader slow = open();
        BufferedReader quick = open()) {
      loop.runOnContext(none -> publish());
      assertHasAll(quick);
      assertHasAll(slow);
    }
  }

  @Test
  void streamThatIsGivenUpIsBrokenOffAndOthersGoOn() throws IOException {
    try (BufferedReader given = open("/flood");
        BufferedReader other = open()) {
      assertInstanceOf(SlowClientException.class, HttpNode.await(fault));
      assertThrows(
          IOException.class,
          () -> {
            while (given.readLine() != null) {}
          });
      loop.runOnContext(none -> publish());
      assertHasAll(other);
    }
  }

  private BufferedReader open() throws IOException {
    BufferedReader lines = open("/Sensors/?omitCurrent=true&ready=true");
    while (!"data: {\"type\":\"ready\"}".equals(lines.readLine())) {}
    return lines;
  }

  private BufferedReader open(String target) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + target))
            .header("Accept", "text/event-stream")
            .build();
    HttpResponse<InputStream> answer =
        HttpNode.await(client.sendAsync(request, HttpResponse.BodyHandlers.ofInputStream()));
    assertEquals(HttpClient.Version.HTTP_2, answer.version());
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
    assertEquals(": ready", lines.readLine());
    return lines;
  }

  private void publish() {
    for (int i = 0; i < EVENTS; i++) {
      byte[] json =
          "{\"n\":%d,\"filling\":\"%s\"}".formatted(i, FILLING).getBytes(StandardCharsets.UTF_8);
      tables.write(
          tables.definition(0), Write.message("s1", Payload.json(json)), Condition.NONE, null, 0);
    }
  }

  private static void assertHasAll(BufferedReader lines) throws IOException {
    for (int next = 0; next < EVENTS; ) {
      String line = lines.readLine();
      if (line.startsWith("data: ")) {
        assertTrue(line.contains("{\"n\":" + next + ","), line);
        next++;
      }
    }
  }
}
