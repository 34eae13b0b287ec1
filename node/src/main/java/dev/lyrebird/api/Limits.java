package dev.lyrebird.api;

import java.time.Duration;

/**
 * How much the connections of one route may use on a node, so that no other notices.
 *
 * @param connections at once; more are refused with 503, a WebSocket too, as it is not opened then
 * @param mailbox messages of one client that wait to be read; at this many, its socket is not read
 * @param outgoing messages that wait for one client; at this many, {@link Connection#send} waits,
 *     and so does {@link Room#broadcast}, a moment: it says for how long
 * @param queuedBytes likewise of the messages in either queue; one message may be larger
 * @param callTime for one call that is to end: each of a {@link ConnectionHandler}, of a {@link
 *     Resource} all, {@code connect} too but not the {@link OutgoingMessages} that it returns, and
 *     each task of {@link Connection#onClose}. A call that takes longer is interrupted, and its
 *     connection closed with 1011, or its request answered with 503. The time stands still while a
 *     call waits for a client in {@link Connection#send}, {@link Connection#awaitWritable} or
 *     {@link Room#broadcast}. Other code that still runs so long after its connection has ended is
 *     interrupted too
 * @param sendTime for which {@link Connection#send} waits while the client takes nothing, and a
 *     broadcast at most; then the connection is closed with 1008, an event stream broken off
 * @param calls at once that are not on a connection, such as of REST; more are refused with 503
 * @param overdue calls that were interrupted and go on all the same a quarter of a second later;
 *     while there are so many, newcomers are refused with 503
 */
public record Limits(
    int connections,
    int mailbox,
    int outgoing,
    int queuedBytes,
    Duration callTime,
    Duration sendTime,
    int calls,
    int overdue) {

  /** What holds where nothing else is said. */
  public static final Limits DEFAULT =
      new Limits(
          100_000, 64, 256, 256 * 1024, Duration.ofSeconds(10), Duration.ofSeconds(30), 1000, 4);

  public Limits {
    positive("connections", connections);
    positive("mailbox", mailbox);
    positive("outgoing", outgoing);
    positive("queuedBytes", queuedBytes);
    positive("callTime", callTime.toMillis());
    positive("sendTime", sendTime.toMillis());
    positive("calls", calls);
    positive("overdue", overdue);
  }

  public Limits withConnections(int most) {
    return new Limits(most, mailbox, outgoing, queuedBytes, callTime, sendTime, calls, overdue);
  }

  public Limits withMailbox(int most) {
    return new Limits(connections, most, outgoing, queuedBytes, callTime, sendTime, calls, overdue);
  }

  public Limits withOutgoing(int most) {
    return new Limits(connections, mailbox, most, queuedBytes, callTime, sendTime, calls, overdue);
  }

  public Limits withQueuedBytes(int most) {
    return new Limits(connections, mailbox, outgoing, most, callTime, sendTime, calls, overdue);
  }

  public Limits withCallTime(Duration most) {
    return new Limits(connections, mailbox, outgoing, queuedBytes, most, sendTime, calls, overdue);
  }

  public Limits withSendTime(Duration most) {
    return new Limits(connections, mailbox, outgoing, queuedBytes, callTime, most, calls, overdue);
  }

  public Limits withCalls(int most) {
    return new Limits(
        connections, mailbox, outgoing, queuedBytes, callTime, sendTime, most, overdue);
  }

  public Limits withOverdue(int most) {
    return new Limits(connections, mailbox, outgoing, queuedBytes, callTime, sendTime, calls, most);
  }

  private static void positive(String name, long value) {
    if (value <= 0) {
      throw new IllegalArgumentException("%s is %d, but must be at least 1".formatted(name, value));
    }
  }
}
