package dev.lyrebird.mqtt;

import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.mqtt.Claim.Asking;
import dev.lyrebird.mqtt.Claim.Waiter;
import dev.lyrebird.mqtt.ClaimEffect.Grant;
import dev.lyrebird.mqtt.ClaimEffect.MakeWay;
import dev.lyrebird.mqtt.ClaimEffect.Send;
import dev.lyrebird.mqtt.ClaimMessage.Ask;
import dev.lyrebird.mqtt.ClaimMessage.Free;
import dev.lyrebird.mqtt.ClaimMessage.Held;
import dev.lyrebird.mqtt.ClaimMessage.Hello;
import dev.lyrebird.mqtt.ClaimMessage.Holding;
import dev.lyrebird.mqtt.ClaimMessage.Later;
import dev.lyrebird.mqtt.ClaimMessage.More;
import dev.lyrebird.mqtt.ClaimMessage.Yielded;
import dev.lyrebird.mqtt.ClientIds.Granted;
import dev.lyrebird.mqtt.ClientIds.Holder;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * This node's part in the question who holds which client id in the cluster: one connection, the
 * one that came last.
 *
 * <p>Each claim has a stamp, and the later stamp wins. A claim asks all other nodes and is granted
 * when each has answered, or when it has waited long enough: that nobody there holds the id; that
 * its holder is gone, with what that one left; or that there is a later claim, to which the asking
 * one makes way. A claim that must make way before it was granted is granted first, so that what is
 * on its way to it can be handed on. So later claims wait for earlier ones and never the other way
 * round, and what a session is passes from claim to claim in the order of their stamps.
 *
 * <pre>
 *   claim 7 (holds)            claim 8 (another node)
 *        |<------------ Ask 8 ------------|
 *    makes way                            |
 *        |------- Yielded 8, state ------>|
 *       gone                           granted
 * </pre>
 *
 * <p>Messages between two nodes come in order, and may be lost where membership does not tell it.
 * Hence a claim goes on asking those that have not answered, also when it was granted without them;
 * and nodes that meet tell each other what they hold. What healed in this way was not handed over:
 * the row of the session has it.
 *
 * <p>Pure: what happens comes in, effects come out, to be carried out in their order. Owned by
 * {@link ClientIds}.
 */
final class Claims {

  /** After so long a message counts as lost, or its receiver as slow. */
  private static final long ASK_AGAIN_MILLIS = 1000;

  /** How long claims to an id that flaps wait. */
  private static final long DAMPING_MILLIS = 1000;

  /** Bounds of what a node tells at once of what it holds. */
  private static final int PAGE_HOLDINGS = 1024;

  private static final int PAGE_CHARS = 1 << 16;

  private final LongSupplier steadyMillis;
  private final long timeoutMillis;
  private final Stamps stamps;
  private final Takeovers takeovers = new Takeovers();

  /** The latest claim of this node to each id; earlier ones hang on it. */
  private final NavigableMap<String, Claim> latest = new TreeMap<>();

  /** Claims that await other nodes. */
  private final Set<Claim> pending = new LinkedHashSet<>();

  /** Claims to ids that flap, one each, before they start. */
  private final Map<String, Claim> damped = new HashMap<>();

  /** When they start, in the order of time. */
  private final Queue<Due> due = new ArrayDeque<>();

  /**
   * To which claims of other nodes ids went a moment ago, the latest at the end: an earlier claim
   * whose question comes only now has to let that one pass, for there is nothing left to hand it.
   */
  private final Map<String, Yield> yields = new LinkedHashMap<>();

  private final Map<Long, Peer> peers = new LinkedHashMap<>();
  private List<ClaimEffect> effects = new ArrayList<>();
  private long pingedAt;

  /** Whether a claim was made here yet. */
  private boolean hasClaimed;

  private record Due(String clientId, long at) {}

  private record Yield(Timestamp stamp, long at) {}

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
   * Creates the claims of a node that has none.
   *
   * @param node the id of this node
   * @param wall the time of day
   * @param steadyMillis a clock that never steps
   * @param timeoutMillis how long a claim waits for another node
   */
  Claims(long node, InstantSource wall, LongSupplier steadyMillis, long timeoutMillis) {
    this.stamps = new Stamps(node, wall);
    this.steadyMillis = steadyMillis;
    this.timeoutMillis = timeoutMillis;
  }

  /** A connection claims an id. */
  List<ClaimEffect> claim(String clientId, Holder holder, Consumer<Granted> granted) {
    hasClaimed = true;
    Claim claim = new Claim(clientId, holder, granted);
    Claim before = damped.get(clientId);
    if (before != null) { // the newcomer takes its turn
      damped.put(clientId, claim);
      makeWay(before);
      before.isGone = true;
    } else if (takeovers.isFlapping(clientId, now())) {
      damped.put(clientId, claim);
      due.add(new Due(clientId, now() + DAMPING_MILLIS));
    } else {
      start(claim);
    }
    return effects();
  }

  /**
   * A holder gives an id back. One that was told to make way need not, and does nothing by it: that
   * it is {@link #gone} is awaited.
   */
  List<ClaimEffect> release(String clientId, Holder holder) {
    Claim early = damped.get(clientId);
    if (early != null && early.holder().equals(holder)) {
      damped.remove(clientId);
    }
    Claim claim = latest.get(clientId);
    while (claim != null && !claim.holder().equals(holder)) {
      claim = claim.previous;
    }
    if (claim != null && !claim.isMakingWay && !claim.isGone) {
      end(claim, null);
    }
    return effects();
  }

  /** A holder that was told to make way is gone, and has left what its session is. */
  List<ClaimEffect> gone(Claim claim, @Nullable SessionState state) {
    if (!claim.isGone) {
      end(claim, state);
    }
    return effects();
  }

  /** The stamp of a claim was seen, in a row. */
  List<ClaimEffect> observe(Timestamp stamp) {
    stamps.observe(stamp.time());
    return effects();
  }

  /** A row tells of a claim to the id: who holds it by an earlier one makes way. */
  List<ClaimEffect> overruled(String clientId, Timestamp stamp) {
    overrule(clientId, stamp);
    return effects();
  }

  /**
   * Another node is there. Those that were there before the first claim are asked from the start;
   * later ones when they have told that they listen, for they hold nothing before.
   */
  List<ClaimEffect> peerJoined(long node) {
    peers.putIfAbsent(node, new Peer(!hasClaimed));
    send(node, new Hello(stamps.last(), true));
    return effects();
  }

  /** Another node is gone: nobody waits for it any more. */
  List<ClaimEffect> peerLeft(long node) {
    peers.remove(node);
    for (Claim claim : List.copyOf(pending)) {
      answered(claim, node);
    }
    return effects();
  }

  /**
   * Another node does not listen. One that was never met is starting and holds nothing: nobody
   * waits for it until it says that it is there. Of one that was met only the address is lost for a
   * while.
   */
  List<ClaimEffect> peerDoesNotListen(long node) {
    Peer peer = peers.get(node);
    if (peer != null && !peer.isMet) {
      peer.isAwaited = false;
      for (Claim claim : List.copyOf(pending)) {
        answered(claim, node);
      }
    }
    return effects();
  }

  /** A message came from another node. */
  List<ClaimEffect> receive(long from, ClaimMessage message) {
    switch (message) {
      case Ask ask -> asked(from, ask);
      case Free free -> {
        Claim claim = asking(free.clientId(), free.stamp());
        if (claim != null) {
          answered(claim, from);
        }
      }
      case Yielded yielded -> {
        takeovers.note(yielded.clientId(), now());
        Claim claim = asking(yielded.clientId(), yielded.stamp());
        if (claim != null && claim.asking != null) {
          claim.asking.take(yielded.state());
          answered(claim, from);
        }
      }
      case Later later -> {
        stamps.observe(later.later().time());
        Claim claim = find(later.clientId(), later.stamp());
        if (claim != null) {
          makeWay(claim);
          answered(claim, from);
        }
      }
      case Hello hello -> met(from, hello);
      case Held held -> {
        held.holdings().forEach(each -> overrule(each.clientId(), each.stamp()));
        send(from, new More(held.holdings().getLast().clientId()));
      }
      case More more -> {
        Peer peer = peers.get(from);
        if (peer != null && more.after().equals(peer.toldTo)) {
          tellHoldings(from, peer, more.after());
        }
      }
    }
    return effects();
  }

  /** Time has passed; to be told several times a second. */
  List<ClaimEffect> tick() {
    long now = now();
    while (!due.isEmpty() && due.element().at() <= now) {
      Claim claim = damped.remove(due.remove().clientId());
      if (claim != null) {
        start(claim);
      }
    }
    for (Claim claim : List.copyOf(pending)) {
      proceed(claim);
    }
    yields.values().removeIf(yield -> now - yield.at() > timeoutMillis);
    if (now - pingedAt >= ASK_AGAIN_MILLIS) {
      pingedAt = now;
      callOn();
    }
    return effects();
  }

  /** Returns the last claim of this node to an id that is not over, or null where there is none. */
  @Nullable Claim latest(String clientId) {
    return latest.get(clientId);
  }

  /** Returns how many claims of this node to an id are not over. */
  int held(String clientId) {
    int held = damped.containsKey(clientId) ? 1 : 0;
    for (Claim claim = latest.get(clientId); claim != null; claim = claim.previous) {
      held++;
    }
    return held;
  }

  private long now() {
    return steadyMillis.getAsLong();
  }

  private List<ClaimEffect> effects() {
    List<ClaimEffect> decided = effects;
    effects = new ArrayList<>();
    return decided;
  }

  private void send(long node, ClaimMessage message) {
    effects.add(new Send(node, message));
  }

  /** Asks the other nodes, and has the claim before make way. */
  private void start(Claim claim) {
    claim.stamp = stamps.next();
    claim.previous = latest.put(claim.clientId(), claim);
    Asking asking = new Asking(List.of(), now(), now() + timeoutMillis);
    claim.asking = asking;
    if (claim.previous != null) {
      makeWay(claim.previous);
    }
    peers.forEach((node, peer) -> {
      if (peer.isAwaited) {
        asking.awaited.add(node);
        send(node, new Ask(claim.clientId(), claim.stamp()));
      }
    });
    proceed(claim);
  }

  private void makeWay(Claim claim) {
    if (!claim.isMakingWay && !claim.isGone) {
      claim.isMakingWay = true;
      takeovers.note(claim.clientId(), now());
      effects.add(new MakeWay(claim));
    }
  }

  /** Grants a claim that waits for nothing any more. */
  private void proceed(Claim claim) {
    Asking asking = claim.asking;
    if (asking == null) {
      return;
    }
    if (!claim.isGranted
        && claim.previous == null
        && (asking.awaited.isEmpty() || now() >= asking.deadline)) {
      claim.isGranted = true;
      if (claim.isGone) {
        finish(claim, asking.handedOver, asking.wasHeld);
        return;
      }
      effects.add(new Grant(claim, new Granted(claim.stamp(), asking.handedOver, asking.wasHeld)));
      asking.handedOver = null;
    }
    if (!asking.awaited.isEmpty()) {
      pending.add(claim);
    } else {
      pending.remove(claim);
      claim.asking = claim.isGranted ? null : asking;
    }
  }

  /** A holder does nothing more under its id. One that was not granted yet passes on what comes. */
  private void end(Claim claim, @Nullable SessionState state) {
    claim.isGone = true;
    if (claim.isGranted) {
      finish(claim, state, true);
    } else if (claim.asking != null && state != null) {
      claim.asking.take(state);
    }
  }

  /** Hands what a session is to the next claim, and lets all others know that the way is free. */
  private void finish(Claim claim, @Nullable SessionState state, boolean wasHeld) {
    pending.remove(claim);
    Claim next = next(claim);
    List<Waiter> waiters =
        claim.waiters.stream().sorted(Comparator.comparing(Waiter::stamp)).toList();
    Waiter heir =
        waiters.stream()
            .filter(waiter -> peers.containsKey(waiter.node()))
            .findFirst()
            .orElse(null);
    boolean staysHere = next != null && (heir == null || heir.stamp().isAfter(next.stamp()));
    if (heir != null && !staysHere) {
      yields.remove(claim.clientId());
      yields.put(claim.clientId(), new Yield(heir.stamp(), now()));
    }
    for (Waiter waiter : waiters) {
      SessionState left = !staysHere && waiter.equals(heir) ? state : null;
      send(
          waiter.node(),
          wasHeld
              ? new Yielded(claim.clientId(), waiter.stamp(), left)
              : new Free(claim.clientId(), waiter.stamp()));
    }
    if (next == null) {
      latest.remove(claim.clientId());
      return;
    }
    next.previous = null;
    if (next.asking != null && wasHeld) {
      next.asking.take(staysHere ? state : null);
    }
    proceed(next);
  }

  private @Nullable Claim next(Claim claim) {
    Claim next = latest.get(claim.clientId());
    while (next != null && next.previous != claim) {
      next = next.previous;
    }
    return next;
  }

  private void asked(long from, Ask ask) {
    stamps.observe(ask.stamp().time());
    Claim claim = latest.get(ask.clientId());
    Yield yield = yields.get(ask.clientId());
    if (claim == null && yield != null && yield.stamp().isAfter(ask.stamp())) {
      send(from, new Later(ask.clientId(), ask.stamp(), yield.stamp()));
    } else if (claim == null) {
      send(from, new Free(ask.clientId(), ask.stamp()));
    } else if (claim.stamp().isAfter(ask.stamp())) {
      send(from, new Later(ask.clientId(), ask.stamp(), claim.stamp()));
    } else {
      claim.addWaiter(new Waiter(from, ask.stamp()));
      makeWay(claim);
    }
  }

  private void overrule(String clientId, Timestamp stamp) {
    stamps.observe(stamp.time());
    Claim claim = latest.get(clientId);
    if (claim != null && stamp.isAfter(claim.stamp())) {
      makeWay(claim);
    }
  }

  private void answered(Claim claim, long node) {
    if (claim.asking != null && claim.asking.awaited.remove(node)) {
      proceed(claim);
    }
  }

  /** Returns the claim that an answer is meant for, if it waits for any. */
  private @Nullable Claim asking(String clientId, Timestamp stamp) {
    Claim claim = find(clientId, stamp);
    return claim == null || claim.asking == null ? null : claim;
  }

  private @Nullable Claim find(String clientId, Timestamp stamp) {
    Claim claim = latest.get(clientId);
    while (claim != null && !claim.stamp().equals(stamp)) {
      claim = claim.previous;
    }
    return claim;
  }

  private void met(long node, Hello hello) {
    stamps.observe(hello.time());
    Peer peer = peers.get(node);
    if (peer == null) {
      return; // it will be asked to say so again when it has joined
    }
    boolean isNew = !peer.isMet;
    peer.isMet = true;
    peer.isAwaited = true;
    if (hello.wantsAnswer()) {
      send(node, new Hello(stamps.last(), false));
    }
    if (isNew) {
      tellHoldings(node, peer, null);
    }
    for (Claim claim : pending) {
      if (isNew || hasWaitedFor(claim, node)) {
        askAgain(claim, node);
      }
    }
  }

  private boolean hasWaitedFor(Claim claim, long node) {
    Asking asking = claim.asking;
    return asking != null
        && asking.awaited.contains(node)
        && now() - asking.askedAt >= ASK_AGAIN_MILLIS;
  }

  private void askAgain(Claim claim, long node) {
    if (claim.asking != null && claim.asking.awaited.contains(node)) {
      claim.asking.askedAt = now();
      send(node, new Ask(claim.clientId(), claim.stamp()));
    }
  }

  /** Sends a page of what is held here; the next follows when it is asked for. */
  private void tellHoldings(long node, Peer peer, @Nullable String after) {
    List<Holding> page = new ArrayList<>();
    int chars = 0;
    for (Claim claim : (after == null ? latest : latest.tailMap(after, false)).values()) {
      page.add(new Holding(claim.clientId(), claim.stamp()));
      chars += claim.clientId().length();
      if (page.size() == PAGE_HOLDINGS || chars > PAGE_CHARS) {
        break;
      }
    }
    peer.toldFrom = after;
    peer.toldTo = page.isEmpty() ? null : page.getLast().clientId();
    peer.toldAt = now();
    if (!page.isEmpty()) {
      send(node, new Held(page));
    }
  }

  /** Has those speak who owe an answer: when they do, they are asked again. */
  private void callOn() {
    peers.forEach((node, peer) -> {
      if (peer.toldTo != null && now() - peer.toldAt >= ASK_AGAIN_MILLIS) {
        tellHoldings(node, peer, peer.toldFrom);
      }
      if (!peer.isMet || pending.stream().anyMatch(claim -> hasWaitedFor(claim, node))) {
        send(node, new Hello(stamps.last(), true));
      }
    });
  }
}
