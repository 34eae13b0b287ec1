package dev.lyrebird.client;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Bytes that have come and belong to no whole unit yet. Owned by one decoder. */
final class Unread {

  private byte[] bytes = new byte[0];
  private int begin;

  void add(byte[] more) {
    byte[] all = Arrays.copyOfRange(bytes, begin, bytes.length + more.length);
    System.arraycopy(more, 0, all, bytes.length - begin, more.length);
    bytes = all;
    begin = 0;
  }

  int size() {
    return bytes.length - begin;
  }

  /** The byte at a place, without taking it. */
  int at(int index) {
    return bytes[begin + index] & 0xff;
  }

  /** The first bytes, which must be there. */
  byte[] peek(int count) {
    return Arrays.copyOfRange(bytes, begin, begin + count);
  }

  /** Takes so many bytes, which must be there. */
  byte[] take(int count) {
    byte[] taken = peek(count);
    begin += count;
    return taken;
  }

  /** Takes {@code end} and returns the text before it; null if it has not come. */
  @Nullable String takeThrough(String end) {
    byte[] wanted = end.getBytes(StandardCharsets.US_ASCII);
    for (int at = begin; at + wanted.length <= bytes.length; at++) {
      if (Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
        String text = new String(bytes, begin, at - begin, StandardCharsets.UTF_8);
        begin = at + wanted.length;
        return text;
      }
    }
    return null;
  }
}
