package dev.lyrebird.mqtt;

import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.mqtt.ClientIds.Granted;
import dev.lyrebird.mqtt.ClientIds.Holder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One holder's claim to an id, from when it is made until the holder is gone. Part of {@link
 * Claims}, which alone changes it.
 *
 * <pre>
 *   damped --> asking --> granted --> making way --> gone
 *                 +---------------------^
 * </pre>
 *
 * <p>There are as many as there are connections, nearly all of them granted, so that only what is
 * needed then stands here.
 */
final class Claim {

  private final String clientId;
  private final Holder holder;
  private final Consumer<Granted> granted;

  /** Given once it asks; before that nobody knows of it. */
  Timestamp stamp = Timestamp.NONE;

  /** The claim before this one on this node, as long as its holder is not gone. */
  @Nullable Claim previous;

  /** What is awaited of other nodes; null before that is known, and when it is over. */
  @Nullable Asking asking;

  boolean isGranted;

  /** Whether its holder was told to make way. */
  boolean isMakingWay;

  /** Whether its holder does nothing more under the id. */
  boolean isGone;

  /** Claims of other nodes that wait until this one's holder is gone. */
  List<Waiter> waiters = List.of();

  /** A claim of another node. */
  record Waiter(long node, Timestamp stamp) {}

  /** What a claim waits for, and what it was handed meanwhile. */
  static final class Asking {

    final Set<Long> awaited;
    final long deadline;
    long askedAt;
    @Nullable Handover handedOver;

    /** Whether somebody held the id. */
    boolean wasHeld;

    /**
     * @param awaited the nodes that are asked
     * @param deadline until when they are awaited, in steady milliseconds
     */
    Asking(Collection<Long> awaited, long now, long deadline) {
      this.awaited = new HashSet<>(awaited);
      this.deadline = deadline;
      this.askedAt = now;
    }

    /** Takes what an earlier holder left. Of several, as after a partition, the latest counts. */
    void take(@Nullable Handover state) {
      wasHeld = true;
      if (state != null && (handedOver == null || state.claim().isAfter(handedOver.claim()))) {
        handedOver = state;
      }
    }
  }

  Claim(String clientId, Holder holder, Consumer<Granted> granted) {
    this.clientId = clientId;
    this.holder = holder;
    this.granted = granted;
  }

  String clientId() {
    return clientId;
  }

  /** Returns its rank among the claims to the id. */
  Timestamp stamp() {
    return stamp;
  }

  Holder holder() {
    return holder;
  }

  Consumer<Granted> granted() {
    return granted;
  }

  void addWaiter(Waiter waiter) {
    if (!waiters.contains(waiter)) {
      if (waiters.isEmpty()) {
        waiters = new ArrayList<>(1);
      }
      waiters.add(waiter);
    }
  }
}
