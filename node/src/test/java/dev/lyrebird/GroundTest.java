package dev.lyrebird;

import static org.junit.jupiter.api.Assertions.assertFalse;

import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What stands on a cluster comes down whether the cluster answers or not. */
@Timeout(120)
final class GroundTest {

  @TempDir Path folder;

  private Ground ground;
  private HazelcastInstance hazelcast;

  @BeforeEach
  void join() throws Exception {
    Files.writeString(folder.resolve("schema.graphql"), "type T @export { id: ID }");
    NodeConfig config =
        ConfigFile.read(
            Files.writeString(folder.resolve("config.yaml"), ""),
            List.of(
                "node.name=one",
                "cluster=true",
                "cluster.name=" + folder.getFileName(),
                "cluster.port=0"));
    Set<HazelcastInstance> before = Hazelcast.getAllHazelcastInstances();
    ground = Ground.of(config, 1, 0, Duration.ofMillis(100));
    hazelcast =
        Hazelcast.getAllHazelcastInstances().stream()
            .filter(instance -> !before.contains(instance))
            .findFirst()
            .orElseThrow();
  }

  @Test
  void stopThatWaitsForTheClusterEndsWhenTheNodeLeavesIt() {
    Floor floor = new Floor(ground);
    floor.deploy(List.of(new AwaitsTheCluster()));

    floor.clear();
    ground.close();

    assertFalse(hazelcast.getLifecycleService().isRunning());
  }

  /** Like the taking back of an address for which another node would have to answer. */
  private final class AwaitsTheCluster extends VerticleBase {

    @Override
    public Future<?> stop() {
      Promise<Void> answer = Promise.promise();
      hazelcast
          .getLifecycleService()
          .addLifecycleListener(
              event -> answer.tryFail(new HazelcastInstanceNotActiveException("it is left")));
      return answer.future();
    }
  }
}
