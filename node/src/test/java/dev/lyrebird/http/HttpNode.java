package dev.lyrebird.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lyrebird.apidoc.Offer;
import dev.lyrebird.hosting.Host;
import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.Write;
import dev.lyrebird.resource.MemoryTables;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.schema.Protocol;
import dev.lyrebird.schema.Schema;
import dev.lyrebird.schema.Source;
import dev.lyrebird.schema.Target;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/** The HTTP door over tables in memory, on a free port of the loopback, with a client at hand. */
final class HttpNode implements AutoCloseable {

  /** Longer than any test takes. */
  static final int NEVER_SECONDS = 600;

  /** Nothing happens by itself, as it does to clients that are silent for long. */
  static final HttpSettings SETTINGS = settings(NEVER_SECONDS);

  /** Returns the settings with another time by which the first request must have come. */
  static HttpSettings settings(int requestTimeoutSeconds) {
    return settings(requestTimeoutSeconds, NEVER_SECONDS);
  }

  /** Returns the settings with another interval between the comments of an event stream as well. */
  static HttpSettings settings(int requestTimeoutSeconds, int commentSeconds) {
    return settings(requestTimeoutSeconds, NEVER_SECONDS, commentSeconds);
  }

  /** Returns the settings with another time for which more content is awaited. */
  static HttpSettings waitingForContent(int bodyTimeoutSeconds) {
    return settings(NEVER_SECONDS, bodyTimeoutSeconds, NEVER_SECONDS);
  }

  private static HttpSettings settings(
      int requestTimeoutSeconds, int bodyTimeoutSeconds, int commentSeconds) {
    return new HttpSettings(
        "127.0.0.1",
        0,
        requestTimeoutSeconds,
        bodyTimeoutSeconds,
        List.of(),
        0,
        8 << 20,
        1 << 20,
        10_000,
        1 << 20,
        0,
        NEVER_SECONDS,
        commentSeconds,
        256 << 10,
        16,
        true,
        true,
        true,
        true);
  }

  static final int WAIT_SECONDS = 30;

  /** Room for two requests with as much content as one may have, and for a small one. */
  static final int BODIES_BYTES = (16 << 20) + (64 << 10);

  private final Vertx vertx = Vertx.vertx();
  private final CompletableFuture<MemoryTables> tables = new CompletableFuture<>();
  private final CompletableFuture<Context> context = new CompletableFuture<>();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final BodyRoom bodyRoom = new BodyRoom(BODIES_BYTES);
  private final AtomicBoolean memoryIsShort = new AtomicBoolean();
  private final HttpVerticle verticle;

  private HttpNode(
      String sdl,
      HttpSettings settings,
      Upgrades upgrades,
      Host host,
      UnaryOperator<Tables> seenAs) {
    ApiDocuments documents =
        ApiDocuments.of(
            "1.2.3",
            Schema.parse(List.of(new Source("schema.graphql", sdl))).exports(),
            settings,
            new Offer.Address("127.0.0.1", 1883));
    verticle =
        new HttpVerticle(
            settings,
            loop -> {
              context.complete(loop);
              tables.complete(
                  MemoryTables.of(sdl, task -> loop.runOnContext(nothing -> task.run())));
              return seenAs.apply(tables.join());
            },
            upgrades,
            host,
            () -> documents,
            memoryIsShort::get,
            bodyRoom,
            InstantSource.system(),
            RandomGenerator.getDefault());
  }

  /** Starts a node with tables of the types in an SDL text. */
  static HttpNode start(String sdl) {
    return start(sdl, SETTINGS);
  }

  static HttpNode start(String sdl, HttpSettings settings) {
    return start(sdl, settings, Upgrades.NONE);
  }

  static HttpNode start(String sdl, HttpSettings settings, Upgrades upgrades) {
    return start(sdl, settings, upgrades, UnaryOperator.identity());
  }

  /** Starts a node whose doors see the tables as the operator makes them look. */
  static HttpNode start(
      String sdl, HttpSettings settings, Upgrades upgrades, UnaryOperator<Tables> seenAs) {
    return start(new HttpNode(sdl, settings, upgrades, Host.ofNothing(), seenAs));
  }

  /** Starts a node that serves the routes of a router beside its tables. */
  static HttpNode start(String sdl, Host host) {
    HttpNode node = new HttpNode(sdl, SETTINGS, Upgrades.NONE, host, UnaryOperator.identity());
    node.vertx.setPeriodic(Host.TICK_MILLIS, timer -> host.tick());
    return start(node);
  }

  private static HttpNode start(HttpNode node) {
    await(node.vertx.deployVerticle(node.verticle).toCompletionStage().toCompletableFuture());
    return node;
  }

  /** Has the doors say good-bye to all clients. */
  void stopDoors() {
    await(verticle.stop().toCompletionStage().toCompletableFuture());
  }

  /** Lets memory run short, or be there again. */
  void memoryIsShort(boolean isShort) {
    memoryIsShort.set(isShort);
  }

  /** Returns how much of the room for content is taken. */
  long bodyBytes() {
    return bodyRoom.taken();
  }

  int port() {
    return verticle.port();
  }

  Vertx vertx() {
    return vertx;
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port() + path);
  }

  /** Calls the tables on the loop that owns them. */
  <T> T onLoop(Function<MemoryTables, T> call) {
    CompletableFuture<T> result = new CompletableFuture<>();
    context.join().runOnContext(nothing -> result.complete(call.apply(tables.join())));
    return await(result);
  }

  /** Carries out a write to the row or topic at a path, past all doors. */
  void write(String path, Function<String, Write> writeOf) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    onLoop(all -> {
      Target.Row row = (Target.Row) all.exports().path(path, Protocol.REST);
      all.write(
          row.definition(),
          writeOf.apply(row.id()),
          Condition.NONE,
          (outcome, token) -> done.complete(null),
          0);
      return true;
    });
    await(done);
  }

  /** Returns the row at a path as the table holds it. */
  Optional<Row> row(String path) {
    CompletableFuture<Optional<Row>> found = new CompletableFuture<>();
    onLoop(all -> {
      Target.Row target = (Target.Row) all.exports().path(path, Protocol.REST);
      all.read(target.definition(), target.id(), row -> found.complete(Optional.ofNullable(row)));
      return true;
    });
    return await(found);
  }

  static String header(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElse("(no " + name + ")");
  }

  /** Asks without content. */
  HttpResponse<String> send(String method, String path, String... headers) {
    return send(request(path, headers).method(method, HttpRequest.BodyPublishers.noBody()).build());
  }

  /** Asks with JSON. */
  HttpResponse<String> sendJson(String method, String path, String json, String... headers) {
    return send(
        request(path, headers)
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(json))
            .build());
  }

  HttpResponse<String> send(HttpRequest request) {
    return send(request, HttpResponse.BodyHandlers.ofString(UTF_8));
  }

  <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
    try {
      return client.send(request, handler);
    } catch (IOException e) {
      throw new AssertionError("no answer to " + request, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  HttpRequest.Builder request(String path, String... headers) {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(WAIT_SECONDS));
    return headers.length == 0 ? builder : builder.headers(headers);
  }

  static <T> T await(CompletableFuture<T> future) {
    try {
      return future.get(WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    client.close();
    await(vertx.close().toCompletionStage().toCompletableFuture());
  }
}
