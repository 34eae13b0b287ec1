package dev.lyrebird.cluster;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a node finds others and is found by them.
 *
 * @param name nodes of one name find one another
 * @param address an IP address of this node, for Hazelcast and for the event bus
 * @param hazelcastPort 0 takes a free one
 * @param eventBusPort 0 takes a free one
 * @param members addresses of nodes to look for, {@code host:port} each
 * @param joinSeconds the longest wait for others at the start
 * @param hazelcastFile a Hazelcast configuration that says how nodes find one another, in place of
 *     {@code members}
 * @param tls by which nodes know one another on the event bus; null where they need not
 */
public record ClusterSettings(
    String name,
    String address,
    int hazelcastPort,
    int eventBusPort,
    List<String> members,
    int joinSeconds,
    @Nullable Path hazelcastFile,
    @Nullable Tls tls) {

  public ClusterSettings {
    members = List.copyOf(members);
  }

  /**
   * Files in PEM.
   *
   * @param key the node's private key
   * @param certificate the node's certificate
   * @param trusted the certificates that sign those of nodes
   */
  public record Tls(Path key, Path certificate, Path trusted) {}
}
