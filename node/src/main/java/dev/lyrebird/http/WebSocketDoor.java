package dev.lyrebird.http;

import dev.lyrebird.format.Format;
import dev.lyrebird.format.RowReader;
import dev.lyrebird.hosting.Host;
import dev.lyrebird.resource.PerTable;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.schema.Protocol;
import dev.lyrebird.stream.EventWire;
import dev.lyrebird.stream.StreamPicks;
import dev.lyrebird.stream.StreamQuery;
import dev.lyrebird.stream.StreamTarget;
import dev.lyrebird.stream.Telling;
import io.netty.handler.codec.http.websocketx.Utf8FrameValidator;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Opens WebSockets: for a subprotocol on any path, for whoever answers behind a path, else to
 * subscribe to what the path names. Whatever is wrong is told before the upgrade.
 *
 * <p>Owned by the event loop of its {@link HttpVerticle}.
 */
final class WebSocketDoor implements Door {

  private final HttpSettings settings;
  private final InstantSource clock;
  private final Tables tables;
  private final PerTable<RowReader> readers;
  private final StreamTargets targets;
  private final StreamPicks<EventWires> picks;
  private final OpenStreams streams;
  private final List<Subprotocol> subprotocols;
  private final Map<String, WebSocketAcceptor> acceptors;
  private final ResourceDoor resources;

  WebSocketDoor(
      HttpSettings settings,
      InstantSource clock,
      Tables tables,
      PerTable<RowReader> readers,
      StreamTargets targets,
      StreamPicks<EventWires> picks,
      OpenStreams streams,
      Upgrades upgrades,
      ResourceDoor resources) {
    this.settings = settings;
    this.clock = clock;
    this.tables = tables;
    this.readers = readers;
    this.targets = targets;
    this.picks = picks;
    this.streams = streams;
    this.subprotocols = upgrades.subprotocols().apply(tables);
    this.acceptors = upgrades.acceptors();
    this.resources = resources;
  }

  /** Ends what is spoken over WebSockets besides events. */
  Future<Void> end() {
    return Future.join(subprotocols.stream().map(Subprotocol::end).toList()).mapEmpty();
  }

  @Override
  public void open(Exchange exchange) {
    HttpServerRequest request = exchange.request();
    Problem problem = WebSocketHandshake.problem(request);
    if (problem != null) {
      exchange.problem(problem);
      return;
    }
    Subprotocol subprotocol = subprotocol(request);
    if (subprotocol != null) {
      connect(request, subprotocol);
      return;
    }
    WebSocketAcceptor acceptor = acceptors.get(exchange.path());
    Host.Match match = resources.match(exchange.path());
    if (acceptor != null) {
      connect(request, acceptor);
    } else if (match != null) {
      resources.openWebSocket(exchange, match, code -> connect(request, code));
    } else if (settings.webSocket()) {
      subscribe(exchange);
    } else {
      exchange.problem(Problem.of(404, "tables are not reached by WebSocket here"));
    }
  }

  /**
   * Refuses a WebSocket for want of memory. It is opened for that: pages are not told the status of
   * a refusal before the upgrade, but the code of a close.
   */
  void turnAway(Exchange exchange) {
    HttpServerRequest request = exchange.request();
    Problem problem = WebSocketHandshake.problem(request);
    Subprotocol subprotocol = subprotocol(request);
    if (problem != null) {
      exchange.problem(problem);
      request.connection().close();
    } else if (subprotocol != null) {
      connect(request, subprotocol); // it has its own words for that
    } else {
      connect(request, connection -> new TurnedAway())
          .onSuccess(connection ->
              connection.close(
                  WebSocketCloseStatus.TRY_AGAIN_LATER, "the node is short of memory"));
    }
  }

  /** Hears nothing of what the client says until it has closed too. */
  private static final class TurnedAway implements WebSocketListener {

    @Override
    public void text(byte[] utf8) {}

    @Override
    public void binary(byte[] bytes) {}
  }

  private @Nullable Subprotocol subprotocol(HttpServerRequest request) {
    for (String offered : WebSocketHandshake.subprotocols(request)) {
      for (Subprotocol known : subprotocols) {
        if (known.name().equals(offered)) {
          return known;
        }
      }
    }
    return null;
  }

  private void subscribe(Exchange exchange) {
    Accept accept = Accept.parse(Fields.list(exchange.request().headers(), HttpHeaders.ACCEPT));
    Format format = accept.format(Format.OF_VALUES);
    if (format == null) {
      exchange.notAcceptable(Format.OF_VALUES);
      return;
    }
    StreamTarget target = targets.resolve(exchange.path(), Protocol.WEB_SOCKET);
    StreamQuery query = StreamQuery.parse(exchange.query(), null);
    query.checkStart(tables.hub(), target);
    Function<EventWires, EventWire<byte[]>> kind =
        wires -> wires.webSocket(format, query.tellsCursor());
    Telling<byte[]> telling = picks.telling(query, target, kind);
    EventWire<byte[]> errors = kind.apply(picks.whole());
    connect(
        exchange.request(),
        connection -> {
          ClientFrames frames =
              new ClientFrames(
                  connection, tables, readers, target, errors, settings.connectionWrites());
          WebSocketStream stream =
              new WebSocketStream(
                  connection, telling, format, query, frames, tables.hub(), streams);
          stream.open(target, query);
          return stream;
        });
  }

  private Future<WebSocketConnection> connect(
      HttpServerRequest request, WebSocketAcceptor acceptor) {
    WebSocketControl control = control();
    ChannelOutlet outlet = new ChannelOutlet(settings.socketBytes());
    int maxBytes = settings.maxFrameBytes();
    WebSocketConnection connection =
        new WebSocketConnection(
            control,
            outlet,
            acceptor,
            maxBytes,
            new FrameRate(settings.maxFramesPerSecond(), clock));
    return WebSocketHandshake.accept(
            request, null, maxBytes, new Utf8FrameValidator(false), control, outlet, connection)
        .map(socket -> {
          WebSocketHandshake.leaveAlone(socket);
          return connection;
        });
  }

  private void connect(HttpServerRequest request, Subprotocol subprotocol) {
    WebSocketControl control = control();
    WebSocketHandshake.accept(
            request,
            subprotocol.name(),
            subprotocol.maxFrameBytes(),
            control,
            new WebSocketBytes(control))
        .onSuccess(subprotocol::accept);
  }

  private WebSocketControl control() {
    return new WebSocketControl(settings.pingSeconds() * 1000L);
  }
}
