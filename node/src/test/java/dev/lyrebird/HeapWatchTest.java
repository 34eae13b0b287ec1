package dev.lyrebird;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.MemoryUsage;
import org.junit.jupiter.api.Test;

final class HeapWatchTest {

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private int collections;
  private long used;
  private final HeapWatch watch = watch(80);

  private HeapWatch watch(int maxPercent) {
    return new HeapWatch(
        () -> new MemoryUsage(0, used, 1000, 1000), () -> collections++, maxPercent, meters);
  }

  @Test
  void newcomersAreRefusedAndCountedWhileTheHeapIsTooFull() {
    used = 809;
    watch.look();
    assertFalse(watch.refuses());
    used = 810;
    watch.look();
    assertTrue(watch.refuses());
    assertEquals(1, meters.get("lyrebird.memory.refused").counter().count());
    assertEquals(81, meters.get("lyrebird.memory.used.percent").gauge().value());
    used = 500;
    watch.look();
    assertFalse(watch.refuses());
  }

  @Test
  void garbageIsCollectedWhenNothingElseWouldTellOfRoom() {
    used = 900;
    for (int i = 0; i < 100; i++) {
      watch.look();
    }
    assertEquals(3, collections);
    used = 500;
    for (int i = 0; i < 100; i++) {
      watch.look();
    }
    assertEquals(3, collections);
  }

  @Test
  void hundredPercentIsNoLimit() {
    HeapWatch never = watch(100);
    used = 1000;
    never.look();
    assertFalse(never.refuses());
  }

  @Test
  void heapOfThisProcessIsFound() {
    HeapWatch own = HeapWatch.ofThisProcess(99, new SimpleMeterRegistry());
    own.look();
    assertFalse(own.refuses());
  }
}
