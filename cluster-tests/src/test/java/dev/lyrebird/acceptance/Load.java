package dev.lyrebird.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import dev.lyrebird.client.HiveMqttClient;
import dev.lyrebird.client.Rest;
import dev.lyrebird.harness.Addresses;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Several clients that write to the table {@code Rows} as fast as the node acknowledges, until it
 * dies: rows and messages by MQTT with QoS 1, rows by PUT. Each client is one virtual thread.
 */
final class Load {

  /** The writers whose writes replace rows. Each has {@link #ROWS} of its own. */
  static final List<String> ROW_WRITERS = List.of("mqtt-1", "mqtt-2", "put-1", "put-2");

  /** Rows of each writer: its write number {@code n} goes to row {@code n % ROWS}. */
  static final int ROWS = 5;

  private static final int WINDOW = 20;

  private final List<Thread> clients = new ArrayList<>();
  private final AtomicBoolean over = new AtomicBoolean();
  private final Queue<String> refusals = new ConcurrentLinkedQueue<>();
  private final Addresses node;
  private final Ledger ledger;

  Load(Addresses node, Ledger ledger) {
    this.node = node;
    this.ledger = ledger;
    start(() -> publish("mqtt-1", true));
    start(() -> publish("mqtt-2", true));
    start(() -> publish("message-1", false));
    start(() -> publish("message-2", false));
    start(() -> put("put-1"));
    start(() -> put("put-2"));
  }

  /** The id of the row that a write goes to. */
  static String row(Ledger.Entry entry) {
    return entry.writer() + "/" + entry.number() % ROWS;
  }

  /** Waits for the clients, which end by themselves when the node is dead, never refused by it. */
  void awaitEnd() throws InterruptedException {
    over.set(true);
    for (Thread client : clients) {
      if (!client.join(Duration.ofSeconds(30))) {
        throw new AssertionError("a client did not notice that the node is dead");
      }
    }
    assertEquals(List.of(), List.copyOf(refusals));
  }

  private void start(Runnable client) {
    clients.add(Thread.ofVirtual().start(client));
  }

  private void publish(String writer, boolean retained) {
    Semaphore window = new Semaphore(WINDOW);
    try (HiveMqttClient mqtt = HiveMqttClient.overTcp(node)) {
      while (!over.get() && window.tryAcquire(1, TimeUnit.SECONDS)) {
        Ledger.Entry entry = ledger.next(writer);
        var _ =
            mqtt.send(message(entry, retained))
                .whenComplete((result, failure) -> {
                  if (failure == null && result.getError().isEmpty()) {
                    ledger.acknowledge(entry);
                    window.release();
                  } else {
                    over.set(true);
                  }
                });
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      // No connection: the node is dead.
    }
  }

  private void put(String writer) {
    try (Rest rest = new Rest(node)) {
      while (!over.get()) {
        Ledger.Entry entry = ledger.next(writer);
        int status = rest.put("/Rows/" + row(entry), entry.json()).statusCode();
        if (status == 201 || status == 204) {
          ledger.acknowledge(entry);
        } else {
          refusals.add(entry + ": " + status);
        }
      }
    } catch (AssertionError e) {
      // No answer: the node is dead.
    }
  }

  private static Mqtt5Publish message(Ledger.Entry entry, boolean retained) {
    return Mqtt5Publish.builder()
        .topic("Rows/" + row(entry))
        .payload(entry.json().getBytes(StandardCharsets.UTF_8))
        .qos(MqttQos.AT_LEAST_ONCE)
        .retain(retained)
        .build();
  }
}
