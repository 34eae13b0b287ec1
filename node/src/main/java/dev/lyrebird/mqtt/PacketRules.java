package dev.lyrebird.mqtt;

import dev.lyrebird.mqtt.ClientProperty.Place;
import dev.lyrebird.mqtt.PacketReader.Malformed;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.mqtt.MqttMessageType;
import org.jspecify.annotations.Nullable;

/**
 * The rules of packets that show in their bytes alone, where Netty's decoder lets them pass: what
 * stands behind the end of a packet's content, reserved bits of subscription options, properties
 * that are not allowed in their packet, given twice or out of range, and lists without an element.
 *
 * <p>Owned by one event loop; pure but for that.
 */
final class PacketRules {

  private static final int VERSION_3_1 = 3;
  private static final int VERSION_5 = 5;
  private static final int QOS_BITS = 0x06;
  private static final int DUP_BIT = 0x08;
  private static final int RESERVED_FLAG = 0x01;
  private static final int WILL_FLAG = 0x04;
  private static final int PASSWORD_FLAG = 0x40;
  private static final int USER_NAME_FLAG = 0x80;

  private final PacketReader reader = new PacketReader(Unpooled.EMPTY_BUFFER);

  /** The protocol level of the CONNECT packet, or 0 before it. */
  private int level;

  /** Returns a fault of the packet at hand. */
  PacketFault fault(ReasonCode code, String detail) {
    return new PacketFault(level, code, detail);
  }

  /** Looks at the first byte, the only one that is surely there; see {@link #check}. */
  @Nullable PacketFault checkFirstByte(int firstByte) {
    int type = firstByte >> 4;
    if (level == 0 && type != MqttMessageType.CONNECT.value()) {
      return protocolError("the first packet is CONNECT"); // [MQTT-3.1.0-1]
    }
    if (level != 0 && type == MqttMessageType.CONNECT.value()) {
      return protocolError("CONNECT comes once"); // [MQTT-3.1.0-2]
    }
    if (type == MqttMessageType.PUBLISH.value()) {
      int qos = firstByte & QOS_BITS;
      boolean isLegal = qos != QOS_BITS && (qos != 0 || (firstByte & DUP_BIT) == 0);
      return isLegal ? null : malformed("QoS is 0 to 2, and QoS 0 has no DUP"); // [MQTT-3.3.1-4]
    }
    // MQTT 3.1 has DUP in requests that are sent again; later versions reserve it.
    int flags = firstByte & (isRequest(type) && level == VERSION_3_1 ? 0x07 : 0x0f);
    return type != 0 && flags == (isRequest(type) ? 0x02 : 0)
        ? null
        : malformed("flags that are reserved have been changed"); // [MQTT-2.1.3-1]
  }

  private static boolean isRequest(int type) {
    return type == MqttMessageType.PUBREL.value()
        || type == MqttMessageType.SUBSCRIBE.value()
        || type == MqttMessageType.UNSUBSCRIBE.value();
  }

  /**
   * Looks at a whole packet, whose first byte was found right. What MQTT 3.1 allows and the decoder
   * does not know is taken out of it.
   *
   * @param at where it begins
   * @param body where its variable header begins
   * @param end of the packet
   * @return what is wrong with it, or null where nothing is
   */
  @Nullable PacketFault check(ByteBuf bytes, int at, int body, int end) {
    int firstByte = bytes.getUnsignedByte(at);
    boolean hasPaddedLength = body > at + 2 && bytes.getByte(body - 1) == 0;
    reader.begin(bytes, body, end);
    if (level == VERSION_3_1 && isRequest(firstByte >> 4)) {
      bytes.setByte(at, firstByte & ~DUP_BIT);
    }
    try {
      PacketFault fault = check(MqttMessageType.valueOf(firstByte >> 4), firstByte);
      return fault == null && hasPaddedLength && level == VERSION_5
          ? malformed("the remaining length takes more bytes than it needs") // [MQTT-1.5.5-1]
          : fault;
    } catch (Malformed e) {
      return malformed(String.valueOf(e.getMessage()));
    }
  }

  private @Nullable PacketFault check(MqttMessageType type, int firstByte) throws Malformed {
    boolean isVersion5 = level == VERSION_5;
    return switch (type) {
      case CONNECT -> connect();
      case PUBLISH -> publish(firstByte);
      case PUBACK, PUBREC -> acknowledgement(ClientReasons.RECEIPT);
      case PUBREL, PUBCOMP -> acknowledgement(ClientReasons.RELEASE);
      case SUBSCRIBE -> subscribe();
      case UNSUBSCRIBE -> unsubscribe();
      case PINGREQ -> nothingMore();
      case DISCONNECT ->
          isVersion5
              ? codeAndProperties(ClientReasons.DISCONNECT, Place.DISCONNECT)
              : nothingMore();
      case AUTH ->
          isVersion5 ? codeAndProperties(ClientReasons.AUTH, Place.AUTH) : unexpected(type);
      case CONNACK, SUBACK, UNSUBACK, PINGRESP -> unexpected(type);
    };
  }

  private @Nullable PacketFault connect() throws Malformed {
    int nameLength = reader.twoBytes();
    int name = reader.skip(nameLength);
    level = reader.octet();
    String nameOfLevel = level == VERSION_3_1 ? "MQIsdp" : "MQTT";
    if (level < VERSION_3_1 || level > VERSION_5 || !reader.isText(name, nameLength, nameOfLevel)) {
      return fault(
          ReasonCode.UNSUPPORTED_PROTOCOL_VERSION, "versions are 3.1, 3.1.1 and 5.0 of MQTT");
    }
    int flagsAt = reader.position();
    int flags = reader.octet();
    if ((flags & RESERVED_FLAG) != 0) {
      return malformed("the reserved flag of CONNECT is set"); // [MQTT-3.1.2-3]
    }
    reader.skip(Short.BYTES);
    PacketFault fault = level == VERSION_5 ? properties(Place.CONNECT) : null;
    if (fault != null) {
      return fault;
    }
    reader.skipString();
    if ((flags & WILL_FLAG) != 0) {
      fault = level == VERSION_5 ? properties(Place.WILL) : null;
      if (fault != null) {
        return fault;
      }
      reader.skipString();
      reader.skipString();
    }
    for (int credential : new int[] {USER_NAME_FLAG, PASSWORD_FLAG}) {
      if (level == VERSION_3_1 && !reader.hasMore()) {
        flags &= ~credential; // in MQTT 3.1 the length has precedence over the flags
      }
      if ((flags & credential) != 0) {
        reader.skipString();
      }
    }
    reader.overwrite(flagsAt, flags);
    return nothingMore();
  }

  private @Nullable PacketFault publish(int firstByte) throws Malformed {
    int topicLength = reader.twoBytes();
    int topic = reader.skip(topicLength);
    if (reader.hasWildcard(topic, topicLength)) {
      return fault(
          ReasonCode.TOPIC_NAME_INVALID, "a topic to publish to has no wildcard"); // [MQTT-3.3.2-2]
    }
    PacketFault fault = (firstByte & QOS_BITS) == 0 ? null : packetId();
    return fault == null && level == VERSION_5 ? properties(Place.PUBLISH) : fault;
  }

  private @Nullable PacketFault acknowledgement(ClientReasons reasons) throws Malformed {
    PacketFault fault = packetId();
    if (fault != null) {
      return fault;
    }
    return level == VERSION_5 ? codeAndProperties(reasons, Place.ACKNOWLEDGEMENT) : nothingMore();
  }

  private @Nullable PacketFault packetId() throws Malformed {
    return reader.twoBytes() == 0
        ? protocolError("packet identifiers begin with 1") // [MQTT-2.2.1-3]
        : null;
  }

  /** The packet identifier and, in MQTT 5, the properties that SUBSCRIBE and UNSUBSCRIBE have. */
  private @Nullable PacketFault requestHeader(Place place) throws Malformed {
    PacketFault fault = packetId();
    return fault == null && level == VERSION_5 ? properties(place) : fault;
  }

  private @Nullable PacketFault subscribe() throws Malformed {
    PacketFault fault = requestHeader(Place.SUBSCRIBE);
    if (fault != null) {
      return fault;
    }
    if (!reader.hasMore()) {
      return protocolError("SUBSCRIBE has at least one topic filter"); // [MQTT-3.8.3-2]
    }
    int reserved = level == VERSION_5 ? 0xc0 : 0xfc;
    while (reader.hasMore()) {
      reader.skipString();
      int options = reader.octet();
      if ((options & reserved) != 0) {
        return malformed("subscription options that are reserved are set"); // [MQTT-3.8.3-5]
      }
      if ((options & 0x03) == 0x03 || (options & 0x30) == 0x30) {
        return protocolError("QoS and Retain Handling are 0 to 2"); // MQTT 5.0 §3.8.3.1
      }
    }
    return null;
  }

  private @Nullable PacketFault unsubscribe() throws Malformed {
    PacketFault fault = requestHeader(Place.UNSUBSCRIBE);
    if (fault != null) {
      return fault;
    }
    if (!reader.hasMore()) {
      return protocolError("UNSUBSCRIBE has at least one topic filter"); // [MQTT-3.10.3-2]
    }
    while (reader.hasMore()) {
      reader.skipString();
    }
    return null;
  }

  /** A reason code and properties, either of which may be left out with what follows it. */
  private @Nullable PacketFault codeAndProperties(ClientReasons reasons, Place place)
      throws Malformed {
    int code = reader.hasMore() ? reader.octet() : 0;
    if (!reasons.allow(code)) {
      return protocolError("a client gives no reason 0x%02x here".formatted(code));
    }
    PacketFault fault = reader.hasMore() ? properties(place) : null;
    return fault == null ? nothingMore() : fault;
  }

  private @Nullable PacketFault nothingMore() {
    return reader.hasMore() ? malformed("the packet is longer than what it holds") : null;
  }

  private @Nullable PacketFault properties(Place place) throws Malformed {
    int length = reader.varint();
    int end = reader.position() + length;
    long seen = 0;
    while (reader.position() < end) {
      int identifier = reader.varint();
      ClientProperty property = ClientProperty.of(identifier);
      if (property == null) {
        return malformed("a client sends no property " + identifier);
      }
      if (!property.mayStandIn(place)) {
        String detail = "property %s has no place in %s".formatted(property, place);
        boolean isServers = property == ClientProperty.SUBSCRIPTION_IDENTIFIER; // [MQTT-3.3.4-6]
        return isServers && place == Place.PUBLISH ? protocolError(detail) : malformed(detail);
      }
      if ((seen & 1L << identifier) != 0 && !property.mayRecur()) {
        return protocolError("property %s is there twice".formatted(property));
      }
      seen |= 1L << identifier;
      if (!isInRange(property.kind(), place)) {
        return protocolError("property %s is out of range".formatted(property));
      }
    }
    return reader.position() == end
        ? null
        : malformed("the properties are longer than their length");
  }

  /** Passes over the value of a property. */
  private boolean isInRange(ClientProperty.Kind kind, Place place) throws Malformed {
    return switch (kind) {
      case FLAG -> reader.octet() <= 1;
      case POSITIVE_TWO_BYTES -> reader.twoBytes() > 0;
      case POSITIVE_FOUR_BYTES -> reader.fourBytes() != 0; // unsigned
      case POSITIVE_VARINT -> reader.varint() > 0;
      case TWO_BYTES -> skipped(Short.BYTES);
      case FOUR_BYTES -> skipped(Integer.BYTES);
      case BINARY -> skipped(reader.twoBytes());
      case STRING -> {
        skipText(place);
        yield true;
      }
      case PAIR -> {
        skipText(place);
        skipText(place);
        yield true;
      }
    };
  }

  private boolean skipped(int length) throws Malformed {
    reader.skip(length);
    return true;
  }

  /**
   * Passes over text, which the decoder reads and checks too. In CONNECT it does so before it knows
   * the version in which the client is to be told.
   */
  private void skipText(Place place) throws Malformed {
    int length = reader.twoBytes();
    int from = reader.skip(length);
    if (place == Place.CONNECT && !reader.isUtf8(from, length)) {
      throw new Malformed("a string is no UTF-8, or has U+0000"); // [MQTT-1.5.4-1], [MQTT-1.5.4-2]
    }
  }

  private PacketFault unexpected(MqttMessageType type) {
    return protocolError("a client does not send " + type);
  }

  private PacketFault malformed(String detail) {
    return fault(ReasonCode.MALFORMED_PACKET, detail);
  }

  private PacketFault protocolError(String detail) {
    return fault(ReasonCode.PROTOCOL_ERROR, detail);
  }
}
