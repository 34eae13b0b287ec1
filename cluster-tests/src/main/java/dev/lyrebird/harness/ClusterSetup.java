package dev.lyrebird.harness;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * How several nodes are to be started that form one cluster. Node {@code i} is named {@code n<i>},
 * from 1, and keeps data and log in a folder of that name.
 *
 * @param network what they run on, one node a host; empty for the loopback of this machine
 * @param each what is special about each node's setup
 */
public record ClusterSetup(
    Path folder, int size, Optional<Network> network, UnaryOperator<NodeSetup> each) {

  /** Three JVMs and their clients share a small machine. */
  private static final List<String> SMALL_JVM =
      List.of("-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

  /** Where a node on a host of its own is looked for by the others. */
  private static final int HOST_PORT = 9932;

  /** {@code size} nodes on the loopback with the shipped configuration, in emptied folders. */
  public static ClusterSetup of(Path folder, int size) {
    return new ClusterSetup(
        folder.toAbsolutePath(), size, Optional.empty(), setup -> setup.jvm(SMALL_JVM));
  }

  /** The same on a network, on which they can be cut off from one another. */
  public ClusterSetup on(Network where) {
    return new ClusterSetup(folder, size, Optional.of(where), each);
  }

  /** The same with one more thing said of each node. */
  public ClusterSetup with(UnaryOperator<NodeSetup> more) {
    return new ClusterSetup(folder, size, network, setup -> more.apply(each.apply(setup)));
  }

  public ClusterSetup schema(String sdl) {
    return with(setup -> setup.schema(sdl));
  }

  public ClusterSetup set(String key, String value) {
    return with(setup -> setup.set(key, value));
  }

  /** The setups of the nodes, from the first. */
  List<NodeSetup> nodes() {
    List<Integer> ports =
        IntStream.range(0, size)
            .map(i -> network.isPresent() ? HOST_PORT : Ports.free())
            .boxed()
            .toList();
    List<String> members = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      members.add("\"" + address(i + 1) + ":" + ports.get(i) + "\"");
    }
    List<NodeSetup> setups = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      String name = "n" + (i + 1);
      NodeSetup setup =
          NodeSetup.in(folder.resolve(name))
              .set("node.name", name)
              .set("cluster.enabled", "true")
              .set("cluster.name", folder.getFileName().toString())
              .set("cluster.port", Integer.toString(ports.get(i)))
              .set("cluster.members", members.toString());
      setups.add(each.apply(network.isPresent() ? setup.on(network.get().host(i + 1)) : setup));
    }
    return setups;
  }

  private String address(int number) {
    return network.map(where -> where.host(number).address()).orElse("127.0.0.1");
  }
}
