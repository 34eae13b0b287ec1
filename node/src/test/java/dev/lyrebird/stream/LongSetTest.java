package dev.lyrebird.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** {@link LongSet} against a set of the library. */
final class LongSetTest {

  private static final int SETS = 300;
  private static final int STEPS = 2_000;

  @Test
  void holdsWhatASetHolds() {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    String replay = "replay with -Dseed=" + seed;
    for (int i = 0; i < SETS; i++) {
      LongSet set = new LongSet();
      Set<Long> oracle = new HashSet<>();
      int range = 1 << random.nextInt(12);
      for (int step = 0; step < STEPS; step++) {
        long number = 1 + ((long) random.nextInt(range) << (random.nextInt(3) * 4));
        switch (random.nextInt(3)) {
          case 0 -> assertEquals(oracle.add(number), set.add(number), replay);
          case 1 -> assertEquals(oracle.remove(number), set.remove(number), replay);
          default -> assertEquals(oracle.contains(number), set.contains(number), replay);
        }
        assertEquals(oracle.size(), set.size(), replay);
      }
      oracle.forEach(number -> assertEquals(true, set.contains(number), replay));
    }
  }

  @Test
  void zeroIsANumberToo() {
    LongSet set = new LongSet();
    assertFalse(set.contains(0));
    set.add(0);
    assertEquals(true, set.contains(0));
    assertEquals(true, set.remove(0));
    assertEquals(0, set.size());
  }
}
