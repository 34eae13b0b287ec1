package dev.lyrebird.journal;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Reads what {@link ByteWriter} wrote. Bytes that end early throw BufferUnderflowException. */
public final class ByteReader {

  private static final int MAX_VARINT_SHIFT = 63;

  private ByteReader() {}

  /** Reads a number of one to ten bytes. */
  public static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; shift <= MAX_VARINT_SHIFT; shift += 7) {
      byte octet = in.get();
      value |= (long) (octet & 0x7f) << shift;
      if (octet >= 0) {
        return value;
      }
    }
    throw new ArithmeticException("a varint of more than ten bytes");
  }

  /** Reads a length and so many bytes. */
  public static byte[] bytes(ByteBuffer in) {
    byte[] bytes = new byte[length(in)];
    in.get(bytes);
    return bytes;
  }

  /** Reads a length and so many bytes of UTF-8. */
  public static String string(ByteBuffer in) {
    int length = length(in);
    String text =
        new String(in.array(), in.arrayOffset() + in.position(), length, StandardCharsets.UTF_8);
    in.position(in.position() + length);
    return text;
  }

  /** Passes over a length and so many bytes. */
  public static void skip(ByteBuffer in) {
    int length = length(in);
    in.position(in.position() + length);
  }

  private static int length(ByteBuffer in) {
    long length = varint(in);
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    return (int) length;
  }
}
