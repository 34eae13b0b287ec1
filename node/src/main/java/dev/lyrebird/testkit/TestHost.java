package dev.lyrebird.testkit;

import dev.lyrebird.api.Call;
import dev.lyrebird.api.Message;
import dev.lyrebird.api.ProblemException;
import dev.lyrebird.api.Protocol;
import dev.lyrebird.api.Router;
import dev.lyrebird.api.Tables;
import dev.lyrebird.hosting.Facilities;
import dev.lyrebird.hosting.Host;
import dev.lyrebird.hosting.RequestContext;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Runs the code of a router, with its limits, as a node does: the same engine, without sockets. Any
 * thread may call.
 *
 * <pre>{@code
 * Router router = new Router();
 * router.ws("/chat/{room}", new Chat());
 * try (TestHost host = TestHost.of(router); TestClient ann = host.connect("/chat/a?name=ann")) {
 *   ann.say("hi");
 *   assertEquals("ann: hi", ann.hear());
 * }
 * }</pre>
 */
public final class TestHost implements AutoCloseable {

  private static final Message NOTHING = Message.text("");

  private final Host host;
  private final Facilities facilities;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("test-host").factory());

  private TestHost(Router router, Tables tables) {
    host = Host.of(router);
    facilities = new Facilities(tables, host::http);
    var _ =
        clock.scheduleAtFixedRate(
            host::tick, Host.TICK_MILLIS, Host.TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Begins to serve a router whose code asks for no tables. */
  public static TestHost of(Router router) {
    return of(
        router,
        name -> {
          throw new IllegalStateException(
              "code asks for the table %s, but the test has none: TestHost.of(router, tables)"
                  .formatted(name));
        });
  }

  /**
   * Begins to serve a router.
   *
   * @param tables what its code finds as the node's tables
   */
  public static TestHost of(Router router, Tables tables) {
    return new TestHost(router, tables);
  }

  /**
   * Connects a client to a path, as by a WebSocket, and waits until it is let in.
   *
   * @param target a path with a query, as in a URL
   * @throws ProblemException where it is not let in
   */
  public TestClient connect(String target) {
    return connect(target, Protocol.WEB_SOCKET, Map.of());
  }

  /**
   * Connects a client to a path, and waits until it is let in.
   *
   * @param headers header fields by their names, in any case
   * @throws ProblemException where it is not let in
   */
  public TestClient connect(String target, Protocol protocol, Map<String, String> headers) {
    TestClient client = new TestClient();
    Host.Match match = match(target);
    if (!match.route().calls().contains(Call.CONNECT)) {
      throw new ProblemException(404, "nobody can be connected to " + target);
    }
    client.connect(match.route(), context(target, match, protocol, headers));
    return client;
  }

  /**
   * Carries out a call of REST, or the publishing of a message, and waits for its end.
   *
   * @param target a path with a query, as in a URL
   * @param content text, bytes, a {@link Message}, or what is to be sent as JSON
   * @return what the code has returned
   * @throws ProblemException which the client would have been told
   */
  public @Nullable Object call(Call what, String target, @Nullable Object content) {
    return call(what, target, content, Map.of());
  }

  /**
   * Carries out a call with header fields, such as {@code If-Match}; otherwise as {@link
   * #call(Call, String, Object)}.
   *
   * @param headers header fields by their names, in any case
   */
  public @Nullable Object call(
      Call what, String target, @Nullable Object content, Map<String, String> headers) {
    Host.Match match = match(target);
    if (!match.route().calls().contains(what)) {
      throw new ProblemException(405, "%s does not take %s".formatted(target, what));
    }
    Message message = content == null ? NOTHING : Message.of(content);
    try {
      return match
          .route()
          .call(what, message, context(target, match, Protocol.REST, headers))
          .get(TestClient.PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof ProblemException problem
          ? problem
          : new IllegalStateException(e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new IllegalStateException("the call of %s did not end".formatted(target), e);
    }
  }

  /** Carries out a GET, and waits for its end; otherwise as {@link #call(Call, String, Object)}. */
  public @Nullable Object get(String target) {
    return call(Call.GET, target, null);
  }

  /** Ends all connections, as a node does that stops, and waits for the code to end. */
  @Override
  public void close() {
    clock.shutdownNow();
    host.close();
  }

  private Host.Match match(String target) {
    Host.Match match = host.match(path(target));
    if (match == null) {
      throw new ProblemException(404, "no route takes " + target);
    }
    return match;
  }

  private RequestContext context(
      String target, Host.Match match, Protocol protocol, Map<String, String> headers) {
    Map<String, String> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    fields.putAll(headers);
    return new RequestContext(
        protocol,
        null,
        "127.0.0.1",
        path(target),
        match,
        query(target),
        fields::get,
        queryText(target),
        facilities);
  }

  private static String path(String target) {
    int end = target.indexOf('?');
    String path = end < 0 ? target : target.substring(0, end);
    return decoded((path.startsWith("/") ? path.substring(1) : path).replace("+", "%2B"));
  }

  private static String queryText(String target) {
    int start = target.indexOf('?');
    return start < 0 ? "" : target.substring(start + 1);
  }

  private static Map<String, List<String>> query(String target) {
    Map<String, List<String>> all = new LinkedHashMap<>();
    String text = queryText(target);
    if (!text.isEmpty()) {
      for (String pair : text.split("&", -1)) {
        int equals = pair.indexOf('=');
        String name = equals < 0 ? pair : pair.substring(0, equals);
        String value = equals < 0 ? "" : pair.substring(equals + 1);
        all.computeIfAbsent(decoded(name), first -> new ArrayList<>()).add(decoded(value));
      }
    }
    return all;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
