package dev.lyrebird.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/**
 * Walks over the bytes of one packet, never beyond its end. Reused from packet to packet, since it
 * goes over every one. Owned by one event loop.
 */
final class PacketReader {

  private ByteBuf bytes;
  private int at;
  private int end;

  /** A packet that does not hold what it says. Has no stack trace: clients can make many. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    Malformed(String detail) {
      super(detail, null, false, false);
    }
  }

  PacketReader(ByteBuf bytes) {
    this.bytes = bytes;
  }

  /** Goes to a part of a buffer. */
  void begin(ByteBuf bytes, int from, int to) {
    this.bytes = bytes;
    this.at = from;
    this.end = to;
  }

  int position() {
    return at;
  }

  boolean hasMore() {
    return at < end;
  }

  int octet() throws Malformed {
    return bytes.getUnsignedByte(skip(1));
  }

  int twoBytes() throws Malformed {
    return bytes.getUnsignedShort(skip(2));
  }

  int fourBytes() throws Malformed {
    return bytes.getInt(skip(4));
  }

  /** Reads a Variable Byte Integer, which takes no more bytes than it needs ([MQTT-1.5.5-1]). */
  int varint() throws Malformed {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      int octet = octet();
      value |= (octet & 0x7f) << (7 * i);
      if (octet < 0x80) {
        if (octet == 0 && i > 0) {
          throw new Malformed("a variable byte integer takes more bytes than it needs");
        }
        return value;
      }
    }
    throw new Malformed("a variable byte integer has more than four bytes");
  }

  /** Puts another byte where one was read. */
  void overwrite(int position, int octet) {
    bytes.setByte(position, octet);
  }

  /** Passes over a string or binary data; returns where its bytes begin. */
  int skipString() throws Malformed {
    int length = twoBytes();
    return skip(length);
  }

  /** Tells whether a part of the buffer has the character {@code +} or {@code #}. */
  boolean hasWildcard(int from, int length) {
    for (int i = from; i < from + length; i++) {
      byte octet = bytes.getByte(i);
      if (octet == '+' || octet == '#') {
        return true;
      }
    }
    return false;
  }

  /** Tells whether the bytes from there on are this text of ASCII. */
  boolean isText(int from, int length, String text) {
    if (length != text.length()) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (bytes.getByte(from + i) != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Tells whether the bytes from there on are well-formed and without U+0000. */
  boolean isUtf8(int from, int length) {
    return bytes.indexOf(from, from + length, (byte) 0) < 0
        && ByteBufUtil.isText(bytes, from, length, UTF_8);
  }

  /** Passes over some bytes; returns where they begin. */
  int skip(int length) throws Malformed {
    int from = at;
    if (length > end - from) {
      throw new Malformed("the packet ends before what it holds");
    }
    at += length;
    return from;
  }
}
