package dev.lyrebird.mqtt;

import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Write;
import dev.lyrebird.mqtt.PublishImage.Splice;
import dev.lyrebird.pubsub.Event;
import dev.lyrebird.pubsub.Member;
import dev.lyrebird.pubsub.Start;
import dev.lyrebird.pubsub.Subscriber;
import dev.lyrebird.pubsub.TopicFilter;
import dev.lyrebird.schema.Protocol;
import java.util.ArrayList;
import java.util.List;

/**
 * A client as a subscriber. It takes no event while its socket is full or its window of
 * unacknowledged publishes is used up: the hub then keeps its place in the journal, and it resumes
 * when there is room. There is no queue here.
 *
 * <p>Owned by the event loop of its connection.
 */
final class MqttSubscriber implements Subscriber<MqttSubscription> {

  private final Connect connect;
  private final Session session;
  private final Outbox outbox;
  private final Loop loop;
  private final Member<MqttSubscription> member;
  private final OutboundAliases aliases;
  private final long ownMark;

  /** Those of the node's own state, which the hub knows nothing of. */
  private final List<MqttSubscription> sysSubscriptions = new ArrayList<>(0);

  /** Whether the hub was told that there is no room, and waits to hear that there is again. */
  private boolean isStarved;

  private boolean hasLeft;

  MqttSubscriber(Connect connect, Session session, Outbox outbox, Loop loop) {
    this.connect = connect;
    this.session = session;
    this.outbox = outbox;
    this.loop = loop;
    this.member = loop.tables().hub().join(this);
    this.aliases = new OutboundAliases(connect.topicAliasMaximum());
    this.ownMark = Write.publisherOf(connect.clientId());
  }

  /** Begins to deliver for a subscription, in place of one with an equal filter. */
  void subscribe(MqttSubscription subscription, Start start) {
    if (!SysTopics.owns(subscription.filter().text())) {
      int[] tables = loop.tables().touchedBy(subscription.filter(), Protocol.MQTT);
      member.subscribe(subscription, tables, start);
      return;
    }
    unsubscribe(subscription.filter());
    sysSubscriptions.add(subscription);
    loop.sysTopics().join(this);
    if (start instanceof Start.Current) {
      for (Event event : loop.sysTopics().current()) {
        if (subscription.filter().matches(event.topic()) && isWritable()) {
          deliver(event, List.of(subscription));
        }
      }
    }
  }

  /** Delivers no more for a filter. */
  void unsubscribe(TopicFilter filter) {
    if (!SysTopics.owns(filter.text())) {
      member.unsubscribe(filter);
      return;
    }
    sysSubscriptions.removeIf(subscription -> subscription.filter().equals(filter));
    if (sysSubscriptions.isEmpty()) {
      loop.sysTopics().leave(this);
    }
  }

  /** Takes the client's PUBACK. */
  void acknowledged(int packetId) {
    if (session.inflight().close(packetId)) {
      resume();
    }
  }

  /** Goes on where the hub was told that there is no room, if there is again. */
  void resume() {
    if (isStarved && outbox.isWritable() && session.inflight().hasAmpleRoom()) {
      isStarved = false;
      member.resume();
    }
  }

  /** Ends all deliveries. */
  void leave() {
    hasLeft = true;
    member.leave();
    loop.sysTopics().leave(this);
  }

  /** Takes a change of the node's own state, if any subscription wants it. */
  void tellSys(Event event) {
    List<MqttSubscription> matching =
        sysSubscriptions.stream()
            .filter(subscription -> subscription.filter().matches(event.topic()))
            .toList();
    if (!matching.isEmpty() && isWritable()) {
      deliver(event, matching);
    }
  }

  @Override
  public boolean isWritable() {
    boolean hasRoom = !hasLeft && outbox.isWritable() && session.inflight().hasRoom();
    isStarved |= !hasRoom;
    return hasRoom;
  }

  /** However many subscriptions match, the client gets one copy ([MQTT-3.3.4-2]). */
  @Override
  public void deliver(Event event, List<MqttSubscription> matching) {
    Write write = event.entry().change().write();
    List<MqttSubscription> subscriptions = wantingOwn(matching, write.publisher());
    if (subscriptions.isEmpty() || isExpired(write)) {
      return;
    }
    int granted = 0;
    boolean asPublished = false;
    boolean identified = false;
    for (int i = 0; i < subscriptions.size(); i++) {
      MqttSubscription subscription = subscriptions.get(i);
      granted = Math.max(granted, subscription.qos());
      asPublished |= subscription.retainAsPublished();
      identified |= subscription.identifier() != 0;
    }
    int qos = Math.min(granted, write.qos()); // [MQTT-3.8.4-8]
    boolean retain =
        event.isCurrent() || (asPublished && event.entry().type() != Entry.Type.MESSAGE);
    PublishImage image = event.as(loop.encoder().form(connect.isVersion5(), qos, retain));
    if (identified || aliases.isEnabled()) {
      sendSpliced(image, qos, event.topic(), subscriptions);
    } else if (fits(image.size())) {
      outbox.publish(image, packetId(qos));
    }
  }

  /** Returns the subscriptions that want what that client published ([MQTT-3.8.3-3]). */
  private List<MqttSubscription> wantingOwn(List<MqttSubscription> matching, long publisher) {
    return publisher == ownMark && matching.stream().anyMatch(MqttSubscription::noLocal)
        ? matching.stream().filter(subscription -> !subscription.noLocal()).toList()
        : matching;
  }

  /** [MQTT-3.3.2-5]: what was not on its way before it expired is not sent any more. */
  private boolean isExpired(Write write) {
    return write.expiresAtMillis() != 0 && write.expiresAtMillis() < loop.broker().clock().millis();
  }

  private void sendSpliced(
      PublishImage image, int qos, String topic, List<MqttSubscription> subscriptions) {
    int known = aliases.known(topic);
    int alias = known == 0 ? aliases.next() : known;
    Splice splice = new Splice(alias, known != 0, subscriptions);
    if (fits(image.size(splice))) {
      outbox.publish(image, packetId(qos), splice);
      if (known == 0 && alias != 0) {
        aliases.learn(topic, alias);
      }
    }
  }

  private int packetId(int qos) {
    return qos == 0 ? 0 : session.inflight().open();
  }

  /** [MQTT-3.1.2-24], [MQTT-3.1.2-25]: what the client cannot take counts as delivered. */
  private boolean fits(int size) {
    if (size <= connect.maxPacketBytes()) {
      return true;
    }
    loop.broker().counters().add(Count.DROPPED, 1);
    return false;
  }

  @Override
  public void flush() {
    // The turn flushes the outbox.
  }

  @Override
  public void caughtUp(MqttSubscription subscription) {
    // MQTT has no word for it.
  }

  @Override
  public void reset(String reason) {
    loop.broker().counters().add(Count.RESETS, 1);
  }
}
