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
   *
   * @param level the protocol level of its CONNECT; 0 where that could not be read
   */
  static ByteBuf refusal(int level, ReasonCode code) {
    if (level >= Connect.LEVEL_5) {
      return Unpooled.wrappedBuffer(new byte[] {CONNACK, 3, 0, code.value(), 0});
    }
    int returnCode = level == 0 ? 0 : code.returnCode();
    return returnCode == 0
        ? Unpooled.EMPTY_BUFFER
        : Unpooled.wrappedBuffer(new byte[] {CONNACK, 2, 0, (byte) returnCode});
  }

  /** Returns the CONNACK that lets the client in. */
  MqttMessage connack(MqttLimits limits) {
    MqttProperties properties = MqttProperties.NO_PROPERTIES;
    if (connect.isVersion5()) {
      properties = new MqttProperties();
      // No session outlives its connection ([MQTT-3.2.2.3.2]).
      if (connect.asksForSession()) {
        add(properties, MqttProperties.SESSION_EXPIRY_INTERVAL, 0);
      }
      add(properties, MqttProperties.RECEIVE_MAXIMUM, limits.receiveMaximum());
      add(properties, MqttProperties.MAXIMUM_QOS, 1);
      add(properties, MqttProperties.MAXIMUM_PACKET_SIZE, limits.maxPacketBytes());
      add(properties, MqttProperties.TOPIC_ALIAS_MAXIMUM, limits.topicAliasMaximum());
      add(properties, MqttProperties.SHARED_SUBSCRIPTION_AVAILABLE, 0);
      if (connect.isKeepAliveServers()) {
        add(properties, MqttProperties.SERVER_KEEP_ALIVE, connect.keepAliveSeconds());
      }
      if (connect.isAssigned()) {
        properties.add(
            new StringProperty(
                MqttProperties.ASSIGNED_CLIENT_IDENTIFIER, connect.clientId())); // [MQTT-3.1.3-7]
      }
    }
    return new MqttConnAckMessage(
        header(MqttMessageType.CONNACK),
        new MqttConnAckVariableHeader(
            MqttConnectReturnCode.CONNECTION_ACCEPTED, false, properties));
  }

  /** Returns the PUBACK of MQTT 5 that tells a refusal. */
  MqttMessage puback(int packetId, ReasonCode code, String reason) {
    return new MqttPubAckMessage(
        header(MqttMessageType.PUBACK),
        new MqttPubReplyMessageVariableHeader(
            packetId, code.value(), connect.wantsReasons() ? reason(reason) : none()));
  }

  MqttMessage suback(int packetId, List<Integer> codes) {
    return new MqttSubAckMessage(
        header(MqttMessageType.SUBACK),
        new MqttMessageIdAndPropertiesVariableHeader(packetId, none()),
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
    return new MqttMessage(
        header(MqttMessageType.DISCONNECT),
        new MqttReasonCodeAndPropertiesVariableHeader(code.value(), reason(reason)));
  }

  private MqttProperties reason(String text) {
    int size = text.getBytes(UTF_8).length + BYTES_AROUND_REASON;
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

  private static MqttFixedHeader header(MqttMessageType type) {
    return new MqttFixedHeader(type, false, MqttQoS.AT_MOST_ONCE, false, 0);
  }
}
