package dev.lyrebird.mqtt;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/**
 * What the MQTT doors of a node count together, for {@code $SYS} and for the metrics. Any thread
 * may count and read.
 */
public final class MqttCounters {

  /** Filled by the constructor and never changed. */
  private final Map<Count, LongAdder> adders = new EnumMap<>(Count.class);

  private final LongAccumulator mostConnected = new LongAccumulator(Math::max, 0);

  /** Counts, and shows the counts in a registry. */
  public MqttCounters(MeterRegistry registry) {
    for (Count count : Count.values()) {
      LongAdder adder = new LongAdder();
      adders.put(count, adder);
      if (count.goesDown()) {
        Gauge.builder(count.meter(), adder, LongAdder::sum)
            .description(count.description())
            .register(registry);
      } else {
        FunctionCounter.builder(count.meter(), adder, LongAdder::sum)
            .description(count.description())
            .register(registry);
      }
    }
  }

  void add(Count count, long number) {
    adder(count).add(number);
  }

  /** Counts a client that was let in. */
  void addConnected() {
    add(Count.CONNECTIONS, 1);
    add(Count.CONNECTED, 1);
    mostConnected.accumulate(value(Count.CONNECTED));
  }

  /** Returns how many clients were connected when they were most. */
  long mostConnected() {
    return mostConnected.get();
  }

  long value(Count count) {
    return adder(count).sum();
  }

  private LongAdder adder(Count count) {
    return Objects.requireNonNull(adders.get(count));
  }
}
