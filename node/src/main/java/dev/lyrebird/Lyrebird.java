package dev.lyrebird;

import dev.lyrebird.api.Router;

/** Starts a node with users' code behind some of its paths: the last line of their {@code main}. */
public final class Lyrebird {

  private Lyrebird() {}

  /**
   * Starts a node, as {@code lyrebird start} does. When this returns, the node accepts clients; it
   * keeps the process alive until that is told to stop. Where the node cannot start, the process
   * ends with a line that says why.
   *
   * @param router which code answers behind which path
   * @param arguments the options of {@code lyrebird start}
   */
  public static void start(Router router, String... arguments) {
    Main.run(new Main.Start(router), arguments);
  }
}
