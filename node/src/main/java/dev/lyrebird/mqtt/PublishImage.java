package dev.lyrebird.mqtt;

import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A PUBLISH as it goes to every subscriber of one wire form, encoded once and copied to each. What
 * differs between subscribers has its place: the packet identifier is patched into the copy. A
 * topic alias and subscription identifiers change the lengths around them, so a packet that carries
 * such is put together from its parts.
 *
 * <p>A small payload is part of the copy. A large one is not copied at all: it is shared between
 * all subscribers, and the copy ends before it.
 */
final class PublishImage {

  /** What no client can be sent: its topic is none of MQTT's, or it is larger than any packet. */
  static final PublishImage UNSENDABLE =
      new PublishImage(Parts.TOO_LARGE, new byte[0], 0, Integer.MAX_VALUE, null);

  private static final int ALIAS_BYTES = 3;
  private static final int DUP = 0x08;

  private final Parts parts;
  private final byte[] copy;
  private final int packetIdAt;
  private final int size;
  private final @Nullable ByteBuf sharedPayload;

  /**
   * What the packet is made of.
   *
   * @param fixedHeader its first byte
   * @param topic with its length before it
   * @param properties without their length; those of MQTT 3, which has none, are empty
   * @param copiedPayload the payload, or nothing where that is shared
   * @param payloadLength its length in either case
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Parts(
      int fixedHeader, byte[] topic, byte[] properties, byte[] copiedPayload, int payloadLength) {

    private static final Parts TOO_LARGE =
        new Parts(0, new byte[0], new byte[0], new byte[0], Integer.MAX_VALUE / 2);

    /** A packet at QoS 1 or 2 has an identifier. */
    int packetIdLength() {
      return (fixedHeader & 0x06) == 0 ? 0 : Short.BYTES;
    }
  }

  /**
   * Creates an image.
   *
   * @param copy the packet without anything spliced in, up to a shared payload
   * @param packetIdAt where the packet identifier stands in it, or 0 for nowhere
   * @param size of the whole packet
   */
  PublishImage(
      Parts parts, byte[] copy, int packetIdAt, int size, @Nullable ByteBuf sharedPayload) {
    this.parts = parts;
    this.copy = copy;
    this.packetIdAt = packetIdAt;
    this.size = size;
    this.sharedPayload = sharedPayload;
  }

  /** Returns the size of the packet without anything spliced in. */
  int size() {
    return size;
  }

  int payloadBytes() {
    return sharedPayload == null ? parts.copiedPayload.length : sharedPayload.readableBytes();
  }

  /** Returns the payload that is to follow what was appended, or null where it was appended too. */
  @Nullable ByteBuf sharedPayload() {
    return sharedPayload;
  }

  /**
   * Appends the packet without anything spliced in.
   *
   * @param packetId has no meaning at QoS 0
   * @param isAgain whether the packet may have been sent before
   */
  void appendTo(ByteBuf out, int packetId, boolean isAgain) {
    int at = out.writerIndex();
    out.writeBytes(copy);
    if (isAgain) {
      out.setByte(at, parts.fixedHeader | DUP);
    }
    if (packetIdAt != 0) {
      out.setShort(at + packetIdAt, packetId);
    }
  }

  /** Returns the size of the packet of MQTT 5 with this spliced in. */
  int size(Splice splice) {
    int remaining = remainingLength(splice);
    return 1 + Varint.size(remaining) + remaining;
  }

  /**
   * Appends the packet of MQTT 5.
   *
   * @param packetId has no meaning at QoS 0
   * @param isAgain whether the packet may have been sent before
   */
  void appendTo(ByteBuf out, int packetId, boolean isAgain, Splice splice) {
    int properties = parts.properties.length + splice.length();
    out.writeByte(isAgain ? parts.fixedHeader | DUP : parts.fixedHeader);
    Varint.write(out, remainingLength(splice));
    if (splice.leavesTopicOut()) {
      out.writeShort(0);
    } else {
      out.writeBytes(parts.topic);
    }
    if (packetIdAt != 0) {
      out.writeShort(packetId);
    }
    Varint.write(out, properties);
    splice.appendTo(out);
    out.writeBytes(parts.properties).writeBytes(parts.copiedPayload);
  }

  private int remainingLength(Splice splice) {
    int properties = parts.properties.length + splice.length();
    return (splice.leavesTopicOut() ? Short.BYTES : parts.topic.length)
        + parts.packetIdLength()
        + Varint.size(properties)
        + properties
        + parts.payloadLength;
  }

  /**
   * Properties that one subscriber's packet has of its own.
   *
   * @param alias the topic alias to set or to use; 0 for none
   * @param leavesTopicOut whether the client knows the alias, so that the topic need not be sent
   * @param subscriptions those whose identifiers are to be told ([MQTT-3.3.4-3])
   */
  record Splice(int alias, boolean leavesTopicOut, List<MqttSubscription> subscriptions) {

    int length() {
      int length = alias == 0 ? 0 : ALIAS_BYTES;
      for (int i = 0; i < subscriptions.size(); i++) {
        int identifier = subscriptions.get(i).identifier();
        length += identifier == 0 ? 0 : 1 + Varint.size(identifier);
      }
      return length;
    }

    void appendTo(ByteBuf out) {
      if (alias != 0) {
        out.writeByte(ClientProperty.TOPIC_ALIAS.identifier()).writeShort(alias);
      }
      for (int i = 0; i < subscriptions.size(); i++) {
        int identifier = subscriptions.get(i).identifier();
        if (identifier != 0) {
          out.writeByte(ClientProperty.SUBSCRIPTION_IDENTIFIER.identifier());
          Varint.write(out, identifier);
        }
      }
    }
  }
}
