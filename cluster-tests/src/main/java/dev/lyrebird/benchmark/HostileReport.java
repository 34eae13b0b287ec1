package dev.lyrebird.benchmark;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;

/**
 * What others notice of code and clients that do what none should.
 *
 * @param before the others alone
 * @param with beside them
 * @param after alone again
 */
@JsonPropertyOrder({"scenario", "server", "before", "with", "after"})
record HostileReport(String scenario, String server, Phase before, Phase with, Phase after)
    implements Outcome {

  /**
   * One window.
   *
   * @param mqtt of one publisher and one subscriber
   * @param echo of a route that does nothing wrong
   * @param processors that the server kept busy
   */
  record Phase(Share mqtt, Share echo, double processors) {}

  /** What came, of a given number that was sent every second. */
  record Share(long messagesPerSecond, Report.Latency latencyMicros) {

    static Share of(Tally tally) {
      return new Share(
          Math.round(tally.receivedInWindow() / tally.windowSeconds()), Report.Latency.of(tally));
    }
  }
}
