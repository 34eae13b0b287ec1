package dev.lyrebird.sessions;

import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import dev.lyrebird.harness.Addresses;
import dev.lyrebird.history.Write;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

/** A durable client of a group that shares two subscriptions, one of QoS 1 and one of QoS 2. */
final class SharedSubscriber implements AutoCloseable {

  private final GroupTally group;
  private final DurableClient client;

  /** Creates a client that is not connected; it connects to a node at random each time. */
  SharedSubscriber(
      String id,
      GroupTally group,
      List<Addresses> nodes,
      Duration longestPause,
      RandomGenerator random) {
    this.group = group;
    this.client =
        new DurableClient(
            id,
            () ->
                new DurableClient.Step(
                    nodes.get(random.nextInt(nodes.size())),
                    Duration.ofMillis(random.nextLong(longestPause.toMillis()))));
  }

  /** Connects and subscribes; the future ends when both subscriptions are granted. */
  CompletableFuture<?> open() {
    return client
        .connect(this::note)
        .thenCompose(connected -> subscribe(Topics.allAtLeastOnce()))
        .thenCompose(granted -> subscribe(Topics.allOnce()));
  }

  DurableClient client() {
    return client;
  }

  @Override
  public void close() {
    client.close();
  }

  private CompletableFuture<?> subscribe(String filter) {
    return client
        .mqtt()
        .subscribeWith()
        .topicFilter("$share/" + group.name() + "/" + filter)
        .qos(Topics.qos(filter))
        .send();
  }

  private void note(Mqtt5Publish publish) {
    Optional<Write> write =
        Write.in(new String(publish.getPayloadAsBytes(), StandardCharsets.UTF_8));
    String topic = publish.getTopic().toString();
    if (write.isEmpty() || publish.getQos() != Topics.qos(topic)) {
      client.blame("nobody subscribed to " + publish);
    } else {
      client.tell("got " + write.get() + " of " + topic + (publish.isRetain() ? " retained" : ""));
      group.note(write.get(), client.id());
    }
  }
}
