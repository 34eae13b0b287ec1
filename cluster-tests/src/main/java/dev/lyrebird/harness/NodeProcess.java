package dev.lyrebird.harness;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A real node in its own JVM, from the packaged jar, reachable over its ports.
 *
 * <p>It can be killed, terminated and started again on the same data and the same ports. Its log
 * stays in the folder of its setup. Owned by one thread; {@link #pid()} and {@link #addresses()}
 * may be read by any while the node is up.
 */
public final class NodeProcess implements AutoCloseable {

  /** A node starts in a second; a machine that is busy with other work takes many. */
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private final Installation installation = Installation.find();
  private final NodeSetup setup;
  private volatile Program program;
  private volatile Addresses addresses;

  private NodeProcess(NodeSetup setup) {
    this.setup = setup;
    this.program = run(setup);
    this.addresses = awaitReady(program);
  }

  /** Starts a node and returns when it accepts clients. */
  public static NodeProcess start(NodeSetup setup) {
    return new NodeProcess(setup);
  }

  public Addresses addresses() {
    return addresses;
  }

  public long pid() {
    return program.pid();
  }

  /** What the node printed to standard output since its last start. */
  public List<String> printed() {
    return program.lines();
  }

  /** kill -9. */
  public void kill() {
    program.kill();
  }

  /** SIGTERM; returns the exit code when the node has stopped. */
  public int terminate() {
    return program.terminate();
  }

  /** Starts the node that was killed or terminated again, on its data and on its ports. */
  public void restart() {
    if (program.isAlive()) {
      throw new IllegalStateException("the node is still running: kill or terminate it first");
    }
    program = run(setup.on(addresses));
    addresses = awaitReady(program);
  }

  public String logTail() {
    return program.logTail();
  }

  public Path log() {
    return setup.log();
  }

  @Override
  public void close() {
    program.close();
  }

  private Program run(NodeSetup how) {
    return Program.start(how.command(installation), how.log());
  }

  private static Addresses awaitReady(Program program) {
    try {
      String line = program.awaitLine(any -> Addresses.parse(any).isPresent(), START_LIMIT);
      return Addresses.parse(line).orElseThrow();
    } catch (IllegalStateException e) {
      program.kill();
      throw e;
    }
  }
}
