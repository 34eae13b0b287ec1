package dev.lyrebird.convergence;

import dev.lyrebird.harness.Await;
import dev.lyrebird.harness.NodeProcess;
import dev.lyrebird.harness.Weather;
import dev.lyrebird.history.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** One fault after another, at random, under load: an hour's worth in minutes. */
@TestInstance(Lifecycle.PER_CLASS)
final class SoakIT {

  private static final Load.Plan PLAN =
      Load.Plan.endless(50, Kind.MESSAGE, Kind.PUT, Kind.PUT, Kind.DELETE);
  private static final Duration LENGTH = Duration.ofSeconds(Scene.LONG ? 300 : 60);
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int LEAST_FAULT_MILLIS = 1000;
  private static final int MOST_FAULT_MILLIS = 14_000;

  private final Scene scene = Scene.onNetworkIfPermitted("soak");

  @AfterAll
  void close() {
    scene.close();
  }

  /** What can go wrong. Each leaves the cluster whole, so that the next one finds three nodes. */
  private enum Fault {
    KILL,
    FREEZE,
    PARTITION,
    DEAFNESS,
    WEATHER
  }

  /** What can be done without a network between the nodes. */
  private static final List<Fault> OF_NODES = List.of(Fault.KILL, Fault.FREEZE);

  @Test
  void whateverHappensNothingAcknowledgedIsLostAndNothingIsToldTwice() {
    long end = System.nanoTime() + LENGTH.toNanos();
    List<Fault> faults = scene.hasNetwork() ? List.of(Fault.values()) : OF_NODES;
    List<Load> loads = new ArrayList<>();
    scene.cluster().nodes().forEach(node -> loads.add(scene.load(List.of(node), PLAN)));
    while (System.nanoTime() < end) {
      Fault fault = faults.get(scene.random().nextInt(faults.size()));
      int victim = 1 + scene.random().nextInt(3);
      Duration length =
          Duration.ofMillis(scene.random().nextInt(LEAST_FAULT_MILLIS, MOST_FAULT_MILLIS));
      System.out.printf("soak: %s of n%d for %d ms%n", fault, victim, length.toMillis());
      happen(fault, victim, length, loads);
    }
    loads.forEach(Load::close);
    var _ = scene.conclude(LIMIT);
  }

  private void happen(Fault fault, int victim, Duration length, List<Load> loads) {
    NodeProcess node = scene.node(victim);
    Set<Integer> others = new TreeSet<>(Set.of(1, 2, 3));
    others.remove(victim);
    switch (fault) {
      case KILL -> {
        node.kill();
        Await.passing(length);
        scene.restart(node);
      }
      case FREEZE -> {
        node.freeze();
        Await.passing(length);
        node.thaw();
      }
      case PARTITION -> pass(Weather.CLEAR.partitioned(List.of(Set.of(victim), others)), length);
      case DEAFNESS -> {
        Weather deaf = Weather.CLEAR;
        for (int other : others) {
          deaf = deaf.deaf(other, victim);
        }
        pass(deaf, length);
      }
      case WEATHER ->
          pass(
              Weather.CLEAR.losing(0.05).delaying(Duration.ofMillis(30), Duration.ofMillis(60)),
              length);
    }
    renew(node, loads);
  }

  private void pass(Weather weather, Duration length) {
    scene.network().set(weather);
    Await.passing(length);
    scene.network().set(Weather.CLEAR);
  }

  /** Clients that lost their node are followed by others. */
  private void renew(NodeProcess node, List<Load> loads) {
    int place = scene.cluster().nodes().indexOf(node);
    if (!loads.get(place).failures().isEmpty()) {
      loads.get(place).close();
      loads.set(place, scene.load(List.of(node), PLAN));
    }
  }
}
