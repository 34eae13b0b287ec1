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
import dev.lyrebird.mqtt.ClaimMessage.Later;
import dev.lyrebird.mqtt.ClaimMessage.More;
import dev.lyrebird.mqtt.ClaimMessage.Yielded;
import dev.lyrebird.mqtt.ClientIds.Granted;
import dev.lyrebird.mqtt.ClientIds.Holder;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableMap;
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
 * <p>{@link MetPeers} knows the other nodes, {@link FlappingIds} holds claims back, and {@link
 * RecentYields} remembers what has just gone elsewhere.
 *
 * <p>Pure: what happens comes in, effects come out, to be carried out in their order. Owned by
 * {@link ClientIds}.
 */
final class Claims {

  private final LongSupplier steadyMillis;
  private final long timeoutMillis;
  private final Stamps stamps;
  private final FlappingIds flapping = new FlappingIds();

  /** The latest claim of this node to each id; earlier ones hang on it. */
  private final NavigableMap<String, Claim> latest = new TreeMap<>();

  /** Claims that await other nodes. */
  private final Set<Claim> pending = new LinkedHashSet<>();

  private final RecentYields yields = new RecentYields();
  private final MetPeers peers;
  private List<ClaimEffect> effects = new ArrayList<>();

  /** Whether a claim was made here yet. */
  private boolean hasClaimed;

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
    this.peers = new MetPeers(stamps, steadyMillis, latest, this::send);
  }

  /** A connection claims an id. */
  List<ClaimEffect> claim(String clientId, Holder holder, Consumer<Granted> granted) {
    hasClaimed = true;
    Claim claim = new Claim(clientId, holder, granted);
    Claim before = flapping.replaced(claim);
    if (before != null) {
      makeWay(before);
      before.isGone = true;
    } else if (!flapping.holdsBack(claim, now())) {
      start(claim);
    }
    return effects();
  }

  /**
   * A holder gives an id back. One that was told to make way need not, and does nothing by it: that
   * it is {@link #gone} is awaited.
   */
  List<ClaimEffect> release(String clientId, Holder holder) {
    flapping.withdraw(clientId, holder);
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
  List<ClaimEffect> gone(Claim claim, @Nullable Handover state) {
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
    peers.joined(node, !hasClaimed);
    return effects();
  }

  /** Another node is gone: nobody waits for it any more. */
  List<ClaimEffect> peerLeft(long node) {
    peers.left(node);
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
    if (peers.doesNotListen(node)) {
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
        flapping.takenOver(yielded.clientId(), now());
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
      case More more -> peers.tellMore(from, more.after());
    }
    return effects();
  }

  /** Time has passed; to be told several times a second. */
  List<ClaimEffect> tick() {
    long now = now();
    flapping.due(now).forEach(this::start);
    for (Claim claim : List.copyOf(pending)) {
      proceed(claim);
    }
    yields.forget(now - timeoutMillis);
    peers.callOn(node -> pending.stream().anyMatch(claim -> hasWaitedFor(claim, node)));
    return effects();
  }

  /** Returns the last claim of this node to an id that is not over, or null where there is none. */
  @Nullable Claim latest(String clientId) {
    return latest.get(clientId);
  }

  /** Returns how many claims of this node to an id are not over. */
  int held(String clientId) {
    int held = flapping.isHeldBack(clientId) ? 1 : 0;
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
    for (long node : peers.awaited()) {
      asking.awaited.add(node);
      send(node, new Ask(claim.clientId(), claim.stamp()));
    }
    proceed(claim);
  }

  private void makeWay(Claim claim) {
    if (!claim.isMakingWay && !claim.isGone) {
      claim.isMakingWay = true;
      flapping.takenOver(claim.clientId(), now());
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
  private void end(Claim claim, @Nullable Handover state) {
    claim.isGone = true;
    if (claim.isGranted) {
      finish(claim, state, true);
    } else if (claim.asking != null && state != null) {
      claim.asking.take(state);
    }
  }

  /** Hands what a session is to the next claim, and lets all others know that the way is free. */
  private void finish(Claim claim, @Nullable Handover state, boolean wasHeld) {
    pending.remove(claim);
    Claim next = next(claim);
    List<Waiter> waiters =
        claim.waiters.stream().sorted(Comparator.comparing(Waiter::stamp)).toList();
    Waiter heir =
        waiters.stream().filter(waiter -> peers.isThere(waiter.node())).findFirst().orElse(null);
    boolean staysHere = next != null && (heir == null || heir.stamp().isAfter(next.stamp()));
    if (heir != null && !staysHere) {
      yields.note(claim.clientId(), heir.stamp(), now());
    }
    for (Waiter waiter : waiters) {
      Handover left = !staysHere && waiter.equals(heir) ? state : null;
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
    Timestamp yieldedTo = yields.stamp(ask.clientId());
    if (claim == null && yieldedTo.isAfter(ask.stamp())) {
      send(from, new Later(ask.clientId(), ask.stamp(), yieldedTo));
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

  /** Another node is there and listens: it is asked again what it may not have heard. */
  private void met(long node, Hello hello) {
    stamps.observe(hello.time());
    if (!peers.isThere(node)) {
      return; // it will be asked to say so again when it has joined
    }
    boolean isNew = peers.met(node, hello.wantsAnswer());
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
        && now() - asking.askedAt >= MetPeers.ASK_AGAIN_MILLIS;
  }

  private void askAgain(Claim claim, long node) {
    if (claim.asking != null && claim.asking.awaited.contains(node)) {
      claim.asking.askedAt = now();
      send(node, new Ask(claim.clientId(), claim.stamp()));
    }
  }
}
