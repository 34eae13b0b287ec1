package dev.lyrebird.benchmark;

import java.io.IOException;
import java.util.List;

/**
 * Has all peers say something in turn: each as many messages at once as it may have under way, once
 * all those before have come back. Where a rate is given, a message that is late is stamped with
 * the time at which it was due. Owned by the load's thread.
 */
final class EchoPump implements LoadLoop.Pump {

  private static final int MOST_AT_ONCE = 1024;

  /** As for messages that are published: enough to keep a server busy. */
  private static final int MOST_OUTSTANDING = 5_000;

  private final List<EchoPeer> peers;
  private final int depth;
  private final int rate;
  private final byte[] payload;
  private final Stamp stamp;
  private final Tally tally;
  private final long startedAt;
  private final long sentBefore;
  private int next;

  /**
   * @param depth messages of one peer that are under way together
   * @param rate messages per second in all; 0 is as many as the server takes
   */
  EchoPump(List<EchoPeer> peers, int depth, int rate, int payloadBytes, Stamp stamp, Tally tally) {
    this.peers = List.copyOf(peers);
    this.depth = depth;
    this.rate = rate;
    this.payload = Stamp.payload(payloadBytes);
    this.stamp = stamp;
    this.tally = tally;
    this.startedAt = stamp.now();
    this.sentBefore = tally.allSent();
  }

  @Override
  public boolean send() throws IOException {
    long allowed = rate > 0 ? due() : MOST_OUTSTANDING - outstanding();
    int sent = 0;
    int looked = 0;
    while (sent < Math.min(allowed, MOST_AT_ONCE) && looked < peers.size()) {
      EchoPeer peer = peers.get(next);
      next = (next + 1) % peers.size();
      looked++;
      if (peer.underWay() == 0) {
        say(peer);
        sent += depth;
      }
    }
    return sent >= MOST_AT_ONCE;
  }

  private long due() {
    return (stamp.now() - startedAt) * rate / 1_000_000_000L - (tally.allSent() - sentBefore);
  }

  private long sendTime() {
    long now = stamp.now();
    if (rate == 0) {
      return now;
    }
    long due = startedAt + (tally.allSent() - sentBefore) * 1_000_000_000L / rate;
    return now > due + PublishPump.LATE_NANOS ? due : now;
  }

  private long outstanding() {
    return tally.allSent() - tally.allReceived();
  }

  private void say(EchoPeer peer) throws IOException {
    for (int i = 0; i < depth; i++) {
      long time = sendTime();
      Stamp.write(payload, time);
      peer.send(payload);
      tally.sent(time);
    }
    peer.flush();
  }
}
