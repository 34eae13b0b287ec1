package dev.lyrebird.benchmark;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;

/**
 * The outcome of one run, printed as one line of JSON. A message is one delivery, or one HTTP
 * answer.
 *
 * @param seconds the measuring window; rate, cost and latency are those of the window alone
 * @param lost of all messages of the run
 * @param serverCpuMicros the server's processor time for one message
 * @param loadCpuMicros the same of the load, all of this JVM included
 * @param latencyMicros from just before a message is sent to just after it has come
 */
@JsonPropertyOrder({
  "scenario",
  "server",
  "messagesPerSecond",
  "serverCpuMicros",
  "loadCpuMicros",
  "latencyMicros",
  "seconds",
  "payloadBytes",
  "received",
  "lost"
})
record Report(
    String scenario,
    String server,
    long messagesPerSecond,
    double serverCpuMicros,
    double loadCpuMicros,
    Latency latencyMicros,
    double seconds,
    int payloadBytes,
    long received,
    long lost)
    implements Outcome {

  record Latency(double p50, double p90, double p99, double p999, double max) {
    static Latency of(Tally tally) {
      return new Latency(
          tally.latencyMicros(50),
          tally.latencyMicros(90),
          tally.latencyMicros(99),
          tally.latencyMicros(99.9),
          tally.latencyMicros(100));
    }
  }

  /** Three digits behind the point are more than any of this is exact to. */
  static double rounded(double value) {
    return Math.round(value * 1000) / 1000.0;
  }
}
