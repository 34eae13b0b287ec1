package dev.lyrebird.mqtt;

import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.mqtt.GroupMessage.Name;
import dev.lyrebird.mqtt.SessionState.Releasing;
import dev.lyrebird.mqtt.SessionState.Shared;
import dev.lyrebird.pubsub.Event;
import dev.lyrebird.pubsub.TopicFilter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A client's shared subscriptions: one {@link Consumer} each. Owned by the event loop of its
 * connection.
 */
final class Consumers {

  /** The most that a holder may have under way to one consumer. */
  private static final int MAX_WINDOW = 64;

  private static final int PACKET_ID_SHIFT = 32_767;

  private final Connect connect;
  private final MqttSubscriber subscriber;
  private final Loop loop;

  private final Map<TopicFilter, Consumer> byFilter = new LinkedHashMap<>(2);

  /** Whose message is in flight, by packet identifier. */
  private final Map<Integer, Consumer> byPacketId = new HashMap<>();

  /** Joinings whose end the client's SUBACK waits for. */
  private int joining;

  private List<Runnable> whenJoined = new ArrayList<>(1);

  /** What became of the sending of a message. */
  sealed interface Sending {

    /** It was sent under a packet identifier, and will be acknowledged. */
    record Sent(int packetId) implements Sending {}

    /** Nothing more will be heard of it. */
    record Over() implements Sending {}

    /** There is no room, or its packet identifier is taken. */
    record Waits() implements Sending {}
  }

  Consumers(Connect connect, MqttSubscriber subscriber, Loop loop) {
    this.connect = connect;
    this.subscriber = subscriber;
    this.loop = loop;
  }

  String clientId() {
    return connect.clientId();
  }

  long expirySeconds() {
    return connect.expirySeconds();
  }

  /** Half of what the client takes: the other half is for what it does not share. */
  int window() {
    return Math.clamp(connect.receiveMaximum() / 2, 1, MAX_WINDOW);
  }

  /** Begins a shared subscription, or replaces its options. */
  void subscribe(MqttSubscription subscription) {
    joining++;
    Consumer present = byFilter.get(subscription.filter());
    if (present == null) {
      consumer(subscription).begin(this::joined);
    } else {
      present.replace(subscription, this::joined);
    }
  }

  /**
   * Goes on with a shared subscription of a session.
   *
   * @param releasing of the session: of these the client has those that the group has handed out
   */
  void goOn(MqttSubscription subscription, List<Releasing> releasing) {
    joining++;
    Consumer consumer = consumer(subscription);
    Map<Integer, Name> had = new HashMap<>();
    for (Releasing one : releasing) {
      Shared shared = one.shared();
      if (shared != null && shared.group().equals(consumer.group())) {
        had.put(one.packetId(), shared.name());
        sent(one.packetId(), consumer);
      }
    }
    consumer.goOn(had, this::joined);
  }

  private Consumer consumer(MqttSubscription subscription) {
    SharedFilter filter = SharedFilter.of(subscription.filter().text());
    Groups groups = loop.broker().groups();
    Consumer fresh =
        new Consumer(groups.freshId(), filter, subscription, this, loop.groups(), groups);
    byFilter.put(subscription.filter(), fresh);
    return fresh;
  }

  private void joined() {
    if (--joining == 0) {
      List<Runnable> waited = whenJoined;
      whenJoined = new ArrayList<>(0);
      waited.forEach(Runnable::run);
    }
  }

  /** Runs something once the client is in all the groups that it has asked for. */
  void whenJoined(Runnable task) {
    if (joining == 0) {
      task.run();
    } else {
      whenJoined.add(task);
    }
  }

  /** Ends a shared subscription; what the client was sent it may still acknowledge. */
  void unsubscribe(TopicFilter filter) {
    Consumer consumer = byFilter.remove(filter);
    if (consumer != null) {
      consumer.retire();
    }
  }

  /** Ends all of them, since the connection has ended. */
  void leave(long keptUntilMillis) {
    whenJoined.clear();
    List<Consumer> all = new ArrayList<>(byFilter.values());
    byPacketId.values().stream().filter(one -> !all.contains(one)).distinct().forEach(all::add);
    byFilter.clear();
    byPacketId.clear();
    all.forEach(consumer -> consumer.leave(keptUntilMillis));
  }

  /** Sends what waits for room. */
  void sendOn() {
    List.copyOf(byFilter.values()).forEach(Consumer::sendOn);
  }

  boolean hasRoom() {
    return subscriber.hasRoom();
  }

  Sending send(
      Event event, Shared shared, MqttSubscription subscription, int qos, boolean isAgain) {
    return subscriber.send(event, shared, subscription, qos, isAgain);
  }

  void sent(int packetId, Consumer consumer) {
    byPacketId.put(packetId, consumer);
  }

  /**
   * The client is done with a message of QoS 1, or does not want it.
   *
   * @param packetId of any message
   */
  void acknowledged(int packetId) {
    Consumer consumer = byPacketId.remove(packetId);
    if (consumer != null) {
      consumer.acknowledged(packetId);
    }
  }

  /**
   * The client is done with a message of QoS 2.
   *
   * @param packetId of any message
   * @return whether the identifier is free; that of a shared message is when no other client can be
   *     given the message any more
   */
  boolean completes(int packetId) {
    Consumer consumer = byPacketId.get(packetId);
    return consumer == null || consumer.completes(packetId);
  }

  /** No other client can be given the message of QoS 2 that was sent under an identifier. */
  void completed(int packetId) {
    byPacketId.remove(packetId);
    subscriber.end(packetId);
  }

  /**
   * Returns under which packet identifier a shared message is sent: far from those of the same
   * burst that the client has by itself. See {@link Session#packetId}.
   */
  static int packetId(Timestamp change) {
    return 1 + (Session.packetId(change) + PACKET_ID_SHIFT) % 65_535;
  }
}
