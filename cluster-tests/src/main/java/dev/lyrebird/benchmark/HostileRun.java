package dev.lyrebird.benchmark;

import dev.lyrebird.benchmark.PublishPump.Sender;
import dev.lyrebird.benchmark.Scenario.Misbehaving;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures MQTT clients and an echo alone, beside code and clients that do what none should, and
 * alone again.
 */
final class HostileRun {

  private static final double SETTLE_SECONDS = 1;

  private final Scenario scenario;
  private final Misbehaving work;
  private final Server server;
  private final Run.Size size;
  private final Stamp stamp = new Stamp();
  private final Tally messages = new Tally();
  private final Tally echoes = new Tally();

  HostileRun(Scenario scenario, Misbehaving work, Server server, Run.Size size) {
    this.scenario = scenario;
    this.work = work;
    this.server = server;
    this.size = size;
  }

  HostileReport perform() throws IOException {
    try (LoadLoop loop = new LoadLoop(2 + work.peers() + HostileCrowd.CONNECTIONS)) {
      LoadLoop.Pump publishing = publishing(loop);
      List<EchoPeer> peers = peers(loop);
      loop.run(size.warmupSeconds(), publishing.and(echoing(peers)));
      HostileReport.Phase before = phase(loop, publishing.and(echoing(peers)));
      HostileReport.Phase with;
      try (HostileCrowd crowd = new HostileCrowd(loop, server.http().orElseThrow())) {
        with = phase(loop, publishing.and(echoing(peers)).and(crowd));
      }
      HostileReport.Phase after = phase(loop, publishing.and(echoing(peers)));
      return new HostileReport(scenario.name(), server.name(), before, with, after);
    }
  }

  private LoadLoop.Pump publishing(LoadLoop loop) throws IOException {
    String topic = scenario.topic(0);
    Wire receiver =
        loop.connect(
            server.mqtt(), new MqttReceiver(topic, work.messages().qos(), stamp, messages));
    MqttWire.connect(receiver.out(), "bench-receiver", true);
    receiver.flush();
    loop.awaitReady();
    Publisher publisher = new Publisher(work.messages().qos(), false);
    Wire wire = loop.connect(server.mqtt(), publisher);
    MqttWire.connect(wire.out(), "bench-publisher", true);
    wire.flush();
    loop.awaitReady();
    return new PublishPump(
        work.messages(),
        List.of(new Sender(publisher, wire)),
        List.of(topic.getBytes(StandardCharsets.UTF_8)),
        Stamp.payload(size.payloadBytes()),
        stamp,
        messages);
  }

  private List<EchoPeer> peers(LoadLoop loop) throws IOException {
    List<EchoPeer> peers = new ArrayList<>();
    for (int i = 0; i < work.peers(); i++) {
      peers.add(
          EchoPeer.connect(loop, server.http().orElseThrow(), ResourceNode.ECHO, stamp, echoes));
    }
    loop.awaitReady();
    return peers;
  }

  /** What is due begins anew with each: nobody has echoed while others were connected. */
  private LoadLoop.Pump echoing(List<EchoPeer> peers) {
    return new EchoPump(peers, 1, work.messages().rate(), size.payloadBytes(), stamp, echoes);
  }

  private HostileReport.Phase phase(LoadLoop loop, LoadLoop.Pump pump) throws IOException {
    loop.run(SETTLE_SECONDS, pump);
    Duration cpuBefore = server.cpu();
    messages.openWindow(stamp.now());
    echoes.openWindow(stamp.now());
    loop.run(size.seconds(), pump);
    messages.closeWindow(stamp.now());
    echoes.closeWindow(stamp.now());
    double processors = server.cpu().minus(cpuBefore).toNanos() / 1e9 / messages.windowSeconds();
    loop.run(SETTLE_SECONDS, pump);
    return new HostileReport.Phase(
        HostileReport.Share.of(messages),
        HostileReport.Share.of(echoes),
        Report.rounded(processors));
  }
}
