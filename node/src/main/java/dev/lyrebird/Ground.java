package dev.lyrebird;

import dev.lyrebird.cluster.ByReference;
import dev.lyrebird.cluster.ClusterSettings;
import dev.lyrebird.cluster.ClusteredBus;
import dev.lyrebird.cluster.Mail;
import dev.lyrebird.cluster.Membership;
import dev.lyrebird.resource.LoneNode;
import dev.lyrebird.resource.Nodes;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxException;
import io.vertx.core.VertxOptions;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What verticles stand on: Vert.x, by itself or with an event bus that spans the cluster. Used by
 * the thread that starts and closes the node.
 */
final class Ground implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Ground.class);

  /**
   * How long the end of anything may wait for the cluster: longer than a peer that hangs counts as
   * there, after which Hazelcast answers again.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private final Vertx vertx;
  private final @Nullable ClusteredBus bus;
  private final @Nullable Membership membership;
  private final Nodes nodes;
  private final Duration patience;

  private Ground(
      Vertx vertx,
      @Nullable ClusteredBus bus,
      @Nullable Membership membership,
      Nodes nodes,
      Duration patience) {
    this.vertx = vertx;
    this.bus = bus;
    this.membership = membership;
    this.nodes = nodes;
    this.patience = patience;
  }

  /**
   * Starts Vert.x, and joins the cluster where the configuration asks for one.
   *
   * @param node the id of this node's storage
   * @param tables how many tables are to stand on it
   */
  static Ground of(NodeConfig config, long node, int tables) {
    return of(config, node, tables, PATIENCE);
  }

  /**
   * Likewise.
   *
   * @param patience how long the end of anything may wait for the cluster
   */
  static Ground of(NodeConfig config, long node, int tables, Duration patience) {
    VertxOptions options = new VertxOptions().setEventLoopPoolSize(config.loops().mostOfADoor());
    if (!config.cluster().enabled()) {
      Vertx vertx = Vertx.vertx(options);
      ByReference.register(vertx.eventBus());
      return new Ground(vertx, null, null, new LoneNode(node), patience);
    }
    ClusterSettings settings = settings(config.cluster());
    ClusteredBus bus =
        ClusteredBus.join(settings, node, config.node().name(), operationsUrl(config.operations()));
    try {
      Vertx vertx = Floor.await(bus.vertx(settings, options));
      ByReference.register(vertx.eventBus());
      Membership membership = bus.membership(vertx, tables);
      return new Ground(
          vertx, bus, membership, Floor.await(Mail.open(vertx, membership)), patience);
    } catch (VertxException | IllegalArgumentException e) {
      bus.close();
      throw new ConfigException("cluster.tls: the event bus does not start: " + e.getMessage());
    } catch (RuntimeException e) {
      bus.close();
      throw e;
    }
  }

  Vertx vertx() {
    return vertx;
  }

  /** Returns who is in the cluster, or null where the node stands alone. */
  @Nullable Membership membership() {
    return membership;
  }

  /** Returns the way to other nodes. */
  Nodes nodes() {
    return nodes;
  }

  /**
   * Waits until something that stands here has ended. It takes its addresses on the event bus back,
   * for which Hazelcast may need other nodes that do not answer: one that hangs, one that has just
   * gone, or one with which the cluster is about to merge. Where that takes too long the node
   * leaves the cluster first: Hazelcast gives up what it waits for then, and the others forget the
   * addresses of a node that is gone.
   */
  void awaitEnd(Future<?> end) {
    if (bus == null || Floor.endsWithin(patience, end)) {
      Floor.await(end);
      return;
    }
    LOG.warn("the cluster does not answer this node, which stops: it leaves without an answer");
    bus.close();
    Floor.await(end.otherwiseEmpty()); // what could not be taken back is no fault now
  }

  @Override
  public void close() {
    try {
      awaitEnd(vertx.close());
    } finally {
      if (bus != null) {
        bus.close();
      }
    }
  }

  private static ClusterSettings settings(NodeConfig.Cluster wanted) {
    InetAddress address = address(wanted.host());
    NodeConfig.Cluster.Tls tls = wanted.tls();
    if (!tls.isOn() && !address.isLoopbackAddress()) {
      LOG.atWarn()
          .addKeyValue("address", wanted.host())
          .log("cluster.tls is not set: whoever reaches the event bus reads and writes all tables");
    }
    return new ClusterSettings(
        wanted.name(),
        address.getHostAddress(),
        wanted.port(),
        wanted.eventBusPort(),
        wanted.members(),
        wanted.joinSeconds(),
        wanted.hazelcast().isEmpty() ? null : Path.of(wanted.hazelcast()),
        tls.isOn()
            ? new ClusterSettings.Tls(
                readable("keyFile", tls.keyFile()),
                readable("certificateFile", tls.certificateFile()),
                readable("trustFile", tls.trustFile()))
            : null);
  }

  private static InetAddress address(String host) {
    try {
      return InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw new ConfigException("cluster.host is %s, which has no address".formatted(host));
    }
  }

  private static Path readable(String key, String file) {
    Path path = Path.of(file);
    if (!Files.isReadable(path)) {
      throw new ConfigException("cluster.tls.%s: %s cannot be read".formatted(key, file));
    }
    return path;
  }

  /** Returns the URL for other nodes to name; none where the port is not chosen yet. */
  private static String operationsUrl(NodeConfig.Operations operations) {
    String host =
        operations.host().contains(":") ? "[" + operations.host() + "]" : operations.host();
    return operations.port() == 0 ? "" : "http://" + host + ":" + operations.port();
  }
}
