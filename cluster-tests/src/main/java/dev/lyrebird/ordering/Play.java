package dev.lyrebird.ordering;

import dev.lyrebird.client.Rest;
import dev.lyrebird.client.ServerSentEvent;
import dev.lyrebird.client.SseClient;
import dev.lyrebird.harness.Addresses;
import dev.lyrebird.harness.Await;
import dev.lyrebird.harness.Cluster;
import dev.lyrebird.harness.ClusterSetup;
import dev.lyrebird.harness.Network;
import dev.lyrebird.harness.NodeProcess;
import dev.lyrebird.harness.NodeSetup;
import dev.lyrebird.harness.Weather;
import dev.lyrebird.history.EventJson;
import dev.lyrebird.history.Kind;
import dev.lyrebird.history.Recorder;
import dev.lyrebird.history.Write;
import dev.lyrebird.ordering.Trace.Episode;
import dev.lyrebird.ordering.Trace.Node;
import dev.lyrebird.ordering.Witness.Reading;
import dev.lyrebird.ordering.Witness.Told;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;

/**
 * Three nodes whose clocks differ, on a network that delays, is cut and heals, while a client at
 * each node writes rows that they share, and messages. Owned by one thread; one virtual thread for
 * each node writes, one listens, one reads the node's vector.
 */
final class Play implements AutoCloseable {

  private static final String TABLE = "Rows";
  private static final List<String> ROWS = List.of("door", "heater", "lamp");
  private static final List<String> WRITERS = List.of("a", "b", "c");

  private static final List<Duration> CLOCKS =
      List.of(Duration.ofMillis(1500), Duration.ZERO, Duration.ofMillis(-700));

  private static final Weather SLOW =
      Weather.CLEAR.delaying(Duration.ofMillis(80), Duration.ofMillis(140));

  private static final Duration BEFORE = Duration.ofMillis(2400);
  private static final Duration CUT = Duration.ofSeconds(3);
  private static final Duration AFTER = Duration.ofMillis(2200);
  private static final Duration AGREEMENT_LIMIT = Duration.ofSeconds(60);
  private static final Duration BETWEEN_READINGS = Duration.ofMillis(15);
  private static final int LEAST_PAUSE_MILLIS = 290;
  private static final int MOST_PAUSE_MILLIS = 500;

  private final SplittableRandom random;
  private final Optional<Network> network;
  private final Cluster cluster;
  private final Recorder recorder = new Recorder();
  private final List<List<Told>> told = new ArrayList<>();
  private final List<List<Reading>> readings = new ArrayList<>();
  private final List<Episode> episodes = new ArrayList<>();
  private final List<CompletableFuture<Void>> readers = new ArrayList<>();
  private final List<SseClient> subscribers = new ArrayList<>();
  private volatile boolean writing = true;
  private volatile boolean watching = true;
  private long begin;

  /** Starts three nodes with data and logs in {@code folder}. */
  Play(Path folder, long seed) {
    random = new SplittableRandom(seed);
    network =
        Network.impediment().isEmpty()
            ? Optional.of(Network.of(WRITERS.size(), seed))
            : Optional.empty();
    ClusterSetup setup =
        ClusterSetup.of(folder, WRITERS.size())
            .schema("type Rows @table @export { id: ID @primaryKey }")
            .with(NodeSetup::withMovableClock);
    try {
      cluster = Cluster.start(network.map(setup::on).orElse(setup));
    } catch (RuntimeException e) {
      network.ifPresent(Network::close);
      throw e;
    }
  }

  /** Performs and returns what was seen. Can be called once. */
  Trace perform() {
    List<NodeProcess> nodes = cluster.nodes();
    for (int i = 0; i < nodes.size(); i++) {
      nodes.get(i).setClock(CLOCKS.get(i));
      watch(nodes.get(i));
    }
    begin = System.nanoTime();
    network.ifPresent(there -> there.set(SLOW));
    List<CompletableFuture<Void>> writers = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      int node = i;
      SplittableRandom choices = random.split();
      writers.add(inBackground(() -> write(node, choices)));
    }
    Await.passing(BEFORE);
    separateFirstNode();
    Await.passing(AFTER);
    writing = false;
    writers.forEach(CompletableFuture::join);
    var _ = cluster.awaitAgreement(TABLE, AGREEMENT_LIMIT);
    awaitLastEvents();
    watching = false;
    readers.forEach(CompletableFuture::join);
    return trace();
  }

  @Override
  public void close() {
    watching = false;
    writing = false;
    subscribers.forEach(SseClient::close);
    cluster.close();
    network.ifPresent(Network::close);
  }

  private void separateFirstNode() {
    long from = micros();
    if (network.isPresent()) {
      network.get().set(SLOW.partitioned(List.of(Set.of(1), Set.of(2, 3))));
      Await.passing(CUT);
      network.get().set(SLOW);
      episodes.add(new Episode(from, micros(), "n1 is cut off from n2 and n3", List.of(0)));
    } else {
      cluster.node(1).freeze();
      Await.passing(CUT);
      cluster.node(1).thaw();
      episodes.add(new Episode(from, micros(), "n1 is frozen", List.of()));
    }
  }

  private void watch(NodeProcess node) {
    List<Told> events = new CopyOnWriteArrayList<>();
    List<Reading> vectors = new CopyOnWriteArrayList<>();
    told.add(events);
    readings.add(vectors);
    Recorder.Log log = recorder.observer("subscriber of " + node.name(), node.name());
    SseClient subscriber = SseClient.open(node.addresses().http("/" + TABLE + "/?ready=true"));
    var _ = subscriber.inbox().awaitAny(event -> event.data().contains("\"ready\""));
    subscribers.add(subscriber);
    var _ = subscriber.inbox().follow(event -> note(event, log, events));
    readers.add(inBackground(() -> read(node, vectors)));
  }

  private void note(ServerSentEvent event, Recorder.Log log, List<Told> events) {
    long now = micros();
    EventJson.sighting(event.data())
        .ifPresent(sighting -> {
          log.add(sighting);
          events.add(new Told(sighting, now));
        });
  }

  private void read(NodeProcess node, List<Reading> vectors) {
    while (watching) {
      try {
        Map<String, Long> vector = cluster.report(node).vector(TABLE);
        vectors.add(new Reading(micros(), vector));
      } catch (AssertionError e) {
        // A frozen node does not answer: it applies nothing either.
      }
      Await.passing(BETWEEN_READINGS);
    }
  }

  private void write(int node, SplittableRandom choices) {
    Addresses at = cluster.nodes().get(node).addresses();
    try (Rest rest = new Rest(at)) {
      while (writing) {
        Await.passing(Duration.ofMillis(choices.nextInt(LEAST_PAUSE_MILLIS, MOST_PAUSE_MILLIS)));
        Kind kind = choices.nextInt(5) < 2 ? Kind.MESSAGE : Kind.PUT;
        String topic = kind == Kind.MESSAGE ? "news" : ROWS.get(choices.nextInt(ROWS.size()));
        Write write = recorder.next(WRITERS.get(node), at.node(), topic, kind);
        String path = "/" + TABLE + "/" + topic;
        int status =
            (kind == Kind.MESSAGE ? rest.post(path, write.json()) : rest.put(path, write.json()))
                .statusCode();
        if (status < 300) {
          recorder.acknowledge(write);
        }
      }
    }
  }

  /** An event follows its commit by a moment. */
  private void awaitLastEvents() {
    var _ =
        Await.until(
            () ->
                IntStream.range(0, told.size())
                    .allMatch(i -> !readings.get(i).isEmpty() && quiet(told.get(i))),
            AGREEMENT_LIMIT,
            () -> "subscribers are still told");
  }

  private boolean quiet(List<Told> events) {
    return !events.isEmpty() && micros() - events.getLast().micros() > 500_000;
  }

  private Trace trace() {
    List<Witness> witnesses = new ArrayList<>();
    List<Node> lanes = new ArrayList<>();
    Map<String, Map<String, Write>> held = new TreeMap<>();
    for (int i = 0; i < WRITERS.size(); i++) {
      NodeProcess node = cluster.nodes().get(i);
      witnesses.add(
          new Witness(
              WRITERS.get(i), cluster.report(node).origin(TABLE), told.get(i), readings.get(i)));
      lanes.add(new Node(node.name(), CLOCKS.get(i)));
      Map<String, Write> rows = new HashMap<>();
      cluster
          .rows(node, TABLE)
          .forEach((id, row) -> Write.in(row.toString()).ifPresent(write -> rows.put(id, write)));
      held.put(node.name(), rows);
    }
    List<Trace.Change> changes = Witness.changes(witnesses);
    return new Trace(
        summary(changes.size()),
        lanes,
        changes,
        episodes,
        rows(held),
        recorder.history(held).verdicts());
  }

  private static Map<String, List<Optional<String>>> rows(Map<String, Map<String, Write>> held) {
    Map<String, List<Optional<String>>> rows = new HashMap<>();
    for (String row : ROWS) {
      rows.put(
          row,
          held.values().stream()
              .map(byId -> Optional.ofNullable(byId.get(row)).map(w -> w.writer() + w.number()))
              .toList());
    }
    return rows;
  }

  private String summary(int changes) {
    return network.isPresent()
        ? "Three nodes whose clocks differ, %d changes, delays of 80 to 220 ms, and one partition."
            .formatted(changes)
        : "Three nodes whose clocks differ, %d changes, and one node that was frozen: this machine permits no network namespaces, so there is no partition."
            .formatted(changes);
  }

  private long micros() {
    return (System.nanoTime() - begin) / 1000;
  }

  private static CompletableFuture<Void> inBackground(Runnable task) {
    return CompletableFuture.runAsync(task, Thread::startVirtualThread);
  }
}
