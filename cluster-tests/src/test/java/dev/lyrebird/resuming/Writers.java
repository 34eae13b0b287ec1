package dev.lyrebird.resuming;

import com.fasterxml.jackson.databind.JsonNode;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import dev.lyrebird.client.HiveMqttClient;
import dev.lyrebird.client.Rest;
import dev.lyrebird.harness.Addresses;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** How all episodes write to one node. Any thread may write; what returns is acknowledged. */
final class Writers implements AutoCloseable {

  private static final int FLOOD_PAYLOAD_BYTES = 64 << 10;
  private static final int LIMIT_SECONDS = 30;

  private final Addresses node;
  private final Rest rest;
  private final HiveMqttClient mqtt;

  Writers(Addresses node) {
    this.node = node;
    this.rest = new Rest(node);
    this.mqtt = HiveMqttClient.overTcp(node);
  }

  Addresses node() {
    return node;
  }

  /** POST of a message to a row. */
  void post(String topic, String json) {
    expect(rest.post("/" + topic, json), 202);
  }

  void put(String topic, String json) {
    expect(rest.put("/" + topic, json), 201, 204);
  }

  /** PATCH of a row, which may not be there. */
  void patch(String topic, String json) {
    expect(rest.patch("/" + topic, json), 204, 404);
  }

  /** DELETE of a row, which may not be there. */
  void delete(String topic) {
    expect(rest.delete("/" + topic), 204, 404);
  }

  /** Publishes a message that is not retained. */
  void publish(String topic, String json, int qos) {
    await(List.of(send(topic, json.getBytes(StandardCharsets.UTF_8), qos)));
  }

  /** Publishes messages at once, with QoS 1. */
  void publishAll(String topic, List<String> jsons) {
    await(
        jsons.stream().map(json -> send(topic, json.getBytes(StandardCharsets.UTF_8), 1)).toList());
  }

  /** Publishes so much that does not compress. */
  void flood(String topic, long bytes) {
    byte[] noise = new byte[FLOOD_PAYLOAD_BYTES];
    new Random(bytes).nextBytes(noise);
    await(
        IntStream.range(0, Math.toIntExact(bytes / FLOOD_PAYLOAD_BYTES))
            .mapToObj(i -> send(topic, noise, 1))
            .toList());
  }

  /** The rows under a prefix, by id. */
  Map<String, JsonNode> rows(String prefix) {
    HttpResponse<byte[]> answer = rest.get("/" + prefix + "/");
    expect(answer, 200);
    Map<String, JsonNode> rows = new HashMap<>();
    Told.parse(Rest.text(answer)).forEach(row -> rows.put(row.get("id").asText(), row));
    return rows;
  }

  @Override
  public void close() {
    mqtt.close();
    rest.close();
  }

  private CompletableFuture<Void> send(String topic, byte[] payload, int qos) {
    return mqtt.send(
            Mqtt5Publish.builder()
                .topic(topic)
                .payload(payload)
                .qos(qos == 1 ? MqttQos.AT_LEAST_ONCE : MqttQos.EXACTLY_ONCE)
                .build())
        .thenAccept(result ->
            result
                .getError()
                .ifPresent(refusal -> {
                  throw new AssertionError("the publish was refused", refusal);
                }));
  }

  private static void await(List<CompletableFuture<Void>> publishes) {
    CompletableFuture.allOf(publishes.toArray(CompletableFuture[]::new))
        .orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS)
        .join();
  }

  private static void expect(HttpResponse<byte[]> answer, Integer... good) {
    if (!List.of(good).contains(answer.statusCode())) {
      throw new AssertionError(
          answer.request() + " was answered " + answer.statusCode() + ": " + Rest.text(answer));
    }
  }
}
