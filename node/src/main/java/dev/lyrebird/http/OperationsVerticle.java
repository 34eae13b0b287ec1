package dev.lyrebird.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.schema.SchemaChange;
import dev.lyrebird.view.MediaType;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Serves the operations port: {@code /health}, {@code /metrics} for Prometheus, {@code /cluster},
 * {@code /retention}, {@code POST /reload}, and the console at {@code /}, which asks {@code
 * /addresses} where the node is. Owned by one event loop.
 */
public final class OperationsVerticle extends VerticleBase {

  private static final String CONSOLE = "demo.html";
  private static final String RELOAD = "/reload";

  /** The console is one page without parts from elsewhere; it may talk to any node. */
  private static final String CONSOLE_POLICY =
      "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:;"
          + " connect-src *; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private static final String METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private static final JsonMapper JSON = new JsonMapper();

  private final String host;
  private final int port;
  private final PrometheusMeterRegistry meters;
  private final Supplier<NodeState> state;
  private final @Nullable Supplier<Future<ClusterState>> cluster;
  private final Supplier<Future<RetentionState>> retention;
  private final Supplier<Future<SchemaChange>> reload;
  private final ClusterGauges gauges;
  private final RetentionGauges retentionGauges;
  private @Nullable HttpServer server;

  /**
   * @param port the port to listen on; 0 takes a free one
   * @param state tells what the node says of itself; asked on this verticle's event loop
   * @param cluster tells how the cluster stands, in a while that has a limit, and never fails;
   *     asked on this verticle's event loop; null where the node stands alone
   * @param retention tells what is kept for whom, likewise
   * @param reload puts the schema in force as its files have it now, and tells what has changed, or
   *     fails with a {@link RefusedException}; asked on this verticle's event loop
   */
  public OperationsVerticle(
      String host,
      int port,
      PrometheusMeterRegistry meters,
      Supplier<NodeState> state,
      @Nullable Supplier<Future<ClusterState>> cluster,
      Supplier<Future<RetentionState>> retention,
      Supplier<Future<SchemaChange>> reload) {
    this.host = host;
    this.port = port;
    this.meters = meters;
    this.state = state;
    this.cluster = cluster;
    this.retention = retention;
    this.reload = reload;
    this.gauges = new ClusterGauges(meters);
    this.retentionGauges = new RetentionGauges(meters);
  }

  @Override
  public Future<?> start() {
    Buffer console = console();
    Router router = Router.router(vertx);
    get(router, "/").handler(context -> answerConsole(context, console));
    get(router, "/health").handler(this::answerHealth);
    get(router, "/metrics").handler(this::answerMetrics);
    get(router, "/cluster").handler(this::answerCluster);
    get(router, "/retention").handler(this::answerRetention);
    get(router, "/addresses").handler(this::answerAddresses);
    router.post(RELOAD).handler(this::answerReload);
    router.errorHandler(404, context -> refuse(context, 404, "there is nothing at this path"));
    router.errorHandler(405, OperationsVerticle::refuseMethod);
    server = vertx.createHttpServer(new HttpServerOptions()).requestHandler(router);
    return server.listen(port, host);
  }

  private static Route get(Router router, String path) {
    return router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD);
  }

  @Override
  public Future<?> stop() {
    return server == null ? Future.succeededFuture() : server.close();
  }

  /** Returns the port it listens on, once it is deployed. */
  public int port() {
    if (server == null) {
      throw new IllegalStateException("not deployed yet, so there is no port");
    }
    return server.actualPort();
  }

  private static Buffer console() {
    try (InputStream page = OperationsVerticle.class.getResourceAsStream(CONSOLE)) {
      if (page == null) {
        throw new IllegalStateException("the class path lacks the console, " + CONSOLE);
      }
      return Buffer.buffer(page.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void answerConsole(RoutingContext context, Buffer page) {
    context.response().putHeader("Content-Security-Policy", CONSOLE_POLICY);
    answer(context, 200, "text/html;charset=utf-8", page);
  }

  private void answerHealth(RoutingContext context) {
    NodeState now = state.get();
    if (cluster == null) {
      answerHealth(context, now, now.faults());
      return;
    }
    cluster
        .get()
        .onSuccess(around -> {
          List<String> faults = new ArrayList<>(now.faults());
          faults.addAll(around.faults());
          answerHealth(context, now, faults);
        })
        .onFailure(context::fail);
  }

  private static void answerHealth(RoutingContext context, NodeState now, List<String> faults) {
    boolean healthy = faults.isEmpty();
    ObjectNode health = JsonNodeFactory.instance.objectNode();
    health.put("status", healthy ? "up" : "down");
    health.put("node", now.name());
    health.put("version", now.version());
    if (!healthy) {
      ArrayNode told = health.putArray("faults");
      faults.forEach(told::add);
    }
    answer(context, healthy ? 200 : 503, health);
  }

  private void answerMetrics(RoutingContext context) {
    retention
        .get()
        .onSuccess(kept -> {
          retentionGauges.show(kept);
          showClusterAndScrape(context);
        })
        .onFailure(context::fail);
  }

  private void showClusterAndScrape(RoutingContext context) {
    if (cluster == null) {
      scrape(context);
      return;
    }
    cluster
        .get()
        .onSuccess(around -> {
          gauges.show(around);
          scrape(context);
        })
        .onFailure(context::fail);
  }

  private void scrape(RoutingContext context) {
    answer(context, 200, METRICS_TYPE, Buffer.buffer(meters.scrape()));
  }

  private void answerCluster(RoutingContext context) {
    if (cluster == null) {
      refuse(context, 404, "this node stands alone: cluster.enabled is false");
      return;
    }
    cluster
        .get()
        .onSuccess(around -> answer(context, 200, MediaType.JSON.name(), json(around)))
        .onFailure(context::fail);
  }

  private void answerRetention(RoutingContext context) {
    retention
        .get()
        .onSuccess(kept -> answer(context, 200, MediaType.JSON.name(), json(kept)))
        .onFailure(context::fail);
  }

  private void answerReload(RoutingContext context) {
    reload
        .get()
        .onSuccess(change -> answer(context, 200, change.json()))
        .onFailure(fault -> {
          if (fault instanceof RefusedException refused) {
            refuse(context, Problem.of(refused.refusal(), ""));
          } else {
            context.fail(fault);
          }
        });
  }

  private static Buffer json(Record told) {
    try {
      return Buffer.buffer(JSON.writeValueAsBytes(told));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record that is no JSON", e);
    }
  }

  private void answerAddresses(RoutingContext context) {
    NodeState now = state.get();
    ObjectNode ports = JsonNodeFactory.instance.objectNode();
    ports.put("http", now.httpPort());
    ports.put("mqtt", now.mqttPort());
    answer(context, 200, ports);
  }

  private static void answer(RoutingContext context, int status, ObjectNode json) {
    answer(context, status, MediaType.JSON.name(), Buffer.buffer(json.toString()));
  }

  /** RFC 9110 §15.5.6: the answer says what the path takes. */
  private static void refuseMethod(RoutingContext context) {
    String taken = context.normalizedPath().equals(RELOAD) ? "POST" : "GET, HEAD";
    refuse(context, Problem.of(405, "this path takes " + taken, HttpHeaders.ALLOW, taken));
  }

  private static void refuse(RoutingContext context, int status, String detail) {
    refuse(context, Problem.of(status, detail));
  }

  private static void refuse(RoutingContext context, Problem problem) {
    problem.headers().forEach((name, value) -> context.response().putHeader(name, value));
    answer(context, problem.status(), Problem.MEDIA_TYPE, Buffer.buffer(problem.json()));
  }

  private static void answer(RoutingContext context, int status, String mediaType, Buffer content) {
    context
        .response()
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, mediaType)
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        .putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(content.length()))
        .end(content);
  }
}
