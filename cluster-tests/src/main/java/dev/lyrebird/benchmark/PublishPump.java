package dev.lyrebird.benchmark;

import dev.lyrebird.benchmark.Scenario.Publishing;
import dev.lyrebird.benchmark.Scenario.Trait;
import java.io.IOException;
import java.util.List;

/**
 * Decides which publisher sends when: in turn, as many as may be outstanding, or at a given rate. A
 * message that is late is stamped with the time at which it was due, so that a slow server cannot
 * hide behind a slow load. Owned by the load's thread.
 */
final class PublishPump implements LoadLoop.Pump {

  private static final int MOST_AT_ONCE = 1024;

  /** The loop waits in whole milliseconds, so that being late by two says nothing of the server. */
  static final long LATE_NANOS = 3_000_000;

  /** A publisher with its connection. */
  record Sender(Publisher publisher, Wire wire) {}

  private final Publishing work;
  private final List<Sender> senders;
  private final List<byte[]> topics;
  private final byte[] payload;
  private final Stamp stamp;
  private final Tally tally;
  private final long startedAt;
  private int nextSender;
  private int nextTopic;

  PublishPump(
      Publishing work,
      List<Sender> senders,
      List<byte[]> topics,
      byte[] payload,
      Stamp stamp,
      Tally tally) {
    this.work = work;
    this.senders = senders;
    this.topics = topics;
    this.payload = payload;
    this.stamp = stamp;
    this.tally = tally;
    this.startedAt = stamp.now();
  }

  @Override
  public boolean send() throws IOException {
    long allowed = work.rate() > 0 ? due(stamp.now()) : roomForMore();
    long sent = 0;
    for (int refused = 0; sent < allowed && refused < senders.size(); ) {
      if (sendNext()) {
        sent++;
        refused = 0;
      } else {
        refused++;
      }
    }
    if (sent > 0) {
      for (Sender sender : senders) {
        sender.wire().flush();
      }
    }
    return sent == MOST_AT_ONCE;
  }

  private long due(long now) {
    return (now - startedAt) * work.rate() / 1_000_000_000L - tally.allSent();
  }

  private long roomForMore() {
    long outstanding = tally.allSent() * work.fanOut() - tally.allReceived();
    return Math.clamp((work.mostOutstanding() - outstanding) / work.fanOut(), 0, MOST_AT_ONCE);
  }

  /** Sends one message by the sender whose turn it is, unless it must wait. */
  private boolean sendNext() {
    int turn = nextSender;
    nextSender = (turn + 1) % senders.size();
    Sender sender = senders.get(turn);
    byte[] topic = topics.get(work.is(Trait.PAIRED) ? turn : nextTopic);
    if (!sender.publisher().canSend(sender.wire(), topic, payload)) {
      return false;
    }
    long time = sendTime();
    Stamp.write(payload, time);
    sender.publisher().send(sender.wire(), topic, payload);
    nextTopic = (nextTopic + 1) % topics.size();
    tally.sent(time);
    return true;
  }

  private long sendTime() {
    long now = stamp.now();
    if (work.rate() == 0) {
      return now;
    }
    long due = startedAt + tally.allSent() * 1_000_000_000L / work.rate();
    return now > due + LATE_NANOS ? due : now;
  }
}
