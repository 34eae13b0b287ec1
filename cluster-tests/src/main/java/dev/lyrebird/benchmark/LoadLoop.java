package dev.lyrebird.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;

/**
 * The one thread's loop over all connections of a run: it sends what is due and reads what came.
 */
final class LoadLoop implements AutoCloseable {

  /** Together the buffers of all connections take about this much. */
  private static final int BUFFER_BYTES = 64 << 20;

  private static final int LARGEST_BUFFER = 64 << 10;
  private static final int SMALLEST_BUFFER = 8 << 10;
  private static final long CONNECT_LIMIT_NANOS = 30_000_000_000L;

  private final Selector selector;
  private final List<Wire> wires = new ArrayList<>();
  private final int bufferBytes;

  LoadLoop(int connections) throws IOException {
    selector = Selector.open();
    bufferBytes = Math.clamp(BUFFER_BYTES / 2 / connections, SMALLEST_BUFFER, LARGEST_BUFFER);
  }

  /**
   * Sends what may be sent now; returns whether it has more to send as soon as that is possible.
   */
  interface Pump {
    boolean send() throws IOException;

    /** Returns one that sends what both do. */
    default Pump and(Pump other) {
      return () -> {
        boolean hasMore = send();
        return other.send() || hasMore;
      };
    }
  }

  Wire connect(InetSocketAddress server, Wire.Dialogue dialogue) throws IOException {
    Wire wire = new Wire(selector, server, wires.size(), bufferBytes, dialogue);
    wires.add(wire);
    return wire;
  }

  /** Runs until every connection has been accepted by the server. */
  void awaitReady() throws IOException {
    long deadline = System.nanoTime() + CONNECT_LIMIT_NANOS;
    while (!wires.stream().allMatch(Wire::isReady)) {
      if (System.nanoTime() > deadline) {
        throw new IOException("the server did not accept all connections in time");
      }
      turn(10);
    }
  }

  /** Says goodbye on every connection, and waits until the server has closed them. */
  void disconnect() throws IOException {
    for (Wire wire : wires) {
      MqttWire.disconnect(wire.out());
      wire.flush();
      wire.awaitEnd();
    }
  }

  /** Runs for so long, sending all the while. */
  void run(double seconds, Pump pump) throws IOException {
    long end = System.nanoTime() + (long) (seconds * 1e9);
    while (System.nanoTime() < end) {
      turn(pump.send() ? 0 : 1);
    }
  }

  @Override
  public void close() throws IOException {
    for (Wire wire : wires) {
      wire.close();
    }
    selector.close();
  }

  /** One turn: reads and writes where it is possible, and waits for that at most so long. */
  private void turn(long waitMillis) throws IOException {
    try {
      if (waitMillis == 0) {
        selector.selectNow(LoadLoop::handle);
      } else {
        selector.select(LoadLoop::handle, waitMillis);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static void handle(SelectionKey key) {
    try {
      Wire wire = (Wire) key.attachment();
      if (key.isReadable()) {
        wire.read();
      }
      if (key.isWritable()) {
        wire.flush();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
