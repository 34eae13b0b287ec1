package dev.lyrebird.resuming;

import dev.lyrebird.client.RawWebSocket;
import dev.lyrebird.history.Write;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Who writes in one episode, by every protocol at every node, under a prefix that is the episode's
 * alone; and what was written. Every write is acknowledged before the next, but for those of a
 * volley. Owned by the thread of its episode.
 */
final class Scribe implements AutoCloseable {

  /** How the payload of a message begins, and that of no row. */
  private static final String MESSAGE = "{\"m\":1,";

  /** Ways to change a row; most often there is one afterwards. */
  private enum Change {
    PUT,
    PUT_AGAIN,
    PATCH,
    DELETE;

    static Change any(RandomGenerator random) {
      return values()[random.nextInt(values().length)];
    }

    void make(Writers node, String topic, String json, Consumer<String> trace) {
      trace.accept("%s %s at %s: %s".formatted(this, topic, node.node().node(), json));
      switch (this) {
        case PUT, PUT_AGAIN -> node.put(topic, json);
        case PATCH -> node.patch(topic, json.replace("}", ",\"patched\":true}"));
        case DELETE -> node.delete(topic);
      }
    }
  }

  private static final List<String> ROWS = List.of("a", "b", "c");
  private static final int BURST = 72;
  private static final int BURST_PAYLOAD_BYTES = 64 << 10;
  private static final int LIMIT_SECONDS = 30;

  private final List<Writers> nodes;
  private final String prefix;
  private final String topics;
  private final RandomGenerator random;
  private final Consumer<String> trace;
  private final List<Message> sent = new ArrayList<>();
  private final Map<String, Integer> numbers = new HashMap<>();
  private final Map<Writers, RawWebSocket> sockets = new HashMap<>();

  /**
   * Has written nothing yet.
   *
   * @param prefix of the ids
   */
  Scribe(
      List<Writers> nodes,
      String table,
      String prefix,
      RandomGenerator random,
      Consumer<String> trace) {
    this.nodes = nodes;
    this.prefix = prefix;
    this.topics = table + "/" + prefix;
    this.random = random;
    this.trace = trace;
  }

  /** Whether a payload is that of a message. */
  static boolean isMessage(String payload) {
    return payload.startsWith(MESSAGE);
  }

  /** All messages in the order in which they were sent; it grows. */
  List<Message> sent() {
    return sent;
  }

  /** Sends a message by any protocol at any node. */
  void message() {
    Writers node = anyNode();
    String row = anyRow();
    switch (random.nextInt(4)) {
      case 0 -> node.post(topic(row), message("rest", node, row));
      case 1 -> node.publish(topic(row), message("mqtt", node, row), 1);
      case 2 -> node.publish(topic(row), message("mqtt", node, row), 2);
      default -> frame(node);
    }
  }

  /** Changes any row at any node. */
  void change() {
    Writers node = anyNode();
    Change.any(random).make(node, topic(anyRow()), json("row", node), trace);
  }

  /** Changes one row at every node at once. */
  void volley() {
    String row = anyRow();
    List<CompletableFuture<?>> changes = new ArrayList<>();
    for (Writers node : nodes) {
      Change change = Change.any(random);
      String json = json("row", node);
      changes.add(
          CompletableFuture.runAsync(
              () -> change.make(node, topic(row), json, trace), Thread::startVirtualThread));
    }
    CompletableFuture.allOf(changes.toArray(CompletableFuture[]::new))
        .orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS)
        .join();
  }

  /** Sends more at once than the sockets of a follower hold that does not read. */
  void burst() {
    Writers node = anyNode();
    char[] fill = new char[BURST_PAYLOAD_BYTES];
    Arrays.fill(fill, 'x');
    List<String> jsons = new ArrayList<>();
    for (int i = 0; i < BURST; i++) {
      String json = message("mqtt", node, ROWS.getFirst());
      jsons.add(json.replace("}", ",\"fill\":\"" + new String(fill) + "\"}"));
    }
    node.publishAll(topic(ROWS.getFirst()), jsons);
  }

  /** One more message of each node: who was told of it was told all that its node had before. */
  void marks() {
    for (Writers node : nodes) {
      node.post(topic(ROWS.getFirst()), message("rest", node, ROWS.getFirst()));
    }
  }

  @Override
  public void close() {
    sockets.values().forEach(RawWebSocket::close);
  }

  /**
   * Sends a frame on the socket of the first row. It comes back when it is taken, unless the socket
   * is told meanwhile that it has missed something: then nobody can say whether it was.
   */
  private void frame(Writers node) {
    String row = ROWS.getFirst();
    RawWebSocket socket =
        sockets.computeIfAbsent(
            node, any -> RawWebSocket.open(node.node(), "/" + topic(row) + "?omitCurrent=true"));
    String json = message("frame", node, row);
    socket.send(RawWebSocket.TEXT, json);
    Optional<Write> write = Write.in(json);
    String told = socket.read().text();
    while (!Write.in(told).equals(write)) {
      if (told.startsWith("{\"type\":\"reset\"")) {
        sent.removeLast();
        return;
      }
      if (!told.startsWith("{\"id\":")) {
        throw new AssertionError("a frame was refused: " + told);
      }
      told = socket.read().text();
    }
  }

  private String message(String protocol, Writers node, String row) {
    String json = json(protocol, node).replace("{", MESSAGE);
    Message message = new Message(Write.in(json).orElseThrow(), prefix + "/" + row);
    sent.add(message);
    trace.accept("sends " + message);
    return json;
  }

  private String json(String protocol, Writers node) {
    String writer = prefix + "." + protocol + "@" + node.node().node();
    return new Write(writer, numbers.merge(writer, 1, Integer::sum)).json();
  }

  private String topic(String row) {
    return topics + "/" + row;
  }

  private Writers anyNode() {
    return nodes.get(random.nextInt(nodes.size()));
  }

  private String anyRow() {
    return ROWS.get(random.nextInt(ROWS.size()));
  }
}
