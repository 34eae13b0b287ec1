package dev.lyrebird.benchmark;

import dev.lyrebird.benchmark.Scenario.Echoing;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * WebSockets to users' code that sends back what it is sent. The server is weighed before they are
 * there, while none has said anything, and when all have said much and are silent again.
 */
final class EchoRun {

  /** Connections that are opened together: none must wait long. */
  private static final int WAVE = 500;

  /** Connections that come, speak and go first, so that the server has loaded what it needs. */
  private static final int WARM_UP = 1_000;

  private static final int PIPELINED = 8;
  private static final double SETTLE_SECONDS = 5;
  private static final double DRAIN_SECONDS = 1;

  private final Scenario scenario;
  private final Echoing work;
  private final Server server;
  private final Run.Size size;
  private final Stamp stamp = new Stamp();
  private final Tally tally = new Tally();

  EchoRun(Scenario scenario, Echoing work, Server server, Run.Size size) {
    this.scenario = scenario;
    this.work = work;
    this.server = server;
    this.size = size;
  }

  EchoReport perform() throws IOException {
    warmUp();
    try (LoadLoop loop = new LoadLoop(work.connections())) {
      loop.run(SETTLE_SECONDS, () -> false);
      Footprint before = footprint();
      List<EchoPeer> peers = connect(loop, work.connections());
      loop.run(SETTLE_SECONDS, () -> false);
      Footprint silent = footprint().minus(before);
      EchoReport.Window single = window(loop, peers, 1);
      EchoReport.Window pipelined = window(loop, peers, PIPELINED);
      loop.run(SETTLE_SECONDS, () -> false);
      Footprint behind = footprint().minus(before);
      return new EchoReport(
          scenario.name(),
          server.name(),
          work.connections(),
          EchoReport.Bytes.of(silent, work.connections()),
          single,
          pipelined,
          EchoReport.Bytes.of(behind, work.connections()),
          size.payloadBytes(),
          tally.allSent() - tally.allReceived());
    }
  }

  private void warmUp() throws IOException {
    try (LoadLoop loop = new LoadLoop(WARM_UP)) {
      List<EchoPeer> peers = connect(loop, WARM_UP);
      loop.run(size.warmupSeconds(), pump(peers, 1));
      loop.run(DRAIN_SECONDS, () -> false);
      loop.run(size.warmupSeconds(), pump(peers, PIPELINED));
      loop.run(DRAIN_SECONDS, () -> false);
    }
  }

  private List<EchoPeer> connect(LoadLoop loop, int connections) throws IOException {
    List<EchoPeer> peers = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      peers.add(EchoPeer.connect(loop, server.http().orElseThrow(), work.path(), stamp, tally));
      if (i % WAVE == WAVE - 1) {
        loop.awaitReady();
      }
    }
    loop.awaitReady();
    return peers;
  }

  private EchoReport.Window window(LoadLoop loop, List<EchoPeer> peers, int depth)
      throws IOException {
    EchoPump pump = pump(peers, depth);
    loop.run(size.warmupSeconds(), pump);
    Duration serverBefore = server.cpu();
    Duration loadBefore = Run.ownCpu();
    tally.openWindow(stamp.now());
    loop.run(size.seconds(), pump);
    tally.closeWindow(stamp.now());
    EchoReport.Window window =
        EchoReport.Window.of(
            depth, tally, server.cpu().minus(serverBefore), Run.ownCpu().minus(loadBefore));
    loop.run(DRAIN_SECONDS, () -> false);
    return window;
  }

  private EchoPump pump(List<EchoPeer> peers, int depth) {
    return new EchoPump(peers, depth, 0, size.payloadBytes(), stamp, tally);
  }

  private Footprint footprint() {
    return Footprint.of(server.process().pid());
  }
}
