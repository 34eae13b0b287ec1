package dev.lyrebird.mqtt;

import dev.lyrebird.journal.Place;
import dev.lyrebird.mqtt.GroupLetter.Check;
import dev.lyrebird.mqtt.GroupLetter.Done;
import dev.lyrebird.mqtt.GroupLetter.Join;
import dev.lyrebird.mqtt.GroupLetter.Joined;
import dev.lyrebird.mqtt.GroupLetter.Leave;
import dev.lyrebird.mqtt.GroupLetter.Offer;
import dev.lyrebird.mqtt.GroupLetter.Retire;
import dev.lyrebird.mqtt.GroupLetter.ToConsumer;
import dev.lyrebird.mqtt.GroupLetter.ToHolder;
import dev.lyrebird.mqtt.GroupMessage.Name;
import dev.lyrebird.mqtt.SessionState.Shared;
import dev.lyrebird.pubsub.Event;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/**
 * A client's part in one group: it tells the holder of the group that it is there, sends the client
 * what it is offered, and says when it is done with it. What the client has no room for waits here;
 * the holder has no more under way than the window of the consumer.
 *
 * <p>The holder may move to another node. The consumer follows when it hears of that, or is called
 * by the new one, and takes nothing until its joining there is answered: what is still on its way
 * from before is not its own any more.
 *
 * <p>Owned by the event loop of the client's connection.
 */
final class Consumer {

  /** After so many seconds without a word the holder may not know of the consumer. */
  private static final int PATIENCE_SECONDS = 3;

  private final ConsumerId id;
  private final SharedFilter filter;
  private final Consumers client;
  private final LoopGroups loopGroups;
  private final Groups groups;

  private MqttSubscription subscription;

  /** The node of the holder. */
  private long holder;

  /** Whether what the holder says counts only once it has answered the last joining. */
  private boolean hasMoved;

  /** How often the holder was told that the consumer is there. */
  private long joins;

  /** Whether what an earlier subscription of the client has left may come. */
  private boolean isExpected;

  /** What waits until the client has room, in the order of the offers. */
  private final SequencedMap<Name, Offer> waiting = new LinkedHashMap<>();

  /** What the client was sent and is not done with, by packet identifier. */
  private final Map<Integer, Name> sent = new HashMap<>();

  /** What the client is done with and the holder has not said to forget. */
  private final Set<Name> done = new LinkedHashSet<>();

  /** Of the same, for QoS 2: the packet identifiers that stay taken until then. */
  private final Map<Name, Integer> completing = new HashMap<>();

  /** What is to be told as done at the end of the turn. */
  private List<Name> newlyDone = new ArrayList<>();

  private List<Runnable> whenJoined = new ArrayList<>(1);

  /** The number of the last offer. */
  private long heard;

  private boolean isRetiring;
  private boolean isOver;

  /** Seconds since the holder was heard of. */
  private int silentSeconds;

  Consumer(
      ConsumerId id,
      SharedFilter filter,
      MqttSubscription subscription,
      Consumers client,
      LoopGroups loopGroups,
      Groups groups) {
    this.id = id;
    this.filter = filter;
    this.subscription = subscription;
    this.client = client;
    this.loopGroups = loopGroups;
    this.groups = groups;
  }

  /** Returns the whole filter of its group. */
  String group() {
    return filter.text();
  }

  ConsumerId id() {
    return id;
  }

  /** Runs something on the event loop of this consumer. */
  void execute(Runnable task) {
    loopGroups.execute(task);
  }

  /** Takes part in the group, for a client that has just subscribed. */
  void begin(Runnable joined) {
    whenJoined.add(joined);
    count(1);
    groups.add(this);
    loopGroups.add(this);
    join(groups.holderOf(filter));
  }

  /**
   * Takes part in the group, for a client that has held the subscription before.
   *
   * @param had what it has of QoS 2 and is about to complete, by packet identifier
   */
  void goOn(Map<Integer, Name> had, Runnable joined) {
    isExpected = true;
    sent.putAll(had);
    begin(joined);
  }

  /** Goes on under other options. */
  void replace(MqttSubscription newSubscription, Runnable joined) {
    subscription = newSubscription;
    whenJoined.add(joined);
    join();
  }

  /** Takes part in the group where it is held now. */
  void join(long node) {
    holder = node;
    hasMoved = true;
    join();
    if (isRetiring) {
      tellRetire();
    }
  }

  /** Follows the group if it is held elsewhere now. */
  void lookAgain() {
    long node = groups.holderOf(filter);
    if (node != holder) {
      join(node);
    }
  }

  private void join() {
    silentSeconds = 0;
    newlyDone = new ArrayList<>();
    List<Name> inFlight = new ArrayList<>(sent.values());
    inFlight.addAll(waiting.keySet());
    tell(
        new Join(
            ++joins,
            !isExpected,
            client.clientId(),
            client.expirySeconds(),
            subscription.qos(),
            client.window(),
            heard,
            inFlight,
            List.copyOf(done)));
  }

  private void tell(ToHolder letter) {
    groups.tellHolder(holder, filter, id, letter);
  }

  /**
   * Takes what a holder tells.
   *
   * @param from its node
   */
  void take(long from, ToConsumer letter) {
    boolean isAnswer = letter instanceof Joined(var number) && number == joins;
    if (isOver || from != holder || (hasMoved && !isAnswer)) {
      return;
    }
    silentSeconds = 0;
    switch (letter) {
      case Joined _ -> {
        hasMoved = false;
        isExpected = true;
        tellJoined();
      }
      case Offer offer -> take(offer);
      case GroupLetter.Forget forget -> forget.names().forEach(this::forget);
      case Check check -> take(check);
    }
  }

  private void count(int one) {
    loopGroups.loop().broker().counters().add(Count.SHARED_SUBSCRIPTIONS, one);
  }

  private void tellJoined() {
    List<Runnable> waited = whenJoined;
    whenJoined = new ArrayList<>(0);
    waited.forEach(Runnable::run);
  }

  private void take(Offer offer) {
    boolean isGap = offer.number() != heard + 1;
    heard = offer.number();
    Name name = offer.message().name();
    if (!isRetiring && !done.contains(name) && !sent.containsValue(name)) {
      waiting.put(name, offer);
      sendOn();
    }
    if (isRetiring) {
      tellRetire(); // the holder has not heard it
    } else if (isGap) {
      join();
    }
  }

  /** What the holder should have said, or heard, is said once more. */
  private void take(Check check) {
    boolean isGap = check.number() != heard;
    heard = check.number();
    if (isGap && isRetiring) {
      tellRetire();
    } else if (isGap) {
      join();
    } else if (!done.isEmpty()) {
      tell(new Done(List.copyOf(done)));
    }
  }

  private void tellRetire() {
    tell(new Retire(List.copyOf(sent.values())));
  }

  /** Sends what waits, as far as there is room. */
  void sendOn() {
    while (!waiting.isEmpty() && client.hasRoom()) {
      Map.Entry<Name, Offer> next = waiting.firstEntry();
      Offer offer = next.getValue();
      if (!send(next.getKey(), offer)) {
        return;
      }
      waiting.pollFirstEntry();
    }
  }

  private boolean send(Name name, Offer offer) {
    GroupMessage message = offer.message();
    Event event = Event.change(SysTopics.NO_TABLE, message.topic(), message.entry(), Place.START);
    boolean isAgain = offer.isAgain() && offer.qos() > 0; // [MQTT-3.3.1-2]
    Shared shared = new Shared(group(), name);
    switch (client.send(event, shared, subscription, offer.qos(), isAgain)) {
      case Consumers.Sending.Sent(var packetId) -> {
        sent.put(packetId, name);
        client.sent(packetId, this);
      }
      case Consumers.Sending.Over _ -> done(name);
      case Consumers.Sending.Waits _ -> {
        return false;
      }
    }
    return true;
  }

  /** The client is done with a message of QoS 1, or does not want it. */
  void acknowledged(int packetId) {
    Name name = sent.remove(packetId);
    if (name != null) {
      done(name);
    }
  }

  /**
   * The client is done with a message of QoS 2, or says so again; returns whether its packet
   * identifier is free.
   */
  boolean completes(int packetId) {
    Name name = sent.remove(packetId);
    if (name != null && !isOver) {
      completing.put(name, packetId);
      done(name);
    }
    return isOver;
  }

  private void done(Name name) {
    if (isOver) {
      return;
    }
    done.add(name);
    if (newlyDone.isEmpty()) {
      execute(this::tellDone);
    }
    newlyDone.add(name);
  }

  private void tellDone() {
    if (!newlyDone.isEmpty() && !isOver) {
      List<Name> names = newlyDone;
      newlyDone = new ArrayList<>();
      tell(new Done(names));
    }
  }

  private void forget(Name name) {
    done.remove(name);
    Integer packetId = completing.remove(name);
    if (packetId != null) {
      client.completed(packetId);
    }
    if (isRetiring) {
      endIfIdle();
    }
  }

  /** The client takes no more, but may acknowledge what it was sent. */
  void retire() {
    tell(new Done(List.copyOf(done)));
    isRetiring = true;
    waiting.clear();
    tellRetire();
    endIfIdle();
  }

  private void endIfIdle() {
    if (sent.isEmpty() && done.isEmpty()) {
      end();
    }
  }

  /**
   * The connection has ended.
   *
   * @param keptUntilMillis when the session ends; see {@link Leave}
   */
  void leave(long keptUntilMillis) {
    tell(new Done(List.copyOf(done)));
    tell(new Leave(List.copyOf(sent.values()), isRetiring ? 0 : keptUntilMillis));
    end();
  }

  private void end() {
    isOver = true;
    count(-1);
    tellJoined();
    groups.remove(this);
    loopGroups.remove(this);
  }

  /** Lets a second pass; a holder that is not heard of is looked for. */
  void everySecond() {
    silentSeconds++;
    if (silentSeconds == PATIENCE_SECONDS) {
      join(groups.holderOf(filter));
    }
  }
}
