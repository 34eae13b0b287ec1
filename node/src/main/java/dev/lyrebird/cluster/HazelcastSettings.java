package dev.lyrebird.cluster;

import com.hazelcast.config.Config;
import com.hazelcast.config.InvalidConfigurationException;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MultiMapConfig;
import com.hazelcast.config.NetworkConfig;
import java.io.FileNotFoundException;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The configuration of Hazelcast, which tells who is in the cluster and at which node each address
 * of the event bus listens; no row ever goes through it. What the operator's own file says is kept
 * but for the node's name, address and port, which are told in one place.
 */
final class HazelcastSettings {

  /** By this attribute Vert.x knows a node, also after clusters have merged. */
  static final String VERTX_NODE = "__vertx.nodeId";

  /** By these attributes nodes know one another. */
  static final String NODE = "lyrebird.node";

  static final String NAME = "lyrebird.name";
  static final String OPERATIONS = "lyrebird.operations";

  /** After so many seconds without a sign of life a node counts as gone. */
  static final int MAX_SILENCE_SECONDS = 10;

  /** What Vert.x keeps must outlive two nodes that go at once. */
  private static final int BACKUPS = 2;

  private static final Map<String, String> PROPERTIES =
      Map.ofEntries(
          Map.entry("hazelcast.logging.type", "slf4j"),
          Map.entry("hazelcast.phone.home.enabled", "false"),
          Map.entry("hazelcast.shutdownhook.enabled", "false"), // the node closes in its own order
          Map.entry("hazelcast.socket.bind.any", "false"),
          Map.entry("hazelcast.socket.connect.timeout.seconds", "3"),
          Map.entry("hazelcast.heartbeat.interval.seconds", "1"),
          Map.entry("hazelcast.max.no.heartbeat.seconds", Integer.toString(MAX_SILENCE_SECONDS)),
          Map.entry("hazelcast.merge.first.run.delay.seconds", "1"),
          Map.entry("hazelcast.merge.next.run.delay.seconds", "1"),
          // A cluster that is gone when ours is to merge with it: nothing is answered meanwhile.
          Map.entry("hazelcast.max.join.merge.target.seconds", "5"),
          Map.entry("hazelcast.wait.seconds.before.join", "0"),
          Map.entry("hazelcast.graceful.shutdown.max.wait", "5"),
          // Little is kept and little is asked: few parts and few threads start sooner.
          Map.entry("hazelcast.partition.count", "31"),
          Map.entry("hazelcast.operation.thread.count", "2"),
          Map.entry("hazelcast.operation.generic.thread.count", "2"),
          Map.entry("hazelcast.io.thread.count", "1"),
          Map.entry("hazelcast.event.thread.count", "1"));

  private HazelcastSettings() {}

  /**
   * Returns the configuration of a node.
   *
   * @throws ClusterException where the operator's file cannot be used
   */
  static Config of(ClusterSettings settings, long node, String name, String operations) {
    Config config = foundation(settings);
    config.setClusterName(settings.name());
    listenAt(settings, config);
    config.getMetricsConfig().setEnabled(false);
    config
        .getMemberAttributeConfig()
        .setAttribute(VERTX_NODE, UUID.randomUUID().toString())
        .setAttribute(NODE, Long.toHexString(node))
        .setAttribute(NAME, name)
        .setAttribute(OPERATIONS, operations);
    config.addMultiMapConfig(
        new MultiMapConfig("__vertx.subs")
            .setValueCollectionType(MultiMapConfig.ValueCollectionType.SET)
            .setBackupCount(BACKUPS));
    config.addMapConfig(new MapConfig("__vertx.nodeInfo").setBackupCount(BACKUPS));
    PROPERTIES.forEach((key, value) -> setUnlessSet(config, key, value));
    setUnlessSet(config, "hazelcast.max.join.seconds", Integer.toString(settings.joinSeconds()));
    setUnlessSet(
        config,
        "hazelcast.prefer.ipv4.stack",
        Boolean.toString(settings.address().indexOf(':') < 0));
    return config;
  }

  /** Returns the nodes that are looked for by address. */
  static List<String> members(Config config) {
    return List.copyOf(config.getNetworkConfig().getJoin().getTcpIpConfig().getMembers());
  }

  /** Sets the nodes that are looked for by address, also while Hazelcast runs. */
  static void lookFor(List<String> members, Config config) {
    config.getNetworkConfig().getJoin().getTcpIpConfig().setMembers(members);
  }

  private static Config foundation(ClusterSettings settings) {
    if (settings.hazelcastFile() == null) {
      Config config = new Config();
      JoinConfig join = config.getNetworkConfig().getJoin();
      join.getMulticastConfig().setEnabled(false);
      join.getAutoDetectionConfig().setEnabled(false);
      join.getTcpIpConfig().setEnabled(true).setMembers(settings.members());
      return config;
    }
    try {
      Config config = Config.loadFromFile(settings.hazelcastFile().toFile());
      config.getNetworkConfig().getJoin().getAutoDetectionConfig().setEnabled(false);
      return config;
    } catch (FileNotFoundException | InvalidConfigurationException e) {
      throw new ClusterException(
          "cluster.hazelcast: %s cannot be read: %s"
              .formatted(settings.hazelcastFile(), e.getMessage()),
          e);
    }
  }

  private static void listenAt(ClusterSettings settings, Config config) {
    NetworkConfig network = config.getNetworkConfig();
    network
        .setPort(settings.hazelcastPort())
        .setPortAutoIncrement(false)
        .setReuseAddress(true); // a node that was killed comes back to its port at once
    network.getInterfaces().clear().setEnabled(true).addInterface(settings.address());
  }

  private static void setUnlessSet(Config config, String key, String value) {
    if (config.getProperty(key) == null) {
      config.setProperty(key, value);
    }
  }
}
