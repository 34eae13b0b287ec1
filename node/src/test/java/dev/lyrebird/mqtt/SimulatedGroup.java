package dev.lyrebird.mqtt;

import dev.lyrebird.journal.Change;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.journal.Write;
import dev.lyrebird.mqtt.GroupLetter.Offer;
import dev.lyrebird.mqtt.GroupLetter.ToHolder;
import dev.lyrebird.mqtt.GroupMessage.Name;
import dev.lyrebird.mqtt.GroupPost.Effect;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A journal of one origin, the holder of a group that reads it, its row, and its consumers. Notes
 * what becomes of every message, and what excuses there were.
 */
final class SimulatedGroup {

  private static final int TABLE = 7;
  private static final long ORIGIN = 1;
  private static final int CLIENTS = 5;

  private final Random random;
  private final List<GroupMessage> journal = new ArrayList<>();
  private final Map<Name, Fate> fates = new LinkedHashMap<>();
  private final Map<ConsumerId, SimulatedConsumer> consumers = new LinkedHashMap<>();

  /** QoS 2 that a client was sent and has not acknowledged when its connection ended. */
  private final Map<String, Set<Name>> unacknowledged = new HashMap<>();

  private final Map<String, Boolean> durables = new HashMap<>();

  /** What the sessions of clients that are away have completed, of those that go on. */
  private final Map<String, Set<Name>> kept = new HashMap<>();

  private ShareGroup holder = new ShareGroup(null, true, null);
  private @Nullable GroupState row;

  /** What is being stored; null while nothing is. */
  private @Nullable GroupState storing;

  private int read;
  private int readByEarlier;

  /** Whether a holder may know of a consumer only by its word, which it has not told again. */
  private boolean wasHandedOver;

  private long numbers;

  /** What became of a message. */
  static final class Fate {

    private final GroupMessage message;
    private final List<String> deliveries = new ArrayList<>();
    private final Set<String> clientsAtQos2 = new HashSet<>();
    private boolean mayBeLost;
    private boolean mayBeTwice;

    Fate(GroupMessage message) {
      this.message = message;
    }

    int deliveries() {
      return deliveries.size();
    }

    boolean mayBeLost() {
      return mayBeLost;
    }

    boolean mayBeTwice() {
      return mayBeTwice;
    }

    int clientsAtQos2() {
      return clientsAtQos2.size();
    }

    @Override
    public String toString() {
      return "%d of QoS %d to %s".formatted(message.entry().position(), message.qos(), deliveries);
    }
  }

  SimulatedGroup(Random random) {
    this.random = random;
  }

  Collection<Fate> messages() {
    return fates.values();
  }

  /** Lets a client come, or come back. */
  void connect() {
    String clientId = "c" + random.nextInt(CLIENTS);
    if (consumers.values().stream().anyMatch(one -> one.clientId.equals(clientId))) {
      return;
    }
    boolean isDurable = durables.computeIfAbsent(clientId, fresh -> random.nextBoolean());
    ConsumerId id = new ConsumerId(random.nextInt(2), ++numbers);
    SimulatedConsumer consumer =
        new SimulatedConsumer(
            id, clientId, isDurable, 1 + random.nextInt(2), kept.remove(clientId));
    consumers.put(id, consumer);
    consumer.join();
  }

  /** Does one of the things that always happen. */
  void step() {
    switch (random.nextInt(8)) {
      case 0, 1 -> publish();
      case 2 -> read();
      case 3, 4 -> pass();
      case 5 -> useConsumer();
      case 6 -> store();
      default -> {
        if (random.nextInt(5) == 0) {
          holder.everySecond(0);
          tell();
        }
      }
    }
  }

  private void publish() {
    int position = journal.size() + 1;
    Timestamp stamp = new Timestamp(position, ORIGIN);
    Write write = new Write(Write.Kind.MESSAGE, "t", Payload.EMPTY, random.nextInt(3), 0, 0, null);
    GroupMessage message =
        new GroupMessage(
            TABLE,
            "t",
            new Entry(position, position, new Change(stamp, write), null),
            new Place(position, VersionVector.of(stamp)));
    journal.add(message);
    fates.put(message.name(), new Fate(message));
  }

  private void read() {
    while (read < journal.size() && holder.hasRoom()) {
      GroupMessage next = journal.get(read++);
      holder.take(next, read <= readByEarlier, 0);
    }
    tell();
  }

  /** Lets a letter arrive in either direction. */
  private void pass() {
    SimulatedConsumer consumer = any();
    if (consumer == null) {
      return;
    }
    if (random.nextBoolean() && !consumer.inbox.isEmpty()) {
      consumer.take(consumer.inbox.remove());
    } else if (!consumer.outbox.isEmpty()) {
      take(consumer.id, consumer.outbox.remove());
    }
  }

  private void take(ConsumerId from, ToHolder letter) {
    switch (letter) {
      case GroupLetter.Join join -> holder.join(from, join, 0);
      case GroupLetter.Done done -> holder.done(from, done.names(), 0);
      case GroupLetter.Retire retire -> holder.retire(from, retire);
      case GroupLetter.Leave leave -> holder.leave(from, leave);
      case GroupLetter.SessionEnded(var clientId) -> holder.endSession(clientId);
      case GroupLetter.Gone _ -> holder.lose(from, 0);
    }
    tell();
  }

  private void tell() {
    for (Effect effect : holder.effects()) {
      SimulatedConsumer consumer = consumers.get(effect.to());
      if (consumer != null) {
        consumer.inbox.add(effect.letter());
      }
    }
  }

  private void useConsumer() {
    SimulatedConsumer consumer = any();
    if (consumer == null) {
      return;
    }
    if (random.nextBoolean() && !consumer.waiting.isEmpty()) {
      send(consumer);
    } else if (!consumer.sent.isEmpty()) {
      consumer.acknowledge(consumer.sent.firstEntry().getKey());
    }
  }

  private void send(SimulatedConsumer consumer) {
    Offer offer = consumer.send();
    Name name = offer.message().name();
    Fate fate = fates.get(name);
    Set<Name> mine = unacknowledged.getOrDefault(consumer.clientId, new HashSet<>());
    if (fate != null && !(offer.qos() == 2 && mine.remove(name))) {
      fate.deliveries.add(consumer.clientId + "@" + offer.qos());
    }
    if (fate != null && offer.qos() == 2) {
      fate.clientsAtQos2.add(consumer.clientId);
    }
  }

  private void store() {
    if (storing == null) {
      storing = holder.store(new Timestamp(1, 1), true, reached());
    } else {
      row = storing;
      storing = null;
      holder.stored();
      tell();
    }
  }

  private Map<Integer, VersionVector> reached() {
    return Map.of(TABLE, read == 0 ? VersionVector.EMPTY : vector(read));
  }

  private static VersionVector vector(int position) {
    return VersionVector.of(new Timestamp(position, ORIGIN));
  }

  /** Lets a client come, go, unsubscribe or die. */
  void disturbConsumers() {
    SimulatedConsumer consumer = any();
    if (consumer == null || random.nextBoolean()) {
      connect();
    } else if (random.nextInt(3) == 0) {
      consumer.retire();
    } else {
      end(consumer, random.nextBoolean());
    }
  }

  /**
   * The connection of a consumer ends; returns whether that ends its client's part in the group.
   */
  private boolean over(SimulatedConsumer consumer) {
    boolean isOver = !consumer.isDurable || consumer.isRetired();
    if (isOver) {
      unacknowledged.remove(consumer.clientId);
    } else {
      kept.put(consumer.clientId, consumer.completed());
    }
    return isOver;
  }

  private void end(SimulatedConsumer consumer, boolean tells) {
    consumers.remove(consumer.id);
    boolean isOver = over(consumer);
    consumer.sent.forEach((name, offer) -> excuse(consumer, offer, isOver));
    if (tells) {
      consumer.outbox.forEach(letter -> take(consumer.id, letter));
      take(consumer.id, consumer.done());
      take(consumer.id, consumer.leave());
    } else {
      excuseUnheard(consumer);
      take(consumer.id, new GroupLetter.Gone());
    }
  }

  /** Nobody hears what it had: what was on its way counts as sent, what it had done as not done. */
  private void excuseUnheard(SimulatedConsumer consumer) {
    for (Fate fate : fates.values()) {
      Name name = fate.message.name();
      fate.mayBeTwice |= (fate.message.qos() > 0 || wasHandedOver) && consumer.has(name);
      fate.mayBeLost |= fate.message.qos() != 1 && fate.deliveries.isEmpty();
    }
  }

  private void excuse(SimulatedConsumer consumer, Offer offer, boolean isOver) {
    Fate fate = fates.get(offer.message().name());
    if (fate != null && offer.qos() == 1) {
      fate.mayBeTwice = true;
    } else if (fate != null && !isOver) {
      unacknowledged
          .computeIfAbsent(consumer.clientId, fresh -> new HashSet<>())
          .add(offer.message().name());
    }
  }

  /** Loses a letter under way. */
  void loseLetter() {
    SimulatedConsumer consumer = any();
    if (consumer == null) {
      return;
    }
    boolean isJoining =
        consumer.outbox.stream()
            .anyMatch(one -> one instanceof GroupLetter.Join || one instanceof GroupLetter.Retire);
    if (random.nextBoolean()) {
      consumer.inbox.poll();
    } else if (!isJoining) {
      consumer.outbox.poll();
    }
  }

  /** Lets the holder fail, and another go on from the row once all consumers have told it. */
  void failHolder() {
    if (random.nextBoolean()) {
      dieWithHolder();
    }
    for (Fate fate : fates.values()) { // it may have handed out what it did not store
      Name name = fate.message.name();
      fate.mayBeLost |= fate.message.qos() != 1 && fate.deliveries.isEmpty();
      fate.mayBeTwice |=
          fate.message.qos() > 0
              && fate.clientsAtQos2.isEmpty()
              && consumers.values().stream().noneMatch(one -> one.has(name));
    }
    takeUp(row);
  }

  /** Lets the holder make way to another, which it hands exactly how the group stands. */
  void handOver() {
    GroupState left = holder.store(new Timestamp(1, 1), false, reached());
    row = left;
    wasHandedOver = true;
    takeUp(left);
  }

  /** Lets another holder go on once all consumers have joined it; what was under way is lost. */
  private void takeUp(@Nullable GroupState state) {
    holder = new ShareGroup(state, true, null);
    storing = null;
    readByEarlier = journal.size();
    read =
        state == null || state.places().isEmpty()
            ? 0
            : (int) state.places().getFirst().acked().timeOf(ORIGIN);
    for (SimulatedConsumer consumer : consumers.values()) {
      consumer.outbox.clear();
      consumer.move();
      while (!consumer.outbox.isEmpty()) {
        take(consumer.id, consumer.outbox.remove());
      }
    }
  }

  private void dieWithHolder() {
    SimulatedConsumer consumer = any();
    if (consumer != null) {
      consumers.remove(consumer.id);
      boolean isOver = over(consumer);
      consumer.sent.forEach((name, offer) -> excuse(consumer, offer, isOver));
      excuseUnheard(consumer);
    }
  }

  /** Lets everything come to its end, with a client there for each that was. */
  void settle() {
    List.copyOf(consumers.values()).stream()
        .filter(SimulatedConsumer::isRetired)
        .forEach(one -> end(one, true));
    for (int i = 0; i < 50; i++) {
      connect();
    }
    for (int round = 0; round < 2 * journal.size() + 20; round++) {
      read();
      store();
      holder.everySecond(0);
      tell();
      for (SimulatedConsumer consumer : consumers.values()) {
        while (!consumer.inbox.isEmpty()) {
          consumer.take(consumer.inbox.remove());
        }
        while (!consumer.waiting.isEmpty()) {
          send(consumer);
        }
        while (!consumer.sent.isEmpty()) {
          consumer.acknowledge(consumer.sent.firstEntry().getKey());
        }
        while (!consumer.outbox.isEmpty()) {
          take(consumer.id, consumer.outbox.remove());
        }
      }
    }
  }

  private @Nullable SimulatedConsumer any() {
    List<SimulatedConsumer> all = List.copyOf(consumers.values());
    return all.isEmpty() ? null : all.get(random.nextInt(all.size()));
  }
}
