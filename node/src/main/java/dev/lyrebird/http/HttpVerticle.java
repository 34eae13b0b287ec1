package dev.lyrebird.http;

import static java.util.Objects.requireNonNullElse;

import dev.lyrebird.hosting.Host;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.resource.Tables;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.time.InstantSource;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Serves the HTTP connections of one event loop. Several share one port; a connection stays with
 * the loop that accepted it.
 *
 * <p>A request goes to the first door that takes it: by {@code Upgrade: websocket}, by {@code
 * Accept: text/event-stream}, else to REST.
 */
public final class HttpVerticle extends VerticleBase {

  /**
   * Room in a request line for an id of 4 KiB with every byte escaped, its table's path, and a
   * query.
   */
  private static final int MAX_REQUEST_LINE_BYTES = 16 * 1024;

  /** Room for a token of some size and whatever proxies add. */
  private static final int MAX_HEADER_BYTES = 16 * 1024;

  /**
   * By this number the verticles find the free port that they share; any will do, but one of HTTP.
   */
  private static final int FREE_PORT_ID = 9926;

  private final HttpSettings settings;
  private final Function<Context, Tables> tablesOf;
  private final Upgrades upgrades;
  private final Host host;
  private final Supplier<ApiDocuments> documents;
  private final BooleanSupplier refuses;
  private final BodyRoom room;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Origins origins;
  private final DateField date;
  private @Nullable Doors doors;
  private @Nullable HttpServer server;

  /**
   * @param tablesOf makes, for the context of an event loop, that loop's access to all tables
   * @param upgrades what a WebSocket may lead to besides tables
   * @param host users' code, and the paths that it is behind
   * @param documents returns what the node tells of its own interface now
   * @param refuses decides about each newcomer whether there is too little memory for it
   * @param room for the content of requests, shared by all verticles of the node
   * @param clock tells the time of answers
   * @param random by what the return of many clients at once is spread
   */
  public HttpVerticle(
      HttpSettings settings,
      Function<Context, Tables> tablesOf,
      Upgrades upgrades,
      Host host,
      Supplier<ApiDocuments> documents,
      BooleanSupplier refuses,
      BodyRoom room,
      InstantSource clock,
      RandomGenerator random) {
    this.refuses = refuses;
    this.room = room;
    this.settings = settings;
    this.tablesOf = tablesOf;
    this.upgrades = upgrades;
    this.host = host;
    this.documents = documents;
    this.random = random;
    this.origins = new Origins(settings.corsOrigins(), settings.consolePort());
    this.clock = clock;
    this.date = new DateField(clock);
  }

  @Override
  public Future<?> start() {
    Doors opened =
        new Doors(
            context, settings, tablesOf.apply(context), upgrades, host, documents, clock, random);
    doors = opened;
    OpenBodies bodies = new OpenBodies(vertx, room, settings.bodyTimeoutSeconds());
    Newcomers newcomers =
        new Newcomers(vertx, refuses, settings.requestTimeoutSeconds(), bodies::end);
    server =
        vertx
            .createHttpServer(options())
            .connectionHandler(newcomers::meet)
            .requestHandler(request -> accept(request, opened, newcomers, bodies))
            .invalidRequestHandler(request -> refuseMalformed(request, bodies));
    return server.listen(address());
  }

  @Override
  public Future<?> stop() {
    Future<Void> ended = doors == null ? Future.succeededFuture() : doors.end();
    return ended.eventually(() -> server == null ? Future.succeededFuture() : server.close());
  }

  /** Returns the port it listens on, once it is deployed. */
  public int port() {
    if (server == null) {
      throw new IllegalStateException("not deployed yet, so there is no port");
    }
    return server.actualPort();
  }

  private SocketAddress address() {
    return settings.port() == 0
        ? SocketAddress.sharedRandomPort(FREE_PORT_ID, settings.host())
        : SocketAddress.inetSocketAddress(settings.port(), settings.host());
  }

  private static HttpServerOptions options() {
    return new HttpServerOptions()
        .setMaxInitialLineLength(MAX_REQUEST_LINE_BYTES)
        .setMaxHeaderSize(MAX_HEADER_BYTES)
        .setHttp2ClearTextEnabled(false)
        .setStrictThreadMode(true);
  }

  private void accept(
      HttpServerRequest request, Doors opened, Newcomers newcomers, OpenBodies bodies) {
    boolean isWelcome = newcomers.isWelcome(request.connection());
    if (isOfServer(request)) {
      new Exchange(request, "", date, bodies).options(RestDoor.METHODS);
      return;
    }
    Exchange exchange;
    try {
      exchange =
          new Exchange(
              request, RequestPath.decode(requireNonNullElse(request.path(), "")), date, bodies);
    } catch (RefusedException e) {
      new Exchange(request, "", date, bodies).refuse(e.refusal());
      return;
    }
    if (!origins.admit(request)) {
      exchange.problem(
          Problem.of(403, "pages of this origin may not call this node; see http.corsOrigins"));
      return;
    }
    Door door = isWelcome ? opened.of(request, exchange.path()) : opened.outside(request);
    exchange.attempt(() -> door.open(exchange));
  }

  /** Tells whether a request asks of the server as a whole (RFC 9110 §9.3.7). */
  private static boolean isOfServer(HttpServerRequest request) {
    return request.method().equals(HttpMethod.OPTIONS) && "*".equals(request.uri());
  }

  /** Answers what could not be read as HTTP; behind the answer the connection closes. */
  private void refuseMalformed(HttpServerRequest request, OpenBodies bodies) {
    Throwable cause = request.decoderResult().cause();
    Problem problem =
        switch (cause) {
          case TooLongHttpLineException line ->
              Problem.of(414, "a request line has at most " + MAX_REQUEST_LINE_BYTES + " bytes");
          case TooLongHttpHeaderException header ->
              Problem.of(431, "the header has at most " + MAX_HEADER_BYTES + " bytes");
          case null, default -> Problem.of(400, "this is no HTTP request");
        };
    new Exchange(request, "", date, bodies).problem(problem);
    request.connection().close();
  }
}
