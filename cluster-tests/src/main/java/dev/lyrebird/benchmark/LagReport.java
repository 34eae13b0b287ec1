package dev.lyrebird.benchmark;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Duration;
import java.util.List;

/**
 * What streams that cannot keep up cost the others, and whether they get everything in the end.
 *
 * @param receivers that keep up
 * @param slow that do not
 * @param before the receivers that keep up, alone
 * @param with the same while the slow ones lag
 * @param after the same when the slow ones have gone
 * @param heapBytes reachable: before, while the slow ones are furthest behind, and when they have
 *     read on
 * @param residentBytes of the server, every second while the slow ones lag
 * @param messages that were published meanwhile
 * @param leastBehind how many of them the first of the slow ones lacked at the end
 * @param mostBehind likewise the last
 * @param drainSeconds until all of the slow ones had read on
 * @param incomplete slow ones that missed a message, got one twice or in another order
 */
@JsonPropertyOrder({"scenario", "server", "receivers", "slow", "before", "with", "after"})
record LagReport(
    String scenario,
    String server,
    int receivers,
    int slow,
    Phase before,
    Phase with,
    Phase after,
    List<Long> heapBytes,
    List<Long> residentBytes,
    long messages,
    long leastBehind,
    long mostBehind,
    double drainSeconds,
    long incomplete)
    implements Outcome {

  LagReport {
    heapBytes = List.copyOf(heapBytes);
    residentBytes = List.copyOf(residentBytes);
  }

  /**
   * One window of the receivers that keep up.
   *
   * @param serverCpuMicros the server's processor time for one delivery to them
   */
  record Phase(long deliveriesPerSecond, double serverCpuMicros, Report.Latency latencyMicros) {

    static Phase of(Tally tally, Duration serverCpu) {
      long deliveries = Math.max(1, tally.receivedInWindow());
      return new Phase(
          Math.round(deliveries / tally.windowSeconds()),
          Report.rounded(serverCpu.toNanos() / 1e3 / deliveries),
          Report.Latency.of(tally));
    }
  }
}
