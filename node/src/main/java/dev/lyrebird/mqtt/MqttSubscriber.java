package dev.lyrebird.mqtt;

import dev.lyrebird.journal.Cursor;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.journal.Write;
import dev.lyrebird.mqtt.Consumers.Sending;
import dev.lyrebird.mqtt.Inflight.Sent;
import dev.lyrebird.mqtt.PublishImage.Splice;
import dev.lyrebird.mqtt.Session.Delivery;
import dev.lyrebird.mqtt.SessionState.Releasing;
import dev.lyrebird.mqtt.SessionState.Shared;
import dev.lyrebird.pubsub.Event;
import dev.lyrebird.pubsub.Form;
import dev.lyrebird.pubsub.Member;
import dev.lyrebird.pubsub.Start;
import dev.lyrebird.pubsub.Subscriber;
import dev.lyrebird.pubsub.TopicFilter;
import dev.lyrebird.schema.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A client as a subscriber. It takes no event while its socket is full or its window of
 * unacknowledged publishes is used up: the hub then keeps its place in the journal, and it resumes
 * when there is room. There is no queue here.
 *
 * <p>Owned by the event loop of its connection.
 */
final class MqttSubscriber implements Subscriber<MqttSubscription> {

  /** What is in flight of a change to sessions that are kept, at QoS 1 and 2: to all the same. */
  private static final List<Form<Sent>> KEPT = List.of(kept(1), kept(2));

  private final Connect connect;
  private final Session session;
  private final @Nullable SessionRow row;
  private final MqttConnection connection;
  private final Outbox outbox;
  private final Replies replies;
  private final Loop loop;
  private final Member<MqttSubscription> member;
  private final OutboundAliases aliases;
  private final Backlog backlog;
  private final long ownMark;

  /** Those of the node's own state, which the hub knows nothing of. */
  private final List<MqttSubscription> sysSubscriptions = new ArrayList<>(0);

  /** Shared subscriptions; null for a client that never had one. */
  private @Nullable Consumers consumers;

  /** What has to wait until its packet identifier is free; nothing is taken behind it. */
  private @Nullable Outgoing waiting;

  /** Whether the hub was told that there is no room, and waits to hear that there is again. */
  private boolean isStarved;

  private boolean hasLeft;

  /** An event as it is to be sent. */
  private record Outgoing(
      Event event, List<MqttSubscription> subscriptions, int qos, boolean retain, boolean isAgain) {

    Timestamp change() {
      return event.entry().change().timestamp();
    }

    /** Returns the same to be sent in a later turn, which is to encode it anew. */
    Outgoing unencoded() {
      return new Outgoing(event.unencoded(), subscriptions, qos, retain, isAgain);
    }

    Sent sent(int packetId, boolean isKept) {
      if (event.isCurrent()) {
        return Sent.row(packetId, qos, event, subscriptions.getFirst());
      }
      return isKept ? event.as(KEPT.get(qos - 1)) : Sent.change(packetId, qos, event);
    }
  }

  /**
   * @param row of the session; null for one that ends with the connection
   */
  MqttSubscriber(
      Connect connect,
      Session session,
      @Nullable SessionRow row,
      MqttConnection connection,
      Outbox outbox,
      Replies replies,
      Loop loop) {
    this.connect = connect;
    this.session = session;
    this.row = row;
    this.connection = connection;
    this.outbox = outbox;
    this.replies = replies;
    this.loop = loop;
    this.member = loop.tables().hub().join(this);
    this.aliases = new OutboundAliases(connect.topicAliasMaximum());
    this.backlog = new Backlog(loop.broker().sessionLimits(), loop.broker().clock().millis());
    this.ownMark = Write.publisherOf(connect.clientId());
  }

  private static Form<Sent> kept(int qos) {
    return event -> {
      Timestamp change = event.entry().change().timestamp();
      return Sent.change(Session.packetId(change), qos, event);
    };
  }

  /** Begins to deliver for a subscription, in place of one with an equal filter. */
  void subscribe(MqttSubscription subscription, Start start) {
    if (subscription.isShared()) {
      consumers().subscribe(subscription);
      return;
    }
    if (!SysTopics.owns(subscription.filter().text())) {
      // [MQTT-3.8.4-4]: no message is lost because a subscription is replaced.
      if (!member.replace(subscription, start instanceof Start.Current)) {
        member.subscribe(subscription, touchedBy(subscription.filter()), start);
      }
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

  private int[] touchedBy(TopicFilter filter) {
    return loop.tables().touchedBy(filter, Protocol.MQTT);
  }

  /** Goes on with all subscriptions of a session where it was broken off. */
  void goOn(SessionState state) {
    if (!connection.isEnded()) {
      for (Releasing one : state.releasing()) {
        outbox.pubrel(one.packetId()); // [MQTT-4.4.0-1]
      }
    }
    TreeMap<Integer, VersionVector> acked = new TreeMap<>();
    state.places().forEach(place -> acked.put(place.table(), place.acked()));
    Cursor cursor = new Cursor(acked);
    List<MqttSubscription> beginning = new ArrayList<>();
    for (SessionState.Subscription kept : state.subscriptions()) {
      MqttSubscription subscription = MqttSubscription.of(kept);
      session.subscribe(subscription);
      if (subscription.isShared()) {
        consumers().goOn(subscription, state.releasing());
      } else if (loop.routes().resource(kept.filter()) == null) {
        goOn(subscription, kept.isFresh(), cursor, beginning);
      }
    }
    beginning.forEach(subscription -> subscribe(subscription, new Start.Current()));
  }

  /**
   * @param beginning takes it if it has to begin anew
   */
  private void goOn(
      MqttSubscription subscription,
      boolean isFresh,
      Cursor cursor,
      List<MqttSubscription> beginning) {
    if (!loop.tables().hub().knows(cursor, touchedBy(subscription.filter()))) {
      beginning.add(subscription);
    } else {
      subscribe(subscription, isFresh ? new Start.CurrentAfter(cursor) : new Start.After(cursor));
    }
  }

  private Consumers consumers() {
    Consumers own = consumers;
    if (own == null) {
      own = new Consumers(connect, this, loop);
      consumers = own;
    }
    return own;
  }

  /** Delivers no more for a filter. */
  void unsubscribe(TopicFilter filter) {
    if (SharedFilter.isMeant(filter.text())) {
      if (consumers != null) {
        consumers.unsubscribe(filter);
      }
      return;
    }
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
    if (session.inflight().acknowledge(packetId)) {
      tellGroup(packetId);
      advanced();
    }
  }

  /**
   * Takes the client's PUBREC. From then on the message must never be sent again, so whoever may
   * have to go on with the session knows of it before the client is told to forget that it came.
   *
   * @param isRefused whether the client does not want the message
   */
  void received(int packetId, boolean isRefused) {
    Inflight inflight = session.inflight();
    if (isRefused) {
      if (inflight.discard(packetId)) {
        tellGroup(packetId); // [MQTT-4.8.2-6]
        advanced(); // no PUBREL follows ([MQTT-4.3.3-4])
      }
    } else if (!inflight.release(packetId)) {
      ReasonCode code =
          connect.isVersion5() ? ReasonCode.PACKET_IDENTIFIER_NOT_FOUND : ReasonCode.SUCCESS;
      outbox.send(replies.pubrel(packetId, code));
    } else if (row == null) {
      outbox.pubrel(packetId);
    } else {
      row.saveEverywhere(refusal -> released(packetId, refusal));
    }
  }

  private void released(int packetId, @Nullable Refusal refusal) {
    if (refusal != null) {
      connection.end(ReasonCode.of(refusal.reason()), refusal.detail());
    } else if (!connection.isEnded()) {
      outbox.pubrel(packetId);
    }
  }

  private void tellGroup(int packetId) {
    if (consumers != null) {
      consumers.acknowledged(packetId);
    }
  }

  /** Takes the client's PUBCOMP. What is of a group ends when the group is done with it. */
  void completed(int packetId) {
    boolean isReleased = session.inflight().isReleased(packetId);
    if (isReleased && (consumers == null || consumers.completes(packetId))) {
      end(packetId);
    }
  }

  /**
   * Ends what is in flight. A node that fails may remember the PUBREL, and must not send it for
   * another message: the identifier is used again once the row has forgotten it.
   */
  void end(int packetId) {
    Inflight inflight = session.inflight();
    if (inflight.complete(packetId)) {
      if (row != null) {
        inflight.spend(packetId);
      }
      advanced();
    }
  }

  private void advanced() {
    if (row != null) {
      row.touch();
    }
    resume();
  }

  /** The row tells what it told when these identifiers were spent, or later things. */
  void reuse(List<Integer> spent) {
    session.inflight().reuse(spent);
    resume();
  }

  /**
   * Runs something once it is known of every table how far the client has come in it, and the
   * client is in all its groups.
   */
  void whenPlaced(Runnable placed) {
    member.whenReached(() -> {
      if (consumers == null) {
        placed.run();
      } else {
        consumers.whenJoined(placed);
      }
    });
  }

  /** Returns how far the client has come in each table, as far as the table has told. */
  List<SessionState.Place> places() {
    List<SessionState.Place> places = new ArrayList<>();
    member.reached((table, vector) -> {
      int key = loop.tables().hub().channel(table).cursorKey();
      places.add(session.place(table, key, vector));
    });
    return places;
  }

  /** Tells whether a subscription has current rows to come that were not had for good. */
  boolean isFresh(MqttSubscription subscription) {
    return member.awaitsRows(subscription.filter()) || session.hasRowsInFlight(subscription);
  }

  /** Goes on where the hub was told that there is no room, if there is again. */
  void resume() {
    Outgoing next = waiting;
    if (next != null && session.inflight().isFree(Session.packetId(next.change()))) {
      waiting = null;
      session.inflight().holdBack(null);
      send(next);
    }
    if (isStarved && waiting == null && outbox.isWritable() && session.inflight().hasAmpleRoom()) {
      isStarved = false;
      member.resume();
    }
    if (consumers != null) {
      consumers.sendOn();
    }
  }

  /** Takes no more; how far the client has come remains what it is. */
  void stop() {
    hasLeft = true;
  }

  /**
   * Ends the subscriptions.
   *
   * @param keptUntilMillis when the session ends, ms since the epoch; 0 for now, {@link
   *     GroupState#FOR_EVER} for never
   */
  void leave(long keptUntilMillis) {
    hasLeft = true;
    if (consumers != null) {
      consumers.leave(keptUntilMillis);
    }
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

  /** Tells whether anything can be sent. */
  boolean hasRoom() {
    return !hasLeft && outbox.isWritable() && session.inflight().hasRoom();
  }

  @Override
  public boolean isWritable() {
    boolean hasRoom = waiting == null && hasRoom();
    isStarved |= !hasRoom;
    return hasRoom;
  }

  /** However many subscriptions match, the client gets one copy ([MQTT-3.3.4-2]). */
  @Override
  public boolean keepsRows() {
    return false;
  }

  @Override
  public void deliver(Event event, List<MqttSubscription> matching) {
    Write write = event.entry().change().write();
    List<MqttSubscription> subscriptions = wantingOwn(matching, write.publisher());
    if (subscriptions.isEmpty()) {
      return;
    }
    int granted = 0;
    boolean asPublished = false;
    for (int i = 0; i < subscriptions.size(); i++) {
      MqttSubscription subscription = subscriptions.get(i);
      granted = Math.max(granted, subscription.qos());
      asPublished |= subscription.retainAsPublished();
    }
    int qos = Math.min(granted, write.qos()); // [MQTT-3.8.4-8]
    Delivery delivery = judge(event, qos);
    if (delivery != Delivery.NONE) {
      boolean retain =
          event.isCurrent() || (asPublished && event.entry().type() != Entry.Type.MESSAGE);
      boolean isAgain = qos > 0 && delivery == Delivery.AGAIN; // [MQTT-3.3.1-2]
      send(new Outgoing(event, subscriptions, qos, retain, isAgain));
    }
  }

  /** Returns the subscriptions that want what that client published ([MQTT-3.8.3-3]). */
  private List<MqttSubscription> wantingOwn(List<MqttSubscription> matching, long publisher) {
    return publisher == ownMark && matching.stream().anyMatch(MqttSubscription::noLocal)
        ? matching.stream().filter(subscription -> !subscription.noLocal()).toList()
        : matching;
  }

  /** Decides what a client that has come back is to be sent of what it may have had before. */
  private Delivery judge(Event event, int qos) {
    Entry entry = event.entry();
    Timestamp change = entry.change().timestamp();
    Delivery delivery = Delivery.FIRST;
    boolean mayHaveHad = session.hasReturned() && event.table() != SysTopics.NO_TABLE;
    boolean hasReturned = mayHaveHad && !event.isCurrent();
    if (mayHaveHad) {
      int key = loop.tables().hub().channel(event.table()).cursorKey();
      if (hasReturned) {
        delivery = session.judge(key, entry, qos);
      } else if (session.mayBeUnderWay(key, change)) {
        delivery = Delivery.AGAIN;
      }
    }
    if (delivery != Delivery.FIRST) {
      return delivery;
    }
    if (isExpired(entry.change().write())) {
      return Delivery.NONE;
    }
    if (hasReturned
        && backlog.holds(entry)
        && !backlog.takes(entry, loop.broker().clock().millis())) {
      loop.broker().counters().add(Count.QUEUE_DROPPED, 1);
      return Delivery.NONE;
    }
    return Delivery.FIRST;
  }

  /**
   * [MQTT-3.3.2-5]: what was not on its way before it expired is not sent any more. What was is
   * sent again all the same ([MQTT-4.3.3-7]).
   */
  private boolean isExpired(Write write) {
    return write.expiresAtMillis() != 0 && write.expiresAtMillis() < loop.broker().clock().millis();
  }

  /** Sends what a group has handed to the client; there must be room. */
  Sending send(
      Event event, Shared shared, MqttSubscription subscription, int qos, boolean isAgain) {
    boolean retain = subscription.retainAsPublished() && event.entry().type() != Entry.Type.MESSAGE;
    Outgoing out = new Outgoing(event, List.of(subscription), qos, retain, isAgain);
    Splice splice = splice(out);
    if (isExpired(event.entry().change().write()) || isTooLarge(out, splice)) {
      return new Sending.Over();
    }
    if (qos == 0) {
      transmit(out, splice, 0);
      return new Sending.Over();
    }
    Inflight inflight = session.inflight();
    int packetId = session.isKept() ? Consumers.packetId(out.change()) : inflight.nextFree();
    if (!inflight.isFree(packetId)) {
      return new Sending.Waits();
    }
    inflight.open(Sent.shared(packetId, qos, shared));
    transmit(out, splice, packetId);
    return new Sending.Sent(packetId);
  }

  private void send(Outgoing out) {
    Splice splice = splice(out);
    if (isTooLarge(out, splice)) {
      return;
    }
    int packetId = 0;
    if (out.qos() > 0) {
      Inflight inflight = session.inflight();
      packetId = session.isKept() ? Session.packetId(out.change()) : inflight.nextFree();
      Sent sent = out.sent(packetId, session.isKept());
      if (!inflight.isFree(packetId)) {
        waiting = out.unencoded();
        inflight.holdBack(sent);
        return;
      }
      inflight.open(sent);
    }
    transmit(out, splice, packetId);
  }

  private PublishImage image(Outgoing out) {
    return out.event().as(loop.encoder().form(connect.isVersion5(), out.qos(), out.retain()));
  }

  /** [MQTT-3.1.2-24], [MQTT-3.1.2-25]: what the client cannot take counts as delivered. */
  private boolean isTooLarge(Outgoing out, @Nullable Splice splice) {
    PublishImage image = image(out);
    int size = splice == null ? image.size() : image.size(splice);
    if (size > connect.maxPacketBytes()) {
      loop.broker().counters().add(Count.DROPPED, 1);
      return true;
    }
    return false;
  }

  private void transmit(Outgoing out, @Nullable Splice splice, int packetId) {
    PublishImage image = image(out);
    if (row != null) {
      row.touch();
    }
    if (splice == null) {
      outbox.publish(image, packetId, out.isAgain());
    } else {
      outbox.publish(image, packetId, out.isAgain(), splice);
      if (splice.alias() != 0 && !splice.leavesTopicOut()) {
        aliases.learn(out.event().topic(), splice.alias());
      }
    }
  }

  /** Returns what this client's packet has of its own, or null where that is nothing. */
  private @Nullable Splice splice(Outgoing out) {
    boolean isIdentified = false;
    for (int i = 0; i < out.subscriptions().size(); i++) {
      isIdentified |= out.subscriptions().get(i).identifier() != 0;
    }
    if (!isIdentified && !aliases.isEnabled()) {
      return null;
    }
    String topic = out.event().topic();
    int known = aliases.known(topic);
    return new Splice(known == 0 ? aliases.next() : known, known != 0, out.subscriptions());
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
