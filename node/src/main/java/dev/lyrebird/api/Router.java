package dev.lyrebird.api;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which code answers behind which path. To be set up before the node starts.
 *
 * <pre>{@code
 * Router router = new Router();
 * router.get("/hello/{name}", context -> "hello " + context.parameter("name"));
 * router.ws("/chat/{room}", new Chat());
 * router.resource("/dog", new Dog());
 * router.mount("/api", others);
 * }</pre>
 *
 * <p>A segment in braces takes any one segment; a last segment {@code {name*}} takes what follows
 * the slash before it, be it nothing. A slash at the end of a pattern does not count; one at the
 * end of a path does, and so does {@code %2F}, which is a slash. Of several routes that fit a path,
 * the one takes it that is literal where the others are not, from the left. Routes go before
 * tables.
 */
public final class Router {

  private final Map<String, Route> routes = new LinkedHashMap<>();
  private final List<Mounted> mounted = new ArrayList<>();

  private record Mounted(String prefix, Router router) {}

  /**
   * A route in its place.
   *
   * @param pattern whole, without its first slash
   */
  public record Placed(String pattern, Route route) {}

  /** Answers a request that has no content. */
  @FunctionalInterface
  public interface Reading {

    /** Returns the answer, as {@link Resource} has it. */
    @Nullable Object answer(Context context) throws Exception;
  }

  /** Answers a request with its content. */
  @FunctionalInterface
  public interface Writing {

    /** Returns the answer, as {@link Resource} has it. */
    @Nullable Object answer(Message content, Context context) throws Exception;
  }

  /** Takes a message, as {@link Resource#publish} does. */
  @FunctionalInterface
  public interface Taking {

    /** Takes it; it is acknowledged when this returns. */
    void take(Message message, Context context) throws Exception;
  }

  /** Lets a client in. */
  @FunctionalInterface
  public interface Connecting {

    /** Returns what the client is sent, as {@link Resource#connect} does. */
    OutgoingMessages connect(IncomingMessages incoming, Context context) throws Exception;
  }

  /** Has a resource answer behind a path. */
  public Route resource(String pattern, Resource resource) {
    Route route = new Route(trimmed(pattern), new Endpoint(resource, Call.takenBy(resource), null));
    refuseSecond(pattern, routes.putIfAbsent(trimmed(pattern), route) == null);
    return route;
  }

  /**
   * Has a handler serve the connections to a path, of whatever protocol. Code for calls may stand
   * behind the same path, such as a page; {@link ConnectionHandler#allows} is not asked about
   * those.
   */
  public <D extends @Nullable Object> Route ws(String pattern, ConnectionHandler<D> handler) {
    Route route = routeFor(Call.CONNECT, pattern);
    route.serveConnectionsBy(handler);
    return route;
  }

  /** Has code serve the connections to a path, of whatever protocol. */
  public Route connect(String pattern, Connecting code) {
    Route route = routeFor(Call.CONNECT, pattern);
    lambdasOf(route).add(code);
    return route;
  }

  /** Has code answer GET and HEAD. */
  public Route get(String pattern, Reading code) {
    return add(pattern, Call.GET, (content, context) -> code.answer(context));
  }

  /** Has code answer PUT. */
  public Route put(String pattern, Writing code) {
    return add(pattern, Call.PUT, code);
  }

  /** Has code answer PATCH. */
  public Route patch(String pattern, Writing code) {
    return add(pattern, Call.PATCH, code);
  }

  /** Has code answer POST. */
  public Route post(String pattern, Writing code) {
    return add(pattern, Call.POST, code);
  }

  /** Has code answer DELETE. */
  public Route delete(String pattern, Reading code) {
    return add(pattern, Call.DELETE, (content, context) -> code.answer(context));
  }

  /** Has code take messages that come on no connection. */
  public Route publish(String pattern, Taking code) {
    return add(
        pattern,
        Call.PUBLISH,
        (content, context) -> {
          code.take(content, context);
          return null;
        });
  }

  /** Has the routes of another router answer below a path. */
  public Router mount(String prefix, Router router) {
    if (router == this) {
      throw new IllegalArgumentException("a router cannot be mounted below itself");
    }
    mounted.add(new Mounted(trimmed(prefix), router));
    return this;
  }

  /** Returns all routes with their whole patterns. */
  public List<Placed> routes() {
    List<Placed> all = new ArrayList<>();
    routes.forEach((pattern, route) -> all.add(new Placed(pattern, route)));
    for (Mounted each : mounted) {
      for (Placed route : each.router().routes()) {
        all.add(new Placed(joined(each.prefix(), route.pattern()), route.route()));
      }
    }
    return all;
  }

  private Route add(String pattern, Call call, Writing code) {
    Route route = routeFor(call, pattern);
    lambdasOf(route).add(call, code);
    return route;
  }

  /** Returns the route to which code for several calls may be added, one after another. */
  private Route routeFor(Call call, String pattern) {
    Route route =
        routes.computeIfAbsent(
            trimmed(pattern),
            trimmed -> {
              Lambdas lambdas = new Lambdas();
              return new Route(trimmed, new Endpoint(lambdas, lambdas.calls(), null));
            });
    refuseSecond(pattern, lambdasOf(route).reserve(call));
    return route;
  }

  private static Lambdas lambdasOf(Route route) {
    if (route.endpoint().resource() instanceof Lambdas lambdas) {
      return lambdas;
    }
    throw second(route.pattern());
  }

  private static void refuseSecond(String pattern, boolean isFirst) {
    if (!isFirst) {
      throw second(pattern);
    }
  }

  private static IllegalArgumentException second(String pattern) {
    return new IllegalArgumentException(
        "there is something behind the path %s already".formatted(pattern));
  }

  private static String joined(String prefix, String pattern) {
    return prefix.isEmpty() ? pattern : pattern.isEmpty() ? prefix : prefix + '/' + pattern;
  }

  private static String trimmed(String pattern) {
    int from = pattern.startsWith("/") ? 1 : 0;
    int to =
        pattern.length() > from && pattern.endsWith("/") ? pattern.length() - 1 : pattern.length();
    return pattern.substring(from, to);
  }
}
