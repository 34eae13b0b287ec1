package dev.lyrebird.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The order of timestamps, and the text in which clients see a time. */
final class TimestampTest {
  private static final int ROUNDS = 20_000;
  private static final Pattern DECIMAL_MILLIS = Pattern.compile("\\d+\\.(\\d|\\d{1,3}[1-9])");

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);

  @Test
  void writesTheExamplesOfTheDocumentation() {
    long millis = Timestamp.timeOfMillis(1_795_219_619_332L);
    assertEquals("1795219619332.0", Timestamp.decimalMillis(millis));
    assertEquals("1795219619332.5", Timestamp.decimalMillis(millis + 2048));
    assertEquals("1795219619332.3696", Timestamp.decimalMillis(millis + 1514));
    assertEquals("1795219619332.0002", Timestamp.decimalMillis(millis + 1));
    assertEquals("1795219619332.9998", Timestamp.decimalMillis(millis + 4095));
    assertEquals("0.0", Timestamp.decimalMillis(0));
  }

  @Test
  void everyFractionOfAMillisecondIsExactDistinctAndInOrder() {
    long begin = Timestamp.timeOfMillis(1_795_219_619_332L);
    double before = 0;
    for (long time = begin; time <= begin + Timestamp.UNITS_PER_MILLI; time++) {
      double read = exactDouble(time);
      assertTrue(read > before, Timestamp.decimalMillis(time));
      before = read;
    }
  }

  /** From 2^40 to 2^41 ms a double's last bit is worth exactly one unit of time. */
  @Test
  void everyTimeFrom2004To2039IsExactAsADouble() {
    long begin = Timestamp.timeOfMillis(1L << 40);
    for (int i = 0; i < ROUNDS; i++) {
      exactDouble(random.nextLong(begin, 2 * begin));
    }
  }

  private double exactDouble(long time) {
    String text = Timestamp.decimalMillis(time);
    assertTrue(DECIMAL_MILLIS.matcher(text).matches(), () -> "-Dseed=" + seed + ": " + text);
    double read = Double.parseDouble(text);
    assertEquals(time, (long) (read * Timestamp.UNITS_PER_MILLI), () -> "-Dseed=" + seed);
    return read;
  }

  @Test
  void theLaterTimeWinsAndOfEqualTimesTheGreaterNode() {
    Timestamp earlier = new Timestamp(1, 9);
    Timestamp later = new Timestamp(2, 3);
    Timestamp laterOfGreaterNode = new Timestamp(2, 4);
    assertTrue(later.isAfter(earlier));
    assertTrue(laterOfGreaterNode.isAfter(later));
    assertFalse(later.isAfter(later));
    assertTrue(earlier.isAfter(Timestamp.NONE));
  }

  @Test
  void millisecondsAndTimeConvertIntoEachOther() {
    for (int i = 0; i < ROUNDS; i++) {
      long millis = random.nextLong(1L << 42);
      long time = Timestamp.timeOfMillis(millis) + random.nextInt(Timestamp.UNITS_PER_MILLI);
      assertEquals(millis, new Timestamp(time, 0).millis(), () -> "-Dseed=" + seed);
    }
  }
}
