package dev.lyrebird.cluster;

import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** A node's part in a cluster, with one table that takes note of what it is told. */
final class ClusterNode implements AutoCloseable {

  static final String LOOPBACK = "127.0.0.1";

  /** After which a node begins a cluster of its own: it must not because the machine is slow. */
  private static final int JOIN_SECONDS = 60;

  final BlockingQueue<TableRequest> told = new LinkedBlockingQueue<>();
  final Vertx vertx;
  final Membership membership;
  private final ClusteredBus bus;

  private ClusterNode(ClusterSettings settings, long id) {
    bus = ClusteredBus.join(settings, id, "node" + id, "", Duration.ofMillis(200));
    vertx = RunningTable.await(bus.vertx(settings, new VertxOptions().setEventLoopPoolSize(1)));
    ByReference.register(vertx.eventBus());
    vertx
        .eventBus()
        .<TableRequest>localConsumer(TableVerticle.address(0), message -> told.add(message.body()));
    membership = bus.membership(vertx, 1);
  }

  /** Starts a node that looks for the others. */
  static ClusterNode start(long id, ClusterNode... others) {
    return new ClusterNode(settings("test", null, others), id);
  }

  static ClusterNode start(ClusterSettings settings, long id) {
    return new ClusterNode(settings, id);
  }

  static ClusterSettings settings(
      String cluster, ClusterSettings.@Nullable Tls tls, ClusterNode... others) {
    List<String> members = List.of(others).stream().map(ClusterNode::address).toList();
    return new ClusterSettings(cluster, LOOPBACK, 0, 0, members, JOIN_SECONDS, null, tls);
  }

  String address() {
    return membership.self().address();
  }

  /** Returns the port at which its event bus listens. */
  int busPort() {
    return ((VertxInternal) vertx).clusterManager().getNodeInfo().port();
  }

  long id() {
    return membership.self().node();
  }

  /** Lets it vanish as a process does that is killed. */
  void kill() {
    String incarnation = membership.self().incarnation();
    for (HazelcastInstance each : Hazelcast.getAllHazelcastInstances()) {
      if (each.getCluster().getLocalMember().getUuid().toString().equals(incarnation)) {
        each.getLifecycleService().terminate();
      }
    }
    RunningTable.await(vertx.close());
  }

  @Override
  public void close() {
    RunningTable.await(vertx.close());
    bus.close();
  }
}
