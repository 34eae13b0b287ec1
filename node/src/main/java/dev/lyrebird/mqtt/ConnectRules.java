package dev.lyrebird.mqtt;

import static dev.lyrebird.mqtt.Connect.LEVEL_3_1;
import static dev.lyrebird.mqtt.Connect.LEVEL_3_1_1;
import static dev.lyrebird.mqtt.Connect.LEVEL_5;

import dev.lyrebird.pubsub.TopicFilter;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttConnectPayload;
import io.netty.handler.codec.mqtt.MqttConnectVariableHeader;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Judges CONNECT packets by MQTT 5.0 §3.1, or §3.1 of the older versions. Any thread may use it.
 */
final class ConnectRules {

  private static final int MAX_RECEIVE_MAXIMUM = 65_535;
  private static final int MAX_QOS = 2;

  /** A CONNACK with all that it tells, and one that refuses. */
  private static final int CONNACK_BYTES = 32;

  private static final int REFUSAL_BYTES = 5;
  private static final int IDENTIFIER_BYTES = 48;
  private static final int AUTHENTICATION_BYTES = 192;

  private final MqttLimits limits;
  private final SessionLimits sessionLimits;
  private final Supplier<String> freshIds;

  /** What became of a CONNECT. */
  sealed interface Verdict {

    record Accepted(Connect connect, Credentials credentials) implements Verdict {}

    record Rejected(PacketFault fault) implements Verdict {}
  }

  /**
   * Creates the rules.
   *
   * @param freshIds gives client ids that no other client has
   */
  ConnectRules(MqttLimits limits, SessionLimits sessionLimits, Supplier<String> freshIds) {
    this.limits = limits;
    this.sessionLimits = sessionLimits;
    this.freshIds = freshIds;
  }

  Verdict judge(MqttConnectMessage message) {
    MqttConnectVariableHeader header = message.variableHeader();
    MqttConnectPayload payload = message.payload();
    PacketProperties properties = new PacketProperties(header.properties());
    SessionState.Will will = header.isWillFlag() ? will(header, payload) : null;
    PacketFault fault = credentialsFault(header, properties);
    if (fault == null) {
      fault =
          will == null ? strayWillFault(header) : willFault(header.version(), will.publication());
    }
    if (fault == null) {
      fault = clientIdFault(header, payload.clientIdentifier());
    }
    if (fault == null) {
      fault = roomFault(header, payload.clientIdentifier(), properties);
    }
    return fault == null
        ? new Verdict.Accepted(
            accept(header, payload.clientIdentifier(), properties, will),
            credentials(payload, properties))
        : new Verdict.Rejected(fault);
  }

  private Connect accept(
      MqttConnectVariableHeader header,
      String clientId,
      PacketProperties properties,
      SessionState.@Nullable Will will) {
    int keepAlive = header.keepAliveTimeSeconds();
    boolean overrules =
        header.version() == LEVEL_5 && (keepAlive == 0 || keepAlive > limits.maxKeepAliveSeconds());
    long inflight = properties.number(ClientProperty.RECEIVE_MAXIMUM, MAX_RECEIVE_MAXIMUM);
    long aliases = properties.number(ClientProperty.TOPIC_ALIAS_MAXIMUM, 0);
    long expiry = expirySeconds(header, properties);
    long granted = sessionLimits.granted(expiry);
    return new Connect(
        header.version(),
        clientId.isEmpty() ? freshIds.get() : clientId,
        clientId.isEmpty(),
        overrules ? limits.maxKeepAliveSeconds() : keepAlive,
        overrules,
        header.isCleanSession(),
        granted,
        granted < expiry,
        (int) Math.min(inflight, limits.maxInflight()),
        room(properties),
        (int) Math.min(aliases, limits.topicAliasMaximum()),
        properties.number(ClientProperty.REQUEST_PROBLEM_INFORMATION, 1) == 1,
        will,
        properties.users(),
        Identity.UNKNOWN);
  }

  /** Returns the largest packet that a client takes, as its CONNECT tells. */
  static int room(MqttConnectMessage connect) {
    return room(new PacketProperties(connect.variableHeader().properties()));
  }

  private static int room(PacketProperties properties) {
    long bytes = properties.number(ClientProperty.MAXIMUM_PACKET_SIZE, Integer.MAX_VALUE);
    return (int) Math.min(bytes, Integer.MAX_VALUE);
  }

  private static Credentials credentials(MqttConnectPayload payload, PacketProperties properties) {
    return new Credentials(
        payload.userName(), payload.passwordInBytes(), properties.authentication());
  }

  private static @Nullable PacketFault credentialsFault(
      MqttConnectVariableHeader header, PacketProperties properties) {
    if (header.version() < LEVEL_5 && header.hasPassword() && !header.hasUserName()) {
      return malformed(header, "a password needs a user name"); // [MQTT-3.1.2-22] of 3.1.1
    }
    return properties.bytes(ClientProperty.AUTHENTICATION_DATA) == null
            || properties.text(ClientProperty.AUTHENTICATION_METHOD) != null
        ? null
        : new PacketFault(
            header.version(),
            ReasonCode.PROTOCOL_ERROR,
            "authentication data need an authentication method"); // MQTT 5.0 §3.1.2.11.10
  }

  private static @Nullable PacketFault clientIdFault(
      MqttConnectVariableHeader header, String clientId) {
    boolean mayBeEmpty =
        header.version() == LEVEL_5
            || (header.version() == LEVEL_3_1_1 && header.isCleanSession()); // [MQTT-3.1.3-8]
    return mayBeEmpty || !clientId.isEmpty()
        ? null
        : new PacketFault(
            header.version(),
            ReasonCode.CLIENT_IDENTIFIER_NOT_VALID,
            header.version() == LEVEL_3_1
                ? "MQTT 3.1 wants a client identifier"
                : "a session that is to be kept needs a client identifier");
  }

  /** [MQTT-3.1.2-24]: a client that cannot be sent its CONNACK cannot be let in. */
  private static @Nullable PacketFault roomFault(
      MqttConnectVariableHeader header, String clientId, PacketProperties properties) {
    int least =
        CONNACK_BYTES
            + (clientId.isEmpty() ? IDENTIFIER_BYTES : 0)
            + (properties.authentication() == null ? 0 : AUTHENTICATION_BYTES);
    int room = room(properties);
    return room >= least
        ? null
        : new PacketFault(
            room >= REFUSAL_BYTES ? header.version() : 0,
            ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR,
            "the client takes packets of %d bytes, CONNACK needs %d".formatted(room, least));
  }

  private static SessionState.Will will(
      MqttConnectVariableHeader header, MqttConnectPayload payload) {
    // Netty gives no topic for one that is too long for it.
    String topic = payload.willTopic() == null ? "" : payload.willTopic();
    return new SessionState.Will(
        Publication.of(
            topic,
            payload.willMessageInBytes(),
            header.willQos(),
            header.isWillRetain(),
            payload.willProperties()),
        new PacketProperties(payload.willProperties())
            .number(ClientProperty.WILL_DELAY_INTERVAL, 0));
  }

  /** Returns how long the client would have its session outlive the connection. */
  private static long expirySeconds(MqttConnectVariableHeader header, PacketProperties properties) {
    if (header.version() == LEVEL_5) {
      return properties.number(ClientProperty.SESSION_EXPIRY_INTERVAL, 0);
    }
    return header.isCleanSession() ? 0 : SessionState.NEVER;
  }

  private @Nullable PacketFault willFault(int level, Publication will) {
    String topicFault = TopicFilter.topicFault(will.topic());
    if (topicFault == null) {
      topicFault = limits.topics().fault(will.topic());
    }
    if (topicFault != null) {
      return new PacketFault(level, ReasonCode.TOPIC_NAME_INVALID, "will: " + topicFault);
    }
    if (will.qos() > MAX_QOS) {
      return new PacketFault(
          level, ReasonCode.MALFORMED_PACKET, "the QoS of a will is 0 to 2"); // [MQTT-3.1.2-12]
    }
    String responseFault = will.responseTopicFault();
    return responseFault == null
        ? null
        : new PacketFault(level, ReasonCode.PROTOCOL_ERROR, "response topic: " + responseFault);
  }

  /** [MQTT-3.1.2-11], [MQTT-3.1.2-13]: without a will its flags are zero. */
  private static @Nullable PacketFault strayWillFault(MqttConnectVariableHeader header) {
    return header.willQos() == 0 && !header.isWillRetain()
        ? null
        : malformed(header, "flags of a will without a will");
  }

  private static PacketFault malformed(MqttConnectVariableHeader header, String detail) {
    return new PacketFault(header.version(), ReasonCode.MALFORMED_PACKET, detail);
  }
}
