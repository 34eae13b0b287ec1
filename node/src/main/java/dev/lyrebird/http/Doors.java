package dev.lyrebird.http;

import dev.lyrebird.format.RowReader;
import dev.lyrebird.hosting.Host;
import dev.lyrebird.hosting.HostedTables;
import dev.lyrebird.resource.PerTable;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.stream.StreamPicks;
import dev.lyrebird.view.RowView;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.time.InstantSource;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The doors of one event loop, and which of them a request goes to. Owned by that loop. */
final class Doors {

  /** By then garbage may have been collected, or another node be the better choice. */
  private static final String RETRY_SECONDS = "30";

  private final OpenStreams streams = new OpenStreams();
  private final boolean offersEvents;
  private final Door rest;
  private final Door sse;
  private final WebSocketDoor webSocket;
  private final ResourceDoor resources;

  Doors(
      Context loop,
      HttpSettings settings,
      Tables tables,
      Upgrades upgrades,
      Host host,
      Supplier<ApiDocuments> documents,
      InstantSource clock,
      RandomGenerator random) {
    Paths paths = new Paths(tables);
    PerTable<RowView> views = new PerTable<>(tables, RowView::new);
    PerTable<RowReader> readers = new PerTable<>(tables, RowReader::new);
    StreamTargets targets = new StreamTargets(tables, paths);
    StreamPicks<EventWires> picks =
        new StreamPicks<>(tables, views, random, json -> new EventWires(tables.hub(), json));
    offersEvents = settings.sse();
    rest =
        settings.rest()
            ? besides(documents, new RestDoor(settings, tables, paths, views, readers))
            : Doors::refuse;
    EventResponses responses = new EventResponses(settings.socketBytes(), random);
    sse = new SseDoor(loop.owner(), settings, tables, targets, picks, streams, responses);
    HostedTables hosted =
        new HostedTables(task -> loop.runOnContext(turn -> task.run()), tables, random);
    resources = new ResourceDoor(loop, host, settings, responses, streams, hosted);
    webSocket =
        new WebSocketDoor(
            settings, clock, tables, readers, targets, picks, streams, upgrades, resources);
  }

  /** The documents have paths of their own, whatever the tables make of them. */
  private static Door besides(Supplier<ApiDocuments> documents, Door tables) {
    return exchange -> {
      Door document = documents.get().at(exchange.path());
      (document == null ? tables : document).open(exchange);
    };
  }

  /** Returns the first door that takes a request. */
  Door of(HttpServerRequest request, String path) {
    if (WebSocketHandshake.isAskedBy(request)) {
      return webSocket;
    }
    Host.Match match = resources.match(path);
    if (match != null) {
      return exchange -> resources.open(exchange, match);
    }
    boolean reads =
        HttpMethod.GET.equals(request.method()) || HttpMethod.HEAD.equals(request.method());
    if (offersEvents && reads && Accept.prefersEvents(accepted(request))) {
      return sse;
    }
    return rest;
  }

  /** Returns the door for those that cannot be served for want of memory. */
  Door outside(HttpServerRequest request) {
    return WebSocketHandshake.isAskedBy(request) ? webSocket::turnAway : Doors::turnAway;
  }

  private static void turnAway(Exchange exchange) {
    exchange.problem(Problem.of(503, "the node is short of memory", "Retry-After", RETRY_SECONDS));
    exchange.request().connection().close();
  }

  private static void refuse(Exchange exchange) {
    exchange.problem(Problem.of(404, "tables are not reached by REST here; see rest.enabled"));
  }

  private static @Nullable String accepted(HttpServerRequest request) {
    return Fields.list(request.headers(), HttpHeaders.ACCEPT);
  }

  /** Tells the clients of all streams and WebSockets that the node goes away. */
  Future<Void> end() {
    return Future.join(streams.end(), webSocket.end()).mapEmpty();
  }
}
