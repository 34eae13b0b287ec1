package dev.lyrebird.mqtt;

import dev.lyrebird.api.ProblemException;
import dev.lyrebird.hosting.Host;
import dev.lyrebird.journal.PublishProperties.UserProperty;
import dev.lyrebird.pubsub.Start;
import dev.lyrebird.pubsub.TopicFilter;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttSubscriptionOption;
import io.netty.handler.codec.mqtt.MqttTopicSubscription;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Grants a client its subscriptions and takes them back: those to tables are the {@link
 * MqttSubscriber}'s, those to users' code its {@link ResourceTopics}'.
 *
 * <p>Owned by the event loop of the client's connection.
 */
final class Subscriptions {

  private final Connect connect;
  private final Session session;
  private final @Nullable SessionRow row;
  private final MqttSubscriber subscriber;
  private final ResourceTopics resources;
  private final MqttConnection connection;
  private final Outbox outbox;
  private final Replies replies;
  private final Loop loop;

  /** Why a subscription is not granted, in a number and in words. */
  private record Denial(ReasonCode code, String reason) {}

  /** A subscription that was granted, and where it begins. */
  private record Granted(MqttSubscription subscription, Start start) {}

  /** A subscription that users' code is to decide upon, and the place of its filter. */
  private record Asked(MqttSubscription subscription, Host.Match match, int place) {}

  /**
   * @param row of the session; null for one that ends with the connection
   */
  Subscriptions(
      Connect connect,
      Session session,
      @Nullable SessionRow row,
      MqttSubscriber subscriber,
      ResourceTopics resources,
      MqttConnection connection,
      Outbox outbox,
      Replies replies,
      Loop loop) {
    this.connect = connect;
    this.session = session;
    this.row = row;
    this.subscriber = subscriber;
    this.resources = resources;
    this.connection = connection;
    this.outbox = outbox;
    this.replies = replies;
    this.loop = loop;
  }

  /**
   * Takes a SUBSCRIBE. The SUBACK goes out before the first message of the subscriptions, but for
   * those of a session that outlives the connection: there what the SUBACK promises is journalled
   * first. That of a shared subscription waits until the client is in its group, that of a topic of
   * users' code until the code has decided.
   */
  void subscribe(MqttSubscribeMessage message) {
    List<MqttTopicSubscription> all = message.payload().topicSubscriptions();
    if (!hasRoomFor(all.size())) {
      return;
    }
    PacketProperties properties =
        new PacketProperties(message.idAndPropertiesVariableHeader().properties());
    int identifier = (int) properties.number(ClientProperty.SUBSCRIPTION_IDENTIFIER, 0);
    Answer answer = new Answer(message.variableHeader().messageId(), all.size());
    List<Granted> granted = new ArrayList<>();
    List<Asked> asked = new ArrayList<>(0);
    for (int place = 0; place < all.size(); place++) {
      MqttTopicSubscription wanted = all.get(place);
      Denial denial = denial(wanted.topicFilter());
      if (wanted.option().isNoLocal() && SharedFilter.isMeant(wanted.topicFilter())) {
        connection.end(
            ReasonCode.PROTOCOL_ERROR, "a shared subscription has no No Local"); // [MQTT-3.8.3-4]
        return;
      }
      Host.Match match = resources.match(wanted.topicFilter());
      if (denial != null) {
        answer.deny(place, denial);
      } else if (match != null) {
        asked.add(new Asked(grant(wanted, 0, identifier).subscription, match, place));
      } else {
        int qos = wanted.option().qos().value();
        granted.add(grant(wanted, qos, identifier));
        answer.codes[place] = qos;
      }
    }
    answer.isPlaced = row != null || granted.stream().anyMatch(one -> one.subscription.isShared());
    answer.undecided = asked.size();
    boolean isAwaited = answer.isPlaced || !asked.isEmpty();
    if (!isAwaited) {
      outbox.send(answer.suback());
    }
    for (Granted one : granted) {
      resources.unsubscribe(one.subscription.filter()); // code that is there no more
      subscriber.subscribe(one.subscription, one.start);
    }
    asked.forEach(one -> ask(one, properties.users(), answer));
    if (isAwaited && asked.isEmpty()) {
      answer.send();
    }
  }

  private void ask(Asked one, List<UserProperty> properties, Answer answer) {
    subscriber.unsubscribe(one.subscription.filter()); // of a table, before there was code
    HostedSubscription opened =
        resources.open(
            one.subscription, one.match, properties, problem -> answer.decided(one.place, problem));
    answer.begin(opened);
  }

  /** Ends the connection of a client that could not be sent so many answers. */
  private boolean hasRoomFor(int codes) {
    boolean hasRoom = replies.hasRoomForCodes(codes);
    if (!hasRoom) {
      connection.end(ReasonCode.PACKET_TOO_LARGE, "the answer is larger than the client takes");
    }
    return hasRoom;
  }

  private void sendWhenSaved(MqttMessage packet, Runnable sent) {
    if (row == null) {
      send(packet, sent);
      return;
    }
    row.save(refusal -> {
      if (refusal != null) {
        connection.end(ReasonCode.of(refusal.reason()), refusal.detail());
      } else {
        send(packet, sent);
      }
    });
  }

  private void send(MqttMessage packet, Runnable sent) {
    if (!connection.isEnded()) {
      outbox.send(packet);
      sent.run();
    }
  }

  private @Nullable Denial denial(String filter) {
    String fault = filterFault(filter);
    if (fault != null) {
      return new Denial(ReasonCode.TOPIC_FILTER_INVALID, fault);
    }
    int most = loop.broker().limits().maxSubscriptions();
    if (session.subscriptionCount() < most || session.isSubscribed(TopicFilter.of(filter))) {
      return null;
    }
    loop.broker().admission().alarm().reached(Limit.SUBSCRIPTIONS, connect.clientId());
    return new Denial(
        Limit.SUBSCRIPTIONS.code(), "a client has at most " + most + " subscriptions");
  }

  private @Nullable String filterFault(String text) {
    boolean isShared = SharedFilter.isMeant(text);
    String fault = isShared ? SharedFilter.fault(text) : TopicFilter.fault(text);
    if (fault != null) {
      return fault;
    }
    String filter = isShared ? SharedFilter.of(text).filter().text() : text;
    return loop.broker().limits().topics().fault(filter);
  }

  private Granted grant(MqttTopicSubscription wanted, int qos, int identifier) {
    MqttSubscriptionOption option = wanted.option();
    MqttSubscription subscription =
        new MqttSubscription(
            TopicFilter.of(wanted.topicFilter()),
            qos,
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

  /** Takes an UNSUBSCRIBE. */
  void unsubscribe(MqttUnsubscribeMessage message) {
    if (!hasRoomFor(message.payload().topics().size())) {
      return;
    }
    List<Short> codes = new ArrayList<>();
    for (String text : message.payload().topics()) {
      TopicFilter filter = new TopicFilter(text, TopicFilter.Kind.MQTT);
      boolean existed = session.unsubscribe(filter);
      if (existed) {
        if (!resources.unsubscribe(filter)) {
          subscriber.unsubscribe(filter);
        }
        loop.broker().counters().add(Count.SUBSCRIPTIONS, -1);
      }
      ReasonCode code = existed ? ReasonCode.SUCCESS : ReasonCode.NO_SUBSCRIPTION_EXISTED;
      codes.add((short) code.value());
    }
    sendWhenSaved(replies.unsuback(message.variableHeader().messageId(), codes), () -> {});
  }

  /** What one SUBSCRIBE is answered, once all of it is decided. */
  private final class Answer {

    private final int packetId;
    private final int[] codes;

    /** By filter: why it is refused; null where it is not. */
    private final @Nullable String[] reasons;

    /** Those that users' code decides upon; they begin behind the SUBACK. */
    private final List<HostedSubscription> opened = new ArrayList<>(0);

    /** How many of them are not decided yet. */
    private int undecided;

    /** Whether it waits for the session to be placed and saved. */
    private boolean isPlaced;

    private boolean isSent;

    Answer(int packetId, int filters) {
      this.packetId = packetId;
      this.codes = new int[filters];
      this.reasons = new String[filters];
    }

    void deny(int place, Denial denial) {
      codes[place] =
          connect.isVersion5() ? denial.code.value() & 0xff : ReasonCode.SUBACK_FAILURE_V3;
      reasons[place] = denial.reason;
    }

    void decided(int place, @Nullable ProblemException problem) {
      if (problem != null) {
        deny(place, new Denial(Problems.inSuback(problem), problem.detail()));
      }
      if (--undecided == 0) {
        send();
      }
    }

    void begin(HostedSubscription one) {
      if (isSent) {
        one.begin();
      } else {
        opened.add(one);
      }
    }

    void send() {
      if (connection.isEnded()) {
        return; // the row is written for the last time
      }
      if (isPlaced) {
        subscriber.whenPlaced(() -> sendWhenSaved(suback(), this::sent));
      } else {
        Subscriptions.this.send(suback(), this::sent);
      }
    }

    private void sent() {
      isSent = true;
      opened.forEach(HostedSubscription::begin);
    }

    MqttMessage suback() {
      String reason = Stream.of(reasons).filter(Objects::nonNull).findFirst().orElse("");
      return replies.suback(packetId, IntStream.of(codes).boxed().toList(), reason);
    }
  }
}
