package dev.lyrebird.mqtt;

import static dev.lyrebird.mqtt.Packet.hex;
import static dev.lyrebird.mqtt.Packet.string;
import static dev.lyrebird.mqtt.Packet.utf8;

import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Two clients over TCP that do nothing wrong: one publishes to the other, at all qualities of
 * service, and every message has to come, once and in order. They run on a thread of their own from
 * the beginning to the end.
 */
final class HealthyPair implements AutoCloseable {

  static final int CLIENTS = 2;
  static final int SUBSCRIPTIONS = 1;
  static final String TOPICS = "unharmed/";

  private final RawClient subscriber;
  private final RawClient publisher;
  private final Thread thread = new Thread(this::run, "unharmed");
  private volatile boolean isStopping;
  private volatile int delivered;
  private volatile @Nullable Throwable failure;

  HealthyPair(TestServer server) {
    subscriber = server.client("unharmed-subscriber");
    subscriber.send(Packet.subscribe(1, TOPICS + "#", 2)).expect("90 03 0001 02");
    publisher = server.client("unharmed-publisher");
    thread.start();
  }

  /** Returns how many messages have come. */
  int delivered() {
    return delivered;
  }

  /** Returns what was wrong, or null where nothing was. */
  @Nullable Throwable failure() {
    return failure;
  }

  private void run() {
    try {
      for (int number = 1; !isStopping; number++) { // the first is one that is answered
        deliver(number);
        delivered = number;
      }
    } catch (RuntimeException | AssertionError e) {
      failure = e;
    }
  }

  private void deliver(int number) {
    int qos = number % 3;
    String topic = TOPICS + number % 5;
    byte[] payload = utf8("message " + number);
    byte[] id = qos == 0 ? new byte[0] : hex("0001");
    publisher.send(Packet.of(0x30 | qos << 1, string(topic), id, payload));
    if (qos == 1) {
      publisher.expect("40 02 0001");
    } else if (qos == 2) {
      publisher.expect("50 02 0001").send("62 02 0001").expect("70 02 0001");
    }
    byte[] received = subscriber.packet();
    int idAt = 4 + topic.length();
    byte[] given = qos == 0 ? id : Arrays.copyOfRange(received, idAt, idAt + 2);
    byte[] expected = Packet.of(0x30 | qos << 1, string(topic), given, payload);
    if (!Arrays.equals(expected, received)) {
      throw new AssertionError(
          "message %d came as %s".formatted(number, HexFormat.of().formatHex(received)));
    }
    if (qos == 1) {
      subscriber.send(hex("40 02"), given);
    } else if (qos == 2) {
      subscriber.send(hex("50 02"), given).expect(hex("62 02"), given).send(hex("70 02"), given);
    }
  }

  @Override
  public void close() {
    isStopping = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    publisher.close();
    subscriber.close();
  }
}
