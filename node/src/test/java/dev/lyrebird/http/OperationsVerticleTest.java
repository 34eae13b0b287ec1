package dev.lyrebird.http;

import static dev.lyrebird.http.HttpNode.header;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an operator and a scraper see. */
final class OperationsVerticleTest {

  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client = HttpClient.newHttpClient();
  private final PrometheusMeterRegistry meters =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private volatile List<String> faults = List.of();
  private final OperationsVerticle operations =
      new OperationsVerticle(
          "127.0.0.1", 0, meters, () -> new NodeState("n1", "1.2", 9926, 1883, faults));

  @BeforeEach
  void start() {
    HttpNode.await(vertx.deployVerticle(operations).toCompletionStage().toCompletableFuture());
  }

  @AfterEach
  void stop() {
    client.close();
    HttpNode.await(vertx.close().toCompletionStage().toCompletableFuture());
  }

  @Test
  void healthTellsWhatIsWrong() throws Exception {
    HttpResponse<String> up = get("/health");
    faults = List.of("the disk is full");
    HttpResponse<String> down = get("/health");

    assertEquals(200, up.statusCode());
    assertEquals("{\"status\":\"up\",\"node\":\"n1\",\"version\":\"1.2\"}", up.body());
    assertEquals(503, down.statusCode());
    assertEquals(
        "{\"status\":\"down\",\"node\":\"n1\",\"version\":\"1.2\","
            + "\"faults\":[\"the disk is full\"]}",
        down.body());
  }

  @Test
  void metricsAreScraped() throws Exception {
    meters.counter("lyrebird.test", "kind", "x").increment(3);

    HttpResponse<String> answer = get("/metrics");

    assertEquals("text/plain; version=0.0.4; charset=utf-8", header(answer, "Content-Type"));
    assertTrue(answer.body().contains("lyrebird_test_total{kind=\"x\"} 3.0\n"), answer.body());
  }

  @Test
  void consoleIsOnePageThatFindsTheNode() throws Exception {
    HttpResponse<String> page = get("/");

    assertEquals("text/html;charset=utf-8", header(page, "Content-Type"));
    assertTrue(page.body().startsWith("<!doctype html>"), page.body());
    assertTrue(header(page, "Content-Security-Policy").contains("default-src 'none'"));
    assertEquals("{\"http\":9926,\"mqtt\":1883}", get("/addresses").body());
  }

  @Test
  void otherRequestsAreRefused() throws Exception {
    assertEquals(404, get("/nothing").statusCode());
    assertEquals("application/problem+json", header(get("/nothing"), "Content-Type"));
    HttpRequest post =
        HttpRequest.newBuilder(uri("/health")).POST(HttpRequest.BodyPublishers.noBody()).build();
    assertEquals(405, send(post).statusCode());
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(uri(path)).build());
  }

  private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + operations.port() + path);
  }
}
