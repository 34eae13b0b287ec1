package dev.lyrebird.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.lyrebird.hosting.Host;
import dev.lyrebird.resource.MemoryTables;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several verticles behind one port. */
final class HttpVerticleTest {

  private static final String SDL = "type T @table @export { id: ID @primaryKey }";

  private final Vertx vertx = Vertx.vertx();
  private final Set<String> loops = ConcurrentHashMap.newKeySet();

  @AfterEach
  void stop() {
    HttpNode.await(vertx.close().toCompletionStage().toCompletableFuture());
  }

  @Test
  void verticlesShareAFreePortAndItsConnections() throws IOException, InterruptedException {
    List<HttpVerticle> verticles = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      HttpVerticle verticle =
          new HttpVerticle(
              HttpNode.SETTINGS,
              this::tables,
              Upgrades.NONE,
              Host.ofNothing(),
              () -> ApiDocuments.NONE,
              () -> false,
              new BodyRoom(HttpNode.BODIES_BYTES),
              InstantSource.system(),
              RandomGenerator.getDefault());
      verticles.add(verticle);
      HttpNode.await(vertx.deployVerticle(verticle).toCompletionStage().toCompletableFuture());
    }

    int port = verticles.getFirst().port();
    assertNotEquals(0, port);
    assertEquals(port, verticles.getLast().port());
    for (int i = 0; i < 4; i++) {
      try (HttpClient client = HttpClient.newHttpClient()) {
        URI row = URI.create("http://127.0.0.1:" + port + "/T/none");
        HttpResponse<String> answer =
            client.send(HttpRequest.newBuilder(row).build(), HttpResponse.BodyHandlers.ofString());
        assertEquals(404, answer.statusCode());
      }
    }
    assertEquals(2, loops.size());
  }

  /** Whoever carries a request out does so on the loop that took it. */
  private MemoryTables tables(Context context) {
    return MemoryTables.of(
        SDL,
        task ->
            context.runOnContext(nothing -> {
              loops.add(Thread.currentThread().getName());
              task.run();
            }));
  }
}
