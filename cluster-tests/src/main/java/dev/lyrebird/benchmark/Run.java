package dev.lyrebird.benchmark;

import dev.lyrebird.benchmark.PublishPump.Sender;
import dev.lyrebird.benchmark.Scenario.Absence;
import dev.lyrebird.benchmark.Scenario.Echoing;
import dev.lyrebird.benchmark.Scenario.Idling;
import dev.lyrebird.benchmark.Scenario.Lagging;
import dev.lyrebird.benchmark.Scenario.Misbehaving;
import dev.lyrebird.benchmark.Scenario.Publishing;
import dev.lyrebird.benchmark.Scenario.Querying;
import dev.lyrebird.benchmark.Scenario.Receiver;
import dev.lyrebird.benchmark.Scenario.Requesting;
import dev.lyrebird.benchmark.Scenario.Resuming;
import dev.lyrebird.benchmark.Scenario.Trait;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** One scenario against one server: connect, warm up, measure, drain, report. */
final class Run {

  /** How long a run lasts, and how large its messages are. */
  record Size(double warmupSeconds, double seconds, int payloadBytes) {}

  private static final double SETTLE_SECONDS = 0.3;
  private static final double DRAIN_SECONDS = 1.0;

  private final Scenario scenario;
  private final Server server;
  private final Size size;
  private final Stamp stamp = new Stamp();
  private final Tally tally = new Tally();

  Run(Scenario scenario, Server server, Size size) {
    this.scenario = scenario;
    this.server = server;
    this.size = size;
  }

  Outcome perform() throws IOException {
    return switch (scenario.work()) {
      case Publishing work -> publish(work);
      case Requesting work -> request(work);
      case Querying work ->
          new RowsRun(scenario, new SampleRows(work.rows()), server, size).perform();
      case Absence work -> new AbsenceRun(scenario, work, server, size.payloadBytes()).perform();
      case Resuming work -> new ResumeRun(scenario, work, server, size.payloadBytes()).perform();
      case Lagging work -> new LagRun(scenario, work, server, size).perform();
      case Idling work -> new IdleRun(scenario, work, server).perform();
      case Echoing work -> new EchoRun(scenario, work, server, size).perform();
      case Misbehaving work -> new HostileRun(scenario, work, server, size).perform();
    };
  }

  private Report publish(Publishing work) throws IOException {
    try (LoadLoop loop = new LoadLoop(work.publishers() + work.receivers())) {
      for (int i = 0; i < work.receivers(); i++) {
        connectReceiver(loop, work, i);
      }
      loop.awaitReady();
      List<Sender> senders = new ArrayList<>();
      for (int i = 0; i < work.publishers(); i++) {
        senders.add(connectPublisher(loop, work, i));
      }
      loop.awaitReady();
      loop.run(SETTLE_SECONDS, () -> false);
      List<byte[]> topics =
          IntStream.range(0, work.topics())
              .mapToObj(number -> scenario.topic(number).getBytes(StandardCharsets.UTF_8))
              .toList();
      byte[] payload = Stamp.payload(size.payloadBytes());
      return measure(
          loop, new PublishPump(work, senders, topics, payload, stamp, tally), work.fanOut());
    }
  }

  private void connectReceiver(LoadLoop loop, Publishing work, int number) throws IOException {
    String topic = scenario.topic(number % work.topics());
    if (work.receiver() == Receiver.MQTT) {
      String filter = work.is(Trait.WILDCARD) ? scenario.allTopics() : topic;
      Wire wire = loop.connect(server.mqtt(), new MqttReceiver(filter, work.qos(), stamp, tally));
      MqttWire.connect(wire.out(), "bench-receiver-" + number, true);
      wire.flush();
    } else {
      Wire wire = loop.connect(http(), new EventReceiver(work.receiver(), stamp, tally));
      wire.out().put(EventReceiver.request(work.receiver(), "/" + topic));
      wire.flush();
    }
  }

  private Sender connectPublisher(LoadLoop loop, Publishing work, int number) throws IOException {
    Publisher publisher = new Publisher(work.qos(), work.is(Trait.RETAINED));
    Wire wire = loop.connect(server.mqtt(), publisher);
    MqttWire.connect(wire.out(), "bench-publisher-" + number, true);
    wire.flush();
    return new Sender(publisher, wire);
  }

  /** Requests go on by themselves: each answer is followed by the next request. */
  private Report request(Requesting work) throws IOException {
    try (LoadLoop loop = new LoadLoop(work.connections())) {
      if (work.method().equals("GET")) {
        putOnce(loop, work.rows());
      }
      for (int i = 0; i < work.connections(); i++) {
        connectRequester(loop, tally, number -> httpRequest(work.method(), number % work.rows()));
      }
      return measure(loop, () -> false, 1);
    }
  }

  /** Writes every row that will be read. */
  private void putOnce(LoadLoop loop, int rows) throws IOException {
    Tally puts = new Tally();
    connectRequester(loop, puts, number -> httpRequest("PUT", number % rows));
    while (puts.allReceived() < rows) {
      loop.run(SETTLE_SECONDS, () -> false);
    }
    puts.closeWindow(stamp.now());
    loop.run(SETTLE_SECONDS, () -> false);
  }

  private void connectRequester(LoadLoop loop, Tally counts, IntFunction<byte[]> requests)
      throws IOException {
    Requester requester = new Requester(requests, stamp, counts);
    Wire wire = loop.connect(http(), requester);
    requester.ask(wire);
    wire.flush();
  }

  private byte[] httpRequest(String method, int row) {
    byte[] payload = Stamp.payload(size.payloadBytes());
    String body = method.equals("GET") ? "" : new String(payload, StandardCharsets.US_ASCII);
    return ("%s /%s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + "Content-Length: %d\r\n\r\n%s")
        .formatted(method, scenario.topic(row), body.length(), body)
        .getBytes(StandardCharsets.US_ASCII);
  }

  private Report measure(LoadLoop loop, LoadLoop.Pump pump, int fanOut) throws IOException {
    loop.run(size.warmupSeconds(), pump);
    Duration serverBefore = server.cpu();
    Duration loadBefore = ownCpu();
    tally.openWindow(stamp.now());
    loop.run(size.seconds(), pump);
    tally.closeWindow(stamp.now());
    Duration serverCpu = server.cpu().minus(serverBefore);
    Duration loadCpu = ownCpu().minus(loadBefore);
    loop.run(DRAIN_SECONDS, () -> false);
    return new Report(
        scenario.name(),
        server.name(),
        Math.round(tally.receivedInWindow() / tally.windowSeconds()),
        perMessage(serverCpu),
        perMessage(loadCpu),
        Report.Latency.of(tally),
        Report.rounded(tally.windowSeconds()),
        size.payloadBytes(),
        tally.allReceived(),
        tally.allSent() * fanOut - tally.allReceived());
  }

  private double perMessage(Duration cpu) {
    return Report.rounded(cpu.toNanos() / 1e3 / Math.max(1, tally.receivedInWindow()));
  }

  private InetSocketAddress http() {
    return server
        .http()
        .orElseThrow(() -> new IllegalStateException(server.name() + " has no HTTP port"));
  }

  /** The processor time that this JVM has used so far. */
  static Duration ownCpu() {
    return ProcessHandle.current().info().totalCpuDuration().orElseThrow();
  }
}
