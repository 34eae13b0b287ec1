package dev.lyrebird.mqtt;

import dev.lyrebird.journal.Place;
import dev.lyrebird.mqtt.GroupLetter.Done;
import dev.lyrebird.mqtt.GroupLetter.Join;
import dev.lyrebird.mqtt.GroupLetter.Leave;
import dev.lyrebird.mqtt.GroupLetter.Offer;
import dev.lyrebird.mqtt.GroupLetter.Retire;
import dev.lyrebird.mqtt.GroupLetter.ToConsumer;
import dev.lyrebird.mqtt.GroupLetter.ToHolder;
import dev.lyrebird.mqtt.GroupMessage.Name;
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

  ConsumerId id() {
    return id;
  }

  /** Runs something on the event loop of this consumer. */
  void execute(Runnable task) {
    loopGroups.execute(task);
  }

  /** Takes part in the group, or goes on under other options. */
  void join(MqttSubscription newSubscription, Runnable joined) {
    subscription = newSubscription;
    whenJoined.add(joined);
    groups.add(this);
    loopGroups.add(this);
    join();
  }

  private void join() {
    silentSeconds = 0;
    newlyDone = new ArrayList<>();
    List<Name> inFlight = new ArrayList<>(sent.values());
    inFlight.addAll(waiting.keySet());
    tell(
        new Join(
            client.clientId(),
            client.expirySeconds(),
            subscription.qos(),
            client.window(),
            heard,
            inFlight,
            List.copyOf(done)));
  }

  private void tell(ToHolder letter) {
    groups.tellHolder(filter, id, letter, loopGroups);
  }

  /** Takes what the holder tells. */
  void take(ToConsumer letter) {
    if (isOver) {
      return;
    }
    silentSeconds = 0;
    switch (letter) {
      case GroupLetter.Joined _ -> {
        List<Runnable> waited = whenJoined;
        whenJoined = new ArrayList<>(0);
        waited.forEach(Runnable::run);
      }
      case Offer offer -> take(offer);
      case GroupLetter.Forget forget -> forget.names().forEach(this::forget);
      case GroupLetter.Check check -> {
        if (check.number() != heard && !isRetiring) {
          heard = check.number();
          join();
        }
      }
    }
  }

  private void take(Offer offer) {
    boolean isGap = offer.number() != heard + 1;
    heard = offer.number();
    Name name = offer.message().name();
    if (!isRetiring && !done.contains(name) && !sent.containsValue(name)) {
      waiting.put(name, offer);
      sendOn();
    }
    if (isGap && !isRetiring) {
      join();
    }
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
    switch (client.send(event, subscription, offer.qos(), isAgain)) {
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

  /** The client is done with a message; returns whether its packet identifier is free again. */
  boolean done(int packetId, boolean isQos2) {
    Name name = sent.remove(packetId);
    if (name == null) {
      return true;
    }
    if (isQos2 && !isOver) {
      completing.put(name, packetId);
    }
    done(name);
    return !isQos2 || isOver;
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
    tell(new Retire(List.copyOf(sent.values())));
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
    groups.remove(this);
    loopGroups.remove(this);
  }

  /** Lets a second pass; a holder that is not heard of is told once more. */
  void everySecond() {
    silentSeconds++;
    if (silentSeconds < PATIENCE_SECONDS) {
      return;
    }
    if (isRetiring) {
      tell(new Retire(List.copyOf(sent.values())));
      tell(new Done(List.copyOf(done)));
    } else {
      join();
    }
  }
}
