package dev.lyrebird.mqtt;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the operator which limits clients run into: each time by a metric, and in the log at most
 * once a minute for each limit, however many run into it. Any thread may call.
 */
final class LimitAlarm {

  private static final Logger log = LoggerFactory.getLogger(LimitAlarm.class);
  private static final long QUIET_MILLIS = 60_000;

  private final InstantSource clock;

  /** Filled by the constructor and never changed. */
  private final Map<Limit, Counter> counters = new EnumMap<>(Limit.class);

  /** When each was last told, ms since the epoch. Filled by the constructor. */
  private final Map<Limit, AtomicLong> told = new EnumMap<>(Limit.class);

  LimitAlarm(MeterRegistry registry, InstantSource clock) {
    this.clock = clock;
    for (Limit limit : Limit.values()) {
      told.put(limit, new AtomicLong(Long.MIN_VALUE));
      counters.put(
          limit,
          Counter.builder("lyrebird.mqtt.limit.reached")
              .description("How often clients ran into a limit of the configuration")
              .tag("limit", limit.key())
              .register(registry));
    }
  }

  /**
   * A client has run into a limit.
   *
   * @param who its client id or, where that is not known, its address
   */
  void reached(Limit limit, String who) {
    Objects.requireNonNull(counters.get(limit)).increment();
    AtomicLong last = Objects.requireNonNull(told.get(limit));
    long before = last.get();
    long now = clock.millis();
    boolean isQuiet = before == Long.MIN_VALUE || now - before > QUIET_MILLIS;
    if (isQuiet && last.compareAndSet(before, now)) {
      log.atWarn()
          .addKeyValue("limit", limit.key())
          .addKeyValue("client", who)
          .log("A limit is reached; /metrics counts how often");
    }
  }
}
