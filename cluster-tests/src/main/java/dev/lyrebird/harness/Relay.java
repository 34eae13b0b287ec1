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
 * A port of this machine behind which one port of a {@link Network.Host} lies: clients of this
 * process reach a node that listens on the loopback of its host alone.
 *
 * <p>It stays while the node behind it comes and goes; a connection to a node that is down is
 * closed at once. Two virtual threads carry each connection.
 */
final class Relay implements AutoCloseable {

  private static final int BUFFER_BYTES = 65_536;

  private final Network.Host host;
  private final int port;
  private final ServerSocketChannel listener;

  /** A relay to {@code port} of the host's loopback. */
  Relay(Network.Host host, int port) {
    this.host = host;
    this.port = port;
    try {
      listener =
          ServerSocketChannel.open()
              .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().name("relay to " + port).start(this::accept);
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
      SocketChannel node = host.dial(port);
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

  private static void closeQuietly(Channel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // It is closed all the same.
    }
  }
}
