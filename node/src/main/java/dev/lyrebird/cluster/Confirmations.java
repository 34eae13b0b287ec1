package dev.lyrebird.cluster;

import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Outcome;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.VersionVector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Outcomes of one table's writes that are not told before so many other nodes have applied what was
 * written, or the time for it is up. Those of one message are held as one, under a ticket.
 *
 * <p>Nodes apply the changes of an origin in their order, and each message waits as long as any
 * other; so of those that ask for equally many nodes the oldest is always the next to be told, and
 * an advance costs what it tells.
 *
 * <p>Knows no clock. Owned by the table's thread.
 */
final class Confirmations {

  /** The ticket of outcomes that need not wait. */
  static final long NOT_HELD = 0;

  private final long timeoutMillis;
  private final int mostWrites;

  /** What is held, by how many nodes it waits for; oldest first. */
  private final Map<Integer, Queue<Held>> waiting = new TreeMap<>();

  private Collection<VersionVector> peers = List.of();
  private int writesHeld;
  private long lastTicket;

  /**
   * The outcomes of one message.
   *
   * @param last the last change that its commit made; who has applied that has applied them all
   */
  private record Held(String loop, long ticket, int writes, Timestamp last, long deadlineMillis) {}

  /**
   * What becomes of held outcomes.
   *
   * @param loop the event loop that waits for them
   * @param ticket under which they are held
   * @param refusal what is to be told in their place, or null where they are confirmed
   */
  record Verdict(String loop, long ticket, @Nullable Refusal refusal) {}

  /**
   * @param timeoutMillis how long an outcome may wait; 0 where no other node keeps the table, so
   *     that there is nothing to wait for
   * @param mostWrites how many outcomes may wait before the table takes no more that have to
   */
  Confirmations(long timeoutMillis, int mostWrites) {
    this.timeoutMillis = timeoutMillis;
    this.mostWrites = mostWrites;
  }

  /** Tells whether so many outcomes wait that no write should be taken that has to. */
  boolean isFull() {
    return writesHeld >= mostWrites;
  }

  /**
   * Holds the outcomes of one message, if they have to wait.
   *
   * @param loop the event loop that waits for them
   * @param nodes how many other nodes must have applied the writes
   * @param entries what was journalled for them, and for others at the same time
   * @param nowMillis any clock that does not go back, the same as in {@link #expire}
   * @return their ticket, or {@link #NOT_HELD}
   */
  long hold(String loop, int nodes, List<Outcome> outcomes, List<Entry> entries, long nowMillis) {
    int applied =
        nodes == 0 ? 0 : (int) outcomes.stream().filter(Outcome.Applied.class::isInstance).count();
    if (applied == 0) {
      return NOT_HELD;
    }
    Timestamp last = entries.getLast().change().timestamp();
    waiting
        .computeIfAbsent(nodes, any -> new ArrayDeque<>())
        .add(new Held(loop, ++lastTicket, applied, last, nowMillis + timeoutMillis));
    writesHeld += applied;
    return lastTicket;
  }

  /**
   * Takes note of what the other nodes have applied.
   *
   * @param peers the vector of each; kept, so it must not change
   * @return what is confirmed now
   */
  List<Verdict> advance(Collection<VersionVector> peers) {
    this.peers = peers;
    List<Verdict> verdicts = new ArrayList<>();
    waiting.forEach((nodes, queue) -> {
      while (!queue.isEmpty() && reached(queue.element()) >= nodes) {
        verdicts.add(settled(queue.remove(), null));
      }
    });
    return verdicts;
  }

  /** Returns what has waited for too long. */
  List<Verdict> expire(long nowMillis) {
    List<Verdict> verdicts = new ArrayList<>();
    waiting.forEach((nodes, queue) -> {
      while (!queue.isEmpty() && queue.element().deadlineMillis() <= nowMillis) {
        Held held = queue.remove();
        verdicts.add(settled(held, unconfirmed(reached(held), nodes)));
      }
    });
    return verdicts;
  }

  private Verdict settled(Held held, @Nullable Refusal refusal) {
    writesHeld -= held.writes();
    return new Verdict(held.loop(), held.ticket(), refusal);
  }

  private int reached(Held held) {
    int reached = 0;
    for (VersionVector peer : peers) {
      reached += peer.covers(held.last()) ? 1 : 0;
    }
    return reached;
  }

  private Refusal unconfirmed(int reached, int nodes) {
    String reason =
        timeoutMillis == 0 ? ", for no other keeps this table" : " within " + timeoutMillis + " ms";
    return Refusal.of(
        Refusal.Reason.UNCONFIRMED,
        "applied by %d of %d other nodes%s; the write itself stays"
            .formatted(reached, nodes, reason));
  }
}
