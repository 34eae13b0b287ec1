package dev.lyrebird.hosting;

import dev.lyrebird.api.Connection;
import dev.lyrebird.api.Message;
import dev.lyrebird.api.Route;
import dev.lyrebird.api.Router;
import dev.lyrebird.resource.LoneNode;
import dev.lyrebird.resource.Nodes;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * All routes of a node, and which of them a path belongs to. Doors ask it; whoever built it has it
 * look at the time and closes it. Any thread may call.
 */
public final class Host implements AutoCloseable {

  /** How often {@link #tick} is to be called. */
  public static final long TICK_MILLIS = 250;

  /** How long the end waits for users' code to end too. */
  private static final Duration CLOSING = Duration.ofSeconds(5);

  private static final Duration STEP = Duration.ofMillis(5);

  private static final Duration CONNECTING = Duration.ofSeconds(10);

  private final List<Placed> placed;
  private final List<HostedRoute> routes;
  private @Nullable HttpClient http;

  private record Placed(Pattern pattern, HostedRoute route) {}

  /**
   * A route that a path belongs to.
   *
   * @param parameters the parts of the path that its pattern names
   */
  public record Match(HostedRoute route, Map<String, String> parameters) {}

  /**
   * @param nodes the other nodes, for rooms
   * @param firstNumber of connections
   * @throws IllegalArgumentException where a pattern is at fault, or two take the same paths
   */
  public Host(List<Router.Placed> wanted, Nodes nodes, MeterRegistry meters, long firstNumber) {
    Broadcasts broadcasts = new Broadcasts(nodes, this::heard);
    AtomicLong numbers = new AtomicLong(firstNumber);
    IdentityHashMap<Route, HostedRoute> hosted = new IdentityHashMap<>();
    List<Placed> all = new ArrayList<>();
    for (Router.Placed each : wanted) {
      HostedRoute route =
          hosted.computeIfAbsent(
              each.route(),
              known ->
                  new HostedRoute(
                      each.pattern(),
                      each.route(),
                      broadcasts,
                      new RouteMeters(meters, each.pattern()),
                      numbers));
      all.add(new Placed(Pattern.parse(each.pattern()), route));
    }
    all.sort((one, other) -> one.pattern().compareTo(other.pattern()));
    for (int i = 1; i < all.size(); i++) {
      if (all.get(i).pattern().takesSameAs(all.get(i - 1).pattern())) {
        throw new IllegalArgumentException(
            "the routes %s and %s take the same paths"
                .formatted(all.get(i - 1).pattern(), all.get(i).pattern()));
      }
    }
    placed = List.copyOf(all);
    routes = List.copyOf(hosted.values());
    for (Router.Placed each : wanted) {
      HostedRoute route = hosted.get(each.route());
      if (route != null && route.pattern().equals(each.pattern())) {
        each.route().serveBy(route);
      }
    }
  }

  /** Returns one without routes. */
  public static Host ofNothing() {
    return new Host(List.of(), new LoneNode(0), new SimpleMeterRegistry(), 0);
  }

  /** Returns the route that a path belongs to; null where there is none. */
  public @Nullable Match match(String path) {
    for (Placed each : placed) {
      Map<String, String> parameters = each.pattern().match(path);
      if (parameters != null) {
        return new Match(each.route(), parameters);
      }
    }
    return null;
  }

  /** Returns the client for HTTP that all code shares. */
  public synchronized HttpClient http() {
    HttpClient client = http;
    if (client == null) {
      client = HttpClient.newBuilder().connectTimeout(CONNECTING).build();
      http = client;
    }
    return client;
  }

  /** Looks whether anything takes too long. */
  public void tick() {
    long now = System.nanoTime();
    routes.forEach(route -> route.tick(now));
  }

  /** Ends all connections and waits some time for the code to have ended too. */
  @Override
  public void close() {
    routes.forEach(route -> route.end(Connection.GOING_AWAY, "the node is stopping"));
    long since = System.nanoTime();
    while (!routes.stream().allMatch(HostedRoute::isIdle)
        && System.nanoTime() - since < CLOSING.toNanos()) {
      LockSupport.parkNanos(STEP.toNanos());
    }
    HttpClient client = http;
    if (client != null) {
      client.shutdownNow();
    }
  }

  private void heard(String pattern, @Nullable String room, Message message) {
    for (HostedRoute route : routes) {
      if (route.pattern().equals(pattern)) {
        route.tell(room, new Sent(message));
      }
    }
  }
}
