package dev.lyrebird.resuming;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lyrebird.history.Write;

/** What a stream tells, by Server-Sent Events as by WebSocket (BEHAVIOUR §5). */
sealed interface Told {

  ObjectMapper JSON = new ObjectMapper();

  /** All that was missed has been told. */
  record Ready() implements Told {}

  /** The rows are told anew; messages are lost unless the reason is that rows differ. */
  record Reset(String reason) implements Told {
    boolean losesMessages() {
      return !reason.startsWith("this node learnt of changes in another order");
    }
  }

  record Put(String row, double version, JsonNode value) implements Told {}

  record Delete(String row, double version) implements Told {}

  record Sent(Message message) implements Told {}

  /** Reads the JSON of an event or frame. */
  static Told of(JsonNode json) {
    String row = json.path("id").asText();
    double version = json.path("version").asDouble();
    return switch (json.path("type").asText()) {
      case "ready" -> new Ready();
      case "reset" -> new Reset(json.path("reason").asText());
      case "put" -> new Put(row, version, json.path("value"));
      case "delete" -> new Delete(row, version);
      case "message" -> new Sent(new Message(Write.in(json.toString()).orElseThrow(), row));
      default -> throw new AssertionError("nobody asked for " + json);
    };
  }

  /** Reads text that must be JSON. */
  static JsonNode parse(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError("no JSON: " + text, e);
    }
  }
}
