package dev.lyrebird.cluster;

import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Outcome;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.replication.PeerProgress;
import dev.lyrebird.resource.Confirmation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Outcomes of one table's writes that are not told before so many other nodes have applied what was
 * written, or the time for it is up. Those of one message are held as one, under a ticket.
 *
 * <p>Nodes apply the changes of an origin in their order, and each message waits as long as any
 * other; so of those that ask for equally many nodes the oldest is always the next to be told, and
 * an advance costs what it tells. That holds for those that ask for all nodes as well: who was
 * there for an older message and has not left since was there for a younger one.
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

  private Collection<PeerProgress> peers = List.of();

  /** The nodes that are there. */
  private Set<Long> present = Set.of();

  private int writesHeld;
  private long lastTicket;

  /**
   * The outcomes of one message.
   *
   * @param awaited the nodes that must have applied them, where it waits for all; else empty
   * @param last the last change that its commit made; who has applied that has applied them all
   */
  private record Held(
      String loop,
      long ticket,
      int writes,
      Set<Long> awaited,
      Timestamp last,
      long deadlineMillis) {

    /** Returns the same, no longer awaiting those that are gone. */
    Held awaitingOf(Set<Long> present) {
      Set<Long> left = awaited.stream().filter(present::contains).collect(Collectors.toSet());
      return new Held(loop, ticket, writes, left, last, deadlineMillis);
    }
  }

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
   * @param nodes how many other nodes must have applied the writes; {@link Confirmation#ALL} for
   *     those that are there now, for as long as they are
   * @param entries what was journalled for them, and for others at the same time
   * @param nowMillis any clock that does not go back, the same as in {@link #expire}
   * @return their ticket, or {@link #NOT_HELD}
   */
  long hold(String loop, int nodes, List<Outcome> outcomes, List<Entry> entries, long nowMillis) {
    int applied =
        nodes == 0 ? 0 : (int) outcomes.stream().filter(Outcome.Applied.class::isInstance).count();
    boolean isForAll = nodes == Confirmation.ALL;
    if (applied == 0 || (isForAll && present.isEmpty())) {
      return NOT_HELD;
    }
    Set<Long> awaited = isForAll ? present : Set.of();
    Timestamp last = entries.getLast().change().timestamp();
    waiting
        .computeIfAbsent(nodes, any -> new ArrayDeque<>())
        .add(new Held(loop, ++lastTicket, applied, awaited, last, nowMillis + timeoutMillis));
    writesHeld += applied;
    return lastTicket;
  }

  /**
   * Takes note of which other nodes are there, and of what each has applied.
   *
   * @param peers how each stands; kept, so it must not change
   * @return what is confirmed now
   */
  List<Verdict> advance(Collection<PeerProgress> peers) {
    this.peers = peers;
    noteWhoIsThere();
    List<Verdict> verdicts = new ArrayList<>();
    waiting.forEach((nodes, queue) -> {
      while (!queue.isEmpty() && isConfirmed(queue.element(), nodes)) {
        verdicts.add(settled(queue.remove(), null));
      }
    });
    return verdicts;
  }

  private void noteWhoIsThere() {
    Set<Long> now =
        peers.stream()
            .filter(PeerProgress::isPresent)
            .map(PeerProgress::node)
            .collect(Collectors.toSet());
    Queue<Held> forAll = waiting.get(Confirmation.ALL);
    if (forAll != null && !now.containsAll(present)) {
      waiting.put(
          Confirmation.ALL,
          forAll.stream()
              .map(held -> held.awaitingOf(now))
              .collect(Collectors.toCollection(ArrayDeque::new)));
    }
    present = now;
  }

  /** Returns what has waited for too long. */
  List<Verdict> expire(long nowMillis) {
    List<Verdict> verdicts = new ArrayList<>();
    waiting.forEach((nodes, queue) -> {
      while (!queue.isEmpty() && queue.element().deadlineMillis() <= nowMillis) {
        Held held = queue.remove();
        verdicts.add(settled(held, unconfirmed(reached(held, nodes), needed(held, nodes))));
      }
    });
    return verdicts;
  }

  private Verdict settled(Held held, @Nullable Refusal refusal) {
    writesHeld -= held.writes();
    return new Verdict(held.loop(), held.ticket(), refusal);
  }

  private boolean isConfirmed(Held held, int nodes) {
    return reached(held, nodes) >= needed(held, nodes);
  }

  private static int needed(Held held, int nodes) {
    return nodes == Confirmation.ALL ? held.awaited().size() : nodes;
  }

  private int reached(Held held, int nodes) {
    int reached = 0;
    for (PeerProgress peer : peers) {
      boolean counts =
          nodes == Confirmation.ALL ? held.awaited().contains(peer.node()) : peer.isKnown();
      reached += counts && peer.vector().covers(held.last()) ? 1 : 0;
    }
    return reached;
  }

  private Refusal unconfirmed(int reached, int needed) {
    String reason =
        timeoutMillis == 0 ? ", for no other keeps this table" : " within " + timeoutMillis + " ms";
    return Refusal.of(
        Refusal.Reason.UNCONFIRMED,
        "applied by %d of %d other nodes%s; the write itself stays"
            .formatted(reached, needed, reason));
  }
}
