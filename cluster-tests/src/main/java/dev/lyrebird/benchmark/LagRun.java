package dev.lyrebird.benchmark;

import dev.lyrebird.benchmark.Scenario.Lagging;
import dev.lyrebird.benchmark.Scenario.Publishing;
import dev.lyrebird.benchmark.Scenario.Receiver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Streams of which some cannot keep up. The others are measured alone, with the slow ones, and
 * alone again; then the slow ones read on as fast as they can, and each must have got every message
 * once and in order.
 */
final class LagRun {

  private static final double SETTLE_SECONDS = 1;
  private static final double LOOK_SECONDS = 0.1;
  private static final double DRAIN_LIMIT_SECONDS = 300;

  private final Scenario scenario;
  private final Lagging work;
  private final Server server;
  private final Run.Size size;
  private final Stamp stamp = new Stamp();
  private final Tally tally = new Tally();
  private final List<Long> residentBytes = new ArrayList<>();

  /** A receiver that is slow, and what it got. */
  private record Slow(Wire wire, Sequence got) {}

  LagRun(Scenario scenario, Lagging work, Server server, Run.Size size) {
    this.scenario = scenario;
    this.work = work;
    this.server = server;
    this.size = size;
  }

  LagReport perform() throws IOException {
    Publishing publishing = work.toTheOthers();
    try (LoadLoop loop = new LoadLoop(1 + work.receivers())) {
      for (int i = 0; i < publishing.receivers(); i++) {
        connect(loop, i, tally);
      }
      Publisher publisher = new Publisher(publishing.qos(), false);
      Wire wire = loop.connect(server.mqtt(), publisher);
      MqttWire.connect(wire.out(), "bench-publisher", true);
      wire.flush();
      loop.awaitReady();
      PublishPump pump =
          new PublishPump(
              publishing,
              List.of(new PublishPump.Sender(publisher, wire)),
              List.of(scenario.topic(0).getBytes(StandardCharsets.UTF_8)),
              Stamp.payload(size.payloadBytes()),
              stamp,
              tally);
      loop.run(size.warmupSeconds(), pump);
      return measure(loop, pump);
    }
  }

  private LagReport measure(LoadLoop loop, PublishPump pump) throws IOException {
    awaitRest(loop);
    Footprint begin = Footprint.of(pid());
    LagReport.Phase before = phase(loop, pump, List.of());
    awaitRest(loop);
    List<Slow> slow = connectSlow(loop);
    tally.sequence().clear();
    residentBytes.clear();
    LagReport.Phase with = phase(loop, pump, slow);
    awaitRest(loop);
    long mostBehind = slow.stream().mapToLong(this::behind).max().orElseThrow();
    long leastBehind = slow.stream().mapToLong(this::behind).min().orElseThrow();
    Footprint behind = Footprint.of(pid());
    double drainSeconds = drain(loop, slow);
    long incomplete = slow.stream().filter(one -> !one.got().isLike(tally.sequence())).count();
    for (Slow one : slow) {
      one.wire().close();
    }
    Footprint end = Footprint.of(pid());
    LagReport.Phase after = phase(loop, pump, List.of());
    return new LagReport(
        scenario.name(),
        server.name(),
        publishing().receivers(),
        work.slow(),
        before,
        with,
        after,
        List.of(begin.heapBytes(), behind.heapBytes(), end.heapBytes()),
        residentBytes,
        tally.sequence().messages(),
        leastBehind,
        mostBehind,
        drainSeconds,
        incomplete);
  }

  private Publishing publishing() {
    return work.toTheOthers();
  }

  private Wire connect(LoadLoop loop, int number, Receipts receipts) throws IOException {
    Receiver kind = number % 2 == 0 ? Receiver.SSE : Receiver.WEBSOCKET;
    InetSocketAddress http = server.http().orElseThrow();
    Wire wire = loop.connect(http, new EventReceiver(kind, stamp, receipts));
    wire.out().put(EventReceiver.request(kind, "/" + scenario.topic(0)));
    wire.flush();
    return wire;
  }

  private List<Slow> connectSlow(LoadLoop loop) throws IOException {
    List<Slow> slow = new ArrayList<>();
    for (int i = 0; i < work.slow(); i++) {
      Sequence got = new Sequence();
      slow.add(new Slow(connect(loop, i, got), got));
    }
    loop.awaitReady();
    loop.run(SETTLE_SECONDS, () -> false);
    for (Slow one : slow) {
      one.wire().pause();
    }
    return slow;
  }

  private LagReport.Phase phase(LoadLoop loop, PublishPump pump, List<Slow> slow)
      throws IOException {
    loop.run(SETTLE_SECONDS, pump);
    Sips sips = new Sips(slow);
    Duration cpuBefore = server.cpu();
    tally.openWindow(stamp.now());
    loop.run(
        size.seconds(),
        () -> {
          sips.take();
          return pump.send();
        });
    tally.closeWindow(stamp.now());
    return LagReport.Phase.of(tally, server.cpu().minus(cpuBefore));
  }

  private void awaitRest(LoadLoop loop) throws IOException {
    double limit = DRAIN_LIMIT_SECONDS;
    while (tally.allReceived() < tally.allSent() * publishing().fanOut() && limit > 0) {
      loop.run(LOOK_SECONDS, () -> false);
      limit -= LOOK_SECONDS;
    }
  }

  private long behind(Slow one) {
    return tally.sequence().messages() - one.got().messages();
  }

  private double drain(LoadLoop loop, List<Slow> slow) throws IOException {
    for (Slow one : slow) {
      one.wire().readOn();
    }
    long from = stamp.now();
    while (slow.stream().anyMatch(one -> behind(one) > 0)
        && stamp.now() - from < DRAIN_LIMIT_SECONDS * 1e9) {
      loop.run(LOOK_SECONDS, () -> false);
    }
    return Report.rounded((stamp.now() - from) / 1e9);
  }

  private long pid() {
    return server.process().pid();
  }

  /**
   * Lets each slow receiver read a little every second, one after another, and weighs the server.
   */
  private final class Sips {

    private final List<Slow> slow;
    private final long begin = stamp.now();
    private long taken;
    private long weighed;

    Sips(List<Slow> slow) {
      this.slow = slow;
    }

    void take() throws IOException {
      double seconds = (stamp.now() - begin) / 1e9;
      for (; weighed < seconds && !slow.isEmpty(); weighed++) {
        residentBytes.add(Footprint.resident(pid()));
      }
      if (work.bytesPerSecond() > 0) {
        for (; taken < (long) (seconds * slow.size()); taken++) {
          slow.get((int) (taken % slow.size())).wire().sip(work.bytesPerSecond());
        }
      }
    }
  }
}
