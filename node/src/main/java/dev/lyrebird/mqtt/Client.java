package dev.lyrebird.mqtt;

import dev.lyrebird.pubsub.Start;
import dev.lyrebird.pubsub.TopicFilter;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttSubscriptionOption;
import io.netty.handler.codec.mqtt.MqttTopicSubscription;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;
import java.util.ArrayList;
import java.util.List;

/**
 * A client that was let in, from CONNACK to the end of its connection: hands what it sends to the
 * {@link MqttPublisher} and the {@link MqttSubscriber} that it is, and grants subscriptions.
 *
 * <p>Owned by the event loop of its connection.
 */
final class Client {

  private static final String SHARED = "$share/";
  private static final int MAX_QOS = 1;

  private final Connect connect;
  private final MqttConnection connection;
  private final Session session;
  private final Outbox outbox;
  private final Replies replies;
  private final Loop loop;
  private final MqttPublisher publisher;
  private final MqttSubscriber subscriber;

  /** A subscription that was granted, and where it begins. */
  private record Granted(MqttSubscription subscription, Start start) {}

  Client(Connect connect, MqttConnection connection, Outbox outbox, Loop loop) {
    this.connect = connect;
    this.connection = connection;
    this.session = new Session(connect.receiveMaximum());
    this.outbox = outbox;
    this.replies = new Replies(connect);
    this.loop = loop;
    this.publisher = new MqttPublisher(connect, connection, outbox, replies, loop);
    this.subscriber = new MqttSubscriber(connect, session, outbox, loop);
  }

  /** Lets the client in. */
  void welcome() {
    loop.broker().counters().add(Count.CONNECTED, 1);
    loop.broker().counters().add(Count.CONNECTIONS, 1);
    outbox.send(replies.connack(loop.broker().limits(), false, connect.identity().lastWord()));
  }

  /** Takes a packet other than CONNECT, which is the caller's to release. */
  void take(MqttMessage packet) {
    switch (packet.fixedHeader().messageType()) {
      case PUBLISH -> publisher.publish((MqttPublishMessage) packet);
      case PUBACK -> subscriber.acknowledged(packetId(packet));
      case SUBSCRIBE -> subscribe((MqttSubscribeMessage) packet);
      case UNSUBSCRIBE -> unsubscribe((MqttUnsubscribeMessage) packet);
      case PINGREQ -> outbox.pingresp(); // [MQTT-3.12.4-1]
      case DISCONNECT -> disconnect(packet);
      case PUBREC, PUBREL, PUBCOMP, AUTH, CONNECT, CONNACK, SUBACK, UNSUBACK, PINGRESP ->
          connection.end(
              ReasonCode.PROTOCOL_ERROR,
              "%s has no place here".formatted(packet.fixedHeader().messageType()));
    }
  }

  /** Goes on sending where the socket was full. */
  void resume() {
    subscriber.resume();
  }

  /** Tells whether the client has been silent for one and a half keep alives ([MQTT-3.1.2-22]). */
  boolean isOverdue(int idleSeconds) {
    return connect.keepAliveSeconds() > 0 && idleSeconds * 2 > connect.keepAliveSeconds() * 3;
  }

  /** Tells the client why its connection ends, if its version of the protocol can. */
  void sayGoodbye(ReasonCode code, String reason) {
    if (connect.isVersion5()) {
      outbox.send(replies.disconnect(code, reason));
    }
  }

  /**
   * Ends the session.
   *
   * @param isLost whether the client went without a word, so that its will is to be published
   */
  void leave(boolean isLost) {
    subscriber.leave();
    loop.broker().counters().add(Count.SUBSCRIPTIONS, -session.subscriptionCount());
    loop.broker().counters().add(Count.CONNECTED, -1);
    Publication will = connect.will();
    if (isLost && will != null) {
      publisher.publishWill(will);
    }
  }

  private static int packetId(MqttMessage packet) {
    return ((MqttMessageIdVariableHeader) packet.variableHeader()).messageId();
  }

  /** The SUBACK goes out before the first message of the subscriptions. */
  private void subscribe(MqttSubscribeMessage message) {
    int identifier =
        (int)
            new PacketProperties(message.idAndPropertiesVariableHeader().properties())
                .number(ClientProperty.SUBSCRIPTION_IDENTIFIER, 0);
    List<Integer> codes = new ArrayList<>();
    List<Granted> granted = new ArrayList<>();
    for (MqttTopicSubscription wanted : message.payload().topicSubscriptions()) {
      ReasonCode fault = fault(wanted.topicFilter());
      if (wanted.option().isNoLocal() && wanted.topicFilter().startsWith(SHARED)) {
        connection.end(
            ReasonCode.PROTOCOL_ERROR, "a shared subscription has no No Local"); // [MQTT-3.8.3-4]
        return;
      }
      if (fault == ReasonCode.SUCCESS) {
        Granted one = grant(wanted, identifier);
        granted.add(one);
        codes.add(one.subscription.qos());
      } else {
        codes.add(connect.isVersion5() ? fault.value() & 0xff : ReasonCode.SUBACK_FAILURE_V3);
      }
    }
    outbox.send(replies.suback(packetId(message), codes));
    granted.forEach(one -> subscriber.subscribe(one.subscription, one.start));
  }

  private ReasonCode fault(String filter) {
    if (filter.startsWith(SHARED)) {
      return ReasonCode.SHARED_SUBSCRIPTIONS_NOT_SUPPORTED;
    }
    boolean isValid =
        TopicFilter.fault(filter) == null
            && Routes.isWithinLevels(filter, loop.broker().limits().maxTopicLevels());
    return isValid ? ReasonCode.SUCCESS : ReasonCode.TOPIC_FILTER_INVALID;
  }

  private Granted grant(MqttTopicSubscription wanted, int identifier) {
    MqttSubscriptionOption option = wanted.option();
    MqttSubscription subscription =
        new MqttSubscription(
            TopicFilter.of(wanted.topicFilter()),
            Math.min(option.qos().value(), MAX_QOS),
            option.isNoLocal(),
            option.isRetainAsPublished(),
            identifier);
    boolean existed = session.subscribe(subscription);
    if (!existed) {
      loop.broker().counters().add(Count.SUBSCRIPTIONS, 1);
    }
    return new Granted(
        subscription,
        switch (option.retainHandling()) {
          case SEND_AT_SUBSCRIBE -> new Start.Current();
          case SEND_AT_SUBSCRIBE_IF_NOT_YET_EXISTS ->
              existed ? new Start.Live() : new Start.Current();
          case DONT_SEND_AT_SUBSCRIBE -> new Start.Live();
        });
  }

  private void unsubscribe(MqttUnsubscribeMessage message) {
    List<Short> codes = new ArrayList<>();
    for (String text : message.payload().topics()) {
      TopicFilter filter = new TopicFilter(text, TopicFilter.Kind.MQTT);
      boolean existed = session.unsubscribe(filter);
      if (existed) {
        subscriber.unsubscribe(filter);
        loop.broker().counters().add(Count.SUBSCRIPTIONS, -1);
      }
      ReasonCode code = existed ? ReasonCode.SUCCESS : ReasonCode.NO_SUBSCRIPTION_EXISTED;
      codes.add((short) code.value());
    }
    outbox.send(replies.unsuback(packetId(message), codes));
  }

  private void disconnect(MqttMessage packet) {
    if (!(packet.variableHeader() instanceof MqttReasonCodeAndPropertiesVariableHeader header)) {
      connection.endAsAsked(false);
      return;
    }
    long expiry =
        new PacketProperties(header.properties()).number(ClientProperty.SESSION_EXPIRY_INTERVAL, 0);
    if (expiry > 0 && !connect.asksForSession()) { // MQTT 5.0 §3.14.2.2.2
      connection.end(ReasonCode.PROTOCOL_ERROR, "a session that was to end with its connection");
    } else {
      connection.endAsAsked(header.reasonCode() != ReasonCode.SUCCESS.value()); // [MQTT-3.14.4-3]
    }
  }
}
