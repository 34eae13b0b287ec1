package dev.lyrebird.http;

import dev.lyrebird.api.Call;
import dev.lyrebird.api.Message;
import dev.lyrebird.api.ProblemException;
import dev.lyrebird.api.Protocol;
import dev.lyrebird.api.Response;
import dev.lyrebird.api.Tables;
import dev.lyrebird.format.Content;
import dev.lyrebird.format.Format;
import dev.lyrebird.hosting.Facilities;
import dev.lyrebird.hosting.Host;
import dev.lyrebird.hosting.HostedConnection;
import dev.lyrebird.hosting.RequestContext;
import dev.lyrebird.journal.Utf8;
import dev.lyrebird.query.ParameterValues;
import dev.lyrebird.view.MediaType;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Brings requests to users' code: as a call, as an event stream, as a WebSocket. Owned by the event
 * loop of its {@link HttpVerticle}.
 */
final class ResourceDoor {

  /** Most names in a query; more are a client's way to do harm. */
  private static final int MOST_PARAMETERS = 1000;

  private static final Message NOTHING = Message.of(new byte[0], MediaType.BINARY.name(), false);

  private final Context loop;
  private final Host host;
  private final HttpSettings settings;
  private final EventResponses responses;
  private final OpenStreams streams;
  private final Facilities facilities;

  ResourceDoor(
      Context loop,
      Host host,
      HttpSettings settings,
      EventResponses responses,
      OpenStreams streams,
      Tables tables) {
    this.loop = loop;
    this.host = host;
    this.settings = settings;
    this.responses = responses;
    this.streams = streams;
    this.facilities = new Facilities(tables, host::http);
  }

  /** Returns whose a path is; null where it is nobody's here. */
  Host.@Nullable Match match(String path) {
    return host.match(path);
  }

  /** Takes a request that asks for no WebSocket. */
  void open(Exchange exchange, Host.Match match) {
    Set<Call> calls = match.route().calls();
    exchange.allow(methods(calls));
    boolean isEvents =
        calls.contains(Call.CONNECT)
            && isRead(exchange)
            && Accept.prefersEvents(exchange.list(HttpHeaders.ACCEPT));
    if (isEvents) {
      follow(exchange, match);
      return;
    }
    switch (exchange.request().method().name()) {
      case "GET", "HEAD" -> call(exchange, match, Call.GET);
      case "PUT" -> callWithContent(exchange, match, Call.PUT);
      case "PATCH" -> callWithContent(exchange, match, Call.PATCH);
      case "POST" -> callWithContent(exchange, match, Call.POST);
      case "DELETE" -> call(exchange, match, Call.DELETE);
      case "OPTIONS" -> exchange.options(exchange.allow());
      default -> refuseMethod(exchange, match);
    }
  }

  /**
   * Takes a request for a WebSocket that is one.
   *
   * @param opening opens it
   */
  void openWebSocket(
      Exchange exchange,
      Host.Match match,
      Function<WebSocketAcceptor, Future<WebSocketConnection>> opening) {
    exchange.allow(methods(match.route().calls()));
    if (!match.route().calls().contains(Call.CONNECT)) {
      exchange.problem(Problem.of(404, "nobody can be connected to %s".formatted(exchange.path())));
      return;
    }
    HostedWebSocket socket = new HostedWebSocket(loop, exchange, opening, streams);
    HostedConnection hosted =
        match.route().connect(context(exchange, match, Protocol.WEB_SOCKET), socket);
    if (hosted != null) {
      socket.serveBy(hosted);
    }
  }

  private void follow(Exchange exchange, Host.Match match) {
    HostedEvents events =
        new HostedEvents(loop, exchange, responses, streams, settings.commentSeconds() * 1000L);
    HostedConnection hosted = match.route().connect(context(exchange, match, Protocol.SSE), events);
    if (hosted != null) {
      events.serveBy(hosted);
    }
  }

  private void callWithContent(Exchange exchange, Host.Match match, Call call) {
    if (!match.route().calls().contains(call)) {
      refuseMethod(exchange, match);
      return;
    }
    String type = exchange.header(HttpHeaders.CONTENT_TYPE);
    Content kind = Content.ofValue(type);
    BodyReader.read(
        exchange,
        settings.maxBodyBytes(),
        bytes -> call(exchange, match, call, message(bytes, type, kind)));
  }

  /**
   * Content in CBOR or MessagePack reaches the code as JSON. What is sent on as text has to be
   * UTF-8, or it would break the connections of those who are sent it.
   */
  private static Message message(byte[] bytes, @Nullable String type, Content content) {
    return switch (content) {
      case Content.Formatted(var format, var name) ->
          Message.of(utf8(format.toJson(bytes)), MediaType.JSON.name(), true);
      case Content.Opaque(var name) ->
          Message.of(bytes, name, name.startsWith("text/") && Utf8.isWellFormed(bytes));
      case Content.Undeclared() ->
          Message.of(bytes, type == null ? MediaType.BINARY.name() : type, false);
    };
  }

  private static byte[] utf8(byte[] json) {
    if (!Utf8.isWellFormed(json)) {
      throw ParameterValues.refused("the content is no JSON: it is not in UTF-8");
    }
    return json;
  }

  private void call(Exchange exchange, Host.Match match, Call call) {
    if (match.route().calls().contains(call)) {
      call(exchange, match, call, NOTHING);
    } else {
      refuseMethod(exchange, match);
    }
  }

  private void call(Exchange exchange, Host.Match match, Call call, Message content) {
    var answer = match.route().call(call, content, context(exchange, match, Protocol.REST));
    var _ =
        answer.whenComplete((result, fault) ->
            loop.runOnContext(turn ->
                exchange.attempt(() -> {
                  if (fault == null) {
                    answer(exchange, call, result);
                  } else if (fault instanceof ProblemException problem) {
                    exchange.problem(problem(problem));
                  } else {
                    throw new IllegalStateException(fault);
                  }
                })));
  }

  /** What the call has left as it is runs no code of users when it is written here. */
  private static void answer(Exchange exchange, Call call, @Nullable Object result) {
    switch (result) {
      case null -> {
        if (call == Call.GET) {
          exchange.problem(Problem.of(404, "there is nothing at " + exchange.path()));
        } else {
          exchange.empty(204);
        }
      }
      case Response response -> {
        response.headers().forEach(exchange.response().headers()::set);
        if (response.content() == null) {
          exchange.empty(response.status());
        } else {
          show(exchange, call, response.status(), response.content());
        }
      }
      default -> show(exchange, call, 200, Message.of(result));
    }
  }

  /**
   * JSON is shown in the format that the client likes best; all else is what it is, and so is what
   * the code itself gives a type or has compressed. What has been done is told in JSON to a client
   * that likes no format: it would take a refusal for nothing done.
   */
  private static void show(Exchange exchange, Call call, int status, Message message) {
    String own = exchange.response().headers().get(HttpHeaders.CONTENT_TYPE);
    if (exchange.response().headers().contains(HttpHeaders.CONTENT_ENCODING)) {
      exchange.body(status, own == null ? message.contentType() : own, message.bytes());
      return;
    }
    if (own != null) {
      exchange.compressible(status, own, message.bytes());
      return;
    }
    if (!message.contentType().equals(MediaType.JSON.name())) {
      boolean isPlain = message.isText() && message.contentType().equals("text/plain");
      String type = isPlain ? "text/plain; charset=utf-8" : message.contentType();
      exchange.compressible(status, type, message.bytes());
      return;
    }
    Accept accept = exchange.accept();
    Format liked = accept.format(Format.OF_VALUES);
    if (liked == null && call == Call.GET) {
      exchange.notAcceptable(Format.OF_VALUES);
      return;
    }
    Format format = liked == null ? Format.JSON : liked;
    exchange.describeVariant();
    exchange.compressible(
        status, accept.mediaType(format).name(), format.fromJson(message.bytes()));
  }

  private static void refuseMethod(Exchange exchange, Host.Match match) {
    boolean isFollowed = isRead(exchange) && match.route().calls().contains(Call.CONNECT);
    exchange.problem(
        isFollowed
            ? Problem.of(406, "this is followed: by a WebSocket, or with Accept: text/event-stream")
            : Problem.of(
                405,
                "%s takes %s".formatted(exchange.path(), exchange.allow()),
                "Allow",
                exchange.allow()));
  }

  private RequestContext context(Exchange exchange, Host.Match match, Protocol protocol) {
    HttpServerRequest request = exchange.request();
    return new RequestContext(
        protocol,
        null,
        request.remoteAddress() == null ? "" : request.remoteAddress().hostAddress(),
        exchange.path(),
        match,
        query(exchange.query()),
        protocol == Protocol.REST ? request.headers()::get : HeaderText.of(request.headers()),
        Objects.requireNonNullElse(exchange.query(), ""),
        facilities);
  }

  private static Map<String, List<String>> query(@Nullable String text) {
    if (text == null) {
      return Map.of();
    }
    try {
      return new QueryStringDecoder(text, StandardCharsets.UTF_8, false, MOST_PARAMETERS)
          .parameters();
    } catch (IllegalArgumentException e) {
      throw ParameterValues.refused("the query cannot be read: " + e.getMessage());
    }
  }

  private static boolean isRead(Exchange exchange) {
    String method = exchange.request().method().name();
    return method.equals("GET") || method.equals("HEAD");
  }

  private static String methods(Set<Call> calls) {
    Set<String> methods = new TreeSet<>(Set.of("OPTIONS"));
    for (Call call : calls) {
      switch (call) {
        case GET, CONNECT -> methods.addAll(List.of("GET", "HEAD"));
        case PUT, PATCH, POST, DELETE -> methods.add(call.name());
        case PUBLISH -> {}
      }
    }
    return String.join(", ", new ArrayList<>(methods));
  }

  /** Returns what a client is told of a problem. */
  static Problem problem(ProblemException problem) {
    Problem told =
        problem.status() == 503
            ? Problem.of(503, problem.detail(), "Retry-After", "1")
            : Problem.of(problem.status(), problem.detail());
    return told.withFaults(Problem.Fault.inAttributes(null, problem.faults()));
  }
}
