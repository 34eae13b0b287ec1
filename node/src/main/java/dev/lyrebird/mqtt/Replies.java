package dev.lyrebird.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttConnAckVariableHeader;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageIdAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttProperties.BinaryProperty;
import io.netty.handler.codec.mqtt.MqttProperties.IntegerProperty;
import io.netty.handler.codec.mqtt.MqttProperties.StringProperty;
import io.netty.handler.codec.mqtt.MqttPubAckMessage;
import io.netty.handler.codec.mqtt.MqttPubReplyMessageVariableHeader;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttSubAckMessage;
import io.netty.handler.codec.mqtt.MqttSubAckPayload;
import io.netty.handler.codec.mqtt.MqttUnsubAckMessage;
import io.netty.handler.codec.mqtt.MqttUnsubAckPayload;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The packets that answer a client, in its version of the protocol, with reasons in words where it
 * wants them and has room for them. Pure.
 */
final class Replies {

  /** What a packet with a reason code has around the reason string, at most. */
  private static final int BYTES_AROUND_REASON = 16;

  private static final byte CONNACK = 0x20;

  private final Connect connect;

  Replies(Connect connect) {
    this.connect = connect;
  }

  /**
   * Returns the CONNACK that refuses a client, or nothing where its version has no word for it.
   * MQTT 5 is told more where there is room for it ([MQTT-3.2.2-19]), also a client that wants no
   * reasons in words with other packets (MQTT 5.0 §3.1.2.11.7).
   *
   * @param level the protocol level of its CONNECT; 0 where that could not be read
   * @param room the largest packet that the client takes; 0 where that is not known
   * @param serverReference another server that the client may use; empty for none
   * @param reason the code in words
   */
  static ByteBuf refusal(
      int level, int room, ReasonCode code, String serverReference, String reason) {
    if (level >= Connect.LEVEL_5) {
      ByteBuf properties = Unpooled.buffer();
      writeIfRoom(properties, MqttProperties.SERVER_REFERENCE, serverReference, room);
      writeIfRoom(properties, MqttProperties.REASON_STRING, reason, room);
      int size = properties.readableBytes();
      ByteBuf packet = Unpooled.buffer().writeByte(CONNACK);
      Varint.write(packet, 2 + Varint.size(size) + size);
      packet.writeByte(0).writeByte(code.value());
      Varint.write(packet, size);
      return packet.writeBytes(properties);
    }
    int returnCode = level == 0 ? 0 : code.returnCode();
    return returnCode == 0
        ? Unpooled.EMPTY_BUFFER
        : Unpooled.wrappedBuffer(new byte[] {CONNACK, 2, 0, (byte) returnCode});
  }

  private static void writeIfRoom(ByteBuf properties, int identifier, String text, int room) {
    byte[] bytes = text.getBytes(UTF_8);
    boolean hasRoom = properties.readableBytes() + bytes.length + BYTES_AROUND_REASON <= room;
    if (bytes.length > 0 && hasRoom) {
      properties.writeByte(identifier).writeShort(bytes.length).writeBytes(bytes);
    }
  }

  /**
   * Returns the CONNACK that lets the client in.
   *
   * @param isSessionPresent whether the client's session goes on ([MQTT-3.2.2-2], [MQTT-3.2.2-3]);
   *     MQTT 3.1 has no word for it
   * @param authentication the last word of enhanced authentication, or null where the client asked
   *     for none ([MQTT-4.12.0-5], [MQTT-4.12.0-6])
   */
  MqttMessage connack(
      MqttLimits limits, boolean isSessionPresent, @Nullable Authentication authentication) {
    MqttProperties properties = MqttProperties.NO_PROPERTIES;
    if (connect.isVersion5()) {
      properties = new MqttProperties();
      if (connect.isExpiryServers()) {
        add(properties, MqttProperties.SESSION_EXPIRY_INTERVAL, (int) connect.expirySeconds());
      }
      add(properties, MqttProperties.RECEIVE_MAXIMUM, limits.receiveMaximum());
      add(properties, MqttProperties.MAXIMUM_PACKET_SIZE, limits.maxPacketBytes());
      add(properties, MqttProperties.TOPIC_ALIAS_MAXIMUM, limits.topicAliasMaximum());
      if (connect.isKeepAliveServers()) {
        add(properties, MqttProperties.SERVER_KEEP_ALIVE, connect.keepAliveSeconds());
      }
      if (connect.isAssigned()) {
        properties.add(
            new StringProperty(
                MqttProperties.ASSIGNED_CLIENT_IDENTIFIER, connect.clientId())); // [MQTT-3.1.3-7]
      }
      add(properties, authentication);
    }
    return new MqttConnAckMessage(
        header(MqttMessageType.CONNACK),
        new MqttConnAckVariableHeader(
            MqttConnectReturnCode.CONNECTION_ACCEPTED,
            isSessionPresent && connect.level() > Connect.LEVEL_3_1,
            properties));
  }

  /** Returns the PUBACK of MQTT 5 that tells a refusal. */
  MqttMessage puback(int packetId, ReasonCode code, String reason) {
    return acknowledgement(MqttMessageType.PUBACK, packetId, code, reason);
  }

  /** Returns the PUBREC of MQTT 5 that tells a refusal; no PUBREL follows it. */
  MqttMessage pubrec(int packetId, ReasonCode code, String reason) {
    return acknowledgement(MqttMessageType.PUBREC, packetId, code, reason);
  }

  /** Returns the PUBREL that answers a PUBREC, even one that nothing was in flight for. */
  MqttMessage pubrel(int packetId, ReasonCode code) {
    return acknowledgement(MqttMessageType.PUBREL, packetId, code, null);
  }

  /** Returns the PUBCOMP that answers a PUBREL, even one that nothing had been received for. */
  MqttMessage pubcomp(int packetId, ReasonCode code) {
    return acknowledgement(MqttMessageType.PUBCOMP, packetId, code, null);
  }

  /** Returns the PUBACK, PUBREC, PUBREL or PUBCOMP; success and MQTT 3 have no code on the wire. */
  private MqttMessage acknowledgement(
      MqttMessageType type, int packetId, ReasonCode code, @Nullable String reason) {
    return new MqttPubAckMessage(
        header(type),
        new MqttPubReplyMessageVariableHeader(
            packetId,
            code.value(),
            reason != null && connect.wantsReasons() ? reason(reason, 0) : none()));
  }

  /** Returns the AUTH by which enhanced authentication goes on or ends. */
  MqttMessage auth(ReasonCode code, Authentication authentication) {
    MqttProperties properties = new MqttProperties();
    add(properties, authentication);
    return new MqttMessage(
        header(MqttMessageType.AUTH),
        new MqttReasonCodeAndPropertiesVariableHeader(code.value(), properties));
  }

  /** Tells whether the client can be sent a SUBACK or UNSUBACK with so many codes. */
  boolean hasRoomForCodes(int count) {
    int remaining = Short.BYTES + 1 + count;
    return 1 + Varint.size(remaining) + remaining <= connect.maxPacketBytes(); // [MQTT-3.1.2-24]
  }

  /**
   * Returns the SUBACK.
   *
   * @param codes one for each filter
   * @param reason why the first of those is refused that are; empty where none is
   */
  MqttMessage suback(int packetId, List<Integer> codes, String reason) {
    MqttProperties properties =
        connect.isVersion5() && connect.wantsReasons() && !reason.isEmpty()
            ? reason(reason, codes.size()) // [MQTT-3.9.2-1]
            : none();
    return new MqttSubAckMessage(
        header(MqttMessageType.SUBACK),
        new MqttMessageIdAndPropertiesVariableHeader(packetId, properties),
        new MqttSubAckPayload(codes));
  }

  /**
   * Returns the UNSUBACK.
   *
   * @param codes one for each filter; MQTT 3 is told none
   */
  MqttMessage unsuback(int packetId, List<Short> codes) {
    return new MqttUnsubAckMessage(
        header(MqttMessageType.UNSUBACK),
        new MqttMessageIdAndPropertiesVariableHeader(packetId, none()),
        new MqttUnsubAckPayload(connect.isVersion5() ? codes : List.of()));
  }

  /** Returns the DISCONNECT of MQTT 5. */
  MqttMessage disconnect(ReasonCode code, String reason) {
    return disconnect(code, reason(reason, 0));
  }

  /**
   * Returns the DISCONNECT of MQTT 5 that sends a client elsewhere.
   *
   * @param serverReference the other server
   */
  MqttMessage disconnectTo(String serverReference) {
    MqttProperties properties = none();
    if (serverReference.getBytes(UTF_8).length + BYTES_AROUND_REASON <= connect.maxPacketBytes()) {
      properties = new MqttProperties();
      properties.add(new StringProperty(MqttProperties.SERVER_REFERENCE, serverReference));
    }
    return disconnect(ReasonCode.USE_ANOTHER_SERVER, properties);
  }

  private static MqttMessage disconnect(ReasonCode code, MqttProperties properties) {
    return new MqttMessage(
        header(MqttMessageType.DISCONNECT),
        new MqttReasonCodeAndPropertiesVariableHeader(code.value(), properties));
  }

  /**
   * @param codes how many reason codes follow it
   */
  private MqttProperties reason(String text, int codes) {
    int size = text.getBytes(UTF_8).length + BYTES_AROUND_REASON + codes;
    if (size > connect.maxPacketBytes()) {
      return none(); // [MQTT-3.14.2-3]
    }
    MqttProperties properties = new MqttProperties();
    properties.add(new StringProperty(MqttProperties.REASON_STRING, text));
    return properties;
  }

  private static MqttProperties none() {
    return MqttProperties.NO_PROPERTIES;
  }

  private static void add(MqttProperties properties, int identifier, int value) {
    properties.add(new IntegerProperty(identifier, value));
  }

  private static void add(MqttProperties properties, @Nullable Authentication authentication) {
    if (authentication == null) {
      return;
    }
    properties.add(
        new StringProperty(MqttProperties.AUTHENTICATION_METHOD, authentication.method()));
    if (authentication.data() != null) {
      properties.add(new BinaryProperty(MqttProperties.AUTHENTICATION_DATA, authentication.data()));
    }
  }

  private static MqttFixedHeader header(MqttMessageType type) {
    MqttQoS flags =
        type == MqttMessageType.PUBREL // [MQTT-3.6.1-1]
            ? MqttQoS.AT_LEAST_ONCE
            : MqttQoS.AT_MOST_ONCE;
    return new MqttFixedHeader(type, false, flags, false, 0);
  }
}
