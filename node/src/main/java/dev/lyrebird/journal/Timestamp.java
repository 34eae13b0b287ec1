package dev.lyrebird.journal;

/**
 * When and where a change was accepted: the name of the change within its table, and its rank where
 * two changes of one row meet. The later time wins; of equal times the greater node.
 *
 * <p>{@code time} is hybrid logical time in units of 1/4096 ms since the epoch: milliseconds in the
 * upper bits, twelve bits of fraction below. Twelve bits, because a version is shown to clients as
 * milliseconds with a fraction, and that is what a JavaScript number of today's magnitude can hold
 * without merging two versions into one.
 *
 * @param time hybrid logical time, 1/4096 ms since the epoch
 * @param node the id of the node that accepted the change
 */
public record Timestamp(long time, long node) implements Comparable<Timestamp> {

  /** Before every timestamp that a clock gives. */
  public static final Timestamp NONE = new Timestamp(0, 0);

  /** Units of {@link #time} in one millisecond. */
  public static final int UNITS_PER_MILLI = 4096;

  private static final int FRACTION_BITS = 12;

  /** Returns the logical time at which the given millisecond begins. */
  public static long timeOfMillis(long millis) {
    return millis << FRACTION_BITS;
  }

  /** Returns the whole milliseconds of a logical time. */
  public static long millisOf(long time) {
    return time >> FRACTION_BITS;
  }

  /**
   * Returns a logical time as decimal milliseconds with one to four digits of fraction, such as
   * {@code 1795219619332.3696}. Distinct times give distinct texts, and until 2039 (2^41 ms)
   * parsing the text as a double gives the exact time back.
   */
  public static String decimalMillis(long time) {
    int units = (int) (time & (UNITS_PER_MILLI - 1));
    int fraction = (units * 10_000 + UNITS_PER_MILLI / 2) / UNITS_PER_MILLI;
    int digits = 4;
    while (digits > 1 && fraction % 10 == 0) {
      fraction /= 10;
      digits--;
    }
    StringBuilder text = new StringBuilder(18).append(millisOf(time)).append('.');
    for (int scale = digits == 4 ? 1000 : digits == 3 ? 100 : digits == 2 ? 10 : 1;
        scale > 0;
        scale /= 10) {
      text.append((char) ('0' + fraction / scale % 10));
    }
    return text.toString();
  }

  /** Returns the whole milliseconds of this timestamp. */
  public long millis() {
    return millisOf(time);
  }

  /** Returns it as entity tags and users' code name a version: time and node in base 16. */
  public String tag() {
    return Long.toHexString(time) + '-' + Long.toHexString(node);
  }

  /** Tells whether this timestamp outranks the other. */
  public boolean isAfter(Timestamp other) {
    return compareTo(other) > 0;
  }

  @Override
  public int compareTo(Timestamp other) {
    int byTime = Long.compare(time, other.time);
    return byTime != 0 ? byTime : Long.compare(node, other.node);
  }

  @Override
  public String toString() {
    return decimalMillis(time) + "@" + Long.toHexString(node);
  }
}
