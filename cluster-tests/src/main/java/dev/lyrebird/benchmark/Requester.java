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
  private @Nullable HttpContent content;
  private long contentBytes;

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

  /** Returns how much content all its answers had that have come whole. */
  long contentBytes() {
    return contentBytes;
  }

  @Override
  public void take(ByteBuffer in, Wire wire) {
    if (content == null) {
      content = HttpContent.begun(in);
    }
    if (content == null || !content.take(in)) {
      return;
    }
    contentBytes += content.bytes();
    content = null;
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
