package dev.lyrebird.benchmark;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * One non-blocking connection with its two buffers. What is put into {@link #out()} leaves with the
 * next {@link #flush()}. Owned by the load's thread.
 */
final class Wire implements AutoCloseable {

  /** What is spoken over a wire. */
  interface Dialogue {
    /** Takes whole units from {@code in} and leaves an unfinished one; answers into the wire. */
    void take(ByteBuffer in, Wire wire);

    /** Whether the server has accepted all that had to be said first. */
    boolean isReady();
  }

  private static final int CONNECTIONS_OF_ADDRESS = 10_000;

  private final SocketChannel channel;
  private final SelectionKey key;
  private final Dialogue dialogue;
  private final ByteBuffer in;
  private final ByteBuffer out;
  private boolean paused;

  /**
   * Connects.
   *
   * @param number among the connections of a run, which share several addresses of the loopback:
   *     one has too few ports for the largest runs
   * @param bufferBytes must hold the longest unit that comes
   */
  Wire(Selector selector, InetSocketAddress server, int number, int bufferBytes, Dialogue dialogue)
      throws IOException {
    this.dialogue = dialogue;
    in = ByteBuffer.allocateDirect(bufferBytes);
    out = ByteBuffer.allocateDirect(bufferBytes);
    channel = SocketChannel.open();
    if (server.getAddress().isLoopbackAddress()) {
      channel.bind(new InetSocketAddress("127.0.0." + (1 + number / CONNECTIONS_OF_ADDRESS), 0));
    }
    channel.connect(server);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.configureBlocking(false);
    key = channel.register(selector, SelectionKey.OP_READ, this);
  }

  boolean isReady() {
    return dialogue.isReady();
  }

  ByteBuffer out() {
    return out;
  }

  /** Writes what the socket takes; the rest goes when it has room again. */
  void flush() throws IOException {
    if (out.position() > 0) {
      out.flip();
      channel.write(out);
      out.compact();
      showInterest();
    }
  }

  private void showInterest() {
    key.interestOps(
        (paused ? 0 : SelectionKey.OP_READ) | (out.position() > 0 ? SelectionKey.OP_WRITE : 0));
  }

  /** Reads no more by itself. */
  void pause() {
    paused = true;
    showInterest();
  }

  /** Reads again whatever comes. */
  void readOn() {
    paused = false;
    showInterest();
  }

  /** Reads at most so much of what there is. */
  void sip(int bytes) throws IOException {
    in.limit(Math.min(in.capacity(), in.position() + bytes));
    read();
  }

  /** Reads what there is, and sends what the dialogue says to it. */
  void read() throws IOException {
    if (channel.read(in) < 0) {
      throw new EOFException("the server closed a connection");
    }
    in.flip();
    dialogue.take(in, this);
    in.compact();
    flush();
  }

  /** Waits until the server has closed the connection; what still comes is dropped. */
  void awaitEnd() throws IOException {
    key.cancel();
    key.selector().selectNow();
    channel.configureBlocking(true);
    while (channel.read(in) >= 0) {
      in.clear();
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
