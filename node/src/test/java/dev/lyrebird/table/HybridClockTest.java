package dev.lyrebird.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.journal.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The clock goes on, whatever the wall clock does. */
final class HybridClockTest {
  private static final long MAX_SKEW_MILLIS = 60_000;
  private static final int STEPS = 100_000;
  private static final int THREADS = 4;

  private Instant wall = Instant.parse("2026-11-21T10:00:00Z");
  private final HybridClock clock = new HybridClock(() -> wall, MAX_SKEW_MILLIS, 0);

  @Test
  void wallTimeKeepsTheFractionOfAMillisecond() {
    wall = Instant.ofEpochMilli(1_795_219_619_332L).plusNanos(250_000);
    long expected = Timestamp.timeOfMillis(1_795_219_619_332L) + Timestamp.UNITS_PER_MILLI / 4;
    assertEquals(expected, clock.wallTime());
    assertEquals(expected, clock.next(clock.wallTime()));
  }

  @Test
  void countsOnWhileTheWallClockStandsStill() {
    long first = next();
    assertEquals(first + 1, next());
    assertEquals(first + 2, next());
  }

  @Test
  void timesIncreaseStrictlyWhileTheWallClockSteps() {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    long last = 0;
    for (int i = 0; i < STEPS; i++) {
      wall = wall.plusNanos(random.nextLong(-2_000_000_000L, 2_000_000_001L) >> random.nextInt(31));
      if (random.nextInt(10) == 0) {
        long ahead = Timestamp.timeOfMillis(random.nextLong(-1_000, MAX_SKEW_MILLIS));
        assertTrue(clock.observe(clock.wallTime() + ahead));
        last = Math.max(last, clock.wallTime() + ahead);
      }
      long next = next();
      assertEquals(Math.max(last + 1, clock.wallTime()), next, "-Dseed=" + seed);
      last = next;
    }
  }

  @Test
  void aTimeWithinTheSkewIsOvertaken() {
    long ahead = clock.wallTime() + Timestamp.timeOfMillis(MAX_SKEW_MILLIS);
    assertTrue(clock.observe(ahead));
    assertEquals(ahead + 1, next());
  }

  @Test
  void aTimeBeyondTheSkewIsNotLetIn() {
    long wallTime = clock.wallTime();
    assertFalse(clock.observe(wallTime + Timestamp.timeOfMillis(MAX_SKEW_MILLIS) + 1));
    assertFalse(clock.observe(Long.MAX_VALUE));
    assertEquals(wallTime, next());
  }

  @Test
  void goesOnBehindItsOwnPast() {
    long past = clock.wallTime() + Timestamp.timeOfMillis(10 * MAX_SKEW_MILLIS);
    clock.startAfter(past);
    assertEquals(past + 1, next());
    assertEquals(past + 1, new HybridClock(() -> wall, MAX_SKEW_MILLIS, past).next(0));
  }

  @Test
  void noTwoThreadsAreGivenOneTime() throws Exception {
    Callable<List<Long>> caller =
        () -> {
          List<Long> times = new ArrayList<>();
          for (int i = 0; i < STEPS; i++) {
            times.add(next());
          }
          return times;
        };
    Set<Long> all = new HashSet<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      for (Future<List<Long>> one :
          threads.invokeAll(Stream.generate(() -> caller).limit(THREADS).toList())) {
        List<Long> times = one.get();
        assertEquals(times.stream().sorted().toList(), times);
        all.addAll(times);
      }
    }
    assertEquals(THREADS * STEPS, all.size());
  }

  private long next() {
    return clock.next(clock.wallTime());
  }
}
