package dev.lyrebird.benchmark;

import dev.lyrebird.benchmark.Scenario.Receiver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket whose server sends back what it is sent, and how many of its messages are under way.
 * Owned by the load's thread.
 */
final class EchoPeer implements Receipts {

  private static final byte TEXT_FRAME = (byte) 0x81;
  private static final byte MASKED = (byte) 0x80;
  private static final int TWO_BYTES = 126;
  private static final int HEADER_BYTES = 8;
  private static final int MASK = 0x5a17c3e9;

  private final Tally tally;
  private @Nullable Wire wire;
  private int underWay;

  private EchoPeer(Tally tally) {
    this.tally = tally;
  }

  /** Asks for a WebSocket at {@code path}. */
  static EchoPeer connect(
      LoadLoop loop, InetSocketAddress server, String path, Stamp stamp, Tally tally)
      throws IOException {
    EchoPeer peer = new EchoPeer(tally);
    Wire wire = loop.connect(server, new EventReceiver(Receiver.WEBSOCKET, stamp, peer));
    wire.out().put(EventReceiver.request(Receiver.WEBSOCKET, "/" + path));
    wire.flush();
    peer.wire = wire;
    return peer;
  }

  int underWay() {
    return underWay;
  }

  /** Sends a payload with the next flush. */
  void send(byte[] payload) {
    underWay++;
    putText(out(), payload);
  }

  void flush() throws IOException {
    if (wire != null) {
      wire.flush();
    }
  }

  void close() throws IOException {
    if (wire != null) {
      wire.close();
    }
  }

  @Override
  public void received(long stamp, long now) {
    underWay--;
    tally.received(stamp, now);
  }

  /** Puts a masked text frame, as a client sends it (RFC 6455 §5.3). */
  static void putText(ByteBuffer out, byte[] payload) {
    out.put(TEXT_FRAME);
    if (payload.length < TWO_BYTES) {
      out.put((byte) (MASKED | payload.length));
    } else {
      out.put((byte) (MASKED | TWO_BYTES)).putShort((short) payload.length);
    }
    out.putInt(MASK);
    for (int i = 0; i < payload.length; i++) {
      out.put((byte) (payload[i] ^ (MASK >>> ((3 - i % 4) * Byte.SIZE))));
    }
  }

  /** Returns how long such a frame is at most. */
  static int frameBytes(byte[] payload) {
    return HEADER_BYTES + payload.length;
  }

  private ByteBuffer out() {
    if (wire == null) {
      throw new IllegalStateException("not connected");
    }
    return wire.out();
  }
}
