package dev.lyrebird.http;

import static dev.lyrebird.http.HttpNode.header;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.schema.Schema;
import dev.lyrebird.schema.SchemaChange;
import dev.lyrebird.schema.Source;
import dev.lyrebird.schema.TableDefinition;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an operator and a scraper see. */
final class OperationsVerticleTest {

  private static final RetentionState RETENTION =
      new RetentionState(
          List.of(
              new RetentionState.Table(
                  "data.t",
                  12,
                  3456,
                  7,
                  new BigDecimal("1795219619332.3696"),
                  259_200,
                  1 << 30,
                  List.of(
                      new RetentionState.Peer("b2", true, 0L),
                      new RetentionState.Peer("c3", false, null)),
                  new RetentionState.Sessions(2, "meter-7", 5L),
                  new RetentionState.Subscribers(40, 1, null))),
          List.of("table data.u does not say what it keeps: time is up"));

  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client = HttpClient.newHttpClient();
  private final PrometheusMeterRegistry meters =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private volatile List<String> faults = List.of();
  private volatile ClusterState cluster = cluster();
  private volatile Future<SchemaChange> reload =
      Future.succeededFuture(new SchemaChange(List.of(), List.of(), List.of()));
  private final OperationsVerticle operations =
      new OperationsVerticle(
          "127.0.0.1",
          0,
          meters,
          () -> new NodeState("n1", "1.2", 9926, 1883, faults),
          () -> Future.succeededFuture(cluster),
          () -> Future.succeededFuture(RETENTION),
          () -> reload);

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
  void clusterIsToldInOneAnswer() throws Exception {
    HttpResponse<String> answer = get("/cluster");

    assertEquals("application/json", header(answer, "Content-Type"));
    assertEquals(
        """
        {"node":{"id":"a1","name":"n1","address":"10.0.0.1:9932",\
        "time":1795219620000.0,"aheadMillis":0.25},\
        "members":[{"id":"b2","name":"n2","address":"10.0.0.2:9932","operations":null,\
        "present":true,"heardMillisAgo":120,"skewMillis":-1500,"lastError":null},\
        {"id":"c3","name":null,"address":null,"operations":null,\
        "present":false,"heardMillisAgo":null,"skewMillis":null,"lastError":"unreachable"}],\
        "tables":[{"name":"data.t","origin":"a1","vector":{"a1":1795219619332.3696},\
        "peers":[{"peer":"b2","vector":{"a1":1795219619330.0},\
        "peerLacks":{"entries":3,"origins":[{"origin":"a1","millis":2.5}]},\
        "nodeLacks":{"entries":null,"origins":[{"origin":"a1","millis":0.0}]}},\
        {"peer":"c3","vector":{},\
        "peerLacks":{"entries":null,"origins":[{"origin":"a1","millis":null}]},\
        "nodeLacks":{"entries":null,"origins":[]}}]}],\
        "faults":[]}\
        """,
        answer.body());
  }

  @Test
  void lagAndSkewAreMetrics() throws Exception {
    String metrics = get("/metrics").body();

    assertContains("lyrebird_cluster_members 2.0\n", metrics);
    assertContains("lyrebird_cluster_clock_skew_seconds{peer=\"b2\"} -1.5\n", metrics);
    assertContains("lyrebird_replication_lag_entries{peer=\"b2\",table=\"data.t\"} 3.0\n", metrics);
    assertContains(
        "lyrebird_replication_lag_entries{peer=\"c3\",table=\"data.t\"} +Inf\n", metrics);
    assertContains(
        "lyrebird_replication_lag_seconds{origin=\"a1\",peer=\"b2\",table=\"data.t\"} 0.0025\n",
        metrics);

    cluster = new ClusterState(cluster.node(), List.of(), List.of(), List.of());
    String alone = get("/metrics").body();

    assertContains("lyrebird_cluster_members 1.0\n", alone);
    assertFalse(alone.contains("b2"), "what is gone is shown no more: " + alone);
  }

  @Test
  void whatIsKeptForWhomIsToldInOneAnswer() throws Exception {
    HttpResponse<String> answer = get("/retention");

    assertEquals("application/json", header(answer, "Content-Type"));
    assertEquals(
        """
        {"tables":[{"name":"data.t","entries":12,"bytes":3456,"dropped":7,\
        "oldest":1795219619332.3696,"retentionSeconds":259200,"maxBytes":1073741824,\
        "peers":[{"peer":"b2","present":true,"lacks":0},\
        {"peer":"c3","present":false,"lacks":null}],\
        "sessions":{"away":2,"furthest":"meter-7","lacks":5},\
        "subscribers":{"connected":40,"behind":1,"lacks":null}}],\
        "faults":["table data.u does not say what it keeps: time is up"]}\
        """,
        answer.body());
  }

  @Test
  void whatJournalsHoldIsMetrics() throws Exception {
    String metrics = get("/metrics").body();

    assertContains("lyrebird_journal_entries{table=\"data.t\"} 12.0\n", metrics);
    assertContains("lyrebird_journal_bytes{table=\"data.t\"} 3456.0\n", metrics);
    assertContains("lyrebird_journal_max_bytes{table=\"data.t\"} 1.073741824E9\n", metrics);
    assertContains(
        "lyrebird_journal_lacking_entries{holder=\"session\",table=\"data.t\"} 5.0\n", metrics);
    assertContains(
        "lyrebird_journal_lacking_entries{holder=\"subscriber\",table=\"data.t\"} +Inf\n", metrics);
  }

  @Test
  void faultOfTheClusterIsAFaultOfTheNode() throws Exception {
    faults = List.of("the disk is full");
    cluster = new ClusterState(cluster.node(), List.of(), List.of(), List.of("the clock is wrong"));

    HttpResponse<String> down = get("/health");

    assertEquals(503, down.statusCode());
    assertContains("\"faults\":[\"the disk is full\",\"the clock is wrong\"]", down.body());
  }

  @Test
  void reloadTellsWhatHasChanged() throws Exception {
    List<TableDefinition> before = tables("type T { a: Int }");
    reload =
        Future.succeededFuture(SchemaChange.between(before, tables("type T { a: Int b: Int }")));
    HttpResponse<String> answer = post("/reload");

    assertEquals(200, answer.statusCode());
    assertEquals("{\"tables\":[{\"name\":\"T\",\"attributesAdded\":[\"b\"]}]}", answer.body());
  }

  @Test
  void reloadThatIsRefusedTellsWhy() throws Exception {
    reload =
        Future.failedFuture(
            new RefusedException(
                new Refusal(
                    Refusal.Reason.CONFLICT,
                    "the new schema does not fit",
                    Map.of("T.a", "must be a whole number (1 row: x)"))));
    HttpResponse<String> answer = post("/reload");

    assertEquals(409, answer.statusCode());
    assertEquals("application/problem+json", header(answer, "Content-Type"));
    assertEquals(
        "{\"title\":\"Conflict\",\"status\":409,\"detail\":\"the new schema does not fit\","
            + "\"errors\":[{\"attribute\":\"T.a\","
            + "\"detail\":\"must be a whole number (1 row: x)\"}]}",
        answer.body());
  }

  @Test
  void reloadIsAskedForByPostAlone() throws Exception {
    for (String method : List.of("GET", "HEAD", "PUT", "DELETE")) {
      HttpResponse<String> answer =
          send(
              HttpRequest.newBuilder(uri(operations, "/reload"))
                  .method(method, HttpRequest.BodyPublishers.noBody())
                  .build());
      assertEquals(405, answer.statusCode(), method);
      assertEquals("POST", header(answer, "Allow"), method);
    }
    assertEquals(405, post("/health").statusCode());
    assertEquals("GET, HEAD", header(post("/health"), "Allow"));
  }

  private HttpResponse<String> post(String path) throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(uri(operations, path))
            .POST(HttpRequest.BodyPublishers.noBody())
            .build());
  }

  private static List<TableDefinition> tables(String sdl) {
    return Schema.parse(List.of(new Source("test.graphql", sdl))).tables();
  }

  @Test
  void nodeThatStandsAloneHasNoCluster() throws Exception {
    OperationsVerticle alone =
        new OperationsVerticle(
            "127.0.0.1",
            0,
            meters,
            () -> new NodeState("n1", "1.2", 9926, 1883, faults),
            null,
            () -> Future.succeededFuture(RETENTION),
            () -> reload);
    HttpNode.await(vertx.deployVerticle(alone).toCompletionStage().toCompletableFuture());

    HttpResponse<String> answer = send(HttpRequest.newBuilder(uri(alone, "/cluster")).build());

    assertEquals(404, answer.statusCode());
    assertContains("this node stands alone: cluster.enabled is false", answer.body());
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
    return uri(operations, path);
  }

  private static URI uri(OperationsVerticle verticle, String path) {
    return URI.create("http://127.0.0.1:" + verticle.port() + path);
  }

  private static void assertContains(String part, String whole) {
    assertTrue(whole.contains(part), () -> "no " + part + " in " + whole);
  }

  /** One peer that is a little behind, and one that was never heard. */
  private static ClusterState cluster() {
    return new ClusterState(
        new ClusterState.Self(
            "a1", "n1", "10.0.0.1:9932", new BigDecimal("1795219620000.0"), new BigDecimal("0.25")),
        List.of(
            new ClusterState.Member("b2", "n2", "10.0.0.2:9932", null, true, 120L, -1500L, null),
            new ClusterState.Member("c3", null, null, null, false, null, null, "unreachable")),
        List.of(
            new ClusterState.Table(
                "data.t",
                "a1",
                Map.of("a1", new BigDecimal("1795219619332.3696")),
                List.of(
                    new ClusterState.Replica(
                        "b2",
                        Map.of("a1", new BigDecimal("1795219619330.0")),
                        lag(3L, new BigDecimal("2.5")),
                        lag(null, new BigDecimal("0.0"))),
                    new ClusterState.Replica(
                        "c3", Map.of(), lag(null, null), new ClusterState.Lag(null, List.of()))))),
        List.of());
  }

  private static ClusterState.Lag lag(@Nullable Long entries, @Nullable BigDecimal millis) {
    return new ClusterState.Lag(entries, List.of(new ClusterState.OriginLag("a1", millis)));
  }
}
