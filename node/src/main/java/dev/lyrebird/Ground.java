package dev.lyrebird;

import dev.lyrebird.cluster.ByReference;
import dev.lyrebird.cluster.ClusterSettings;
import dev.lyrebird.cluster.ClusteredBus;
import dev.lyrebird.cluster.Mail;
import dev.lyrebird.cluster.Membership;
import dev.lyrebird.resource.LoneNode;
import dev.lyrebird.resource.Nodes;
import io.vertx.core.Vertx;
import io.vertx.core.VertxException;
import io.vertx.core.VertxOptions;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What verticles stand on: Vert.x, by itself or with an event bus that spans the cluster. Used by
 * the thread that starts and closes the node.
 */
final class Ground implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Ground.class);

  private final Vertx vertx;
  private final @Nullable ClusteredBus bus;
  private final @Nullable Membership membership;
  private final Nodes nodes;

  private Ground(
      Vertx vertx, @Nullable ClusteredBus bus, @Nullable Membership membership, Nodes nodes) {
    this.vertx = vertx;
    this.bus = bus;
    this.membership = membership;
    this.nodes = nodes;
  }

  /**
   * Starts Vert.x, and joins the cluster where the configuration asks for one.
   *
   * @param node the id of this node's storage
   * @param tables how many tables are to stand on it
   */
  static Ground of(NodeConfig config, long node, int tables) {
    VertxOptions options = new VertxOptions().setEventLoopPoolSize(config.loops().mostOfADoor());
    if (!config.cluster().enabled()) {
      Vertx vertx = Vertx.vertx(options);
      ByReference.register(vertx.eventBus());
      return new Ground(vertx, null, null, new LoneNode(node));
    }
    ClusterSettings settings = settings(config.cluster());
    ClusteredBus bus =
        ClusteredBus.join(settings, node, config.node().name(), operationsUrl(config.operations()));
    try {
      Vertx vertx = Floor.await(bus.vertx(settings, options));
      ByReference.register(vertx.eventBus());
      Membership membership = bus.membership(vertx, tables);
      return new Ground(vertx, bus, membership, Floor.await(Mail.open(vertx, membership)));
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

  @Override
  public void close() {
    Floor.await(vertx.close());
    if (bus != null) {
      bus.close();
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
