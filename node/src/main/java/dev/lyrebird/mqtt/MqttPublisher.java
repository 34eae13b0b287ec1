package dev.lyrebird.mqtt;

import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Outcome;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.Write;
import dev.lyrebird.mqtt.Routes.Route;
import dev.lyrebird.resource.Confirmation;
import dev.lyrebird.resource.Tables;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttPublishVariableHeader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client as a publisher: its publications become writes, and what becomes of them its
 * acknowledgements. While too many are on their way to tables, the connection is not read.
 *
 * <p>Owned by the event loop of its connection.
 */
final class MqttPublisher implements Tables.Receipt {

  private static final Logger log = LoggerFactory.getLogger(MqttPublisher.class);

  /** The token of publications that get no acknowledgement. */
  private static final int NO_ACKNOWLEDGEMENT = -1;

  private final Connect connect;
  private final MqttConnection connection;
  private final Outbox outbox;
  private final Replies replies;
  private final Loop loop;
  private final InboundAliases aliases;
  private final Acknowledgements acknowledgements = new Acknowledgements(this::acknowledge);
  private final long mark;
  private int unanswered;

  MqttPublisher(
      Connect connect, MqttConnection connection, Outbox outbox, Replies replies, Loop loop) {
    this.connect = connect;
    this.connection = connection;
    this.outbox = outbox;
    this.replies = replies;
    this.loop = loop;
    this.aliases = new InboundAliases(loop.broker().limits().topicAliasMaximum());
    this.mark = Write.publisherOf(connect.clientId());
  }

  /** Takes a PUBLISH; its payload is copied. */
  void publish(MqttPublishMessage message) {
    MqttPublishVariableHeader header = message.variableHeader();
    int qos = message.fixedHeader().qosLevel().value();
    if (qos > 1) {
      connection.end(ReasonCode.QOS_NOT_SUPPORTED, "the maximum QoS is 1"); // [MQTT-3.2.2-11]
      return;
    }
    String topic = topic(header.topicName(), header.properties());
    if (topic == null) {
      return;
    }
    Publication publication =
        Publication.of(
            topic,
            ByteBufUtil.getBytes(message.payload()),
            qos,
            message.fixedHeader().isRetain(),
            header.properties());
    String fault = publication.responseTopicFault();
    if (fault != null) {
      connection.end(ReasonCode.PROTOCOL_ERROR, "response topic: " + fault);
    } else if (qos == 0) {
      write(publication, NO_ACKNOWLEDGEMENT);
    } else if (acknowledgements.size() < loop.broker().limits().receiveMaximum()
        || !connect.isVersion5()) {
      write(publication, acknowledgements.open(header.packetId()));
    } else {
      connection.end(
          ReasonCode.RECEIVE_MAXIMUM_EXCEEDED, "more publishes than the Receive Maximum");
    }
  }

  /** Publishes the will of a client that is gone. */
  void publishWill(Publication will) {
    write(will, NO_ACKNOWLEDGEMENT);
  }

  /** Returns the full topic, or null where the connection had to be ended. */
  private @Nullable String topic(String name, MqttProperties properties) {
    long alias =
        properties.isEmpty()
            ? PacketProperties.ABSENT
            : new PacketProperties(properties).number(ClientProperty.TOPIC_ALIAS);
    if (alias == PacketProperties.ABSENT) {
      if (name.isEmpty()) {
        connection.end(ReasonCode.PROTOCOL_ERROR, "neither a topic nor an alias for one");
        return null;
      }
      return name;
    }
    if (!aliases.allows((int) alias)) {
      connection.end(ReasonCode.TOPIC_ALIAS_INVALID, "the alias is not from 1 to the maximum");
      return null;
    }
    if (!name.isEmpty()) {
      aliases.set((int) alias, name);
      return name;
    }
    String known = aliases.topic((int) alias);
    if (known == null) {
      connection.end(ReasonCode.PROTOCOL_ERROR, "the alias stands for no topic yet");
    }
    return known;
  }

  private void write(Publication publication, int token) {
    switch (loop.routes().of(publication.topic())) {
      case Route.ToRow(var table, var id) -> {
        if (++unanswered == loop.broker().limits().connectionWrites()) {
          connection.stopReading(ReadHalt.WRITES);
        }
        Write write = publication.write(id, mark, loop.broker().clock());
        Confirmation confirmation =
            token == NO_ACKNOWLEDGEMENT ? Confirmation.NOT_AWAITED : Confirmation.AS_DEMANDED;
        loop.tables().write(table, write, Condition.NONE, confirmation, this, token);
      }
      case Route.Nowhere(var refusal) -> answer(token, refusal);
    }
  }

  /** A table tells what became of a write. */
  @Override
  public void done(Outcome outcome, int token) {
    if (--unanswered == loop.broker().limits().connectionWrites() / 2) {
      connection.goOnReading(ReadHalt.WRITES);
    }
    answer(
        token,
        switch (outcome) {
          case Outcome.Applied _ -> null;
          case Outcome.Unchanged _ -> null;
          case Outcome.Refused(var refusal) -> refusal;
        });
  }

  private void answer(int token, @Nullable Refusal refusal) {
    if (refusal != null) {
      loop.broker().counters().add(Count.REFUSED, 1);
      log.atDebug()
          .addKeyValue("clientId", connect.clientId())
          .addKeyValue("reason", refusal.reason())
          .log("A publication was refused");
    }
    if (connection.isEnded()) {
      return;
    }
    if (refusal != null && !connect.isVersion5()) {
      // A PUBACK of MQTT 3 can only feign success.
      connection.end(ReasonCode.of(refusal.reason()), refusal.detail());
    } else if (token != NO_ACKNOWLEDGEMENT) {
      acknowledgements.answer(token, refusal);
    }
  }

  private void acknowledge(int packetId, @Nullable Refusal refusal) {
    if (refusal == null) {
      outbox.puback(packetId);
    } else {
      ReasonCode code = ReasonCode.of(refusal.reason());
      outbox.send(replies.puback(packetId, code, refusal.detail()));
    }
  }
}
