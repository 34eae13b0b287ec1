package dev.lyrebird.sessions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.harness.Addresses;
import dev.lyrebird.harness.Await;
import dev.lyrebird.harness.BuildFolder;
import dev.lyrebird.harness.Cluster;
import dev.lyrebird.harness.ClusterSetup;
import dev.lyrebird.harness.NodeProcess;
import dev.lyrebird.history.Recorder;
import dev.lyrebird.history.Sent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Groups whose clients are connected to all nodes of a cluster: each message comes to one client of
 * each group, with QoS 2 exactly once and with QoS 1 at least once, whatever nodes are killed and
 * wherever clients go.
 */
final class SharedSubscriptionsIT {

  private static final boolean LONG = Boolean.getBoolean("long");
  private static final Path FOLDER = BuildFolder.of("clusters").resolve("shared-subscriptions");
  private static final Duration LENGTH = Duration.ofSeconds(LONG ? 300 : 30);
  private static final int GROUPS = 6;
  private static final int CLIENTS_OF_A_GROUP = 5;
  private static final int TOPICS = 10;
  private static final Duration BETWEEN_PUBLISHES = Duration.ofMillis(20);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(3);
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final int MOST_EXAMPLES = 10;

  /** After so long without a message, those that are missing will not come. */
  private static final Duration STANDSTILL = Duration.ofSeconds(15);

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final Recorder recorder = new Recorder();
  private final Cluster cluster = Cluster.start(ClusterSetup.of(FOLDER, 3).schema(Topics.SCHEMA));
  private final List<GroupTally> groups =
      IntStream.range(0, GROUPS).mapToObj(i -> new GroupTally("group-" + i)).toList();
  private final List<SharedSubscriber> subscribers =
      groups.stream().flatMap(this::subscribers).toList();
  private final List<SessionPublisher> publishers =
      cluster.nodes().stream().flatMap(node -> publishers(node.addresses())).toList();

  @AfterEach
  void close() {
    publishers.forEach(SessionPublisher::close);
    subscribers.forEach(SharedSubscriber::close);
    cluster.close();
  }

  @Test
  void everyGroupIsToldEverythingOnceWhateverNodesAreKilled() throws IOException {
    System.out.println("shared subscriptions: -Dseed=" + seed);
    open();
    publishers.forEach(SessionPublisher::start);
    int kills =
        new Turmoil(cluster, random)
            .pass(LENGTH, subscribers.stream().map(SharedSubscriber::client).toList());
    List<Sent> sent = finish();
    System.out.printf(
        "shared subscriptions: %d groups of %d clients, %d kills; %,d messages sent; %,d"
            + " deliveries, %,d of them repeated%n",
        GROUPS,
        CLIENTS_OF_A_GROUP,
        kills,
        sent.size(),
        groups.stream().mapToLong(GroupTally::told).sum(),
        groups.stream().mapToLong(group -> group.told() - group.distinct()).sum());
    assertTrue(kills > 0 && !sent.isEmpty(), "nothing happened");
    judge(sent);
  }

  @Test
  void clientsOfAllNodesTakeTurns() throws IOException {
    open();
    publishers.forEach(SessionPublisher::start);
    Await.passing(Duration.ofSeconds(5));
    List<Sent> sent = finish();
    judge(sent);
    for (GroupTally group : groups) {
      Map<String, Long> shares = group.shares();
      System.out.println(group.name() + ": " + shares);
      long even = sent.size() / CLIENTS_OF_A_GROUP;
      assertEquals(CLIENTS_OF_A_GROUP, shares.size(), () -> "clients of " + shares);
      shares.forEach((client, share) ->
          assertTrue(share > even / 2 && share < even * 2, () -> "of " + even + ": " + shares));
      assertEquals(sent.size(), group.told(), "nothing comes twice while nobody fails");
    }
  }

  private void open() {
    awaitAll(subscribers.stream().map(SharedSubscriber::open));
    awaitAll(publishers.stream().map(SessionPublisher::open));
  }

  /** Publishes no more, and waits until every group has been told everything. */
  private List<Sent> finish() throws IOException {
    publishers.forEach(publisher -> publisher.finish(LIMIT));
    List<Sent> sent = recorder.history(Map.of()).sent();
    Standstill standstill = new Standstill(STANDSTILL);
    try {
      var _ =
          Await.until(
              () ->
                  groups.stream().allMatch(group -> group.distinct() >= sent.size())
                      || standstill.isReachedAt(groups.stream().mapToLong(GroupTally::told).sum()),
              LIMIT,
              () -> "messages still come");
    } finally {
      Files.write(FOLDER.resolve("clients.log"), clients().map(DurableClient::story).toList());
    }
    return sent;
  }

  private void judge(List<Sent> sent) {
    List<String> faults = new ArrayList<>();
    clients().forEach(client -> faults.addAll(client.faults()));
    groups.forEach(group -> faults.addAll(group.faults(sent)));
    assertEquals(
        List.of(),
        faults.stream().limit(MOST_EXAMPLES).toList(),
        () -> "first of " + faults.size() + " faults; -Dseed=" + seed);
    assertEquals(sent.size(), recorder.acknowledgements(), "everything is acknowledged");
  }

  private Stream<DurableClient> clients() {
    return Stream.concat(
        subscribers.stream().map(SharedSubscriber::client),
        publishers.stream().map(SessionPublisher::client));
  }

  private Stream<SharedSubscriber> subscribers(GroupTally group) {
    List<Addresses> nodes = cluster.nodes().stream().map(NodeProcess::addresses).toList();
    return IntStream.range(0, CLIENTS_OF_A_GROUP)
        .mapToObj(i ->
            new SharedSubscriber(
                group.name() + "-client-" + i,
                group,
                nodes,
                LONGEST_PAUSE,
                new SplittableRandom(random.nextLong())));
  }

  private Stream<SessionPublisher> publishers(Addresses node) {
    return Stream.of(
        publisher("at-least-once@" + node.node(), node, Topics::atLeastOnce),
        publisher("once@" + node.node(), node, Topics::once));
  }

  private SessionPublisher publisher(String id, Addresses node, IntFunction<String> topic) {
    return new SessionPublisher(
        id,
        IntStream.range(0, TOPICS).mapToObj(topic).toList(),
        BETWEEN_PUBLISHES,
        node,
        new SplittableRandom(random.nextLong()),
        recorder);
  }

  private static void awaitAll(Stream<CompletableFuture<?>> futures) {
    CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new))
        .orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS)
        .join();
  }
}
