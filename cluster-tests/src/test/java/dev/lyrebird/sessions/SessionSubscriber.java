package dev.lyrebird.sessions;

import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import dev.lyrebird.harness.Addresses;
import dev.lyrebird.history.Interest;
import dev.lyrebird.history.Kind;
import dev.lyrebird.history.Recorder;
import dev.lyrebird.history.Sent;
import dev.lyrebird.history.Sighting;
import dev.lyrebird.history.Write;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

/**
 * A durable client with a subscription of QoS 1 and one of QoS 2, which connects to a node at
 * random each time, and what each subscription was told.
 */
final class SessionSubscriber implements AutoCloseable {

  private final Recorder recorder;
  private final Map<String, Recorder.Log> logs;
  private final DurableClient client;

  /**
   * Creates a client that is not connected.
   *
   * @param atLeastOnce its topic of QoS 1
   * @param once its topic of QoS 2
   */
  SessionSubscriber(
      String id,
      String atLeastOnce,
      String once,
      List<Addresses> nodes,
      Duration longestPause,
      RandomGenerator random,
      Recorder recorder) {
    this.recorder = recorder;
    this.client =
        new DurableClient(
            id,
            () ->
                new DurableClient.Step(
                    nodes.get(random.nextInt(nodes.size())),
                    Duration.ofMillis(random.nextLong(longestPause.toMillis()))));
    this.logs =
        Map.of(
            atLeastOnce,
            recorder.observer(id + " by QoS 1", "", Interest.atLeastOnce(atLeastOnce)),
            once,
            recorder.observer(id + " by QoS 2", "", Interest.once(once)));
    logs.values().forEach(log -> log.moveTo("any"));
  }

  /** Connects and subscribes; the future ends when both subscriptions are granted. */
  CompletableFuture<?> open() {
    return client.connect(this::note).thenCompose(connected -> subscribe());
  }

  /** Whether each subscription has been told as many different writes as were sent to its topic. */
  boolean hasSeen(Map<String, Long> sentByTopic) {
    return logs.entrySet().stream()
        .allMatch(log -> log.getValue().distinct() >= sentByTopic.getOrDefault(log.getKey(), 0L));
  }

  /** Adds to its story what it was never told of all that was sent. */
  void tellMissed(List<Sent> sent) {
    for (Sent one : sent) {
      Recorder.Log log = logs.get(one.topic());
      if (log != null && !log.saw(one.write())) {
        client.tell("was never told " + one.write());
      }
    }
  }

  /** How many messages it was told, repetitions included. */
  long told() {
    return logs.values().stream().mapToLong(Recorder.Log::told).sum();
  }

  /** How many of them came again. */
  long repeated() {
    return told() - logs.values().stream().mapToLong(Recorder.Log::distinct).sum();
  }

  DurableClient client() {
    return client;
  }

  @Override
  public void close() {
    client.close();
  }

  private CompletableFuture<?> subscribe() {
    return CompletableFuture.allOf(
        logs.keySet().stream()
            .map(topic ->
                client.mqtt().subscribeWith().topicFilter(topic).qos(Topics.qos(topic)).send())
            .toArray(CompletableFuture[]::new));
  }

  private void note(Mqtt5Publish publish) {
    String topic = publish.getTopic().toString();
    Recorder.Log log = logs.get(topic);
    Optional<Write> named =
        Write.in(new String(publish.getPayloadAsBytes(), StandardCharsets.UTF_8));
    if (log == null || named.isEmpty() || publish.getQos() != Topics.qos(topic)) {
      client.blame("nobody subscribed to " + publish);
      return;
    }
    // One object for all who are told of a write: there are many.
    Write write = recorder.sent(named.get()).map(Sent::write).orElse(named.get());
    if (log.saw(write)) {
      client.tell("again " + write + " at " + publish.getQos());
    }
    log.add(new Sighting(Kind.MESSAGE, topic, Optional.of(write), 0));
  }
}
