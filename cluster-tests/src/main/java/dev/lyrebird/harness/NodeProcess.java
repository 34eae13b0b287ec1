package dev.lyrebird.harness;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A real node in its own JVM, from the packaged jar, reachable over its ports.
 *
 * <p>It can be killed, terminated, frozen and started again on the same data or other, on the same
 * ports. Its log stays in the folder of its setup. Owned by one thread; {@link #pid()} and {@link
 * #addresses()} may be read by any while the node is up.
 */
public final class NodeProcess implements AutoCloseable {

  /** A node starts in a second; a machine that is busy with other work takes many. */
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(20);

  private final Installation installation = Installation.find();
  private final NodeSetup setup;
  private final List<Relay> relays = new ArrayList<>();
  private final Addresses addresses;
  private Duration ahead = Duration.ZERO;
  private volatile Program program;

  private NodeProcess(NodeSetup setup) {
    this.setup = setup;
    this.program = run();
    Addresses listening = awaitReady(program);
    this.addresses = setup.host().map(host -> relayed(host, listening)).orElse(listening);
  }

  /** Starts a node and returns when it accepts clients. */
  public static NodeProcess start(NodeSetup setup) {
    return new NodeProcess(setup);
  }

  /** Where clients on this machine reach it, in every run. */
  public Addresses addresses() {
    return addresses;
  }

  public String name() {
    return addresses.node();
  }

  public long pid() {
    return program.pid();
  }

  public boolean isRunning() {
    return program.isAlive();
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

  /** SIGSTOP: its connections stay, and nobody answers. */
  public void freeze() {
    program.freeze();
  }

  /** SIGCONT. */
  public void thaw() {
    program.thaw();
  }

  /** Puts a schema in the file of the one that the node was started with; it is not told of it. */
  public void changeSchema(String sdl) {
    var _ = setup.schema(sdl);
  }

  /** SIGHUP: the node reloads its schema, and tells nobody but its log. */
  public void hangUp() {
    program.hangUp();
  }

  /** Starts the node that was killed or terminated again, on its data and on its ports. */
  public void restart() {
    refuseWhileItRuns();
    program = run();
    var _ = awaitReady(program);
  }

  /** Deletes all that the node that was killed or terminated kept. */
  public void eraseDisk() {
    refuseWhileItRuns();
    setup.disk().erase();
  }

  /** How large the files of its data are whose names end so; the node may run meanwhile. */
  public long diskBytes(String suffix) {
    return setup.disk().bytes(suffix);
  }

  /** Keeps a copy of all that the node that was killed or terminated has on its disk now. */
  public void keepDisk() {
    refuseWhileItRuns();
    setup.disk().copyTo(keptDisk());
  }

  /** Puts what {@link #keepDisk} kept in the place of what the node has on its disk now. */
  public void restoreDisk() {
    refuseWhileItRuns();
    keptDisk().copyTo(setup.disk());
  }

  /** Sets a movable clock ahead of the machine's, or behind; it stays so over restarts. */
  public void setClock(Duration newAhead) {
    ahead = newAhead;
    String told = NodeWithClock.told(newAhead.toMillis());
    program.tell(Long.toString(newAhead.toMillis()));
    var _ = program.awaitLine(told::equals, ANSWER_LIMIT);
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
    relays.forEach(Relay::close);
  }

  private Program run() {
    return Program.start(setup.command(installation, ahead.toMillis()), setup.log());
  }

  private void refuseWhileItRuns() {
    if (program.isAlive()) {
      throw new IllegalStateException("the node is still running: kill or terminate it first");
    }
  }

  private Disk keptDisk() {
    return new Disk(setup.directory().resolve("kept"));
  }

  /** Where a node is reached that listens on a host of a network. */
  private Addresses relayed(Network.Host host, Addresses listening) {
    return new Addresses(
        listening.node(),
        "127.0.0.1",
        relayed(host, listening.http()),
        relayed(host, listening.mqtt()),
        relayed(host, listening.operations()));
  }

  private int relayed(Network.Host host, int port) {
    Relay relay = new Relay(client -> host.dial(port));
    relays.add(relay);
    return relay.port();
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
