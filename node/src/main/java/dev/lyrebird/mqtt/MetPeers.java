package dev.lyrebird.mqtt;

import dev.lyrebird.mqtt.ClaimMessage.Held;
import dev.lyrebird.mqtt.ClaimMessage.Hello;
import dev.lyrebird.mqtt.ClaimMessage.Holding;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The other nodes that are there, and what passes when two meet: each says that it listens, and
 * tells the other what it holds, page by page, for what one of them holds the other may hold, too.
 * Pure; part of {@link Claims}.
 */
final class MetPeers {

  /** After so long a message counts as lost, or its receiver as slow. */
  static final long ASK_AGAIN_MILLIS = 1000;

  /** Bounds of what a node tells at once of what it holds. */
  private static final int PAGE_HOLDINGS = 1024;

  private static final int PAGE_CHARS = 1 << 16;

  private final Stamps stamps;
  private final LongSupplier steadyMillis;
  private final NavigableMap<String, Claim> held;
  private final BiConsumer<Long, ClaimMessage> send;
  private final Map<Long, Peer> peers = new LinkedHashMap<>();
  private long calledOnAt;

  /** Another node that is there. */
  private static final class Peer {

    /** Whether it has told that it listens. */
    boolean isMet;

    /** Whether claims wait for its answer. */
    boolean isAwaited;

    /** While it is told what is held here: where the page under way begins and ends. */
    @Nullable String toldFrom;

    @Nullable String toldTo;
    long toldAt;

    Peer(boolean isAwaited) {
      this.isAwaited = isAwaited;
    }
  }

  /**
   * @param held the latest claim of this node to each id, as it stands
   * @param send sends a node a message
   */
  MetPeers(
      Stamps stamps,
      LongSupplier steadyMillis,
      NavigableMap<String, Claim> held,
      BiConsumer<Long, ClaimMessage> send) {
    this.stamps = stamps;
    this.steadyMillis = steadyMillis;
    this.held = held;
    this.send = send;
  }

  /**
   * Another node is there.
   *
   * @param isAwaited whether claims wait for it before it was met
   */
  void joined(long node, boolean isAwaited) {
    peers.putIfAbsent(node, new Peer(isAwaited));
    send.accept(node, new Hello(stamps.last(), true));
  }

  void left(long node) {
    peers.remove(node);
  }

  boolean isThere(long node) {
    return peers.containsKey(node);
  }

  /** Returns the nodes whose answer claims wait for. */
  List<Long> awaited() {
    return peers.entrySet().stream()
        .filter(peer -> peer.getValue().isAwaited)
        .map(Map.Entry::getKey)
        .toList();
  }

  /**
   * A node does not listen; returns whether it is only just starting, so that nobody waits for it
   * until it is met.
   */
  boolean doesNotListen(long node) {
    Peer peer = peers.get(node);
    if (peer == null || peer.isMet) {
      return false;
    }
    peer.isAwaited = false;
    return true;
  }

  /**
   * A node that {@link #isThere} has told that it listens; returns whether for the first time.
   *
   * @param wantsAnswer whether it is to be told the same
   */
  boolean met(long node, boolean wantsAnswer) {
    Peer peer = Objects.requireNonNull(peers.get(node));
    boolean isNew = !peer.isMet;
    peer.isMet = true;
    peer.isAwaited = true;
    if (wantsAnswer) {
      send.accept(node, new Hello(stamps.last(), false));
    }
    if (isNew) {
      tellHoldings(node, peer, null);
    }
    return isNew;
  }

  /** A node has what it was told up to an id, and asks for what follows. */
  void tellMore(long node, String after) {
    Peer peer = peers.get(node);
    if (peer != null && after.equals(peer.toldTo)) {
      tellHoldings(node, peer, after);
    }
  }

  /** Sends a page of what is held here; the next follows when it is asked for. */
  private void tellHoldings(long node, Peer peer, @Nullable String after) {
    List<Holding> page = new ArrayList<>();
    int chars = 0;
    for (Claim claim : (after == null ? held : held.tailMap(after, false)).values()) {
      page.add(new Holding(claim.clientId(), claim.stamp()));
      chars += claim.clientId().length();
      if (page.size() == PAGE_HOLDINGS || chars > PAGE_CHARS) {
        break;
      }
    }
    peer.toldFrom = after;
    peer.toldTo = page.isEmpty() ? null : page.getLast().clientId();
    peer.toldAt = steadyMillis.getAsLong();
    if (!page.isEmpty()) {
      send.accept(node, new Held(page));
    }
  }

  /**
   * Now and then has those speak who owe an answer: when they do, they are asked again.
   *
   * @param owes whether a claim has waited long for a node
   */
  void callOn(LongPredicate owes) {
    long now = steadyMillis.getAsLong();
    if (now - calledOnAt < ASK_AGAIN_MILLIS) {
      return;
    }
    calledOnAt = now;
    peers.forEach((node, peer) -> {
      if (peer.toldTo != null && now - peer.toldAt >= ASK_AGAIN_MILLIS) {
        tellHoldings(node, peer, peer.toldFrom);
      }
      if (!peer.isMet || owes.test(node)) {
        send.accept(node, new Hello(stamps.last(), true));
      }
    });
  }
}
