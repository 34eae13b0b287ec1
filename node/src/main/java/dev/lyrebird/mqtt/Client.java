package dev.lyrebird.mqtt;

import dev.lyrebird.api.Connection;
import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.Write;
import dev.lyrebird.resource.Confirmation;
import dev.lyrebird.schema.TableDefinition;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttPubReplyMessageVariableHeader;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A client that was let in, from CONNACK to the end of its connection: hands what it sends to the
 * {@link MqttPublisher} and the {@link MqttSubscriber} that it is, and to its {@link
 * Subscriptions}.
 *
 * <p>Owned by the event loop of its connection.
 */
final class Client implements SessionRow.Source {

  private static final long MILLIS_PER_SECOND = 1000;

  private final Connect connect;
  private final Timestamp claim;
  private final @Nullable SessionState earlier;
  private final MqttConnection connection;
  private final Session session;

  /** The row of the session; null for one that ends with the connection. */
  private final @Nullable SessionRow row;

  private final Outbox outbox;
  private final Replies replies;
  private final Loop loop;
  private final MqttPublisher publisher;
  private final MqttSubscriber subscriber;
  private final ResourceTopics resources;
  private final Subscriptions subscriptions;

  /** How long the session outlives the connection, which a DISCONNECT may change. */
  private long expirySeconds;

  /** With which code the client's connections to users' code end. */
  private int closeCode = Connection.LOST;

  /** When the connection ended, ms since the epoch; 0 before. */
  private long endedAtMillis;

  /** When the will falls due that is still to be published; 0 for none. */
  private long willAtMillis;

  /**
   * @param opened the client's session
   */
  Client(
      Connect connect,
      SessionOpening.Opened opened,
      MqttConnection connection,
      Outbox outbox,
      Loop loop) {
    this.connect = connect;
    this.claim = opened.claim();
    this.earlier = opened.state();
    this.connection = connection;
    this.session =
        earlier == null
            ? new Session(connect.receiveMaximum(), connect.isDurable())
            : new Session(connect.receiveMaximum(), earlier);
    this.row = connect.isDurable() ? new SessionRow(loop, connect.clientId(), this) : null;
    this.outbox = outbox;
    this.replies = new Replies(connect);
    this.loop = loop;
    this.expirySeconds = connect.expirySeconds();
    this.resources = new ResourceTopics(connect, session, row, connection, outbox, loop);
    this.publisher =
        new MqttPublisher(
            connect, claim, session.received(), row, resources, connection, outbox, replies, loop);
    this.subscriber = new MqttSubscriber(connect, session, row, connection, outbox, replies, loop);
    this.subscriptions =
        new Subscriptions(
            connect, session, row, subscriber, resources, connection, outbox, replies, loop);
  }

  /** Lets the client in. */
  void welcome() {
    outbox.send(
        replies.connack(loop.broker().limits(), earlier != null, connect.identity().lastWord()));
    begin();
  }

  /** Goes on with the session; a client whose connection has ended hears nothing of it. */
  void begin() {
    loop.broker().counters().addConnected();
    if (earlier != null) {
      for (SessionState.Received one : earlier.received()) {
        TableDefinition table = loop.tableOf(one.table());
        if (table != null || one.table() == SessionState.Received.NO_TABLE) {
          session.received().keep(one.packetId(), table);
        }
      }
      subscriber.goOn(earlier);
      loop.broker().counters().add(Count.SUBSCRIPTIONS, session.subscriptionCount());
      if (!connection.isEnded()) {
        resources.goOn(List.copyOf(session.subscriptions()));
      }
    }
  }

  /** Takes a packet other than CONNECT, which is the caller's to release. */
  void take(MqttMessage packet) {
    switch (packet.fixedHeader().messageType()) {
      case PUBLISH -> publisher.publish((MqttPublishMessage) packet);
      case PUBACK -> subscriber.acknowledged(packetId(packet));
      case PUBREC -> subscriber.received(packetId(packet), isRefusal(packet));
      case PUBREL -> publisher.release(packetId(packet));
      case PUBCOMP -> subscriber.completed(packetId(packet));
      case SUBSCRIBE -> subscriptions.subscribe((MqttSubscribeMessage) packet);
      case UNSUBSCRIBE -> subscriptions.unsubscribe((MqttUnsubscribeMessage) packet);
      case PINGREQ -> outbox.pingresp(); // [MQTT-3.12.4-1]
      case DISCONNECT -> disconnect(packet);
      case AUTH, CONNECT, CONNACK, SUBACK, UNSUBACK, PINGRESP ->
          connection.end(
              ReasonCode.PROTOCOL_ERROR,
              "%s has no place here".formatted(packet.fixedHeader().messageType()));
    }
  }

  /** Goes on sending where the socket was full. */
  void resume() {
    subscriber.resume();
    resources.resume();
  }

  /** Tells whether the client has been silent for one and a half keep alives ([MQTT-3.1.2-22]). */
  boolean isOverdue(int idleSeconds) {
    return connect.keepAliveSeconds() > 0 && idleSeconds * 2 > connect.keepAliveSeconds() * 3;
  }

  /** Tells the client why its connection ends, if its version of the protocol can. */
  void sayGoodbye(ReasonCode code, String reason) {
    if (code == loop.broker().stopping()) {
      closeCode = Connection.GOING_AWAY;
    }
    if (!connect.isVersion5()) {
      return;
    }
    outbox.send(
        code == ReasonCode.USE_ANOTHER_SERVER
            ? replies.disconnectTo(loop.broker().serverReference())
            : replies.disconnect(code, reason));
  }

  /** Lets the row of the session catch up with how far its tables have come. */
  void refresh() {
    if (row != null) {
      row.touch();
    }
  }

  /**
   * Ends the connection's part in the session.
   *
   * @param isLost whether the client went without a word, so that its will is to be published
   * @param done is told, once nothing more is done for the client, how the session stands; null for
   *     one that has ended
   */
  void leave(boolean isLost, Consumer<@Nullable SessionState> done) {
    subscriber.stop();
    resources.leave(closeCode);
    loop.broker().counters().add(Count.SUBSCRIPTIONS, -session.subscriptionCount());
    loop.broker().counters().add(Count.CONNECTED, -1);
    endedAtMillis = loop.broker().clock().millis();
    if (isLost) {
      publishWillOrWait();
    }
    publisher.whenQuiet(() -> {
      if (row == null) {
        endWithout(done);
      } else {
        row.whenQuiet(() -> endWith(row, done));
      }
    });
  }

  /** [MQTT-3.1.3-9]: the will is published when its delay has passed, or the session ends. */
  private void publishWillOrWait() {
    SessionState.Will will = connect.will();
    if (will == null) {
      return;
    }
    long delaySeconds = Math.min(will.delaySeconds(), expirySeconds);
    if (delaySeconds == 0) {
      loop.publish(will.publication(), Write.publisherOf(connect.clientId()));
    } else {
      willAtMillis = endedAtMillis + delaySeconds * MILLIS_PER_SECOND;
    }
  }

  /** Ends a session that was not to outlive the connection. */
  private void endWithout(Consumer<@Nullable SessionState> done) {
    subscriber.leave(0);
    if (connect.isKept()) {
      end(done);
    } else {
      done.accept(null);
    }
  }

  private void end(Consumer<@Nullable SessionState> done) {
    loop.tables()
        .write(
            loop.tables().sessions(),
            Write.delete(connect.clientId()),
            Condition.NONE,
            Confirmation.NOT_AWAITED,
            (outcome, token) -> done.accept(null),
            0);
  }

  private void endWith(SessionRow row, Consumer<@Nullable SessionState> done) {
    SessionState last = state();
    subscriber.leave(keptUntilMillis(last));
    if (expirySeconds == 0) {
      publisher.forgetReceptions();
      end(done);
    } else {
      row.close(
          last,
          () -> {
            publisher.forgetReceptions();
            if (willAtMillis != 0) {
              loop.broker().wills().await(connect.clientId(), willAtMillis);
            }
            done.accept(last);
          });
    }
  }

  private static long keptUntilMillis(SessionState last) {
    if (last.expirySeconds() == 0) {
      return 0;
    }
    return last.endsAtMillis() == 0 ? GroupState.FOR_EVER : last.endsAtMillis();
  }

  @Override
  public SessionState state() {
    boolean isConnected = endedAtMillis == 0;
    return new SessionState(
        claim,
        claim.node(),
        isConnected,
        earlier == null ? 0 : earlier.doubtUntilMillis(),
        endedAtMillis,
        expirySeconds,
        session.subscriptions().stream()
            .map(subscription -> subscription.kept(subscriber.isFresh(subscription)))
            .toList(),
        subscriber.places(),
        session.unacknowledged(),
        session.releasing(),
        publisher.received(!isConnected),
        isConnected || willAtMillis != 0 ? connect.will() : null,
        willAtMillis);
  }

  @Override
  public List<Integer> spent() {
    return session.inflight().spent();
  }

  @Override
  public void reuse(List<Integer> spent) {
    subscriber.reuse(spent);
  }

  private static int packetId(MqttMessage packet) {
    return ((MqttMessageIdVariableHeader) packet.variableHeader()).messageId();
  }

  private static boolean isRefusal(MqttMessage packet) {
    return packet.variableHeader() instanceof MqttPubReplyMessageVariableHeader header
        && (header.reasonCode() & ReasonCode.LEAST_FAILURE) != 0;
  }

  private void disconnect(MqttMessage packet) {
    if (!(packet.variableHeader() instanceof MqttReasonCodeAndPropertiesVariableHeader header)) {
      closeCode = Connection.NORMAL;
      connection.endAsAsked(false);
      return;
    }
    long expiry =
        new PacketProperties(header.properties())
            .number(ClientProperty.SESSION_EXPIRY_INTERVAL, expirySeconds);
    if (expiry > 0 && !connect.isDurable()) { // MQTT 5.0 §3.14.2.2.2
      connection.end(ReasonCode.PROTOCOL_ERROR, "a session that was to end with its connection");
    } else {
      expirySeconds = loop.broker().sessionLimits().granted(expiry);
      closeCode = Connection.NORMAL;
      connection.endAsAsked(header.reasonCode() != ReasonCode.SUCCESS.value()); // [MQTT-3.14.4-3]
    }
  }
}
