package dev.lyrebird.harness;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.StreamSupport;

/** What one node says of its cluster: the answer to {@code GET /cluster} on its operations port. */
public record ClusterReport(JsonNode json) {

  /** How many nodes it knows to be there, itself included. */
  int present() {
    return 1
        + (int)
            StreamSupport.stream(json.path("members").spliterator(), false)
                .filter(member -> member.path("present").asBoolean())
                .count();
  }

  /** How far the clock of the member of that name is ahead of this node's, as it was heard last. */
  public Duration skew(String member) {
    return StreamSupport.stream(json.path("members").spliterator(), false)
        .filter(one -> one.path("name").asText().equals(member))
        .findFirst()
        .map(one -> Duration.ofMillis(one.path("skewMillis").asLong()))
        .orElseThrow(() -> new AssertionError("no member " + member + " in " + json));
  }

  /** What it says is wrong; empty while it is well. */
  public List<String> faults() {
    return StreamSupport.stream(json.path("faults").spliterator(), false)
        .map(JsonNode::asText)
        .toList();
  }

  /** In whose name it makes changes of a table. */
  public String origin(String table) {
    return table(table).path("origin").asText();
  }

  /** For each origin of changes the version of the last one that it has applied, in 1/4096 ms. */
  public Map<String, Long> vector(String table) {
    Map<String, Long> vector = new TreeMap<>();
    table(table)
        .path("vector")
        .properties()
        .forEach(
            entry -> vector.put(entry.getKey(), Math.round(entry.getValue().asDouble() * 4096)));
    return vector;
  }

  private JsonNode table(String name) {
    return StreamSupport.stream(json.path("tables").spliterator(), false)
        .filter(table -> table.path("name").asText().endsWith("/" + name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no table " + name + " in " + json));
  }

  @Override
  public String toString() {
    return json.toString();
  }
}
