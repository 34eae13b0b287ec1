package dev.lyrebird.cluster;

import com.hazelcast.cluster.Cluster;
import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent;
import io.vertx.core.spi.cluster.ClusterManager;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node's member of Hazelcast: who else is there. Any thread may use it; Hazelcast's threads say
 * that something has changed.
 */
final class HazelcastPeers implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(HazelcastPeers.class);

  private final HazelcastInstance hazelcast;

  private HazelcastPeers(HazelcastInstance hazelcast) {
    this.hazelcast = hazelcast;
  }

  /**
   * Joins the others, or starts alone where none can be joined in time; they are looked for then
   * while the node runs.
   *
   * @throws ClusterException where the address or the port cannot be used
   */
  static HazelcastPeers join(ClusterSettings settings, long node, String name, String operations) {
    Config config = HazelcastSettings.of(settings, node, name, operations);
    try {
      return new HazelcastPeers(Hazelcast.newHazelcastInstance(config));
    } catch (IllegalStateException e) {
      LOG.atWarn()
          .addKeyValue("cluster", settings.name())
          .log("no other node could be joined within cluster.joinSeconds; starting alone");
      return alone(settings, node, name, operations);
    } catch (RuntimeException e) {
      throw new ClusterException(
          "Hazelcast does not start with cluster.host %s and cluster.port %d; set others: %s"
              .formatted(settings.address(), settings.hazelcastPort(), e.getMessage()),
          e);
    }
  }

  /** A node that half knows another, which does not answer, would wait for it; so it knows none. */
  private static HazelcastPeers alone(
      ClusterSettings settings, long node, String name, String operations) {
    Config config = HazelcastSettings.of(settings, node, name, operations);
    List<String> members = HazelcastSettings.members(config);
    HazelcastSettings.lookFor(List.of(), config);
    HazelcastInstance started = Hazelcast.newHazelcastInstance(config);
    HazelcastSettings.lookFor(members, config);
    return new HazelcastPeers(started);
  }

  /** Returns what clusters an event bus over these peers. */
  ClusterManager clusterManager() {
    return new HazelcastClusterManager(hazelcast);
  }

  /** Has it told, on a thread of Hazelcast, whenever there may be other peers than before. */
  void onChange(Runnable look) {
    hazelcast
        .getCluster()
        .addMembershipListener(
            new MembershipListener() {
              @Override
              public void memberAdded(MembershipEvent event) {
                look.run();
              }

              @Override
              public void memberRemoved(MembershipEvent event) {
                look.run();
              }
            });
    hazelcast
        .getLifecycleService()
        .addLifecycleListener(event -> {
          if (event.getState() == LifecycleEvent.LifecycleState.MERGED) {
            look.run();
          }
        });
  }

  /** Returns this node, as the others know it. */
  Peer self() {
    Peer self = peer(hazelcast.getCluster().getLocalMember());
    if (self == null) {
      throw new IllegalStateException("this node does not bear the attributes that it was given");
    }
    return self;
  }

  /** Returns the other nodes, those that are there longest first. */
  List<Peer> peers() {
    return peers(false);
  }

  /** Returns the nodes that were there before this one. */
  List<Peer> elders() {
    return peers(true);
  }

  private List<Peer> peers(boolean eldersOnly) {
    List<Peer> peers = new ArrayList<>();
    Cluster cluster = hazelcast.getCluster();
    for (Member member : cluster.getMembers()) { // in the order in which they came
      if (member.localMember()) {
        if (eldersOnly) {
          break;
        }
        continue;
      }
      Peer peer = peer(member);
      if (peer != null) {
        peers.add(peer);
      }
    }
    return peers;
  }

  /** Leaves the cluster, so that the others need not find out. */
  @Override
  public void close() {
    hazelcast.shutdown();
  }

  /** Returns what a member says of itself; null where it is no node of ours. */
  private static @Nullable Peer peer(Member member) {
    String node = member.getAttribute(HazelcastSettings.NODE);
    if (node == null) {
      return null;
    }
    return new Peer(
        Long.parseUnsignedLong(node, 16),
        orEmpty(member.getAttribute(HazelcastSettings.NAME)),
        member.getAddress().getHost() + ":" + member.getAddress().getPort(),
        orEmpty(member.getAttribute(HazelcastSettings.OPERATIONS)),
        member.getUuid().toString(),
        orEmpty(member.getAttribute(HazelcastSettings.VERTX_NODE)));
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
