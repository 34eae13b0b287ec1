package dev.lyrebird.mqtt;

import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which connections a node takes, by how many there are, how fast they come, and whether there is
 * memory for more. Those that are there are never touched. One for the whole node; any thread may
 * call.
 */
public final class Admission {

  private static final long MILLIS_PER_SECOND = 1000;

  private final Bounds bounds;
  private final BooleanSupplier memoryIsShort;
  private final InstantSource clock;
  private final LimitAlarm alarm;

  /** Guarded by this, as all that follows. */
  private int open;

  private final Map<InetAddress, Integer> openByAddress = new HashMap<>();
  private long second;
  private int comeInSecond;

  /**
   * The bounds of connections; each may be 0 for none.
   *
   * @param connections how many there may be
   * @param ofAddress how many may come from one address
   * @param perSecond how many may come in one second
   */
  public record Bounds(int connections, int ofAddress, int perSecond) {}

  /**
   * @param memoryIsShort whether there is no memory for another connection
   */
  public Admission(
      Bounds bounds, BooleanSupplier memoryIsShort, InstantSource clock, MeterRegistry registry) {
    this.bounds = bounds;
    this.memoryIsShort = memoryIsShort;
    this.clock = clock;
    this.alarm = new LimitAlarm(registry, clock);
  }

  /** Tells the operator of limits that are reached. */
  LimitAlarm alarm() {
    return alarm;
  }

  /**
   * A connection has been made.
   *
   * @return null where it is taken, and counts until {@link #leave}; else why not
   */
  @Nullable Limit enter(InetAddress address) {
    Limit limit = memoryIsShort.getAsBoolean() ? Limit.MEMORY : count(address);
    if (limit != null) {
      alarm.reached(limit, address.getHostAddress());
    }
    return limit;
  }

  private synchronized @Nullable Limit count(InetAddress address) {
    long now = clock.millis() / MILLIS_PER_SECOND;
    if (now != second) {
      second = now;
      comeInSecond = 0;
    }
    comeInSecond++;
    if (isBeyond(comeInSecond, bounds.perSecond)) {
      return Limit.CONNECT_RATE;
    }
    if (isBeyond(open + 1, bounds.connections)) {
      return Limit.CONNECTIONS;
    }
    if (bounds.ofAddress > 0) {
      int from = openByAddress.getOrDefault(address, 0) + 1;
      if (isBeyond(from, bounds.ofAddress)) {
        return Limit.CONNECTIONS_OF_ADDRESS;
      }
      openByAddress.put(address, from);
    }
    open++;
    return null;
  }

  private static boolean isBeyond(int count, int bound) {
    return bound > 0 && count > bound;
  }

  /** A connection that was taken is no more. */
  synchronized void leave(InetAddress address) {
    open--;
    if (bounds.ofAddress > 0) {
      openByAddress.computeIfPresent(address, (same, from) -> from == 1 ? null : from - 1);
    }
  }
}
