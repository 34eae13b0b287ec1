package dev.lyrebird;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells when the heap is so full that newcomers are to be refused: by what was left after garbage
 * was last collected where objects live that stay, since anything else is garbage for the most
 * part. While it is too full and nothing collects, it has garbage collected itself; else a quiet
 * node would refuse for ever.
 *
 * <p>{@link #look} is called by one thread, once a second; the rest by any.
 */
final class HeapWatch {

  private static final Logger LOG = LoggerFactory.getLogger(HeapWatch.class);
  private static final int PATIENCE_SECONDS = 30;
  private static final int PERCENT = 100;

  private final Supplier<MemoryUsage> readings;
  private final Runnable collector;
  private final int maxPercent;
  private final Counter refused;
  private int secondsWithoutNews;
  private long lastUsed = -1;
  private volatile boolean isFull;

  /**
   * @param readings what was in use after the last collection, and how much there is
   * @param collector collects garbage
   * @param maxPercent how full the heap may be; 100 for as full as it gets
   */
  HeapWatch(
      Supplier<MemoryUsage> readings, Runnable collector, int maxPercent, MeterRegistry registry) {
    this.readings = readings;
    this.collector = collector;
    this.maxPercent = maxPercent;
    this.refused =
        Counter.builder("lyrebird.memory.refused")
            .description("Connections that were refused because the heap was too full")
            .register(registry);
    Gauge.builder("lyrebird.memory.used.percent", () -> percent(readings.get()))
        .description("How full the heap was after garbage was last collected")
        .register(registry);
  }

  /** Watches the heap of this process. */
  static HeapWatch ofThisProcess(int maxPercent, MeterRegistry registry) {
    MemoryPoolMXBean lasting =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP && pool.isUsageThresholdSupported())
            .filter(pool -> pool.getCollectionUsage() != null)
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("a heap where nothing lasts"));
    return new HeapWatch(lasting::getCollectionUsage, System::gc, maxPercent, registry);
  }

  /** Looks how full the heap is. */
  void look() {
    MemoryUsage now = readings.get();
    long percent = percent(now);
    boolean isFullNow = maxPercent < PERCENT && percent > maxPercent;
    if (isFullNow != isFull) {
      isFull = isFullNow;
      LOG.atWarn()
          .addKeyValue("percent", percent)
          .addKeyValue("limit", "memory.maxHeapPercent")
          .log(
              isFullNow
                  ? "The heap is too full: newcomers are refused"
                  : "The heap has room again");
    }
    secondsWithoutNews = isFullNow && now.getUsed() == lastUsed ? secondsWithoutNews + 1 : 0;
    lastUsed = now.getUsed();
    if (secondsWithoutNews == PATIENCE_SECONDS) {
      secondsWithoutNews = 0;
      collector.run();
    }
  }

  /** Decides about a newcomer: tells whether it is to be refused, and counts it then. */
  boolean refuses() {
    if (isFull) {
      refused.increment();
    }
    return isFull;
  }

  private static long percent(MemoryUsage usage) {
    return usage.getMax() <= 0 ? 0 : usage.getUsed() * PERCENT / usage.getMax();
  }
}
