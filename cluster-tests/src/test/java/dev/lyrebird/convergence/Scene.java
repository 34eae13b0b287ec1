package dev.lyrebird.convergence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.client.Rest;
import dev.lyrebird.harness.Addresses;
import dev.lyrebird.harness.Await;
import dev.lyrebird.harness.BuildFolder;
import dev.lyrebird.harness.Cluster;
import dev.lyrebird.harness.ClusterSetup;
import dev.lyrebird.harness.Network;
import dev.lyrebird.harness.NodeProcess;
import dev.lyrebird.history.History;
import dev.lyrebird.history.Kind;
import dev.lyrebird.history.Recorder;
import dev.lyrebird.history.Verdict;
import dev.lyrebird.history.Write;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;

/**
 * Three nodes, a watcher of each kind at each of them, and the record of what all clients do and
 * see. Owned by the test's thread.
 */
final class Scene implements AutoCloseable {

  /** The table that everybody writes to. */
  static final String TABLE = "Rows";

  static final String SCHEMA = "type Rows @table @export { id: ID @primaryKey }";

  /** Whether faults and loads have their full length. */
  static final boolean LONG = Boolean.getBoolean("long");

  private static final int NODES = 3;
  private static final Path FOLDER = BuildFolder.of("clusters");
  private static final Duration TELLING_LIMIT = Duration.ofSeconds(30);

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final String name;
  private final Optional<Network> network;
  private final Cluster cluster;
  private final Recorder recorder = new Recorder();
  private final List<Watcher> watchers = new ArrayList<>();
  private final List<Recorder.Log> guests = new ArrayList<>();

  private Scene(String name, Optional<Network> network, UnaryOperator<ClusterSetup> setup) {
    this.name = name;
    this.network = network;
    System.out.println(name + ": -Dseed=" + seed);
    try {
      ClusterSetup plain = ClusterSetup.of(FOLDER.resolve(name), NODES).schema(SCHEMA);
      cluster = Cluster.start(setup.apply(network.map(plain::on).orElse(plain)));
    } catch (RuntimeException e) {
      network.ifPresent(Network::close);
      throw e;
    }
    cluster
        .nodes()
        .forEach(node -> watchers.addAll(Watcher.everyKindAt(node.addresses(), recorder)));
  }

  /** Three nodes on this machine's loopback. */
  static Scene of(String name) {
    return of(name, setup -> setup);
  }

  static Scene of(String name, UnaryOperator<ClusterSetup> setup) {
    return new Scene(name, Optional.empty(), setup);
  }

  /** Three nodes on a network that can be cut; skips the test where there can be none. */
  static Scene onNetwork(String name, UnaryOperator<ClusterSetup> setup) {
    Optional<String> impediment = Network.impediment();
    if (impediment.isPresent()) {
      throw new TestAbortedException("no faults between nodes: " + impediment.get());
    }
    return new Scene(name, Optional.of(Network.of(NODES, 1)), setup);
  }

  /** Three nodes on a network where there can be one, on the loopback where not. */
  static Scene onNetworkIfPermitted(String name) {
    Optional<String> impediment = Network.impediment();
    impediment.ifPresent(why -> System.out.println(name + ": no faults between nodes: " + why));
    return impediment.isEmpty() ? onNetwork(name, setup -> setup) : of(name);
  }

  /** The same, watched by nobody but the test and its guests. */
  Scene unwatched() {
    cluster.nodes().forEach(this::leave);
    return this;
  }

  Cluster cluster() {
    return cluster;
  }

  NodeProcess node(int number) {
    return cluster.node(number);
  }

  Network network() {
    return network.orElseThrow();
  }

  boolean hasNetwork() {
    return network.isPresent();
  }

  Random random() {
    return random;
  }

  /** The watchers at one node. */
  List<Watcher> watchersAt(NodeProcess node) {
    return watchers.stream().filter(watcher -> watcher.log().node().equals(node.name())).toList();
  }

  /**
   * Where somebody else writes down what he is told, who is subscribed to everything and whom the
   * test looks after.
   */
  Recorder.Log guest(String guest, NodeProcess node) {
    Recorder.Log log = recorder.observer(guest, node.name());
    guests.add(log);
    return log;
  }

  private List<Recorder.Log> logs() {
    return Stream.concat(watchers.stream().map(Watcher::log), guests.stream()).toList();
  }

  /** Clients of every protocol at each of these nodes. */
  Load load(List<NodeProcess> nodes, Load.Plan plan) {
    return new Load(recorder, nodes.stream().map(NodeProcess::addresses).toList(), plan, random);
  }

  Load loadEverywhere(Load.Plan plan) {
    return load(cluster.nodes(), plan);
  }

  /**
   * Waits until the nodes agree and everybody was told everything, and judges what was seen;
   * returns how long the nodes took to agree.
   */
  Duration conclude(Duration limit) {
    Duration taken = cluster.awaitAgreement(TABLE, limit);
    awaitMarks();
    var _ = cluster.awaitAgreement(TABLE, limit);
    History history = recorder.history(rows());
    List<Verdict> verdicts = history.verdicts();
    System.out.printf("%s: nodes agree after %d ms%n", name, taken.toMillis());
    verdicts.forEach(verdict -> System.out.println("  " + verdict));
    List<String> resets = logs().stream().flatMap(log -> log.resets().stream()).toList();
    assertEquals(List.of(), resets, "no cursor fails, -Dseed=" + seed);
    assertEquals(
        List.of(),
        verdicts.stream().filter(verdict -> !verdict.holds()).toList(),
        "-Dseed=" + seed);
    assertTrue(recorder.acknowledgements() > 0, "nothing was acknowledged");
    return taken;
  }

  /** Its watchers leave, and are not missed. */
  void leave(NodeProcess node) {
    List<Watcher> leaving = watchersAt(node);
    leaving.forEach(Watcher::close);
    leaving.forEach(watcher -> watcher.log().interrupt());
    watchers.removeAll(leaving);
  }

  /** Starts a node that was killed again; its watchers go on there. */
  void restart(NodeProcess node) {
    node.restart();
    watchersAt(node).forEach(watcher -> watcher.moveTo(node.addresses()));
  }

  static void assertNone(List<String> failures) {
    assertEquals(List.of(), failures, "no client is refused or loses its connection");
  }

  @Override
  public void close() {
    watchers.forEach(Watcher::close);
    cluster.close();
    network.ifPresent(Network::close);
  }

  /** One more message of each node: who has seen it was told all that its node had before. */
  private void awaitMarks() {
    for (NodeProcess node : cluster.nodes()) {
      Addresses at = node.addresses();
      Write mark = recorder.next("mark@" + at.node(), at.node(), "mark", Kind.MESSAGE);
      try (Rest rest = new Rest(at)) {
        assertEquals(202, rest.post("/" + TABLE + "/mark", mark.json()).statusCode());
      }
      recorder.acknowledge(mark);
      var _ =
          Await.until(
              () -> logs().stream().allMatch(log -> log.saw(mark)),
              TELLING_LIMIT,
              () -> "not everybody was told " + mark + ": " + blind(mark));
    }
  }

  private List<String> blind(Write mark) {
    return logs().stream().filter(log -> !log.saw(mark)).map(Recorder.Log::toString).toList();
  }

  private Map<String, Map<String, Write>> rows() {
    Map<String, Map<String, Write>> rows = new HashMap<>();
    for (NodeProcess node : cluster.nodes()) {
      Map<String, Write> held = new HashMap<>();
      cluster
          .rows(node, TABLE)
          .forEach((id, row) -> held.put(id, Write.in(row.toString()).orElseThrow()));
      rows.put(node.name(), held);
    }
    return rows;
  }
}
