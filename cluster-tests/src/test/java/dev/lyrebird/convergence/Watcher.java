package dev.lyrebird.convergence;

import dev.lyrebird.harness.Addresses;
import dev.lyrebird.history.Recorder;
import java.util.List;

/**
 * A subscriber to the whole table, which writes down what it is told. Owned by the test's thread; a
 * virtual thread takes what its client has received.
 */
final class Watcher implements AutoCloseable {

  private final Recorder recorder;
  private final Subscription subscription;
  private Recorder.Log log;
  private Subscription.Connection connection;

  private Watcher(Recorder recorder, String kind, Subscription subscription, Addresses node) {
    this.recorder = recorder;
    this.subscription = subscription;
    this.log = recorder.observer(kind + " at " + node.node(), node.node());
    this.connection = subscription.connect(node, log);
  }

  /** One of each kind at a node, subscribed. */
  static List<Watcher> everyKindAt(Addresses node, Recorder recorder) {
    return List.of(
        new Watcher(recorder, "MQTT", new Subscription.ByMqtt(recorder), node),
        new Watcher(recorder, "SSE", new Subscription.ByEvents(), node),
        new Watcher(recorder, "WebSocket", new Subscription.ByFrames(), node));
  }

  /** Where it writes down what it is told. */
  Recorder.Log log() {
    return log;
  }

  /** Leaves the node it was connected to and goes on at {@code node}, which may be the same. */
  void moveTo(Addresses node) {
    close();
    if (subscription.goesOnWhereItWas()) {
      log.moveTo(node.node());
    } else {
      log.interrupt();
      log = recorder.observer(log.name() + ", then at " + node.node(), node.node());
      log.interrupt();
    }
    connection = subscription.connect(node, log);
  }

  /** Ends its connection, if that is not over yet; everything that came is written down. */
  @Override
  public void close() {
    connection.leave();
  }
}
