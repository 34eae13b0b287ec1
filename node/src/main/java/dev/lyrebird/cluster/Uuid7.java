package dev.lyrebird.cluster;

import java.time.InstantSource;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Gives ids that sort by their time: UUIDs of version 7 (RFC 9562 §5.7), so that rows created one
 * after the other lie side by side. Two of one millisecond are in no particular order. Used by one
 * thread.
 */
public final class Uuid7 implements Supplier<String> {

  private static final long VERSION = 0x7000L;
  private static final long VARIANT = 0x8000_0000_0000_0000L;

  private final InstantSource clock;
  private final RandomGenerator random;

  public Uuid7(InstantSource clock, RandomGenerator random) {
    this.clock = clock;
    this.random = random;
  }

  @Override
  public String get() {
    long high = (clock.millis() << 16) | VERSION | (random.nextLong() & 0xfff);
    long low = VARIANT | (random.nextLong() >>> 2);
    return new UUID(high, low).toString();
  }
}
