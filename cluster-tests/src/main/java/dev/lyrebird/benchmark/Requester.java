package dev.lyrebird.benchmark;

import java.nio.ByteBuffer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP connection that asks again as soon as it is answered, until the measuring window is
 * closed.
 */
final class Requester implements Wire.Dialogue {

  private final IntFunction<byte[]> requests;
  private final Stamp stamp;
  private final Tally tally;
  private int next;
  private long askedAt;
  private @Nullable HttpHead head;

  /** Asks what {@code requests} says of 0, 1, 2 and so on. */
  Requester(IntFunction<byte[]> requests, Stamp stamp, Tally tally) {
    this.requests = requests;
    this.stamp = stamp;
    this.tally = tally;
  }

  void ask(Wire wire) {
    askedAt = stamp.now();
    wire.out().put(requests.apply(next++));
    tally.sent(askedAt);
  }

  @Override
  public void take(ByteBuffer in, Wire wire) {
    if (head == null) {
      head = HttpHead.take(in);
    }
    if (head == null || in.remaining() < head.contentLength()) {
      return;
    }
    if (head.status() >= 300) {
      throw new IllegalStateException("a request was answered " + head.status());
    }
    in.position(in.position() + head.contentLength());
    head = null;
    tally.received(askedAt, stamp.now());
    if (!tally.isClosed()) {
      ask(wire);
    }
  }

  @Override
  public boolean isReady() {
    return true;
  }
}
