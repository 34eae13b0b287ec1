package dev.lyrebird.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * What a node answers on one connection, held to the rules of servers: every packet is one of those
 * that a server sends, well formed in the version of the client, and none follows the last.
 */
final class Answers {

  private static final int VERSION_5 = PacketGrammar.VERSION_5;

  private static final BitSet CONNACK_REASONS =
      bits(
          0, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8c, 0x90, 0x95,
          0x97, 0x99, 0x9a, 0x9b, 0x9c, 0x9d, 0x9f);
  private static final BitSet RECEIPT_REASONS =
      bits(0, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99);
  private static final BitSet RELEASE_REASONS = bits(0, 0x92);
  private static final BitSet SUBACK_REASONS =
      bits(0, 1, 2, 0x80, 0x83, 0x87, 0x8f, 0x91, 0x97, 0x9e, 0xa1, 0xa2);
  private static final BitSet SUBACK_REASONS_3 = bits(0, 1, 2, 0x80);
  private static final BitSet UNSUBACK_REASONS = bits(0, 0x11, 0x80, 0x83, 0x87, 0x8f, 0x91);
  private static final BitSet DISCONNECT_REASONS =
      bits(
          0x80, 0x81, 0x82, 0x83, 0x87, 0x89, 0x8b, 0x8c, 0x8d, 0x8e, 0x8f, 0x90, 0x93, 0x94, 0x95,
          0x96, 0x97, 0x98, 0x99, 0x9a, 0x9b, 0x9c, 0x9d, 0x9e, 0x9f, 0xa0, 0xa1, 0xa2);

  private static final BitSet CONNACK_PROPERTIES =
      bits(
          0x11, 0x12, 0x13, 0x15, 0x16, 0x1a, 0x1c, 0x1f, 0x21, 0x22, 0x24, 0x25, 0x26, 0x27, 0x28,
          0x29, 0x2a);
  private static final BitSet PUBLISH_PROPERTIES = bits(1, 2, 3, 8, 9, 0x0b, 0x23, 0x26);
  private static final BitSet ACKNOWLEDGEMENT_PROPERTIES = bits(0x1f, 0x26);
  private static final BitSet DISCONNECT_PROPERTIES = bits(0x1c, 0x1f, 0x26);
  private static final BitSet AUTH_PROPERTIES = bits(0x15, 0x16, 0x1f, 0x26);

  private final Queue<byte[]> owed = new ArrayDeque<>();
  private final BitSet aliases = new BitSet();
  private byte[] rest = new byte[0];
  private boolean isLetIn;
  private boolean isOver;
  private int lastReason = -1;
  private byte @Nullable [] challenge;

  /** An answer that a server must not give. */
  static final class Wrong extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Wrong(String message) {
      super(message);
    }
  }

  /** Tells whether CONNACK has let the client in. */
  boolean isLetIn() {
    return isLetIn;
  }

  /**
   * Returns the reason of the DISCONNECT, or of the CONNACK that refused, or -1 where none came.
   */
  int lastReason() {
    return lastReason;
  }

  /** Returns packets that the client owes the node for what it was sent, the oldest first. */
  Queue<byte[]> owed() {
    return owed;
  }

  /** Returns the data of the last AUTH or CONNACK, once. */
  byte @Nullable [] challenge() {
    byte[] last = challenge;
    challenge = null;
    return last;
  }

  /**
   * Takes what the node has sent.
   *
   * @param level that the client's CONNECT names; 0 where it names none that can be read
   */
  void take(byte[] bytes, int level) {
    byte[] all = rest.length == 0 ? bytes : Packet.bytes(rest, bytes);
    int at = 0;
    for (int end = end(all, at); end >= 0; end = end(all, at)) {
      byte[] packet = Arrays.copyOfRange(all, at, end);
      try {
        take(packet[0] & 0xff, body(packet), level);
      } catch (BufferUnderflowException e) {
        throw wrong("it ends too early", packet);
      } catch (Wrong e) {
        throw wrong(String.valueOf(e.getMessage()), packet);
      }
      at = end;
    }
    rest = Arrays.copyOfRange(all, at, all.length);
  }

  /** Checks that the stream ends where a packet does. */
  void end() {
    if (rest.length > 0) {
      throw wrong("the stream ends within it", rest);
    }
  }

  private static Wrong wrong(String what, byte[] packet) {
    return new Wrong("answer %s: %s".formatted(HexFormat.of().formatHex(packet), what));
  }

  /** Returns where the packet ends that begins there, or -1 where it is not all there. */
  private static int end(byte[] all, int from) {
    int length = 0;
    for (int i = 0; i < 4 && from + 1 + i < all.length; i++) {
      length |= (all[from + 1 + i] & 0x7f) << (7 * i);
      if (all[from + 1 + i] >= 0) {
        int end = from + 2 + i + length;
        return end <= all.length ? end : -1;
      }
    }
    if (all.length > from + 4) {
      throw wrong("its length has more than four bytes", Arrays.copyOfRange(all, from, from + 5));
    }
    return -1;
  }

  private static ByteBuffer body(byte[] packet) {
    int at = 1;
    while (packet[at] < 0) {
      at++;
    }
    if (at > 1 && packet[at] == 0) {
      throw wrong("its length takes more bytes than it needs", packet);
    }
    return ByteBuffer.wrap(packet, at + 1, packet.length - at - 1);
  }

  private void take(int first, ByteBuffer body, int level) {
    hold(!isOver, "it follows the last");
    int type = first >> 4;
    hold(type == 3 || (first & 0x0f) == (type == 6 ? 2 : 0), "its flags are wrong");
    hold(isLetIn == (type != 2) || type == 15, "it is out of place");
    switch (type) {
      case 2 -> connack(body, level);
      case 3 -> publish(first, body, level);
      case 4, 5, 6, 7 -> acknowledgement(type, body, level);
      case 9 -> suback(body, level);
      case 11 -> unsuback(body, level);
      case 13 -> {}
      case 14 -> disconnect(body, level);
      case 15 -> auth(body, level);
      default -> throw new Wrong("no server sends such a packet");
    }
    hold(!body.hasRemaining(), "it is longer than what it holds");
  }

  private static void hold(boolean isTrue, String otherwise) {
    if (!isTrue) {
      throw new Wrong(otherwise);
    }
  }

  private void connack(ByteBuffer body, int level) {
    int flags = body.get();
    int reason = octet(body);
    hold((flags & ~(level == PacketGrammar.VERSION_3_1 ? 0 : 1)) == 0, "its flags are wrong");
    hold(flags == 0 || reason == 0, "a session is present where the client is refused");
    if (level >= VERSION_5) {
      hold(CONNACK_REASONS.get(reason), "its reason is none of CONNACK");
      properties(body, CONNACK_PROPERTIES);
    } else {
      hold(reason <= 5, "its return code is none");
    }
    isLetIn = reason == 0;
    isOver = reason != 0;
    lastReason = reason == 0 ? -1 : reason;
  }

  private void publish(int first, ByteBuffer body, int level) {
    int qos = (first & 0x06) >> 1;
    hold(qos < 3, "its QoS is 3");
    hold(qos > 0 || (first & 0x08) == 0, "QoS 0 has DUP");
    String topic = text(body);
    hold(topic.indexOf('+') < 0 && topic.indexOf('#') < 0, "its topic has a wildcard");
    int packetId = qos == 0 ? 0 : packetId(body);
    int alias = level == VERSION_5 ? properties(body, PUBLISH_PROPERTIES) : 0;
    hold(!topic.isEmpty() || aliases.get(alias), "it has no topic");
    if (alias > 0) {
      aliases.set(alias);
    }
    body.position(body.limit());
    if (qos > 0) {
      owed.add(Packet.acknowledgement(qos == 1 ? 0x40 : 0x50, packetId));
    }
  }

  private void acknowledgement(int type, ByteBuffer body, int level) {
    int packetId = packetId(body);
    int reason = 0;
    if (level == VERSION_5 && body.hasRemaining()) {
      reason = octet(body);
      hold((type < 6 ? RECEIPT_REASONS : RELEASE_REASONS).get(reason), "its reason is none");
      if (body.hasRemaining()) {
        properties(body, ACKNOWLEDGEMENT_PROPERTIES);
      }
    }
    if (type == 5 && reason < ReasonCode.LEAST_FAILURE) {
      owed.add(Packet.acknowledgement(0x62, packetId));
    } else if (type == 6) {
      owed.add(Packet.acknowledgement(0x70, packetId));
    }
  }

  private void suback(ByteBuffer body, int level) {
    packetId(body);
    if (level == VERSION_5) {
      properties(body, ACKNOWLEDGEMENT_PROPERTIES);
    }
    reasons(body, level == VERSION_5 ? SUBACK_REASONS : SUBACK_REASONS_3);
  }

  private void unsuback(ByteBuffer body, int level) {
    packetId(body);
    if (level == VERSION_5) {
      properties(body, ACKNOWLEDGEMENT_PROPERTIES);
      reasons(body, UNSUBACK_REASONS);
    }
  }

  private static void reasons(ByteBuffer body, BitSet allowed) {
    hold(body.hasRemaining(), "it has no reason");
    while (body.hasRemaining()) {
      hold(allowed.get(octet(body)), "its reason is none");
    }
  }

  private void disconnect(ByteBuffer body, int level) {
    hold(level == VERSION_5, "no server of MQTT 3 sends DISCONNECT");
    lastReason = octet(body);
    hold(DISCONNECT_REASONS.get(lastReason), "its reason is none of a server");
    if (body.hasRemaining()) {
      properties(body, DISCONNECT_PROPERTIES);
    }
    isOver = true;
  }

  private void auth(ByteBuffer body, int level) {
    hold(level == VERSION_5, "MQTT 3 has no AUTH");
    int reason = octet(body);
    hold(reason == 0x18 || (reason == 0 && isLetIn), "its reason is none of a server");
    properties(body, AUTH_PROPERTIES);
  }

  /** Passes over properties; returns the topic alias among them, or 0. */
  private int properties(ByteBuffer body, BitSet allowed) {
    int length = varint(body);
    hold(length <= body.remaining(), "the properties are longer than the packet");
    ByteBuffer properties = body.slice(body.position(), length);
    body.position(body.position() + length);
    BitSet seen = new BitSet();
    int alias = 0;
    while (properties.hasRemaining()) {
      int identifier = varint(properties);
      hold(allowed.get(identifier), "property %02x has no place in it".formatted(identifier));
      boolean mayRecur = identifier == 0x26 || identifier == 0x0b;
      hold(mayRecur || !seen.get(identifier), "property %02x is there twice".formatted(identifier));
      seen.set(identifier);
      switch (identifier) {
        case 0x01, 0x24, 0x25, 0x28, 0x29, 0x2a ->
            hold(octet(properties) <= 1, "property %02x is no flag".formatted(identifier));
        case 0x13, 0x22 -> properties.getShort();
        case 0x21 -> hold(properties.getShort() != 0, "a Receive Maximum of 0");
        case 0x23 -> {
          alias = Short.toUnsignedInt(properties.getShort());
          hold(alias > 0, "an alias of 0");
        }
        case 0x02, 0x11 -> properties.getInt();
        case 0x27 -> hold(properties.getInt() != 0, "a Maximum Packet Size of 0");
        case 0x0b -> hold(varint(properties) > 0, "a Subscription Identifier of 0");
        case 0x09 -> binary(properties);
        case 0x16 -> challenge = binary(properties);
        case 0x26 -> {
          text(properties);
          text(properties);
        }
        default -> text(properties);
      }
    }
    return alias;
  }

  private static int varint(ByteBuffer body) {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      int octet = octet(body);
      value |= (octet & 0x7f) << (7 * i);
      if (octet < 0x80) {
        hold(i == 0 || octet != 0, "a number takes more bytes than it needs");
        return value;
      }
    }
    throw new Wrong("a number has more than four bytes");
  }

  private static int packetId(ByteBuffer body) {
    int packetId = Short.toUnsignedInt(body.getShort());
    hold(packetId > 0, "its identifier is 0");
    return packetId;
  }

  private static String text(ByteBuffer body) {
    int length = Short.toUnsignedInt(body.getShort());
    int from = body.position();
    skip(body, length);
    try {
      String text = UTF_8.newDecoder().decode(body.slice(from, length)).toString();
      hold(text.indexOf('\0') < 0, "a string has U+0000");
      return text;
    } catch (CharacterCodingException e) {
      throw new Wrong("a string is no UTF-8");
    }
  }

  private static byte[] binary(ByteBuffer body) {
    byte[] bytes = new byte[Short.toUnsignedInt(body.getShort())];
    body.get(bytes);
    return bytes;
  }

  private static void skip(ByteBuffer body, int length) {
    if (length > body.remaining()) {
      throw new BufferUnderflowException();
    }
    body.position(body.position() + length);
  }

  private static int octet(ByteBuffer body) {
    return body.get() & 0xff;
  }

  private static BitSet bits(int... values) {
    BitSet bits = new BitSet();
    for (int value : values) {
      bits.set(value);
    }
    return bits;
  }
}
