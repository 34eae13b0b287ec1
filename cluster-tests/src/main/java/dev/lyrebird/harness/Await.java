package dev.lyrebird.harness;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what nobody tells of, by looking at it again and again. Every wait has a limit. */
public final class Await {

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

  private Await() {}

  /**
   * Returns when {@code reached} holds, and how long that took.
   *
   * @param what is missing when the limit passes: the failure's message, asked for only then
   * @throws AssertionError if it does not hold in time
   */
  public static Duration until(BooleanSupplier reached, Duration limit, Supplier<String> what) {
    long begin = System.nanoTime();
    while (!reached.getAsBoolean()) {
      if (System.nanoTime() - begin > limit.toNanos()) {
        throw new AssertionError(limit.toMillis() + " ms passed, but " + what.get());
      }
      passing(BETWEEN_LOOKS);
    }
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  /** Lets time pass: the length of a fault is part of a scenario. */
  public static void passing(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting", e);
    }
  }
}
