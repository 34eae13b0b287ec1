package dev.lyrebird.acceptance;

import dev.lyrebird.harness.NodeSetup;
import java.nio.file.Path;

/** Where the nodes of the tests keep their data and logs. */
final class Nodes {

  private static final Path FOLDER = Path.of("target", "nodes");

  private Nodes() {}

  /** The setup of a node with an empty folder of this name. */
  static NodeSetup named(String name) {
    return NodeSetup.in(FOLDER.resolve(name)).set("node.name", name);
  }

  /** A log beside those of the nodes, for another program. */
  static Path log(String name) {
    return FOLDER.resolve(name + ".log");
  }
}
