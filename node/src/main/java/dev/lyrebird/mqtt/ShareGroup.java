package dev.lyrebird.mqtt;

import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.mqtt.GroupLetter.Check;
import dev.lyrebird.mqtt.GroupLetter.Forget;
import dev.lyrebird.mqtt.GroupLetter.Join;
import dev.lyrebird.mqtt.GroupLetter.Joined;
import dev.lyrebird.mqtt.GroupLetter.Leave;
import dev.lyrebird.mqtt.GroupLetter.Offer;
import dev.lyrebird.mqtt.GroupLetter.Retire;
import dev.lyrebird.mqtt.GroupLetter.ToConsumer;
import dev.lyrebird.mqtt.GroupMessage.Name;
import dev.lyrebird.mqtt.GroupState.InFlight;
import dev.lyrebird.mqtt.GroupState.Kept;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who of a group gets which message, and what becomes of it. A message is taken from the journal
 * only when a consumer has room for it, and is one consumer's until that one is done with it:
 *
 * <pre>
 *   journal --> pending --> handed to a consumer --> done
 *                  ^              |
 *                  +-- it left ---+--> held for its client (QoS 2, [MQTT-4.8.2-4])
 *                                 +--> dropped (QoS 0; QoS 2 whose session is over, [MQTT-4.8.2-5])
 * </pre>
 *
 * <p>Next is the consumer with most room; of equals the one that has waited longest. To whom a
 * message of QoS 2 goes is stored before it goes, where anybody could go on from what is stored.
 *
 * <p>Pure: what happens comes in, and what is to be told is fetched with {@link #effects} and, once
 * the state of that moment is stored, with {@link #stored}.
 */
final class ShareGroup {

  /** How much may be under way to one consumer, beyond the first message. */
  private static final long MAX_BYTES = 1 << 20;

  /** After so long nobody looks for what a consumer had of an earlier holder. */
  private static final long CLAIM_MILLIS = 60_000;

  private static final long MILLIS_PER_SECOND = 1000;

  /** The number of what a consumer has from an earlier holder. */
  private static final long TOLD_BEFORE = 0;

  /** The number of an offer that waits to be stored. */
  private static final long UNTOLD = Long.MAX_VALUE;

  /** Whether the state is stored though no session outlives its connection. */
  private final boolean isAlwaysKept;

  /** In the order in which they are next, among those with equal room. */
  private final SequencedMap<ConsumerId, Consumer> consumers = new LinkedHashMap<>();

  /** Sessions that outlive their connections, and until when. */
  private final Map<String, Long> sessions = new HashMap<>();

  /** What no consumer has, in the order of the journals. */
  private final NavigableMap<Rank, Pending> pending = new TreeMap<>();

  /** What waits for clients that are away, by client id. */
  private final Map<String, SequencedMap<Name, Handed>> held = new HashMap<>();

  /** How far an earlier holder had come in each table, until the group is past that. */
  private final Map<Integer, SessionState.Place> before = new HashMap<>();

  /** Of what the earlier holder had come past, what nobody was done with; with whose it was. */
  private final Map<Name, Left> left = new HashMap<>();

  /** What consumers have of an earlier holder, and the journal has not brought yet. */
  private final Map<Name, Claim> claims = new HashMap<>();

  /** Up to where messages were taken, by table. */
  private final Map<Integer, VersionVector> taken = new HashMap<>();

  /** Whether the earlier holder failed, so that it may have handed out what it did not store. */
  private final boolean isDoubtful;

  private List<Effect> effects = new ArrayList<>();

  /** What is to be told once it is stored, and what of it a write under way stores. */
  private List<Owed> owed = new ArrayList<>();

  private List<Owed> storing = List.of();

  /** A letter to a consumer. */
  record Effect(ConsumerId to, ToConsumer letter) {}

  private record Rank(int table, long position) implements Comparable<Rank> {

    @Override
    public int compareTo(Rank other) {
      return Comparator.comparingLong(Rank::position)
          .thenComparingInt(Rank::table)
          .compare(this, other);
    }
  }

  private record Pending(GroupMessage message, boolean isAgain) {}

  /**
   * A message that is a consumer's.
   *
   * @param isBound whether its client may have been sent it at QoS 2, so that no other can have it
   * @param number of its offer
   */
  private record Handed(
      GroupMessage message, int qos, boolean isAgain, boolean isBound, long number) {}

  private record Left(@Nullable String clientId) {}

  /** That a consumer has a message, or is done with it. */
  private record Claim(ConsumerId consumer, boolean isDone, long sinceMillis) {

    boolean isInFlightAt(ConsumerId id) {
      return !isDone && consumer.equals(id);
    }
  }

  private sealed interface Owed {

    record ToJoin(ConsumerId to) implements Owed {}

    record ToOffer(ConsumerId to, Name name) implements Owed {}

    record ToForget(ConsumerId to, List<Name> names) implements Owed {}
  }

  private static final class Consumer {

    final ConsumerId id;
    final String clientId;
    final SequencedMap<Name, Handed> handed = new LinkedHashMap<>();
    long expirySeconds;
    int qos;
    int window;
    boolean isRetiring;

    /** The number of its last offer. */
    long told;

    /** How many of its messages wait to be stored; what follows them waits with them. */
    int untold;

    private long bytes;

    Consumer(ConsumerId id, Join join) {
      this.id = id;
      this.clientId = join.clientId();
      this.told = join.heard();
    }

    int room() {
      return isRetiring || (bytes > MAX_BYTES && !handed.isEmpty()) ? 0 : window - handed.size();
    }

    void put(Handed one) {
      Handed replaced = handed.put(one.message().name(), one);
      bytes += one.message().bytes() - (replaced == null ? 0 : replaced.message().bytes());
    }

    @Nullable Handed remove(Name name) {
      Handed one = handed.remove(name);
      if (one != null) {
        bytes -= one.message().bytes();
        untold -= one.number() == UNTOLD ? 1 : 0;
      }
      return one;
    }
  }

  /**
   * Creates a group that has read nothing.
   *
   * @param earlier what was stored of it, or null for nothing
   * @param isAlwaysKept whether another node would go on from what is stored, so that it is kept
   *     even for clients whose sessions end with their connections
   */
  ShareGroup(@Nullable GroupState earlier, boolean isAlwaysKept) {
    this.isAlwaysKept = isAlwaysKept;
    this.isDoubtful = earlier != null && earlier.isOpen();
    if (earlier != null) {
      earlier.places().forEach(place -> before.put(place.table(), place));
      earlier.inFlight().forEach(one -> left.put(one.name(), new Left(one.clientId())));
      earlier.sessions().forEach(one -> sessions.put(one.clientId(), one.untilMillis()));
    }
  }

  /** Tells whether the group is to be stored. */
  boolean isKept() {
    return isAlwaysKept || !sessions.isEmpty();
  }

  /** Tells whether no client of the group is connected. */
  boolean isEmpty() {
    return consumers.isEmpty();
  }

  int size() {
    return consumers.size();
  }

  /** Tells whether a message can be taken. Otherwise there may be some that wait for room. */
  boolean hasRoom() {
    for (Consumer consumer : consumers.values()) {
      if (consumer.room() > 0) {
        return pending.isEmpty();
      }
    }
    return false;
  }

  /** Tells whether at most half of all room is taken, so that reading on is worth while. */
  boolean hasAmpleRoom() {
    int handed = 0;
    int window = 0;
    for (Consumer consumer : consumers.values()) {
      if (!consumer.isRetiring) {
        handed += consumer.handed.size();
        window += consumer.window;
      }
    }
    return handed <= window / 2 && hasRoom();
  }

  /**
   * Takes a message from the journal.
   *
   * @param isOld whether it was journalled before this holder took the group up
   */
  void take(GroupMessage message, boolean isOld) {
    Name name = message.name();
    SessionState.Place place = before.get(name.table());
    taken.put(name.table(), message.place().vector());
    Claim claim = claims.remove(name);
    Left mine = left.remove(name);
    Consumer claimant = claim == null ? null : consumers.get(claim.consumer);
    if (claim != null && claim.isDone) {
      forget(claim.consumer, List.of(name), message.qos() == 2);
    } else if (claimant != null) {
      boolean isBound = mine != null && mine.clientId != null;
      int qos = isBound ? 2 : Math.min(claimant.qos, message.qos());
      claimant.put(new Handed(message, qos, true, qos == 2, TOLD_BEFORE));
    } else if (place != null && place.sent().covers(name.change())) {
      takeAgain(message, mine);
    } else if (isDoubtful && isOld) {
      awaitAgain(message);
    } else {
      await(message, false);
    }
    handOut();
  }

  /** Takes what an earlier holder had taken. */
  private void takeAgain(GroupMessage message, @Nullable Left mine) {
    if (mine == null) {
      return; // it was done with
    }
    if (mine.clientId == null) {
      awaitAgain(message);
    } else {
      hold(mine.clientId, new Handed(message, 2, true, true, TOLD_BEFORE));
    }
  }

  /** Of QoS 0 nothing is handed out that may have been sent ([MQTT-4.3.1-1]). */
  private void awaitAgain(GroupMessage message) {
    if (!isDoubtful || message.qos() > 0) {
      await(message, true);
    }
  }

  /** A consumer is there, or tells once more what it has. */
  void join(ConsumerId id, Join join, long nowMillis) {
    Consumer consumer = consumers.computeIfAbsent(id, fresh -> new Consumer(id, join));
    consumer.expirySeconds = join.expirySeconds();
    consumer.qos = join.qos();
    consumer.window = join.window();
    if (join.expirySeconds() > 0) {
      sessions.put(join.clientId(), GroupState.FOR_EVER);
    }
    finish(id, join.done(), nowMillis);
    handBackLost(consumer, join);
    for (Name name : join.inFlight()) {
      claim(consumer, name, nowMillis);
    }
    SequencedMap<Name, Handed> waiting = held.remove(join.clientId());
    if (waiting != null) {
      waiting.values().forEach(one -> handAgain(consumer, one));
    }
    if (isKept()) {
      owed.add(new Owed.ToJoin(id));
    } else {
      effects.add(new Effect(id, new Joined()));
    }
    handOut();
  }

  /** What the consumer would have, had it come: others may have it. */
  private void handBackLost(Consumer consumer, Join join) {
    Set<Name> has = new HashSet<>(join.inFlight());
    for (Handed one : List.copyOf(consumer.handed.values())) {
      boolean isLost =
          one.number() != TOLD_BEFORE
              && one.number() <= join.heard()
              && !has.contains(one.message().name());
      if (isLost) {
        consumer.remove(one.message().name());
        handBack(consumer, one);
      }
    }
  }

  /** A message that was not sent to the client goes to another, if it can. */
  private void handBack(Consumer consumer, Handed one) {
    if (one.isBound()) {
      hold(consumer.clientId, one);
    } else {
      await(one.message(), one.isAgain());
    }
  }

  /** Takes note that a consumer has a message, of this holder or an earlier one. */
  private void claim(Consumer consumer, Name name, long nowMillis) {
    if (consumer.handed.containsKey(name)) {
      return;
    }
    for (Map.Entry<Rank, Pending> one : pending.entrySet()) {
      GroupMessage message = one.getValue().message();
      if (message.name().equals(name)) {
        pending.remove(one.getKey());
        int qos = Math.min(consumer.qos, message.qos());
        consumer.put(new Handed(message, qos, true, qos == 2, TOLD_BEFORE));
        return;
      }
    }
    SequencedMap<Name, Handed> waiting = held.get(consumer.clientId);
    Handed mine = waiting == null ? null : waiting.remove(name);
    if (mine != null) {
      consumer.put(mine);
    } else if (consumers.values().stream().noneMatch(one -> one.handed.containsKey(name))) {
      claims.put(name, new Claim(consumer.id, false, nowMillis));
    }
  }

  /** A consumer is done with messages. */
  void done(ConsumerId id, List<Name> names, long nowMillis) {
    finish(id, names, nowMillis);
    handOut();
  }

  private void finish(ConsumerId id, List<Name> names, long nowMillis) {
    if (names.isEmpty()) {
      return;
    }
    Consumer consumer = consumers.get(id);
    List<Name> finished = new ArrayList<>();
    boolean isOfQos2 = false;
    for (Name name : names) {
      Handed one = consumer == null ? null : consumer.remove(name);
      isOfQos2 |= one == null || one.qos() == 2;
      if (one != null || isPast(name)) {
        finished.add(name);
      } else {
        claims.put(name, new Claim(id, true, nowMillis));
      }
    }
    forget(id, finished, isOfQos2);
    if (consumer != null && consumer.isRetiring) {
      endIfIdle(consumer);
    }
  }

  private void endIfIdle(Consumer consumer) {
    if (consumer.handed.isEmpty()
        && claims.values().stream().noneMatch(claim -> claim.isInFlightAt(consumer.id))) {
      consumers.remove(consumer.id);
    }
  }

  /** What of QoS 2 nobody must be given again is told only when that is stored. */
  private void forget(ConsumerId id, List<Name> names, boolean isOfQos2) {
    if (names.isEmpty()) {
      return;
    }
    if (isOfQos2 && isKept()) {
      owed.add(new Owed.ToForget(id, names));
    } else {
      effects.add(new Effect(id, new Forget(names)));
    }
  }

  /**
   * Ends what a consumer is done with and does not have; returns whether it will not come any more.
   */
  private boolean isPast(Name name) {
    VersionVector past = taken.get(name.table());
    return left.remove(name) != null
        || (past != null && past.covers(name.change()))
        || pending.values().removeIf(one -> one.message().name().equals(name))
        || consumers.values().stream().anyMatch(one -> one.handed.containsKey(name));
  }

  /** A client has unsubscribed: what it was sent it may still acknowledge. */
  void retire(ConsumerId id, Retire retire) {
    Consumer consumer = consumers.get(id);
    if (consumer == null) {
      return;
    }
    consumer.isRetiring = true;
    forgetSession(consumer, 0);
    Set<Name> sent = new HashSet<>(retire.sent());
    for (Handed one : List.copyOf(consumer.handed.values())) {
      if (!sent.contains(one.message().name())) {
        consumer.remove(one.message().name());
        handBack(consumer, one);
      }
    }
    claims
        .entrySet()
        .removeIf(one -> one.getValue().isInFlightAt(id) && !sent.contains(one.getKey()));
    endIfIdle(consumer);
    handOut();
  }

  /** The connection of a consumer has ended. */
  void leave(ConsumerId id, Leave leave) {
    leave(id, new HashSet<>(leave.sent()), leave.keptUntilMillis());
  }

  /** A consumer is gone, and nobody knows what it had sent. */
  void lose(ConsumerId id, long nowMillis) {
    Consumer consumer = consumers.get(id);
    if (consumer == null) {
      return;
    }
    long seconds = consumer.isRetiring ? 0 : consumer.expirySeconds;
    long until =
        seconds == SessionState.NEVER
            ? GroupState.FOR_EVER
            : nowMillis + seconds * MILLIS_PER_SECOND;
    leave(id, Set.copyOf(consumer.handed.keySet()), seconds == 0 ? 0 : until);
  }

  /** All consumers of a node are gone. */
  void loseNode(long node, long nowMillis) {
    for (ConsumerId id : List.copyOf(consumers.keySet())) {
      if (id.node() == node) {
        lose(id, nowMillis);
      }
    }
  }

  private void leave(ConsumerId id, Set<Name> sent, long keptUntilMillis) {
    Consumer consumer = consumers.remove(id);
    if (consumer == null) {
      return;
    }
    claims.values().removeIf(claim -> claim.isInFlightAt(id));
    if (!consumer.isRetiring) {
      forgetSession(consumer, keptUntilMillis);
    }
    for (Handed one : consumer.handed.values()) {
      boolean wasSent = one.number() != UNTOLD && sent.contains(one.message().name());
      if (!wasSent) {
        handBack(consumer, one);
      } else if (one.qos() == 1) {
        await(one.message(), true);
      } else if (one.qos() == 2) {
        hold(consumer.clientId, one);
      }
    }
    handOut();
  }

  private void forgetSession(Consumer consumer, long keptUntilMillis) {
    if (consumerOf(consumer.clientId) != null) {
      return; // it has come back elsewhere already
    }
    if (keptUntilMillis > 0) {
      sessions.put(consumer.clientId, keptUntilMillis);
    } else {
      sessions.remove(consumer.clientId);
      held.remove(consumer.clientId); // [MQTT-4.8.2-5]
    }
  }

  private @Nullable Consumer consumerOf(String clientId) {
    for (Consumer consumer : consumers.values()) {
      if (!consumer.isRetiring && consumer.clientId.equals(clientId)) {
        return consumer;
      }
    }
    return null;
  }

  /** A message is for this client alone, when it is there. */
  private void hold(String clientId, Handed one) {
    Consumer present = consumerOf(clientId);
    if (present != null) {
      handAgain(present, one);
    } else if (sessions.containsKey(clientId)) {
      held.computeIfAbsent(clientId, fresh -> new LinkedHashMap<>()).put(one.message().name(), one);
    }
  }

  private void await(GroupMessage message, boolean isAgain) {
    pending.put(
        new Rank(message.table(), message.place().position()), new Pending(message, isAgain));
  }

  private void handOut() {
    while (!pending.isEmpty()) {
      Consumer next = next();
      if (next == null) {
        return;
      }
      Pending first = pending.pollFirstEntry().getValue();
      int qos = Math.min(next.qos, first.message().qos()); // [MQTT-4.8.2-3]
      hand(next, new Handed(first.message(), qos, first.isAgain(), false, UNTOLD));
      consumers.putLast(next.id, next);
    }
  }

  private @Nullable Consumer next() {
    Consumer next = null;
    int most = 0;
    for (Consumer consumer : consumers.values()) {
      int room = consumer.room();
      if (room > most) {
        most = room;
        next = consumer;
      }
    }
    return next;
  }

  private void handAgain(Consumer consumer, Handed one) {
    hand(consumer, new Handed(one.message(), one.qos(), true, true, UNTOLD));
  }

  private void hand(Consumer consumer, Handed one) {
    if ((one.qos() == 2 && isKept()) || consumer.untold > 0) {
      consumer.put(one);
      consumer.untold++;
      owed.add(new Owed.ToOffer(consumer.id, one.message().name()));
    } else {
      tell(consumer, one);
    }
  }

  private void tell(Consumer consumer, Handed one) {
    long number = ++consumer.told;
    consumer.put(new Handed(one.message(), one.qos(), one.isAgain(), one.isBound(), number));
    effects.add(
        new Effect(consumer.id, new Offer(number, one.message(), one.qos(), one.isAgain())));
  }

  /** A second has passed: every consumer is told how much it was told. */
  void everySecond(long nowMillis) {
    claims.entrySet().removeIf(claim -> isStale(claim.getKey(), claim.getValue(), nowMillis));
    sessions.values().removeIf(until -> until <= nowMillis);
    held.keySet().retainAll(sessions.keySet());
    for (Consumer consumer : consumers.values()) {
      effects.add(new Effect(consumer.id, new Check(consumer.told)));
    }
  }

  /** A claim to what does not come counts for nothing after a while. */
  private boolean isStale(Name name, Claim claim, long nowMillis) {
    boolean isStale = nowMillis - claim.sinceMillis > CLAIM_MILLIS;
    if (isStale && claim.isDone) {
      forget(claim.consumer, List.of(name), false);
    }
    return isStale;
  }

  /** Returns what is to be told now, in this order. */
  List<Effect> effects() {
    List<Effect> due = effects;
    effects = new ArrayList<>();
    return due;
  }

  /** Tells whether something is to be told that must be stored first. */
  boolean owes() {
    return !owed.isEmpty();
  }

  /**
   * Returns the state, to be stored now.
   *
   * @param holder the id of this node
   * @param isOpen whether the group is handed out from here on
   * @param reached for each table the vector behind which it has not been read
   */
  GroupState store(long holder, boolean isOpen, Map<Integer, VersionVector> reached) {
    storing = owed;
    owed = new ArrayList<>();
    List<SessionState.Place> places = new ArrayList<>();
    reached.forEach((table, vector) -> places.add(place(table, vector)));
    before.forEach((table, place) -> {
      if (!reached.containsKey(table)) {
        places.add(place);
      }
    });
    List<InFlight> inFlight = new ArrayList<>();
    left.forEach((name, whose) -> inFlight.add(new InFlight(name, whose.clientId())));
    pending.values().forEach(one -> inFlight.add(new InFlight(one.message().name(), null)));
    held.forEach((clientId, all) ->
        all.keySet().forEach(name -> inFlight.add(new InFlight(name, clientId))));
    for (Consumer consumer : consumers.values()) {
      for (Handed one : consumer.handed.values()) {
        inFlight.add(new InFlight(one.message().name(), one.qos() == 2 ? consumer.clientId : null));
      }
    }
    List<Kept> kept =
        sessions.entrySet().stream()
            .map(session -> new Kept(session.getKey(), session.getValue()))
            .toList();
    return new GroupState(holder, isOpen, kept, places, inFlight);
  }

  private SessionState.Place place(int table, VersionVector reached) {
    SessionState.Place earlier = before.get(table);
    VersionVector acked =
        unfinished()
            .filter(message -> message.table() == table)
            .min(Comparator.comparingLong(message -> message.place().position()))
            .map(first -> first.place().vector().before(first.entry().change().timestamp()))
            .orElse(reached);
    if (earlier == null) {
      return new SessionState.Place(table, acked, reached);
    }
    if (reached.covers(earlier.sent())) {
      before.remove(table);
      left.keySet().removeIf(name -> name.table() == table); // overtaken by later versions of rows
    }
    return new SessionState.Place(table, acked.join(earlier.acked()), reached.join(earlier.sent()));
  }

  private Stream<GroupMessage> unfinished() {
    Stream<Handed> handed =
        Stream.concat(
                consumers.values().stream().map(consumer -> consumer.handed.values()),
                held.values().stream().map(SequencedMap::values))
            .flatMap(Collection::stream);
    return Stream.concat(
        handed.map(Handed::message), pending.values().stream().map(Pending::message));
  }

  /** What {@link #store} returned last is stored: what waited for it can be told. */
  void stored() {
    List<Owed> due = storing;
    storing = List.of();
    for (Owed one : due) {
      switch (one) {
        case Owed.ToJoin(var to) -> {
          if (consumers.containsKey(to)) {
            effects.add(new Effect(to, new Joined()));
          }
        }
        case Owed.ToForget(var to, var names) -> effects.add(new Effect(to, new Forget(names)));
        case Owed.ToOffer(var to, var name) -> {
          Consumer consumer = consumers.get(to);
          Handed handed = consumer == null ? null : consumer.handed.get(name);
          if (consumer != null && handed != null && handed.number() == UNTOLD) {
            consumer.untold--;
            tell(consumer, handed);
          }
        }
      }
    }
  }

  /** What {@link #store} returned last could not be stored. */
  void notStored() {
    List<Owed> all = new ArrayList<>(storing);
    all.addAll(owed);
    owed = all;
    storing = List.of();
  }
}
