package dev.lyrebird.benchmark;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;

/**
 * What connections cost that only stay, beyond what the kernel keeps for their sockets.
 *
 * @param heapBytes of one connection, on the heap after a collection
 * @param nativeBytes of one connection, resident outside of the heap
 */
@JsonPropertyOrder({"scenario", "server", "connections", "heapBytes", "nativeBytes"})
record IdleReport(String scenario, String server, int connections, long heapBytes, long nativeBytes)
    implements Outcome {

  static IdleReport of(String scenario, String server, int connections, Footprint all) {
    return new IdleReport(
        scenario,
        server,
        connections,
        all.heapBytes() / connections,
        all.nativeBytes() / connections);
  }
}
