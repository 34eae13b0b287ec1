package dev.lyrebird.hosting;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** What is counted of a route. Any thread may count. */
final class RouteMeters {

  /** Connections that there are. */
  final AtomicInteger connections = new AtomicInteger();

  /** Calls under way that are on no connection. */
  final AtomicInteger calls = new AtomicInteger();

  /** Calls that were interrupted and have not ended. */
  final AtomicInteger overdue = new AtomicInteger();

  private final List<Meter> all = new ArrayList<>();
  private final Counter faults;
  private final Counter slow;
  private final Counter late;
  private final Counter refused;

  RouteMeters(MeterRegistry registry, String pattern) {
    gauge(registry, pattern, "connections", "Connections that there are", connections);
    gauge(registry, pattern, "overdue", "Calls that were interrupted and go on", overdue);
    faults = counter(registry, pattern, "faults", "Calls that failed");
    slow =
        counter(registry, pattern, "slow", "Connections closed since their clients took nothing");
    late = counter(registry, pattern, "late", "Calls that took longer than they may");
    refused = counter(registry, pattern, "refused", "Newcomers for whom there was no room");
  }

  /** Tells no more of the route. */
  void remove(MeterRegistry registry) {
    all.forEach(registry::remove);
  }

  void failed() {
    faults.increment();
  }

  void wasSlow() {
    slow.increment();
  }

  void wasLate() {
    late.increment();
  }

  void refused() {
    refused.increment();
  }

  private void gauge(
      MeterRegistry registry, String pattern, String name, String tells, AtomicInteger value) {
    all.add(
        Gauge.builder("lyrebird_resource_" + name, value, AtomicInteger::get)
            .description(tells)
            .tag("route", pattern)
            .register(registry));
  }

  private Counter counter(MeterRegistry registry, String pattern, String name, String tells) {
    Counter counter =
        Counter.builder("lyrebird_resource_" + name)
            .description(tells)
            .tag("route", pattern)
            .register(registry);
    all.add(counter);
    return counter;
  }
}
