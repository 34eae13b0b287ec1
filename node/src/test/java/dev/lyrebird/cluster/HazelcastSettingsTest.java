package dev.lyrebird.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MultiMapConfig.ValueCollectionType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Hazelcast is told, with and without a file of the operator. */
final class HazelcastSettingsTest {

  private static final Path SHIPPED = Path.of("../conf/hazelcast.xml");

  @TempDir Path folder;

  @Test
  void nodesAreFoundByTheAddressesThatAreNamedAndNoOthers() {
    Config config = settings(null);

    JoinConfig join = config.getNetworkConfig().getJoin();
    assertEquals(List.of("10.0.0.1:9932"), join.getTcpIpConfig().getMembers());
    assertFalse(join.getMulticastConfig().isEnabled());
    assertFalse(join.isAutoDetectionEnabled());
    assertEquals("false", config.getProperty("hazelcast.phone.home.enabled"));
    assertEquals("false", config.getProperty("hazelcast.socket.bind.any"));
  }

  @Test
  void shippedFileDoesWhatTheAddressesOfThreeNodesDo() {
    Config config = settings(SHIPPED);

    JoinConfig join = config.getNetworkConfig().getJoin();
    assertEquals(
        List.of("127.0.0.1:9931", "127.0.0.1:9932", "127.0.0.1:9933"),
        join.getTcpIpConfig().getMembers());
    assertTrue(join.getTcpIpConfig().isEnabled());
    assertFalse(join.getKubernetesConfig().isEnabled());
    assertFalse(join.getMulticastConfig().isEnabled());
    assertFalse(join.isAutoDetectionEnabled());
  }

  @Test
  void fileComesBeforeWhatANodeSaysAndAfterWhatIsConfigured() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("hazelcast.yaml"),
            """
            hazelcast:
              cluster-name: elsewhere
              network:
                port: {port: 1}
              properties:
                hazelcast.max.no.heartbeat.seconds: 3
            """);

    Config config = settings(file);

    assertEquals("lyrebird", config.getClusterName());
    assertEquals(9932, config.getNetworkConfig().getPort());
    assertFalse(config.getNetworkConfig().isPortAutoIncrement());
    assertEquals(
        Set.of("10.0.0.7"), Set.copyOf(config.getNetworkConfig().getInterfaces().getInterfaces()));
    assertEquals("3", config.getProperty("hazelcast.max.no.heartbeat.seconds"));
    assertEquals("1", config.getProperty("hazelcast.heartbeat.interval.seconds"));
    assertEquals(
        ValueCollectionType.SET, config.getMultiMapConfig("__vertx.subs").getValueCollectionType());
  }

  @Test
  void fileThatCannotBeReadIsRefusedByItsKey() throws IOException {
    Path broken = Files.writeString(folder.resolve("broken.xml"), "<hazelcast><nothing/></hazel>");

    for (Path file : List.of(folder.resolve("absent.xml"), broken)) {
      ClusterException refused = assertThrows(ClusterException.class, () -> settings(file));
      assertTrue(
          String.valueOf(refused.getMessage())
              .startsWith("cluster.hazelcast: " + file + " cannot be read: "),
          refused.getMessage());
    }
  }

  private static Config settings(@Nullable Path file) {
    ClusterSettings settings =
        new ClusterSettings(
            "lyrebird", "10.0.0.7", 9932, 0, List.of("10.0.0.1:9932"), 10, file, null);
    return HazelcastSettings.of(settings, 1, "node", "");
  }
}
