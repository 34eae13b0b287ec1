package dev.lyrebird.benchmark;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Duration;

/**
 * What connections to users' code cost that sends back what it is sent.
 *
 * @param silent what a connection takes that has said nothing yet
 * @param single each connection has one message under way
 * @param pipelined each connection has several
 * @param behind what a connection takes that has said much and is silent
 * @param lost messages that did not come back
 */
@JsonPropertyOrder({"scenario", "server", "connections", "silent", "single", "pipelined", "behind"})
record EchoReport(
    String scenario,
    String server,
    int connections,
    Bytes silent,
    Window single,
    Window pipelined,
    Bytes behind,
    int payloadBytes,
    long lost)
    implements Outcome {

  /**
   * What one connection takes beyond what the kernel keeps for its socket.
   *
   * @param heap after a collection
   * @param outside resident outside of the heap
   */
  record Bytes(long heap, long outside) {

    static Bytes of(Footprint all, int connections) {
      return new Bytes(all.heapBytes() / connections, all.nativeBytes() / connections);
    }
  }

  /**
   * One window. A message is one that has come back.
   *
   * @param underWay messages of one connection
   * @param serverCpuMicros the server's processor time for one message
   * @param loadCpuMicros the same of the load
   */
  record Window(
      int underWay,
      long messagesPerSecond,
      double serverCpuMicros,
      double loadCpuMicros,
      Report.Latency latencyMicros) {

    static Window of(int underWay, Tally tally, Duration serverCpu, Duration loadCpu) {
      double messages = Math.max(1, tally.receivedInWindow());
      return new Window(
          underWay,
          Math.round(messages / tally.windowSeconds()),
          Report.rounded(serverCpu.toNanos() / 1e3 / messages),
          Report.rounded(loadCpu.toNanos() / 1e3 / messages),
          Report.Latency.of(tally));
    }
  }
}
