package dev.lyrebird.sessions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.harness.Addresses;
import dev.lyrebird.harness.Await;
import dev.lyrebird.harness.BuildFolder;
import dev.lyrebird.harness.Cluster;
import dev.lyrebird.harness.ClusterSetup;
import dev.lyrebird.harness.NodeProcess;
import dev.lyrebird.history.History;
import dev.lyrebird.history.Recorder;
import dev.lyrebird.history.Sent;
import dev.lyrebird.history.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/**
 * Durable clients whose nodes are killed and started again at random, and who also leave by
 * themselves, each time to come back at a node at random: what was published with QoS 2 comes to
 * each of them exactly once, with QoS 1 at least once, and in the order of its publisher.
 */
@TestInstance(Lifecycle.PER_CLASS)
final class SessionsIT {

  private static final boolean LONG = Boolean.getBoolean("long");
  private static final Path FOLDER = BuildFolder.of("clusters").resolve("sessions");
  private static final int CLIENTS = LONG ? 1000 : 100;
  private static final Duration LENGTH = Duration.ofSeconds(LONG ? 300 : 40);

  /** Ten clients share each topic. */
  private static final int TOPICS = CLIENTS / 10;

  /** Of each publisher, of which each node has one for each QoS. */
  private static final Duration BETWEEN_PUBLISHES = Duration.ofMillis(20);

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(3);
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private static final int MOST_EXAMPLES = 10;

  /** After so long without a message, those that are missing will not come. */
  private static final Duration STANDSTILL = Duration.ofSeconds(15);

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final Recorder recorder = new Recorder();
  private final Cluster cluster = Cluster.start(ClusterSetup.of(FOLDER, 3).schema(Topics.SCHEMA));
  private final List<SessionSubscriber> subscribers =
      IntStream.range(0, CLIENTS).mapToObj(this::subscriber).toList();
  private final List<SessionPublisher> publishers =
      cluster.nodes().stream().flatMap(node -> publishers(node.addresses())).toList();

  @AfterAll
  void close() {
    publishers.forEach(SessionPublisher::close);
    subscribers.forEach(SessionSubscriber::close);
    cluster.close();
  }

  @Test
  void everySessionIsToldWhatItSubscribedToWhateverNodesAreKilled() throws IOException {
    System.out.println("sessions: -Dseed=" + seed);
    awaitAll(subscribers.stream().map(SessionSubscriber::open));
    awaitAll(publishers.stream().map(SessionPublisher::open));
    publishers.forEach(SessionPublisher::start);
    int kills =
        new Turmoil(cluster, random)
            .pass(LENGTH, subscribers.stream().map(SessionSubscriber::client).toList());
    publishers.forEach(publisher -> publisher.finish(LIMIT));
    Duration drained = awaitDrained();
    writeStories();
    judge(kills, drained);
  }

  private SessionSubscriber subscriber(int number) {
    return new SessionSubscriber(
        "subscriber-" + number,
        Topics.atLeastOnce(number % TOPICS),
        Topics.once(number % TOPICS),
        cluster.nodes().stream().map(NodeProcess::addresses).toList(),
        LONGEST_PAUSE,
        new SplittableRandom(random.nextLong()),
        recorder);
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

  /** Waits until everybody has seen everything, or nothing comes any more; returns how long. */
  private Duration awaitDrained() {
    Map<String, Long> sent =
        recorder.history(Map.of()).sent().stream()
            .collect(Collectors.groupingBy(Sent::topic, Collectors.counting()));
    Standstill standstill = new Standstill(STANDSTILL);
    return Await.until(
        () ->
            subscribers.stream().allMatch(subscriber -> subscriber.hasSeen(sent))
                || standstill.isReachedAt(sum(SessionSubscriber::told)),
        LIMIT,
        () -> "messages still come");
  }

  /** Keeps the connections of every client beside the logs of the nodes. */
  private void writeStories() throws IOException {
    List<Sent> sent = recorder.history(Map.of()).sent();
    subscribers.forEach(subscriber -> subscriber.tellMissed(sent));
    Files.write(FOLDER.resolve("clients.log"), clients().map(DurableClient::story).toList());
  }

  private void judge(int kills, Duration drained) {
    History history = recorder.history(Map.of());
    List<Verdict> verdicts =
        history.verdicts().stream().filter(verdict -> verdict.facts() > 0).toList();
    System.out.printf(
        "sessions: %,d clients, %,d connections, %d kills; %,d messages sent, %,d acknowledged;"
            + " %,d deliveries, %,d of them repeated; all had come after %,d ms%n",
        CLIENTS,
        sum(subscriber -> subscriber.client().connections()),
        kills,
        history.sent().size(),
        recorder.acknowledgements(),
        sum(SessionSubscriber::told),
        sum(SessionSubscriber::repeated),
        drained.toMillis());
    verdicts.forEach(verdict -> System.out.println("  " + verdict));
    List<String> faults = clients().flatMap(client -> client.faults().stream()).toList();
    assertEquals(
        List.of(),
        faults.stream().limit(MOST_EXAMPLES).toList(),
        () -> "first of " + faults.size() + " faults that clients saw");
    assertEquals(
        List.of(),
        verdicts.stream().filter(verdict -> !verdict.holds()).toList(),
        "-Dseed=" + seed);
    assertEquals(history.sent().size(), recorder.acknowledgements(), "everything is acknowledged");
    assertTrue(kills > 0 && !history.sent().isEmpty(), "nothing happened");
  }

  private Stream<DurableClient> clients() {
    return Stream.concat(
        subscribers.stream().map(SessionSubscriber::client),
        publishers.stream().map(SessionPublisher::client));
  }

  private long sum(ToLongFunction<SessionSubscriber> count) {
    return subscribers.stream().mapToLong(count).sum();
  }

  private static void awaitAll(Stream<CompletableFuture<?>> futures) {
    CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new))
        .orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS)
        .join();
  }
}
