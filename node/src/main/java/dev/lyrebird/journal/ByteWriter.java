package dev.lyrebird.journal;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Appends numbers, strings and bytes to an array that grows. Used by one thread. */
public final class ByteWriter {

  private byte[] array;
  private int size;

  public ByteWriter(int expectedSize) {
    array = new byte[Math.max(16, expectedSize)];
  }

  /** Appends the low eight bits. */
  public void octet(int value) {
    room(1);
    array[size++] = (byte) value;
  }

  /** Appends seven bits a byte, the lowest first; one byte for values to 127. */
  public void varint(long value) {
    room(10);
    while ((value & ~0x7fL) != 0) {
      array[size++] = (byte) (value | 0x80);
      value >>>= 7;
    }
    array[size++] = (byte) value;
  }

  /** Appends eight bytes, the highest first. */
  public void fixed64(long value) {
    room(8);
    for (int shift = 56; shift >= 0; shift -= 8) {
      array[size++] = (byte) (value >>> shift);
    }
  }

  /** Appends the length as a varint and the bytes. */
  public void bytes(byte[] bytes) {
    varint(bytes.length);
    octets(bytes, 0, bytes.length);
  }

  /** Appends part of an array, and no length. */
  public void octets(byte[] bytes, int from, int count) {
    room(count);
    System.arraycopy(bytes, from, array, size, count);
    size += count;
  }

  /** Appends a string as bytes of UTF-8. */
  public void string(String text) {
    bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns how many bytes were appended so far. */
  public int size() {
    return size;
  }

  /** Returns what was appended so far. */
  public byte[] toByteArray() {
    return Arrays.copyOf(array, size);
  }

  private void room(int more) {
    if (array.length - size < more) {
      array = Arrays.copyOf(array, Math.max(array.length * 2, size + more));
    }
  }
}
