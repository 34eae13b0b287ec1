package dev.lyrebird.mqtt;

import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.mqtt.GroupConsumer.Handed;
import dev.lyrebird.mqtt.GroupLetter.Check;
import dev.lyrebird.mqtt.GroupLetter.Forget;
import dev.lyrebird.mqtt.GroupLetter.Join;
import dev.lyrebird.mqtt.GroupLetter.Joined;
import dev.lyrebird.mqtt.GroupLetter.Leave;
import dev.lyrebird.mqtt.GroupLetter.Offer;
import dev.lyrebird.mqtt.GroupLetter.Retire;
import dev.lyrebird.mqtt.GroupMessage.Name;
import dev.lyrebird.mqtt.GroupPost.Effect;
import dev.lyrebird.mqtt.GroupPost.Owed;
import dev.lyrebird.mqtt.GroupState.InFlight;
import dev.lyrebird.mqtt.GroupState.Kept;
import dev.lyrebird.mqtt.Inheritance.Verdict;
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
import java.util.function.Predicate;
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

  /** Whether other nodes go on from what is stored. */
  private final boolean isClustered;

  /** What was journalled while no client was there, as far as it is kept; null for all. */
  private final @Nullable Backlog backlog;

  private final Inheritance inheritance;
  private final GroupSessions sessions;
  private final GroupPost post = new GroupPost();

  /** In the order in which they are next, among those with equal room. */
  private final SequencedMap<ConsumerId, GroupConsumer> consumers = new LinkedHashMap<>();

  /** What no consumer has, in the order of the journals. */
  private final NavigableMap<Rank, Pending> pending = new TreeMap<>();

  /** Up to where messages were taken, by table. */
  private final Map<Integer, VersionVector> taken = new HashMap<>();

  private record Rank(int table, long position) implements Comparable<Rank> {

    static Rank of(GroupMessage message) {
      return new Rank(message.table(), message.place().position());
    }

    @Override
    public int compareTo(Rank other) {
      return Comparator.comparingLong(Rank::position)
          .thenComparingInt(Rank::table)
          .compare(this, other);
    }
  }

  private record Pending(GroupMessage message, boolean isAgain) {}

  /**
   * Creates a group that has read nothing.
   *
   * @param earlier what was stored of it or handed over, or null for nothing
   * @param isClustered whether other nodes would go on from what is stored, so that the group is
   *     kept also for clients whose sessions end with their connections
   * @param backlog the limits of what is kept while no client is there, or null for none
   */
  ShareGroup(@Nullable GroupState earlier, boolean isClustered, @Nullable Backlog backlog) {
    this.isClustered = isClustered;
    this.backlog = backlog;
    this.inheritance = new Inheritance(earlier);
    this.sessions = new GroupSessions(earlier == null ? List.of() : earlier.sessions());
  }

  /** Tells whether anybody would go on from what is stored. */
  boolean isKept() {
    return !sessions.isEmpty() || (isClustered && !isEmpty());
  }

  /** Tells whether no client of the group is connected. */
  boolean isEmpty() {
    return consumers.isEmpty();
  }

  /** Tells whether a message can be taken. Otherwise there may be some that wait for room. */
  boolean hasRoom() {
    return pending.isEmpty()
        && consumers.values().stream().anyMatch(consumer -> consumer.room() > 0);
  }

  /** Tells whether at most half of all room is taken, so that reading on is worth while. */
  boolean hasAmpleRoom() {
    int handed = 0;
    int window = 0;
    for (GroupConsumer consumer : consumers.values()) {
      handed += consumer.isRetiring() ? 0 : consumer.handed().size();
      window += consumer.window();
    }
    return handed <= window / 2 && hasRoom();
  }

  /**
   * Takes a message from the journal.
   *
   * @param isOld whether it may have been there before this holder took the group up
   * @return false for one that was not kept for the group while no client was there
   */
  boolean take(GroupMessage message, boolean isOld, long nowMillis) {
    taken.put(message.table(), message.place().vector());
    switch (inheritance.judge(message, isOld)) {
      case Verdict.Fresh _ -> {
        if (isTooMuch(message, nowMillis)) {
          return false;
        }
        await(message, false);
      }
      case Verdict.Again _ -> await(message, true);
      case Verdict.Over _ -> {}
      case Verdict.Done(var by) -> forget(by, List.of(message.name()), message.qos() == 2);
      case Verdict.Has(var id, var isBound) -> {
        GroupConsumer consumer = consumers.get(id);
        if (consumer == null) {
          await(message, true);
        } else {
          has(consumer, message, isBound);
        }
      }
      case Verdict.OfClient(var clientId) ->
          hold(clientId, new Handed(message, 2, true, true, GroupConsumer.TOLD_BEFORE));
    }
    handOut();
    return true;
  }

  private boolean isTooMuch(GroupMessage message, long nowMillis) {
    return backlog != null
        && backlog.holds(message.entry())
        && !backlog.takes(message.entry(), nowMillis);
  }

  /** A consumer has a message of an earlier holder. */
  private static void has(GroupConsumer consumer, GroupMessage message, boolean isBound) {
    int qos = isBound ? 2 : Math.min(consumer.qos(), message.qos());
    consumer.put(new Handed(message, qos, true, qos == 2, GroupConsumer.TOLD_BEFORE));
  }

  /** A consumer is there, or tells once more what it has. */
  void join(ConsumerId id, Join join, long nowMillis) {
    inheritance.disown(id, new HashSet<>(join.inFlight())::contains);
    if (join.isFirst() && !consumers.containsKey(id)) {
      endSession(join.clientId()); // what waited for it was of an earlier subscription
    }
    GroupConsumer consumer = consumers.computeIfAbsent(id, fresh -> new GroupConsumer(id, join));
    consumer.update(join);
    sessions.connected(join.clientId(), join.expirySeconds());
    finish(id, join.done(), nowMillis);
    handBackLost(consumer, join);
    for (Name name : join.inFlight()) {
      claim(consumer, name, nowMillis);
    }
    consumer.joining();
    post.owe(new Owed.ToJoin(consumer, join.number()));
    sessions.release(join.clientId()).forEach(one -> hand(consumer, one.again()));
    if (!isKept()) {
      tellOwed();
    }
    handOut();
  }

  /** All who were there when the earlier holder was have joined. */
  void everybodyIsHere(long nowMillis) {
    sessions.settle(clientId -> consumerOf(clientId) != null, nowMillis);
  }

  /** A session has ended, wherever its client was. */
  void endSession(String clientId) {
    if (consumerOf(clientId) == null) {
      sessions.end(clientId);
      inheritance.endSession(clientId);
    }
  }

  /** What the consumer would have, had it come: others may have it. */
  private void handBackLost(GroupConsumer consumer, Join join) {
    Set<Name> has = new HashSet<>(join.inFlight());
    for (Handed one : List.copyOf(consumer.handed().values())) {
      boolean isLost =
          one.number() != GroupConsumer.TOLD_BEFORE
              && one.number() <= join.heard()
              && !has.contains(one.name());
      if (isLost) {
        consumer.remove(one.name());
        handBack(consumer, one);
      }
    }
  }

  /** A message that was not sent to the client goes to another, if it can. */
  private void handBack(GroupConsumer consumer, Handed one) {
    if (one.isBound()) {
      hold(consumer.clientId(), one);
    } else {
      await(one.message(), one.isAgain());
    }
  }

  /** Takes note that a consumer has a message, of this holder or an earlier one. */
  private void claim(GroupConsumer consumer, Name name, long nowMillis) {
    if (isHanded(name)) {
      return;
    }
    GroupMessage waiting = removePending(name);
    if (waiting != null) {
      has(consumer, waiting, false);
      return;
    }
    Handed mine = sessions.release(consumer.clientId(), name);
    if (mine != null) {
      consumer.put(mine);
    } else {
      inheritance.has(consumer.id(), name, nowMillis);
    }
  }

  private boolean isHanded(Name name) {
    return consumers.values().stream().anyMatch(consumer -> consumer.has(name));
  }

  private @Nullable GroupMessage removePending(Name name) {
    for (Map.Entry<Rank, Pending> one : pending.entrySet()) {
      GroupMessage message = one.getValue().message();
      if (message.name().equals(name)) {
        pending.remove(one.getKey());
        return message;
      }
    }
    return null;
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
    GroupConsumer consumer = consumers.get(id);
    List<Name> finished = new ArrayList<>();
    boolean isOfQos2 = false;
    for (Name name : names) {
      Handed one = consumer == null ? null : removeFrom(consumer.clientId(), name);
      isOfQos2 |= one == null || one.qos() == 2;
      if (one != null || isPast(name)) {
        finished.add(name);
      } else {
        inheritance.done(id, name, nowMillis);
      }
    }
    forget(id, finished, isOfQos2);
    if (consumer != null && consumer.isRetiring()) {
      endIfIdle(consumer);
    }
  }

  /** Of two consumers of a client, as while it moves, either may be done with what one has. */
  private @Nullable Handed removeFrom(String clientId, Name name) {
    Handed removed = sessions.release(clientId, name);
    for (GroupConsumer consumer : consumers.values()) {
      if (removed == null && consumer.clientId().equals(clientId)) {
        removed = consumer.remove(name);
      }
    }
    return removed;
  }

  private void endIfIdle(GroupConsumer consumer) {
    if (consumer.handed().isEmpty() && !inheritance.isAwaitedFor(consumer.id())) {
      consumers.remove(consumer.id());
    }
  }

  /** What of QoS 2 nobody must be given again is told only when that is stored. */
  private void forget(ConsumerId id, List<Name> names, boolean isOfQos2) {
    if (names.isEmpty()) {
      return;
    }
    if (isOfQos2 && isKept()) {
      post.owe(new Owed.ToForget(id, names));
    } else {
      post.tell(id, new Forget(names));
    }
  }

  /**
   * Ends what a consumer is done with and does not have; returns whether it will not come any more.
   */
  private boolean isPast(Name name) {
    VersionVector past = taken.get(name.table());
    return inheritance.end(name)
        || removePending(name) != null
        || (past != null && past.covers(name.change()))
        || isHanded(name);
  }

  /** A client has unsubscribed: what it was sent it may still acknowledge. */
  void retire(ConsumerId id, Retire retire) {
    GroupConsumer consumer = consumers.get(id);
    if (consumer == null) {
      return;
    }
    consumer.retire();
    forgetSession(consumer, 0);
    Set<Name> sent = new HashSet<>(retire.sent());
    for (Handed one : List.copyOf(consumer.handed().values())) {
      if (!sent.contains(one.name())) {
        consumer.remove(one.name());
        handBack(consumer, one);
      }
    }
    inheritance.retain(id, sent::contains);
    endIfIdle(consumer);
    handOut();
  }

  /** The connection of a consumer has ended. */
  void leave(ConsumerId id, Leave leave) {
    leave(id, new HashSet<>(leave.sent())::contains, leave.keptUntilMillis());
  }

  /** A consumer is gone, and nobody knows what it had sent. */
  void lose(ConsumerId id, long nowMillis) {
    GroupConsumer consumer = consumers.get(id);
    if (consumer == null) {
      return;
    }
    long seconds = consumer.isRetiring() ? 0 : consumer.expirySeconds();
    long until =
        seconds == 0 ? 0 : new Kept(consumer.clientId(), seconds, 0).endsAtMillis(nowMillis);
    leave(id, any -> true, until);
  }

  /** All consumers of other nodes than these are gone. */
  void loseAllBut(Collection<Long> nodes, long nowMillis) {
    for (ConsumerId id : List.copyOf(consumers.keySet())) {
      if (!nodes.contains(id.node())) {
        lose(id, nowMillis);
      }
    }
  }

  private void leave(ConsumerId id, Predicate<Name> wasSent, long keptUntilMillis) {
    GroupConsumer consumer = consumers.remove(id);
    if (consumer == null) {
      return;
    }
    inheritance.leave(consumer, wasSent);
    if (!consumer.isRetiring()) {
      forgetSession(consumer, keptUntilMillis);
    }
    for (Handed one : consumer.handed().values()) {
      if (one.number() == GroupConsumer.UNTOLD || !wasSent.test(one.name())) {
        handBack(consumer, one);
      } else if (one.qos() == 1) {
        await(one.message(), true);
      } else if (one.qos() == 2) {
        hold(consumer.clientId(), one);
      }
    }
    handOut();
  }

  private void forgetSession(GroupConsumer consumer, long keptUntilMillis) {
    String clientId = consumer.clientId();
    if (consumerOf(clientId) != null) {
      return; // it has come back elsewhere already
    }
    if (keptUntilMillis > 0) {
      sessions.away(clientId, consumer.expirySeconds(), keptUntilMillis);
    } else {
      sessions.end(clientId); // [MQTT-4.8.2-5]
      inheritance.endSession(clientId);
    }
  }

  private @Nullable GroupConsumer consumerOf(String clientId) {
    for (GroupConsumer consumer : consumers.values()) {
      if (!consumer.isRetiring() && consumer.clientId().equals(clientId)) {
        return consumer;
      }
    }
    return null;
  }

  /** A message is for this client alone, when it is there. */
  private void hold(String clientId, Handed one) {
    GroupConsumer present = consumerOf(clientId);
    if (present != null) {
      hand(present, one.again());
    } else {
      sessions.hold(clientId, one);
    }
  }

  private void await(GroupMessage message, boolean isAgain) {
    pending.put(Rank.of(message), new Pending(message, isAgain));
  }

  private void handOut() {
    while (!pending.isEmpty()) {
      GroupConsumer next = next();
      if (next == null) {
        return;
      }
      Pending first = pending.pollFirstEntry().getValue();
      int qos = Math.min(next.qos(), first.message().qos()); // [MQTT-4.8.2-3]
      hand(next, new Handed(first.message(), qos, first.isAgain(), false, GroupConsumer.UNTOLD));
      consumers.putLast(next.id(), next);
    }
  }

  private @Nullable GroupConsumer next() {
    GroupConsumer next = null;
    int most = 0;
    for (GroupConsumer consumer : consumers.values()) {
      int room = consumer.room();
      if (room > most) {
        most = room;
        next = consumer;
      }
    }
    return next;
  }

  private void hand(GroupConsumer consumer, Handed one) {
    if ((one.qos() == 2 && isKept()) || consumer.isBehind()) {
      consumer.put(one);
      post.owe(new Owed.ToOffer(consumer, one.name()));
    } else {
      tell(consumer, one);
    }
  }

  private void tell(GroupConsumer consumer, Handed one) {
    Handed told = consumer.tell(one);
    post.tell(consumer.id(), new Offer(told.number(), told.message(), told.qos(), told.isAgain()));
  }

  /** A second has passed: every consumer is told how much it was told. */
  void everySecond(long nowMillis) {
    inheritance.expire(nowMillis).forEach((name, id) -> forget(id, List.of(name), false));
    sessions.expire(nowMillis);
    for (GroupConsumer consumer : consumers.values()) {
      post.tell(consumer.id(), new Check(consumer.told()));
    }
  }

  /** Returns what is to be told now, in this order. */
  List<Effect> effects() {
    return post.effects();
  }

  /** Tells whether something is to be told that must be stored first. */
  boolean owes() {
    return post.owes();
  }

  /**
   * Returns the state, to be stored now.
   *
   * @param claim by which the group is held
   * @param isOpen whether the group is handed out from here on
   * @param reached for each table the vector behind which it has not been read
   */
  GroupState store(Timestamp claim, boolean isOpen, Map<Integer, VersionVector> reached) {
    post.store();
    List<SessionState.Place> places = new ArrayList<>();
    reached.forEach(
        (table, vector) -> places.add(inheritance.place(table, acked(table, vector), vector)));
    places.addAll(inheritance.unread(reached.keySet()));
    List<InFlight> inFlight = new ArrayList<>(inheritance.inFlight().toList());
    pending.values().forEach(one -> inFlight.add(InFlight.ofAny(one.message().name())));
    inFlight.addAll(sessions.inFlight().toList());
    for (GroupConsumer consumer : consumers.values()) {
      consumer.handed().values().forEach(one -> inFlight.add(inFlight(consumer, one)));
    }
    return new GroupState(claim, isOpen, !isEmpty(), sessions.kept(), places, inFlight);
  }

  private static InFlight inFlight(GroupConsumer consumer, Handed one) {
    return one.qos() == 2
        ? new InFlight(one.name(), consumer.clientId(), one.isBound() ? null : consumer.id())
        : InFlight.ofAny(one.name());
  }

  /** Returns up to where all of a table is done with. */
  private VersionVector acked(int table, VersionVector reached) {
    return unfinished()
        .filter(message -> message.table() == table)
        .min(Comparator.comparingLong(message -> message.place().position()))
        .map(first -> first.place().vector().before(first.entry().change().timestamp()))
        .orElse(reached);
  }

  private Stream<GroupMessage> unfinished() {
    Stream<Handed> handed =
        consumers.values().stream().flatMap(consumer -> consumer.handed().values().stream());
    return Stream.concat(
        Stream.concat(handed, sessions.held()).map(Handed::message),
        pending.values().stream().map(Pending::message));
  }

  /** What {@link #store} returned last is stored: what waited for it can be told. */
  void stored() {
    post.stored().forEach(this::tell);
  }

  /** What {@link #store} returned last could not be stored. */
  void notStored() {
    post.notStored();
  }

  /** Nobody would go on from what is stored, so that nothing waits for it. */
  private void tellOwed() {
    post.store();
    stored();
  }

  private void tell(Owed one) {
    switch (one) {
      case Owed.ToJoin(var to, var number) -> {
        to.joined();
        post.tell(to.id(), new Joined(number));
      }
      case Owed.ToForget(var to, var names) -> post.tell(to, new Forget(names));
      case Owed.ToOffer(var to, var name) -> {
        Handed handed = to.handed().get(name);
        if (handed != null
            && handed.number() == GroupConsumer.UNTOLD
            && consumers.get(to.id()) == to) {
          tell(to, handed);
        }
      }
    }
  }
}
