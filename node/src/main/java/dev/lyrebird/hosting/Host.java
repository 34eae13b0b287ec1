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
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
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

  private final Broadcasts broadcasts;
  private final MeterRegistry meters;
  private final AtomicLong numbers;
  private final BooleanSupplier neverWaits;
  private volatile Table table = new Table(List.of());

  /** Routes that are served no more and of which code may still run. */
  private final Queue<HostedRoute> retired = new ConcurrentLinkedQueue<>();

  private @Nullable HttpClient http;

  /**
   * A route in its place.
   *
   * @param source who brought it
   */
  private record Placed(String source, Pattern pattern, HostedRoute route)
      implements Comparable<Placed> {

    @Override
    public int compareTo(Placed other) {
      return pattern.compareTo(other.pattern);
    }
  }

  /**
   * All routes at one time.
   *
   * @param placed in the order in which they are tried
   */
  private record Table(List<Placed> placed) {

    List<HostedRoute> routes() {
      return placed.stream().map(Placed::route).distinct().toList();
    }

    List<HostedRoute> routesOf(String source) {
      return new Table(placed.stream().filter(each -> each.source().equals(source)).toList())
          .routes();
    }

    List<Placed> without(String source) {
      return placed.stream().filter(each -> !each.source().equals(source)).toList();
    }
  }

  /**
   * A route that a path belongs to.
   *
   * @param parameters the parts of the path that its pattern names
   */
  public record Match(HostedRoute route, Map<String, String> parameters) {}

  /**
   * @param nodes the other nodes, for rooms
   * @param firstNumber of connections
   */
  public Host(Nodes nodes, MeterRegistry meters, long firstNumber) {
    this(nodes, meters, firstNumber, () -> false);
  }

  /**
   * @param nodes the other nodes, for rooms
   * @param firstNumber of connections
   * @param neverWaits tells whether the current thread is an event loop
   */
  public Host(Nodes nodes, MeterRegistry meters, long firstNumber, BooleanSupplier neverWaits) {
    this.broadcasts =
        new Broadcasts(nodes, meters, System::nanoTime, Host::startTelling, this::heard);
    this.neverWaits = neverWaits;
    this.meters = meters;
    this.numbers = new AtomicLong(firstNumber);
  }

  /**
   * Serves routes in place of those that the same source has brought before. Connections to these
   * are closed with 1012; calls under way end as they would have.
   *
   * @param source in words for those who read logs
   * @return the routes that are served no more
   * @throws IllegalArgumentException where a pattern is at fault, or takes the same paths as
   *     another; then nothing has changed
   */
  public synchronized List<HostedRoute> serve(String source, List<Router.Placed> wanted) {
    check(source, wanted);
    if (!wanted.isEmpty()) {
      Carriers.provide();
    }
    List<HostedRoute> before = table.routesOf(source);
    before.forEach(route -> route.meters().remove(meters));
    IdentityHashMap<Route, HostedRoute> hosted = new IdentityHashMap<>();
    List<Placed> all = new ArrayList<>(table.without(source));
    for (Router.Placed each : wanted) {
      HostedRoute route = hosted.get(each.route());
      if (route == null) {
        route = hosted(each);
        hosted.put(each.route(), route);
      }
      all.add(new Placed(source, Pattern.parse(each.pattern()), route));
    }
    Collections.sort(all);
    table = new Table(List.copyOf(all));
    retired.addAll(before);
    before.forEach(route -> route.retire(Connection.RELOAD, "the resource is being replaced"));
    return before;
  }

  private HostedRoute hosted(Router.Placed each) {
    HostedRoute route =
        new HostedRoute(
            each.pattern(),
            each.route(),
            broadcasts,
            new RouteMeters(meters, each.pattern()),
            numbers,
            neverWaits);
    each.route().serveBy(route);
    return route;
  }

  private void check(String source, List<Router.Placed> wanted) {
    Map<Pattern, String> sources = new TreeMap<>();
    table.without(source).forEach(each -> sources.put(each.pattern(), each.source()));
    for (Router.Placed each : wanted) {
      String other = sources.putIfAbsent(Pattern.parse(each.pattern()), source);
      if (other != null) {
        throw new IllegalArgumentException(
            "the route %s of %s takes the paths of another, of %s"
                .formatted(each.pattern(), source, other));
      }
    }
  }

  /** Returns one without routes. */
  public static Host ofNothing() {
    return new Host(new LoneNode(0), new SimpleMeterRegistry(), 0);
  }

  /** Returns one that serves a router, on a node that has no others. */
  public static Host of(Router router) {
    Host host = ofNothing();
    host.serve("the router", router.routes());
    return host;
  }

  /** Returns the route that a path belongs to; null where there is none. */
  public @Nullable Match match(String path) {
    for (Placed each : table.placed()) {
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
    table.routes().forEach(route -> route.tick(now));
    retired.removeIf(HostedRoute::isIdle);
    retired.forEach(route -> route.tick(now));
  }

  /** Ends all connections and waits some time for the code to have ended too. */
  @Override
  public void close() {
    List<HostedRoute> all = new ArrayList<>(table.routes());
    all.forEach(route -> route.retire(Connection.GOING_AWAY, "the node is stopping"));
    all.addAll(retired);
    long since = System.nanoTime();
    while (!all.stream().allMatch(HostedRoute::isIdle)
        && System.nanoTime() - since < CLOSING.toNanos()) {
      LockSupport.parkNanos(STEP.toNanos());
    }
    HttpClient client = http;
    if (client != null) {
      client.shutdownNow();
    }
  }

  /** What is told waits for members, which an event loop does not. */
  private static void startTelling(Runnable task) {
    Thread.ofVirtual()
        .name("broadcasts")
        .start(() -> {
          Carriers.lower();
          task.run();
        });
  }

  private void heard(String pattern, @Nullable String room, Message message) {
    for (HostedRoute route : table.routes()) {
      if (route.pattern().equals(pattern)) {
        route.tell(room, new Sent(message));
      }
    }
  }
}
