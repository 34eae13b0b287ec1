package dev.lyrebird.query;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A range of keys in the order of their unsigned bytes.
 *
 * @param low the first that belongs to it, where there is such a key
 * @param high the first that no longer does; null where all that follow do
 */
@SuppressWarnings("ArrayRecordComponent") // compared by what they hold
public record KeyRange(byte[] low, byte @Nullable [] high) {

  /** All keys. */
  public static final KeyRange ALL = new KeyRange(new byte[0], null);

  /** Returns the range of the keys that begin so. */
  public static KeyRange startingWith(byte[] prefix) {
    return new KeyRange(prefix, firstBehind(prefix));
  }

  /** Returns the range of the keys that begin so and go on with one of this range. */
  public KeyRange below(byte[] prefix) {
    return new KeyRange(
        concat(prefix, low), high == null ? firstBehind(prefix) : concat(prefix, high));
  }

  private static byte[] concat(byte[] one, byte[] other) {
    byte[] both = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }

  /** Returns the first key behind all that begin so, or null where there is none. */
  static byte @Nullable [] firstBehind(byte[] prefix) {
    for (int last = prefix.length - 1; last >= 0; last--) {
      if (prefix[last] != (byte) 0xFF) {
        byte[] behind = Arrays.copyOf(prefix, last + 1);
        behind[last]++;
        return behind;
      }
    }
    return null;
  }

  /** Tells whether no key can belong to the range. */
  boolean isEmpty() {
    return high != null && Arrays.compareUnsigned(low, high) >= 0;
  }

  /** Tells whether a key belongs to the range. */
  public boolean contains(byte[] key) {
    return Arrays.compareUnsigned(low, key) <= 0
        && (high == null || Arrays.compareUnsigned(key, high) < 0);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof KeyRange that
        && Arrays.equals(low, that.low)
        && Arrays.equals(high, that.high);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(low) + Arrays.hashCode(high);
  }
}
