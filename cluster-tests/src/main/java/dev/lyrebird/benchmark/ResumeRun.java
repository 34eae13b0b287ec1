package dev.lyrebird.benchmark;

import dev.lyrebird.benchmark.PublishPump.Sender;
import dev.lyrebird.benchmark.Scenario.Resuming;
import dev.lyrebird.client.SseClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * Event streams that go on from the middle and from near the end of a long journal: of all topics,
 * and of one of them.
 */
final class ResumeRun {

  private static final int PUBLISHERS = 10;
  private static final int NEAR_HEAD = 10;
  private static final int RESUMPTIONS = 200;
  private static final int SINGLE_TOPICS = 5;
  private static final double LOOK_SECONDS = 0.001;
  private static final double SETTLE_SECONDS = 3;

  /** Events that need longer than this do not come. */
  private static final long LIMIT_NANOS = 300_000_000_000L;

  private final Scenario scenario;
  private final Resuming work;
  private final Server server;
  private final byte[] payload;
  private final Stamp stamp = new Stamp();
  private int published;

  ResumeRun(Scenario scenario, Resuming work, Server server, int payloadBytes) {
    this.scenario = scenario;
    this.work = work;
    this.server = server;
    this.payload = Stamp.payload(payloadBytes);
  }

  ResumeReport perform() throws IOException {
    int half = work.entries() / 2;
    long from = stamp.now();
    publish(half);
    String middle = cursor();
    publish(work.entries() - NEAR_HEAD);
    String nearHead = cursor();
    publish(work.entries());
    double fillSeconds = (stamp.now() - from) / 1e9;
    try (LoadLoop quiet = new LoadLoop(1)) {
      quiet.run(SETTLE_SECONDS, () -> false);
    }
    Histogram firstEvent = new Histogram(LIMIT_NANOS, 3);
    for (int i = 0; i < RESUMPTIONS; i++) {
      firstEvent.recordValue(resume(scenario.prefix(), nearHead, NEAR_HEAD).firstNanos());
    }
    Duration cpuBefore = server.cpu();
    Resumed all = resume(scenario.prefix(), middle, half);
    Duration cpu = server.cpu().minus(cpuBefore);
    int matching = half / work.topics();
    Duration singleCpuBefore = server.cpu();
    double singleSeconds = 0;
    for (int i = 1; i <= SINGLE_TOPICS; i++) {
      singleSeconds += resume(scenario.topic(i), middle, matching).nanos() / 1e9;
    }
    Duration singleCpu = server.cpu().minus(singleCpuBefore);
    return new ResumeReport(
        scenario.name(),
        server.name(),
        work.entries(),
        work.topics(),
        Report.rounded(fillSeconds),
        Report.rounded(firstEvent.getValueAtPercentile(50) / 1e6),
        Report.rounded(firstEvent.getValueAtPercentile(99) / 1e6),
        Math.round(half / (all.nanos() / 1e9)),
        Report.rounded(cpu.toNanos() / 1e3 / half),
        Report.rounded(singleCpu.toNanos() / 1e3 / SINGLE_TOPICS / matching),
        Math.round(SINGLE_TOPICS * matching / singleSeconds));
  }

  /** Publishes to one topic after another until there are so many, with QoS 1. */
  private void publish(int upTo) throws IOException {
    try (LoadLoop loop = new LoadLoop(PUBLISHERS)) {
      List<Sender> senders = new ArrayList<>();
      for (int i = 0; i < PUBLISHERS; i++) {
        Publisher publisher = new Publisher(1, false);
        Wire wire = loop.connect(server.mqtt(), publisher);
        MqttWire.connect(wire.out(), "bench-publisher-" + i, true);
        wire.flush();
        senders.add(new Sender(publisher, wire));
      }
      loop.awaitReady();
      while (published < upTo || senders.stream().anyMatch(ResumeRun::isWaiting)) {
        loop.run(LOOK_SECONDS, () -> send(senders, upTo));
      }
    }
  }

  private static boolean isWaiting(Sender sender) {
    return sender.publisher().unacknowledged() > 0;
  }

  private boolean send(List<Sender> senders, int upTo) throws IOException {
    for (Sender sender : senders) {
      byte[] topic = topic(published);
      while (published < upTo && sender.publisher().canSend(sender.wire(), topic, payload)) {
        Stamp.write(payload, stamp.now());
        sender.publisher().send(sender.wire(), topic, payload);
        published++;
        topic = topic(published);
      }
      sender.wire().flush();
    }
    return false;
  }

  private byte[] topic(int number) {
    return scenario.topic(number % work.topics()).getBytes(StandardCharsets.UTF_8);
  }

  /** Publishes one more to a topic that nobody reads, and returns the cursor behind it. */
  private String cursor() throws IOException {
    InetSocketAddress at = http();
    String topic = scenario.topic(work.topics()) + "/marker";
    URI uri =
        URI.create(
            "http://%s:%d/bench-marker/%s".formatted(at.getHostString(), at.getPort(), topic));
    try (SseClient stream = SseClient.open(uri);
        LoadLoop loop = new LoadLoop(1)) {
      Publisher publisher = new Publisher(1, false);
      Wire wire = loop.connect(server.mqtt(), publisher);
      MqttWire.connect(wire.out(), "bench-marker", true);
      wire.flush();
      loop.awaitReady();
      publisher.send(wire, ("bench-marker/" + topic).getBytes(StandardCharsets.UTF_8), payload);
      wire.flush();
      stream.inbox().await(1);
      return stream.lastEventId();
    }
  }

  /** How long it took until the first event had come, and the last. */
  private record Resumed(long firstNanos, long nanos) {}

  private Resumed resume(String path, String cursor, int expected) throws IOException {
    Tally tally = new Tally();
    try (LoadLoop loop = new LoadLoop(1)) {
      long from = stamp.now();
      Wire wire = loop.connect(http(), new EventReceiver(Scenario.Receiver.SSE, stamp, tally));
      wire.out().put(EventReceiver.resumption("/" + path, cursor));
      wire.flush();
      while (tally.allReceived() < expected) {
        loop.run(LOOK_SECONDS, () -> false);
        if (stamp.now() - from > LIMIT_NANOS) {
          throw new IOException(
              "%d of %d events of %s have come".formatted(tally.allReceived(), expected, path));
        }
      }
      return new Resumed(tally.firstAt() - from, tally.lastAt() - from);
    }
  }

  private InetSocketAddress http() {
    return server
        .http()
        .orElseThrow(() -> new IllegalStateException(server.name() + " has no HTTP port"));
  }
}
