package dev.lyrebird.sessions;

import dev.lyrebird.harness.Await;
import dev.lyrebird.harness.Cluster;
import dev.lyrebird.harness.NodeProcess;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** What befalls a cluster and its clients at random: nodes die and come back, clients wander. */
final class Turmoil {

  private static final Duration BETWEEN_LEAVES = Duration.ofMillis(50);
  private static final int LONGEST_DEATH_MILLIS = 4000;
  private static final int LONGEST_CALM_MILLIS = 5000;
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final Cluster cluster;
  private final RandomGenerator random;

  Turmoil(Cluster cluster, RandomGenerator random) {
    this.cluster = cluster;
    this.random = random;
  }

  /**
   * Lets one node after another die and come back.
   *
   * @param clients leave all the while, one after the other, and come back by themselves
   * @return how many times a node has died
   */
  int pass(Duration length, List<DurableClient> clients) {
    long end = System.nanoTime() + length.toNanos();
    SplittableRandom choice = new SplittableRandom(random.nextLong());
    Thread wanderer =
        Thread.ofVirtual()
            .start(() -> {
              while (System.nanoTime() < end) {
                clients.get(choice.nextInt(clients.size())).leave();
                Await.passing(BETWEEN_LEAVES);
              }
            });
    int kills = killUntil(end);
    Await.until(() -> !wanderer.isAlive(), LIMIT, () -> "clients still leave");
    return kills;
  }

  private int killUntil(long end) {
    int kills = 0;
    while (System.nanoTime() < end) {
      Await.passing(Duration.ofMillis(random.nextInt(LONGEST_CALM_MILLIS)));
      NodeProcess victim = cluster.nodes().get(random.nextInt(cluster.nodes().size()));
      Duration death = Duration.ofMillis(random.nextInt(LONGEST_DEATH_MILLIS));
      System.out.printf("%s is dead for %d ms%n", victim.name(), death.toMillis());
      victim.kill();
      kills++;
      Await.passing(death);
      victim.restart();
      var _ = cluster.awaitMembers(LIMIT);
    }
    return kills;
  }
}
