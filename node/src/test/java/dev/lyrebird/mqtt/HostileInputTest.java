package dev.lyrebird.mqtt;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.util.ResourceLeakDetector;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever bytes come: no exception escapes a connection, every answer is well formed, a faulty
 * packet ends its connection with the reason and nothing behind it is taken, nothing is left of a
 * connection that has ended, and a healthy client beside it gets every message in order.
 *
 * <p>{@code -Dinputs=} sets how many, {@code -Dseed=} replays one round.
 */
final class HostileInputTest {

  private static final int INPUTS = Integer.getInteger("inputs", 50_000);
  private static final int INPUTS_OF_ROUND = 5_000;
  private static final int INPUTS_TO_FIND = 2_500;
  private static final int SECONDS_TO_FIND = 5;
  private static final int CHECKPOINTS = 10;

  /** So many are watched for buffers that are lost track of, which takes time. */
  private static final int MOST_WATCHED = 100_000;

  /** Less than a byte for each of ten million inputs; what is remembered of topics takes more. */
  private static final long GROWTH_BYTES = 8L << 20;

  private final ResourceLeakDetector.Level before = ResourceLeakDetector.getLevel();

  @AfterEach
  void watchNoMore() {
    ResourceLeakDetector.setLevel(before);
  }

  @Test
  void doesNoHarm() {
    if (INPUTS <= MOST_WATCHED) {
      ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    }
    Long only = Long.getLong("seed");
    try (HostileRun run = new HostileRun(Sabotage.NONE, HostileRun.QUIET_SECONDS)) {
      if (only == null) {
        run(run, System.nanoTime());
      } else {
        run.round(only, INPUTS_OF_ROUND);
        run.collect();
      }
    }
  }

  private static void run(HostileRun run, long firstSeed) {
    long began = System.nanoTime();
    long seed = firstSeed;
    long early = 0;
    for (int part = 1; part <= CHECKPOINTS; part++) {
      while (run.inputs() < (long) INPUTS * part / CHECKPOINTS) {
        run.round(seed++, INPUTS_OF_ROUND);
      }
      long heap = run.collect();
      early = part == 1 ? heap : early;
      assertTrue(heap < early + GROWTH_BYTES, "heap grew from %d to %d".formatted(early, heap));
      System.out.printf(
          "%,d inputs in %d s; %,d messages of a healthy client beside; heap %,d KiB%n",
          run.inputs(),
          TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began),
          run.delivered(),
          heap >> 10);
    }
    assertTrue(run.delivered() > 0);
  }

  /** A generator that finds nothing shows nothing. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void findsWhatIsPlanted(Sabotage sabotage) {
    // A run that ends at the first fault loses buffers, which would be told during a later one.
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    long seed = System.nanoTime();
    Throwable found = null;
    int quietSeconds = sabotage.isWaitedFor() ? SECONDS_TO_FIND : HostileRun.QUIET_SECONDS;
    try (HostileRun run = new HostileRun(sabotage, quietSeconds)) {
      run.round(seed, INPUTS_TO_FIND);
      run.collect();
    } catch (AssertionError e) {
      found = e;
    }
    while (found != null && !(found instanceof Law.Broken)) {
      found = found.getCause();
    }
    assertInstanceOf(Law.Broken.class, found, "nothing was noticed, from seed " + seed);
    assertTrue(sabotage.breaks(((Law.Broken) found).law()), found.getMessage());
  }
}
