package dev.lyrebird.benchmark;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.lyrebird.benchmark.Scenario.Idling;
import java.io.IOException;
import java.lang.management.ManagementFactory;

/** Opens MQTT connections that do nothing, and weighs the server before and after. */
final class IdleRun {

  /** Connections that are opened together: their CONNECT must not wait long. */
  private static final int WAVE = 500;

  /** Connections that come and go first, so that the server has loaded what it needs for them. */
  private static final int WARM_UP = 1_000;

  /** Files that a server has open besides, those of its database above all. */
  private static final int OTHER_FILES = 1_000;

  private static final double SETTLE_SECONDS = 5;

  private final Scenario scenario;
  private final Idling work;
  private final Server server;

  IdleRun(Scenario scenario, Idling work, Server server) {
    this.scenario = scenario;
    this.work = work;
    this.server = server;
  }

  IdleReport perform() throws IOException {
    try (LoadLoop loop = new LoadLoop(WARM_UP)) {
      connect(loop, WARM_UP);
    }
    int connections = Math.min(work.connections(), mostConnections());
    try (LoadLoop loop = new LoadLoop(connections)) {
      loop.run(SETTLE_SECONDS, () -> false);
      Footprint before = Footprint.of(server.process().pid());
      connect(loop, connections);
      loop.run(SETTLE_SECONDS, () -> false);
      Footprint all = Footprint.of(server.process().pid()).minus(before);
      return IdleReport.of(scenario.name(), server.name(), connections, all);
    }
  }

  /** As many as this process, and so a server that it has started, may have files open. */
  private static int mostConnections() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
        ? (int) Math.min(Integer.MAX_VALUE, system.getMaxFileDescriptorCount() - OTHER_FILES)
        : Integer.MAX_VALUE;
  }

  private void connect(LoadLoop loop, int connections) throws IOException {
    for (int i = 0; i < connections; i++) {
      Wire wire = loop.connect(server.mqtt(), new Publisher(0, false));
      MqttWire.connect(wire.out(), "bench-idle-" + i, true);
      wire.flush();
      if (i % WAVE == WAVE - 1) {
        loop.awaitReady();
      }
    }
    loop.awaitReady();
  }
}
