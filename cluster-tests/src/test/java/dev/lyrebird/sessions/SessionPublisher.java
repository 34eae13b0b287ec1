package dev.lyrebird.sessions;

import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PublishResult;
import dev.lyrebird.harness.Addresses;
import dev.lyrebird.harness.Await;
import dev.lyrebird.history.Kind;
import dev.lyrebird.history.Recorder;
import dev.lyrebird.history.Write;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A durable client that publishes messages to topics at random, on a virtual thread of its own.
 *
 * <p>It connects to the same node again and again, also after that was killed, once it is back. A
 * node that dies may have journalled a QoS 2 publish that it has neither acknowledged nor told to
 * another node. Only that node can know the publish again when the client repeats it: any other
 * would take it as new, and later get the first one from the node that was dead.
 */
final class SessionPublisher implements AutoCloseable {

  /** Publishes that may wait for their acknowledgement. */
  private static final int WINDOW = 10;

  private static final Duration BEFORE_NEXT_ATTEMPT = Duration.ofMillis(100);

  private final String id;
  private final List<String> topics;
  private final Duration pause;
  private final RandomGenerator random;
  private final Recorder recorder;
  private final DurableClient client;
  private final Semaphore window = new Semaphore(WINDOW);
  private @Nullable Thread thread;
  private volatile boolean over;

  /** Creates a client that is not connected. */
  SessionPublisher(
      String id,
      List<String> topics,
      Duration pause,
      Addresses node,
      RandomGenerator random,
      Recorder recorder) {
    this.id = id;
    this.topics = List.copyOf(topics);
    this.pause = pause;
    this.random = random;
    this.recorder = recorder;
    this.client = new DurableClient(id, () -> new DurableClient.Step(node, BEFORE_NEXT_ATTEMPT));
  }

  /** Connects; the future ends when it is connected. */
  CompletableFuture<?> open() {
    return client.connect(publish -> client().blame("nobody subscribed to " + publish));
  }

  void start() {
    thread = Thread.ofVirtual().name(id).start(this::publish);
  }

  /** Publishes no more, and waits until everything is acknowledged. */
  void finish(Duration limit) {
    over = true;
    var _ =
        Await.until(
            () -> window.availablePermits() == WINDOW && (thread == null || !thread.isAlive()),
            limit,
            () -> "not everything is acknowledged to " + client.story());
  }

  DurableClient client() {
    return client;
  }

  @Override
  public void close() {
    over = true;
    window.release(WINDOW);
    client.close();
  }

  private void publish() {
    while (!over) {
      window.acquireUninterruptibly();
      String topic = topics.get(random.nextInt(topics.size()));
      Write write = recorder.next(id, client.node(), topic, Kind.MESSAGE);
      client.tell("sends " + write + " to " + topic);
      var _ =
          client
              .mqtt()
              .publish(
                  Mqtt5Publish.builder()
                      .topic(topic)
                      .qos(Topics.qos(topic))
                      .payload(write.json().getBytes(StandardCharsets.UTF_8))
                      .build())
              .whenComplete((result, failure) -> settle(write, result, failure));
      Await.passing(pause);
    }
  }

  private void settle(
      Write write, @Nullable Mqtt5PublishResult result, @Nullable Throwable failure) {
    if (result == null || result.getError().isPresent()) {
      client.blame(write + " was not taken: " + (result == null ? failure : result.getError()));
    } else {
      recorder.acknowledge(write);
      window.release();
    }
  }
}
