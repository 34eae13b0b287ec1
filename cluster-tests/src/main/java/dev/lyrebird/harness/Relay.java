package dev.lyrebird.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * A port of this machine behind which a node lies: clients reach one that listens on the loopback
 * of a {@link Network.Host} alone, or whichever a {@link Balancer} has chosen.
 *
 * <p>It stays while nodes come and go; a connection to a node that is down is closed at once. Two
 * virtual threads carry each connection.
 */
final class Relay implements AutoCloseable {

  private static final int BUFFER_BYTES = 65_536;

  private final Dial dial;
  private final ServerSocketChannel listener;

  /** Where the connection of a client goes on. */
  @FunctionalInterface
  interface Dial {
    SocketChannel dial(SocketChannel client) throws IOException;
  }

  /** A relay on a free port. */
  Relay(Dial dial) {
    this.dial = dial;
    try {
      listener =
          ServerSocketChannel.open()
              .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().name("relay at " + port()).start(this::accept);
  }

  /** The port of this machine that clients connect to. */
  int port() {
    return listener.socket().getLocalPort();
  }

  @Override
  public void close() {
    closeQuietly(listener);
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel client = listener.accept();
        Thread.ofVirtual().start(() -> connect(client));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void connect(SocketChannel client) {
    try {
      SocketChannel node = dial.dial(client);
      client.setOption(StandardSocketOptions.TCP_NODELAY, true);
      node.setOption(StandardSocketOptions.TCP_NODELAY, true);
      Thread.ofVirtual().start(() -> carry(client, node));
      carry(node, client);
      closeQuietly(node);
    } catch (IOException e) {
      // The node is down: its client is told so by the end of the connection.
    } finally {
      closeQuietly(client);
    }
  }

  /** Carries one direction until it ends or breaks, and tells the other side of its end. */
  private static void carry(SocketChannel from, SocketChannel to) {
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    try {
      while (from.read(buffer.clear()) >= 0) {
        buffer.flip();
        while (buffer.hasRemaining()) {
          to.write(buffer);
        }
      }
      to.shutdownOutput();
    } catch (IOException e) {
      closeQuietly(from);
      closeQuietly(to);
    }
  }

  static void closeQuietly(Channel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // It is closed all the same.
    }
  }
}
