package dev.lyrebird.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import java.time.InstantSource;
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
  private int port;

  @BeforeEach
  void start() {
    CompletableFuture<HttpServer> listening = new CompletableFuture<>();
    loop.runOnContext(none -> listen().onSuccess(listening::complete));
    port = HttpNode.await(listening).actualPort();
  }

  private Future<HttpServer> listen() {
    InstantSource clock = InstantSource.system();
    DateField date = new DateField(clock);
    Doors doors =
        new Doors(
            loop,
            HttpNode.SETTINGS,
            tables,
            Upgrades.NONE,
            Host.ofNothing(),
            () -> ApiDocuments.NONE,
            clock,
            RandomGenerator.getDefault());
    return vertx
        .createHttpServer(new HttpServerOptions().setHttp2ClearTextEnabled(true))
        .requestHandler(
            request -> doors.of(request, "Sensors/").open(new Exchange(request, "Sensors/", date)))
        .listen(0, "127.0.0.1");
  }

  @AfterEach
  void stop() {
    client.close();
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

  private BufferedReader open() throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + port + "/Sensors/?omitCurrent=true&ready=true"))
            .header("Accept", "text/event-stream")
            .build();
    HttpResponse<InputStream> answer =
        HttpNode.await(client.sendAsync(request, HttpResponse.BodyHandlers.ofInputStream()));
    assertEquals(HttpClient.Version.HTTP_2, answer.version());
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
    assertEquals(": ready", lines.readLine());
    while (!"data: {\"type\":\"ready\"}".equals(lines.readLine())) {}
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
