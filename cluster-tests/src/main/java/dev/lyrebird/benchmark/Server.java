package dev.lyrebird.benchmark;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/**
 * A server under load.
 *
 * @param http empty for one that speaks MQTT alone
 */
record Server(
    String name, InetSocketAddress mqtt, Optional<InetSocketAddress> http, ProcessHandle process) {

  static Server of(String name, String host, int mqtt, int http, long pid) {
    return new Server(
        name,
        new InetSocketAddress(host, mqtt),
        http > 0 ? Optional.of(new InetSocketAddress(host, http)) : Optional.empty(),
        ProcessHandle.of(pid).orElseThrow(() -> new IllegalArgumentException("no process " + pid)));
  }

  /** The processor time that the server has used so far; the kernel counts in steps of 10 ms. */
  Duration cpu() {
    return process
        .info()
        .totalCpuDuration()
        .orElseThrow(
            () -> new IllegalStateException("processor time of " + process.pid() + " is hidden"));
  }
}
