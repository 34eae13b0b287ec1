package dev.lyrebird.harness;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The one address at which HTTP clients find several nodes, as behind a load balancer: each
 * connection goes to the node that is chosen when it is opened. Remembers what every connection
 * asked for first. Any thread may use it.
 */
public final class Balancer implements AutoCloseable {

  private static final String HEAD_END = "\r\n\r\n";
  private static final int MAX_HEAD_BYTES = 16_384;

  private final Relay relay = new Relay(this::dial);
  private final List<Connection> connections = new ArrayList<>();
  private Addresses chosen;

  /**
   * One connection.
   *
   * @param node whom it went to
   * @param head of its first request
   */
  public record Connection(String node, String head, SocketChannel client) {}

  /** A balancer that begins with one node. */
  public Balancer(Addresses first) {
    chosen = first;
  }

  /** The address of a path at whichever node is chosen. */
  public URI http(String path) {
    return URI.create("http://127.0.0.1:" + relay.port() + path);
  }

  /** Sends connections to a node from now on. */
  public synchronized void choose(Addresses node) {
    chosen = node;
  }

  /** Cuts every connection, wherever in its bytes it is. */
  public synchronized void cut() {
    connections.forEach(connection -> Relay.closeQuietly(connection.client()));
  }

  /** Every connection so far that asked for something, in order. */
  public synchronized List<Connection> connections() {
    return List.copyOf(connections);
  }

  @Override
  public void close() {
    relay.close();
    cut();
  }

  private SocketChannel dial(SocketChannel client) throws IOException {
    ByteBuffer head = ByteBuffer.allocate(MAX_HEAD_BYTES);
    while (!text(head).contains(HEAD_END)) {
      if (client.read(head) < 0) {
        throw new IOException("a connection ended before it asked for anything");
      }
    }
    SocketChannel node = connect(client, text(head));
    head.flip();
    while (head.hasRemaining()) {
      node.write(head);
    }
    return node;
  }

  private synchronized SocketChannel connect(SocketChannel client, String head) throws IOException {
    SocketChannel node = SocketChannel.open(new InetSocketAddress(chosen.host(), chosen.http()));
    connections.add(new Connection(chosen.node(), head, client));
    return node;
  }

  private static String text(ByteBuffer filled) {
    return StandardCharsets.ISO_8859_1.decode(filled.duplicate().flip()).toString();
  }
}
