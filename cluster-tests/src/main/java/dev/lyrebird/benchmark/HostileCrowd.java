package dev.lyrebird.benchmark;

import dev.lyrebird.benchmark.Scenario.Receiver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Clients that have a node run code that blocks, spins, throws, floods and so on, and themselves
 * flood it or do not read. Owned by the load's thread.
 */
final class HostileCrowd implements LoadLoop.Pump, AutoCloseable {

  private static final int BLOCKED = 3;

  /** Fewer than {@code Limits.overdue}, beyond which a route takes no newcomers. */
  private static final int SPINNING = 3;

  private static final int THROWING = 4;
  private static final int THROWN_PER_SECOND = 100;
  private static final int FLOODING = 20;
  private static final int UNREAD = 20;

  /** How many connections it has at most. */
  static final int CONNECTIONS = BLOCKED + SPINNING + THROWING + FLOODING + UNREAD + 2;

  private static final byte[] FLOOD = new byte[1024];

  private final LoadLoop loop;
  private final InetSocketAddress server;
  private final Stamp stamp = new Stamp();
  private final long startedAt = stamp.now();
  private final List<Wire> all = new ArrayList<>();
  private final List<Wire> flooding = new ArrayList<>();
  private final List<Asker> throwing = new ArrayList<>();
  private long thrown;

  /** Opens all connections, and has the code begin. */
  HostileCrowd(LoadLoop loop, InetSocketAddress server) throws IOException {
    this.loop = loop;
    this.server = server;
    for (int i = 0; i < FLOODING; i++) {
      flooding.add(socket(ResourceNode.NEVER_READS));
    }
    List<Wire> unread = new ArrayList<>();
    for (int i = 0; i < UNREAD; i++) {
      unread.add(socket(ResourceNode.SENDS));
    }
    unread.add(socket(ResourceNode.SENDS_AFTER_CLOSE));
    loop.awaitReady();
    unread.forEach(Wire::pause);
    for (int i = 0; i < BLOCKED; i++) {
      ask(ResourceNode.BLOCKS);
    }
    for (int i = 0; i < SPINNING; i++) {
      ask(ResourceNode.SPINS);
    }
    for (int i = 0; i < THROWING; i++) {
      throwing.add(ask(ResourceNode.THROWS));
    }
  }

  private Wire socket(String path) throws IOException {
    Wire wire =
        loop.connect(server, new EventReceiver(Receiver.WEBSOCKET, stamp, (sent, now) -> {}));
    wire.out().put(EventReceiver.request(Receiver.WEBSOCKET, "/" + path));
    wire.flush();
    all.add(wire);
    return wire;
  }

  private Asker ask(String path) throws IOException {
    Answers answers = new Answers();
    Asker asker = new Asker(loop.connect(server, answers), answers, path);
    all.add(asker.wire());
    asker.ask();
    return asker;
  }

  private static byte[] request(String path) {
    return "GET /%s HTTP/1.1\r\nHost: localhost\r\n\r\n"
        .formatted(path)
        .getBytes(StandardCharsets.US_ASCII);
  }

  /** Floods, and asks for faults at their rate. */
  @Override
  public boolean send() throws IOException {
    for (Wire wire : flooding) {
      while (wire.out().remaining() >= EchoPeer.frameBytes(FLOOD)) {
        EchoPeer.putText(wire.out(), FLOOD);
      }
      wire.flush();
    }
    long due = (stamp.now() - startedAt) * THROWN_PER_SECOND / 1_000_000_000L;
    for (Asker asker : throwing) {
      if (thrown < due && asker.answers().isComplete()) {
        asker.ask();
        thrown++;
      }
    }
    return false;
  }

  /** Ends what goes on, and all connections. */
  @Override
  public void close() throws IOException {
    Asker last = ask(ResourceNode.CALM);
    while (!last.answers().isComplete()) {
      loop.run(0.1, () -> false);
    }
    for (Wire wire : all) {
      wire.close();
    }
  }

  /** A connection that asks for one thing. */
  private record Asker(Wire wire, Answers answers, String path) {

    void ask() throws IOException {
      answers.underWay++;
      wire.out().put(request(path));
      wire.flush();
    }
  }

  /** Counts answers, of whatever status. */
  private static final class Answers implements Wire.Dialogue {

    private int underWay;
    private long contentLeft;

    boolean isComplete() {
      return underWay == 0;
    }

    @Override
    public void take(ByteBuffer in, Wire wire) {
      while (in.hasRemaining()) {
        if (contentLeft == 0) {
          HttpHead head = HttpHead.take(in);
          if (head == null) {
            return;
          }
          contentLeft = head.contentLength();
        }
        int dropped = (int) Math.min(contentLeft, in.remaining());
        in.position(in.position() + dropped);
        contentLeft -= dropped;
        if (contentLeft == 0) {
          underWay--;
        }
      }
    }

    @Override
    public boolean isReady() {
      return true;
    }
  }
}
