package dev.lyrebird.cluster;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is in the cluster. Tells tables and others of this node who joins and who leaves, in one
 * order: a node that comes back, and one whose cluster has merged with ours, leaves first and joins
 * then.
 *
 * <p>Owned by an event loop, on which it looks when Hazelcast says that something has changed. Any
 * thread may ask who is there.
 */
public final class Membership {

  /** By this name it speaks to tables. */
  static final String ADDRESS = "membership";

  private static final Logger LOG = LoggerFactory.getLogger(Membership.class);

  private final HazelcastPeers hazelcast;
  private final Vertx vertx;
  private final Context owner;
  private final int tables;
  private final List<Watcher> watchers = new ArrayList<>();
  private Map<Long, Peer> told = Map.of();

  /** All that were there since this node has started, so that one that is gone still has a name. */
  private final Map<Long, Peer> acquainted = new ConcurrentHashMap<>();

  private record Watcher(LongConsumer joined, LongConsumer left) {}

  Membership(HazelcastPeers hazelcast, Vertx vertx, int tables) {
    this.hazelcast = hazelcast;
    this.vertx = vertx;
    this.tables = tables;
    this.owner = vertx.getOrCreateContext();
    hazelcast.onChange(() -> owner.runOnContext(turn -> look()));
    owner.runOnContext(turn -> look());
  }

  /** Returns the event loop from which other nodes are sent to. */
  public Context sender() {
    return owner;
  }

  /** Returns this node, as the others know it. */
  public Peer self() {
    return hazelcast.self();
  }

  /** Returns the process as which a node runs now, also this one; null where it is not there. */
  public @Nullable String process(long node) {
    Peer self = self();
    if (node == self.node()) {
      return self.process();
    }
    for (Peer peer : hazelcast.peers()) {
      if (peer.node() == node) {
        return peer.process();
      }
    }
    return null;
  }

  /**
   * Returns the other nodes that are there now, those that came first before others. A table that
   * asks once it listens, and then heeds what it is told, misses nothing.
   */
  public List<Peer> present() {
    long self = self().node();
    return hazelcast.peers().stream().filter(peer -> peer.node() != self).toList();
  }

  /**
   * Has somebody told who joins and who leaves, beginning with those that are there, on the event
   * loop that owns this.
   */
  void watch(LongConsumer joined, LongConsumer left) {
    owner.runOnContext(turn -> {
      watchers.add(new Watcher(joined, left));
      told.keySet().forEach(joined::accept);
    });
  }

  /** Returns what a node said of itself when it was there last, or null where it never was. */
  public @Nullable Peer acquainted(long node) {
    return acquainted.get(node);
  }

  /**
   * Returns what keeps this node from its place in the cluster, in words for the operator; empty
   * where nothing does. Clusters that merge may bring together a node and its copy.
   */
  public List<String> faults() {
    long self = self().node();
    return hazelcast.elders().stream()
        .filter(peer -> peer.node() == self)
        .map(twin ->
            "%s at %s has this node's id: this node runs on a copy of its data"
                .formatted(twin.name(), twin.address()))
        .toList();
  }

  private void look() {
    Map<Long, Peer> now =
        present().stream()
            .collect(
                Collectors.toMap(
                    Peer::node, peer -> peer, (elder, twin) -> elder, LinkedHashMap::new));
    acquainted.putAll(now);
    Map<Long, Peer> before = told;
    told = now;
    before.forEach((node, peer) -> {
      if (!peer.equals(now.get(node))) {
        log(peer, "a node left");
        tell(new TableRequest.PeerLeft(node));
        watchers.forEach(watcher -> watcher.left().accept(node));
      }
    });
    now.forEach((node, peer) -> {
      if (!peer.equals(before.get(node))) {
        log(peer, "a node joined");
        tell(new TableRequest.PeerJoined(node));
        watchers.forEach(watcher -> watcher.joined().accept(node));
      }
    });
  }

  private void tell(TableRequest change) {
    for (int i = 0; i < tables; i++) {
      vertx.eventBus().send(TableVerticle.address(i), change, ByReference.OPTIONS);
    }
  }

  private static void log(Peer peer, String event) {
    LOG.atInfo()
        .addKeyValue("node", Long.toHexString(peer.node()))
        .addKeyValue("name", peer.name())
        .addKeyValue("address", peer.address())
        .log(event);
  }
}
