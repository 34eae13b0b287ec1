package dev.lyrebird.benchmark;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The time at which a message was sent, carried in its payload as sixteen digits: {@code
 * {"ts":1000000012345678,"pad":"xxx"}}. Nanoseconds since this JVM's benchmark began, plus 10^15,
 * so that the width never changes.
 */
final class Stamp {

  /** The shortest payload that holds a stamp and is a JSON object. */
  static final int SHORTEST_PAYLOAD = 32;

  private static final byte[] NAME = "\"ts\":".getBytes(StandardCharsets.US_ASCII);
  private static final int DIGITS = 16;
  private static final long BASE = 1_000_000_000_000_000L;

  private final long origin = System.nanoTime();

  long now() {
    return System.nanoTime() - origin + BASE;
  }

  /** A payload of {@code length} bytes with the stamp of the beginning: JSON as it stands. */
  static byte[] payload(int length) {
    byte[] payload = new byte[length];
    Arrays.fill(payload, (byte) 'x');
    byte[] head = ("{\"ts\":" + BASE + ",\"pad\":\"").getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(head, 0, payload, 0, head.length);
    payload[length - 2] = '"';
    payload[length - 1] = '}';
    return payload;
  }

  /** Writes {@code stamp} into a payload of this class. */
  static void write(byte[] payload, long stamp) {
    long rest = stamp;
    for (int i = NAME.length + DIGITS; i > NAME.length; i--) {
      payload[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
  }

  /**
   * The first stamp between two positions of {@code bytes}, in whatever a server has wrapped it; 0
   * if there is none.
   */
  static long find(ByteBuffer bytes, int from, int to) {
    for (int at = from; at <= to - NAME.length - DIGITS; at++) {
      if (isName(bytes, at)) {
        return digits(bytes, at + NAME.length);
      }
    }
    return 0;
  }

  private static boolean isName(ByteBuffer bytes, int at) {
    for (int i = 0; i < NAME.length; i++) {
      if (bytes.get(at + i) != NAME[i]) {
        return false;
      }
    }
    return true;
  }

  private static long digits(ByteBuffer bytes, int at) {
    long stamp = 0;
    for (int i = 0; i < DIGITS; i++) {
      stamp = stamp * 10 + bytes.get(at + i) - '0';
    }
    return stamp;
  }
}
