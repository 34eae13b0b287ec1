package dev.lyrebird.benchmark;

import dev.lyrebird.benchmark.Scenario.Absence;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Durable sessions whose clients are away while messages come for each of them, and all clients
 * back at once. What the messages cost is weighed without and with the sessions.
 */
final class AbsenceRun {

  /** Connections that are opened together: their CONNECT must not wait long. */
  private static final int WAVE = 500;

  private static final double SETTLE_SECONDS = 5;
  private static final double LOOK_SECONDS = 0.5;
  private static final double BETWEEN_WAVES_SECONDS = 0.1;

  /** Messages that need longer than this do not come. */
  private static final long DRAIN_LIMIT_NANOS = 900_000_000_000L;

  private final Scenario scenario;
  private final Absence work;
  private final Server server;
  private final byte[] payload;
  private final Stamp stamp = new Stamp();

  AbsenceRun(Scenario scenario, Absence work, Server server, int payloadBytes) {
    this.scenario = scenario;
    this.work = work;
    this.server = server;
    this.payload = Stamp.payload(payloadBytes);
  }

  AbsenceReport perform() throws IOException {
    publishAll(); // what the server loads and grows once is not counted
    Footprint begin = weigh();
    publishAll();
    Footprint published = weigh();
    openSessions();
    Footprint opened = weigh();
    publishAll();
    Footprint publishedToAll = weigh();
    Tally tally = new Tally();
    Duration cpuBefore = server.cpu();
    long from = stamp.now();
    comeBack(tally);
    double seconds = (stamp.now() - from) / 1e9;
    Duration cpu = server.cpu().minus(cpuBefore);
    return new AbsenceReport(
        scenario.name(),
        server.name(),
        work.sessions(),
        work.messages(),
        published.minus(begin),
        opened.minus(published),
        publishedToAll.minus(opened),
        tally.allReceived(),
        deliveries() - tally.allReceived(),
        Report.rounded(seconds),
        Math.round(tally.allReceived() / seconds),
        Report.rounded(cpu.toNanos() / 1e3 / Math.max(1, tally.allReceived())));
  }

  private long deliveries() {
    return (long) work.sessions() * work.messages();
  }

  private Footprint weigh() throws IOException {
    try (LoadLoop quiet = new LoadLoop(1)) {
      quiet.run(SETTLE_SECONDS, () -> false);
    }
    return Footprint.of(server.process().pid());
  }

  /** Publishes with QoS 1, so that all are taken when it ends. */
  private void publishAll() throws IOException {
    Publisher publisher = new Publisher(1, false);
    try (LoadLoop loop = new LoadLoop(1)) {
      Wire wire = loop.connect(server.mqtt(), publisher);
      MqttWire.connect(wire.out(), "bench-publisher", true);
      wire.flush();
      loop.awaitReady();
      byte[] topic = scenario.topic(0).getBytes(StandardCharsets.UTF_8);
      int sent = 0;
      while (sent < work.messages() || publisher.unacknowledged() > 0) {
        while (sent < work.messages() && publisher.canSend(wire, topic, payload)) {
          Stamp.write(payload, stamp.now());
          publisher.send(wire, topic, payload);
          sent++;
        }
        wire.flush();
        loop.run(0.001, () -> false);
      }
    }
  }

  private void openSessions() throws IOException {
    for (int from = 0; from < work.sessions(); from += WAVE) {
      try (LoadLoop loop = new LoadLoop(WAVE)) {
        connect(loop, from, Math.min(from + WAVE, work.sessions()), new Tally());
        loop.awaitReady();
        loop.disconnect();
      }
    }
  }

  private void comeBack(Tally tally) throws IOException {
    try (LoadLoop loop = new LoadLoop(work.sessions())) {
      long end = System.nanoTime() + DRAIN_LIMIT_NANOS;
      for (int from = 0; from < work.sessions(); from += WAVE) {
        connect(loop, from, Math.min(from + WAVE, work.sessions()), tally);
        loop.run(BETWEEN_WAVES_SECONDS, () -> false);
      }
      while (tally.allReceived() < deliveries() && System.nanoTime() < end) {
        loop.run(LOOK_SECONDS, () -> false);
      }
    }
  }

  private void connect(LoadLoop loop, int from, int to, Tally tally) throws IOException {
    for (int i = from; i < to; i++) {
      Wire wire = loop.connect(server.mqtt(), new MqttReceiver(scenario.topic(0), 1, stamp, tally));
      MqttWire.connect(wire.out(), "bench-absent-" + i, false);
      wire.flush();
    }
  }
}
