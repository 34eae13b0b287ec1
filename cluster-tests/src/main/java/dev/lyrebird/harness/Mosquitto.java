package dev.lyrebird.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A mosquitto of its own, persistence on, on a free port of the loopback: the yardstick of the
 * benchmark. Needs Debian's package {@code mosquitto}.
 */
public final class Mosquitto implements AutoCloseable {

  private static final Duration START_LIMIT = Duration.ofSeconds(30);

  private final Program program;
  private final int port;

  private Mosquitto(Program program, int port) {
    this.program = program;
    this.port = port;
  }

  /** Starts it with its data and log in {@code folder}; returns when it accepts clients. */
  public static Mosquitto start(Path folder) {
    try {
      int port = Ports.free();
      Files.createDirectories(folder);
      Path config = folder.resolve("mosquitto.conf");
      Files.writeString(config, config(folder, port));
      Program program =
          Program.start(
              List.of(executable(), "-c", config.toString()), folder.resolve("mosquitto.log"));
      awaitPort(program, port);
      return new Mosquitto(program, port);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start mosquitto", e);
    }
  }

  public int port() {
    return port;
  }

  public long pid() {
    return program.pid();
  }

  @Override
  public void close() {
    program.close();
  }

  /**
   * Its queues are unlimited: a message that mosquitto drops would look like one it does cheaply.
   */
  private static String config(Path folder, int port) {
    return """
    listener %d 127.0.0.1
    allow_anonymous true
    persistence true
    persistence_location %s/
    max_queued_messages 0
    set_tcp_nodelay true
    """
        .formatted(port, folder.toAbsolutePath());
  }

  /** Debian puts it where only root's PATH looks. */
  private static String executable() {
    return Files.isExecutable(Path.of("/usr/sbin/mosquitto")) ? "/usr/sbin/mosquitto" : "mosquitto";
  }

  /** mosquitto says nothing when it is ready: only a connection tells. */
  private static void awaitPort(Program program, int port) {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (!accepts(port)) {
      if (!program.isAlive() || System.nanoTime() > deadline) {
        program.kill();
        throw new IllegalStateException("mosquitto does not start:\n" + program.logTail());
      }
      Thread.onSpinWait();
    }
  }

  private static boolean accepts(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 100);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
