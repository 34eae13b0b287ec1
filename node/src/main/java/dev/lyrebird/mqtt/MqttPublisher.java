package dev.lyrebird.mqtt;

import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Outcome;
import dev.lyrebird.journal.Reception;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.Write;
import dev.lyrebird.mqtt.Routes.Route;
import dev.lyrebird.resource.Confirmation;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.schema.TableDefinition;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttPublishVariableHeader;
import java.util.ArrayList;
import java.util.List;
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

  /** Tells among the acknowledgements, above its packet identifier, a publish of QoS 2. */
  private static final int EXACTLY_ONCE = 1 << Short.SIZE;

  private final Connect connect;
  private final MqttConnection connection;
  private final Outbox outbox;
  private final Replies replies;
  private final Loop loop;
  private final InboundAliases aliases;
  private final Acknowledgements acknowledgements = new Acknowledgements(this::acknowledge);
  private final Received received;
  private final @Nullable SessionRow row;
  private final ResourceTopics resources;
  private final long mark;
  private final Timestamp claim;
  private int unanswered;

  /** Publishes of QoS 1 that await their PUBACK. */
  private int atLeastOnce;

  /** What waits for the outcomes of all that was received. */
  private @Nullable Runnable whenQuiet;

  /**
   * @param claim by which the connection holds the client id
   * @param received what the session has received
   * @param row of the session; null for one that ends with the connection
   * @param resources takes what is for users' code
   */
  MqttPublisher(
      Connect connect,
      Timestamp claim,
      Received received,
      @Nullable SessionRow row,
      ResourceTopics resources,
      MqttConnection connection,
      Outbox outbox,
      Replies replies,
      Loop loop) {
    this.connect = connect;
    this.claim = claim;
    this.received = received;
    this.row = row;
    this.resources = resources;
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
    String topic = topic(header.topicName(), header.properties());
    if (topic == null || (qos == 2 && isKnown(header.packetId()))) {
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
      write(publication, NO_ACKNOWLEDGEMENT, null);
    } else if (unacknowledged() < loop.broker().limits().receiveMaximum()
        || !connect.isVersion5()) {
      write(publication, header.packetId());
    } else {
      connection.end(
          ReasonCode.RECEIVE_MAXIMUM_EXCEEDED, "more publishes than the Receive Maximum");
    }
  }

  /** Tells whether a publish of QoS 2 came before, and answers it as then. */
  private boolean isKnown(int packetId) {
    Received.One known = received.get(packetId);
    if (known != null && known.isStored()) {
      outbox.pubrec(packetId);
    }
    return known != null;
  }

  /** Returns how many publishes count against the Receive Maximum: to PUBACK, or to PUBCOMP. */
  private int unacknowledged() {
    return atLeastOnce + received.size();
  }

  private void write(Publication publication, int packetId) {
    if (publication.qos() == 1) {
      atLeastOnce++;
      write(publication, acknowledgements.open(packetId), null);
      return;
    }
    Route route = loop.routes().of(publication.topic());
    received.begin(packetId, route instanceof Route.ToRow(var table, var id) ? table : null);
    write(
        publication,
        acknowledgements.open(packetId | EXACTLY_ONCE),
        row == null ? null : reception(packetId));
  }

  private Reception reception(int packetId) {
    return new Reception(mark, claim.time(), packetId);
  }

  /** Takes a PUBREL; whether the publish was received is forgotten before it is answered. */
  void release(int packetId) {
    Received.One one = received.get(packetId);
    if (one == null) {
      ReasonCode code =
          connect.isVersion5() ? ReasonCode.PACKET_IDENTIFIER_NOT_FOUND : ReasonCode.SUCCESS;
      outbox.send(replies.pubcomp(packetId, code));
      return;
    }
    if (!one.isStored()) {
      connection.end(ReasonCode.PROTOCOL_ERROR, "PUBREL before PUBREC"); // [MQTT-4.3.3-6]
      return;
    }
    received.remove(packetId);
    TableDefinition table = one.table();
    if (row != null && one.isKept()) {
      row.save(refusal -> complete(packetId, refusal));
    } else if (row != null && table != null) {
      loop.tables().release(table, List.of(reception(packetId)), () -> complete(packetId, null));
    } else {
      outbox.pubcomp(packetId);
    }
  }

  private void complete(int packetId, @Nullable Refusal refusal) {
    if (refusal != null) {
      connection.end(ReasonCode.of(refusal.reason()), refusal.detail());
    } else if (!connection.isEnded()) {
      outbox.pubcomp(packetId);
    }
  }

  /**
   * Returns what was received and is not released.
   *
   * @param isLast whether the connection ends; before, tables tell what it has received itself
   */
  List<SessionState.Received> received(boolean isLast) {
    List<SessionState.Received> told = new ArrayList<>();
    for (Received.One one : received.all()) {
      TableDefinition table = one.table();
      if (isLast || one.isKept()) {
        int key = table == null ? SessionState.Received.NO_TABLE : loop.keyOf(table);
        told.add(new SessionState.Received(one.packetId(), key));
      }
    }
    return told;
  }

  /** Lets the tables forget what the row of the session tells from now on. */
  void forgetReceptions() {
    for (Received.One one : received.all()) {
      TableDefinition table = one.table();
      if (table != null && !one.isKept()) {
        loop.tables().release(table, List.of(reception(one.packetId())), () -> {});
      }
    }
  }

  /** Runs something when it is known of all that was received whether it was stored. */
  void whenQuiet(Runnable task) {
    if (received.isCommitting()) {
      whenQuiet = task;
    } else {
      task.run();
    }
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

  private void write(Publication publication, int token, @Nullable Reception reception) {
    switch (loop.routes().of(publication.topic())) {
      case Route.ToRow(var table, var id) -> {
        begun();
        Write write = publication.write(id, mark, loop.broker().clock());
        Confirmation confirmation =
            token == NO_ACKNOWLEDGEMENT ? Confirmation.NOT_AWAITED : Confirmation.AS_DEMANDED;
        loop.tables().write(table, write, Condition.NONE, confirmation, reception, this, token);
      }
      case Route.ToResource(var match) -> {
        begun();
        resources.publish(
            publication,
            match,
            refusal -> {
              ended();
              answer(token, refusal);
            });
      }
      case Route.Nowhere(var refusal) -> answer(token, refusal);
    }
  }

  private void begun() {
    if (++unanswered == loop.broker().limits().connectionWrites()) {
      connection.stopReading(ReadHalt.WRITES);
    }
  }

  private void ended() {
    if (--unanswered == loop.broker().limits().connectionWrites() / 2) {
      connection.goOnReading(ReadHalt.WRITES);
    }
  }

  /** A table tells what became of a write. */
  @Override
  public void done(Outcome outcome, int token) {
    ended();
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
    if (token != NO_ACKNOWLEDGEMENT) {
      acknowledgements.answer(token, refusal);
    } else if (refusal != null && !connect.isVersion5()) {
      connection.end(ReasonCode.of(refusal.reason()), refusal.detail());
    }
    if (!received.isCommitting() && whenQuiet != null) {
      Runnable task = whenQuiet;
      whenQuiet = null;
      task.run();
    }
  }

  private void acknowledge(int tagged, @Nullable Refusal refusal) {
    int packetId = tagged & ~EXACTLY_ONCE;
    boolean isExactlyOnce = tagged != packetId;
    if (!isExactlyOnce) {
      atLeastOnce--;
    } else if (refusal == null) {
      received.stored(packetId);
    } else {
      refused(packetId);
    }
    if (connection.isEnded()) {
      return;
    }
    if (refusal != null) {
      refuse(packetId, isExactlyOnce, refusal);
    } else if (isExactlyOnce) {
      outbox.pubrec(packetId);
    } else {
      outbox.puback(packetId);
    }
  }

  /** A publish that was refused needs no PUBREL, even one that its table has. */
  private void refused(int packetId) {
    Received.One one = received.get(packetId);
    received.remove(packetId); // [MQTT-4.3.3-9]
    if (row != null && one != null && one.table() != null) {
      loop.tables().release(one.table(), List.of(reception(packetId)), () -> {});
    }
  }

  private void refuse(int packetId, boolean isExactlyOnce, Refusal refusal) {
    ReasonCode code = ReasonCode.of(refusal.reason());
    if (!connect.isVersion5()) {
      // An acknowledgement of MQTT 3 can only feign success.
      connection.end(code, refusal.detail());
    } else if (isExactlyOnce) {
      outbox.send(replies.pubrec(packetId, code, refusal.detail()));
    } else {
      outbox.send(replies.puback(packetId, code, refusal.detail()));
    }
  }
}
