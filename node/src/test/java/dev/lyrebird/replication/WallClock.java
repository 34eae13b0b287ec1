package dev.lyrebird.replication;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.function.LongSupplier;

/**
 * A node's wall clock: it runs ahead or behind, too fast or too slow, and is set back and forth.
 */
final class WallClock implements InstantSource {

  /** What it shows when the simulation begins. */
  static final Instant BEGINNING = Instant.parse("2026-11-21T10:00:00Z");

  private static final int MILLION = 1_000_000;

  private final LongSupplier micros;
  private final boolean isCoarse;
  private long offsetMicros;
  private long driftPerMillion;
  private long driftingSince;

  /**
   * @param micros true time, since the simulation began
   * @param isCoarse whether it shows whole milliseconds only, so that nodes often stamp alike
   */
  WallClock(LongSupplier micros, boolean isCoarse) {
    this.micros = micros;
    this.isCoarse = isCoarse;
  }

  @Override
  public Instant instant() {
    long drifted = (micros.getAsLong() - driftingSince) * driftPerMillion / MILLION;
    Instant shown = BEGINNING.plus(micros.getAsLong() + offsetMicros + drifted, ChronoUnit.MICROS);
    return isCoarse ? shown.truncatedTo(ChronoUnit.MILLIS) : shown;
  }

  /** Sets it so far ahead of true time; a negative number sets it behind. */
  void set(long offset) {
    offsetMicros = offset;
    driftingSince = micros.getAsLong();
  }

  /** Lets it run too fast, or too slow. */
  void drift(long perMillion) {
    driftPerMillion = perMillion;
    driftingSince = micros.getAsLong();
  }

  /** Lets it show true time again. */
  void correct() {
    set(0);
    drift(0);
  }
}
