package dev.lyrebird.cluster;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's part in a cluster: Hazelcast, which tells who is there, and the event bus that
 * reaches them. Started and closed by the thread that starts and closes the node: Hazelcast first,
 * then Vert.x on top of it; taken down in reverse.
 */
public final class ClusteredBus implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ClusteredBus.class);

  /** How long a node waits for its own earlier run to count as gone. */
  private static final Duration PATIENCE =
      Duration.ofSeconds(HazelcastSettings.MAX_SILENCE_SECONDS + 5);

  // A peer that is cut off is found out by the ping, but what waits in its socket is only given up
  // when nothing has come from it for longer than ping and answer together may take.
  private static final int PING_MILLIS = 4000;
  private static final int PING_ANSWER_MILLIS = 5000;
  private static final int SILENCE_SECONDS = 12;
  private static final int CONNECT_MILLIS = 3000;

  private final HazelcastPeers hazelcast;

  private ClusteredBus(HazelcastPeers hazelcast) {
    this.hazelcast = hazelcast;
  }

  /**
   * Joins the cluster, or begins one where no other node can be reached in time.
   *
   * @param node the id of this node's storage
   * @param name of this node
   * @param operations the URL of its operations port, or empty
   * @throws ClusterException where the address cannot be used, or a node with this id is there
   */
  public static ClusteredBus join(
      ClusterSettings settings, long node, String name, String operations) {
    return join(settings, node, name, operations, PATIENCE);
  }

  static ClusteredBus join(
      ClusterSettings settings, long node, String name, String operations, Duration patience) {
    ClusteredBus bus = new ClusteredBus(HazelcastPeers.join(settings, node, name, operations));
    try {
      bus.refuseTwin(patience);
    } catch (RuntimeException e) {
      bus.close();
      throw e;
    }
    LOG.atInfo()
        .addKeyValue("node", Long.toHexString(node))
        .addKeyValue("cluster", settings.name())
        .addKeyValue("address", bus.hazelcast.self().address())
        .log("in the cluster");
    return bus;
  }

  /** Starts Vert.x with an event bus that spans the cluster. */
  public Future<Vertx> vertx(ClusterSettings settings, VertxOptions options) {
    return Vertx.builder()
        .with(options.setEventBusOptions(busOptions(settings)))
        .withClusterManager(hazelcast.clusterManager())
        .buildClustered();
  }

  /**
   * Watches who is in the cluster, and tells the tables of that Vert.x.
   *
   * @param tables how many there are to be
   */
  public Membership membership(Vertx vertx, int tables) {
    return new Membership(hazelcast, vertx, tables);
  }

  /** Leaves the cluster; Vert.x must be closed by then. */
  @Override
  public void close() {
    hazelcast.close();
  }

  /**
   * Makes sure that no other node has this one's id, as a copy of its data would have. What this
   * node was before it was killed is still a member until Hazelcast has missed it.
   */
  private void refuseTwin(Duration patience) {
    CountDownLatch noTwin = new CountDownLatch(1);
    Runnable look =
        () -> {
          if (twin() == null) {
            noTwin.countDown();
          }
        };
    hazelcast.onChange(look);
    look.run();
    boolean isAlone;
    try {
      isAlone = noTwin.await(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException("the node is not to start after all", e);
    }
    Peer twin = twin();
    if (!isAlone && twin != null) {
      throw new ClusterException(
          "node %s at %s has the same id, %s: one of the two runs on a copy of the other's data;"
                  .formatted(twin.name(), twin.address(), Long.toHexString(twin.node()))
              + " start this one with an empty storage.path, which fills by itself");
    }
  }

  private @Nullable Peer twin() {
    long self = hazelcast.self().node();
    return hazelcast.elders().stream().filter(peer -> peer.node() == self).findFirst().orElse(null);
  }

  private static EventBusOptions busOptions(ClusterSettings settings) {
    EventBusOptions options =
        new EventBusOptions()
            .setHost(settings.address())
            .setPort(settings.eventBusPort())
            .setConnectTimeout(CONNECT_MILLIS)
            .setReadIdleTimeout(SILENCE_SECONDS)
            .setClusterPingInterval(PING_MILLIS)
            .setClusterPingReplyInterval(PING_ANSWER_MILLIS);
    ClusterSettings.Tls tls = settings.tls();
    if (tls != null) {
      options
          .setSsl(true)
          .setTrustAll(false)
          .setClientAuth(ClientAuth.REQUIRED)
          .setKeyCertOptions(
              new PemKeyCertOptions()
                  .setKeyPath(tls.key().toString())
                  .setCertPath(tls.certificate().toString()))
          .setTrustOptions(new PemTrustOptions().addCertPath(tls.trusted().toString()));
    }
    return options;
  }
}
