package dev.lyrebird.convergence;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import dev.lyrebird.client.HiveMqttClient;
import dev.lyrebird.client.Rest;
import dev.lyrebird.client.WebSocketClient;
import dev.lyrebird.harness.Addresses;
import dev.lyrebird.history.Kind;
import dev.lyrebird.history.Recorder;
import dev.lyrebird.history.Write;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A way to write to a table of one node, over one connection. Owned by one thread; the futures end
 * on any.
 */
sealed interface Door extends AutoCloseable {

  /** The protocols by which clients write. */
  enum Protocol {
    MQTT {
      @Override
      Door open(Addresses node, String writer) {
        return new OfMqtt(HiveMqttClient.overTcp(node));
      }
    },
    REST {
      @Override
      Door open(Addresses node, String writer) {
        return new OfRest(new Rest(node));
      }
    },
    WEBSOCKET {
      @Override
      Door open(Addresses node, String writer) {
        return new OfWebSocket(node, writer);
      }
    };

    abstract Door open(Addresses node, String writer);
  }

  /** Whether a client of this kind is told that such a write was accepted. */
  default boolean isToldOf(Kind kind) {
    return true;
  }

  /**
   * Whether the acknowledgement waits for the other nodes that are to confirm a write. Events wait
   * for nobody, so that one who goes by them does not know.
   */
  default boolean waitsForOthers() {
    return true;
  }

  /** Writes; the future ends with the acknowledgement, or fails with what came instead. */
  CompletableFuture<?> write(Write write, String topic, Kind kind);

  @Override
  void close();

  /** QoS 1; rows are retained messages. */
  record OfMqtt(HiveMqttClient client) implements Door {
    @Override
    public CompletableFuture<?> write(Write write, String topic, Kind kind) {
      String payload = kind == Kind.DELETE ? "" : write.json();
      return client
          .send(
              Mqtt5Publish.builder()
                  .topic(Scene.TABLE + "/" + topic)
                  .payload(payload.getBytes(StandardCharsets.UTF_8))
                  .qos(MqttQos.AT_LEAST_ONCE)
                  .retain(kind != Kind.MESSAGE)
                  .build())
          .thenAccept(result ->
              result
                  .getError()
                  .ifPresent(refusal -> {
                    throw new IllegalStateException("refused: " + refusal.getMessage());
                  }));
    }

    @Override
    public void close() {
      client.close();
    }
  }

  /** One request at a time: a row by PUT, its end by DELETE, a message by POST. */
  record OfRest(Rest rest) implements Door {

    /** DELETE of an absent row is answered 404: somebody else was faster. */
    private static final List<Integer> GOOD = List.of(201, 202, 204, 404);

    @Override
    public CompletableFuture<?> write(Write write, String topic, Kind kind) {
      String path = "/" + Scene.TABLE + "/" + topic;
      try {
        HttpResponse<byte[]> answer =
            switch (kind) {
              case MESSAGE -> rest.post(path, write.json());
              case PUT -> rest.put(path, write.json());
              case DELETE -> rest.delete(path);
            };
        return GOOD.contains(answer.statusCode())
            ? CompletableFuture.completedFuture(answer)
            : CompletableFuture.failedFuture(
                new IllegalStateException(answer.statusCode() + " " + Rest.text(answer)));
      } catch (AssertionError e) {
        return CompletableFuture.failedFuture(e);
      }
    }

    @Override
    public void close() {
      rest.close();
    }
  }

  /** Frames on the socket of the table, which come back as events: their acknowledgement. */
  final class OfWebSocket implements Door {
    private record Pending(Write write, CompletableFuture<Write> done) {}

    private final WebSocketClient client;
    private final String mark;
    private final Queue<Pending> pending = new ConcurrentLinkedQueue<>();

    OfWebSocket(Addresses node, String writer) {
      client = WebSocketClient.open(node.webSocket("/" + Scene.TABLE + "/?omitCurrent=true"));
      mark = "\"w\":\"" + writer + "\"";
      var _ =
          client.inbox().follow(this::take).whenComplete((end, fault) -> fail("the socket closed"));
    }

    /** The event of a deletion bears no name: it could be anybody's. */
    @Override
    public boolean isToldOf(Kind kind) {
      return kind != Kind.DELETE;
    }

    @Override
    public boolean waitsForOthers() {
      return false;
    }

    @Override
    public CompletableFuture<?> write(Write write, String topic, Kind kind) {
      CompletableFuture<Write> done = new CompletableFuture<>();
      pending.add(new Pending(write, done));
      String type = kind.name().toLowerCase(Locale.ROOT);
      client.send(
          "{\"id\":\"%s\",\"type\":\"%s\",\"value\":%s}".formatted(topic, type, write.json()));
      return done;
    }

    @Override
    public void close() {
      client.close();
      client.inbox().end("the writer left");
    }

    private void take(String frame) {
      if (frame.contains(mark)) {
        Write.in(frame).ifPresent(this::acknowledgeThrough);
      } else if (frame.startsWith("{\"type\":\"error\"")) {
        fail(frame);
      }
    }

    private void acknowledgeThrough(Write write) {
      for (Pending first = pending.peek();
          first != null && first.write().number() <= write.number();
          first = pending.peek()) {
        pending.remove();
        first.done().complete(first.write());
      }
    }

    private void fail(String reason) {
      for (Pending first = pending.poll(); first != null; first = pending.poll()) {
        first.done().completeExceptionally(new IllegalStateException(reason));
      }
    }
  }

  /**
   * A way to write whose acknowledgement waits for nobody, and a message by REST behind each of its
   * writes, whose answer does wait. A node applies the changes of another in their order, so that
   * who has confirmed the message has the write.
   */
  final class Confirmed implements Door {
    private final Door door;
    private final Rest rest;
    private final Recorder recorder;
    private final String node;
    private final String marker;
    private final ExecutorService marking =
        Executors.newSingleThreadExecutor(Thread.ofVirtual().factory());

    Confirmed(Door door, Addresses node, String writer, Recorder recorder) {
      this.door = door;
      this.rest = new Rest(node);
      this.recorder = recorder;
      this.node = node.node();
      this.marker = writer + ", marking";
    }

    @Override
    public boolean isToldOf(Kind kind) {
      return door.isToldOf(kind);
    }

    @Override
    public CompletableFuture<?> write(Write write, String topic, Kind kind) {
      return door.write(write, topic, kind).thenRunAsync(() -> mark(topic), marking);
    }

    private void mark(String topic) {
      Write mark = recorder.next(marker, node, topic, Kind.MESSAGE);
      HttpResponse<byte[]> answer = rest.post("/" + Scene.TABLE + "/" + topic, mark.json());
      if (answer.statusCode() != 202) {
        throw new IllegalStateException(answer.statusCode() + " " + Rest.text(answer));
      }
      recorder.acknowledge(mark);
    }

    /** Returns when nothing is asked any more: who comes after this node would answer as well. */
    @Override
    public void close() {
      door.close();
      marking.shutdownNow();
      marking.close();
      rest.close();
    }
  }
}
