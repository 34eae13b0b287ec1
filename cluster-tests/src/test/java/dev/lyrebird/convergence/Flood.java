package dev.lyrebird.convergence;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import dev.lyrebird.client.HiveMqttClient;
import dev.lyrebird.harness.Addresses;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A client that publishes large messages as fast as they are acknowledged, on a virtual thread.
 * Their payloads do not compress. Any thread may ask.
 */
final class Flood implements AutoCloseable {

  private static final int PAYLOAD_BYTES = 16 << 10;
  private static final int WINDOW = 64;

  private final HiveMqttClient client;
  private final AtomicLong bytes = new AtomicLong();
  private final Thread publishing;
  private volatile boolean over;
  private volatile @Nullable Throwable failure;

  Flood(Addresses node) {
    client = HiveMqttClient.overTcp(node);
    publishing = Thread.ofVirtual().start(this::publish);
  }

  /** How much was acknowledged. */
  long bytes() {
    return bytes.get();
  }

  /** Fails if a message was refused. */
  void orThrow() {
    Throwable fault = failure;
    if (fault != null) {
      throw new AssertionError("a message was refused", fault);
    }
  }

  private void publish() {
    byte[] noise = new byte[PAYLOAD_BYTES];
    new Random(5).nextBytes(noise);
    Mqtt5Publish message =
        Mqtt5Publish.builder()
            .topic(Scene.TABLE + "/flood")
            .payload(noise)
            .qos(MqttQos.AT_LEAST_ONCE)
            .build();
    Semaphore window = new Semaphore(WINDOW);
    while (!over) {
      window.acquireUninterruptibly();
      var _ =
          client
              .send(message)
              .whenComplete((result, fault) -> {
                Throwable refused = fault == null ? result.getError().orElse(null) : fault;
                failure = refused == null ? failure : refused;
                bytes.addAndGet(PAYLOAD_BYTES);
                window.release();
              });
    }
    window.acquireUninterruptibly(WINDOW);
  }

  /** Stops, and waits for what is under way. */
  @Override
  public void close() {
    over = true;
    try {
      publishing.join(Duration.ofSeconds(30));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while a flood ends", e);
    }
    client.close();
  }
}
