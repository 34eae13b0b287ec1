package dev.lyrebird.mqtt;

import io.netty.buffer.ByteBuf;

/** The Variable Byte Integer (MQTT 5.0 §1.5.5): seven bits a byte, the lowest first. */
final class Varint {

  /** The greatest value that the four bytes hold. */
  static final int MAX = 268_435_455;

  private Varint() {}

  /** Returns how many bytes a value takes. */
  static int size(int value) {
    return value < 1 << 7 ? 1 : value < 1 << 14 ? 2 : value < 1 << 21 ? 3 : 4;
  }

  static void write(ByteBuf out, int value) {
    int rest = value;
    while (rest > 0x7f) {
      out.writeByte(0x80 | (rest & 0x7f));
      rest >>>= 7;
    }
    out.writeByte(rest);
  }
}
