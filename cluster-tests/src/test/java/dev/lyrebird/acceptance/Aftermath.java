package dev.lyrebird.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lyrebird.acceptance.Ledger.Entry;
import dev.lyrebird.client.Delivery;
import dev.lyrebird.client.HiveMqttClient;
import dev.lyrebird.client.Rest;
import dev.lyrebird.harness.NodeProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Holds what a node has and has told after a {@link Load} against what it has acknowledged. */
final class Aftermath {

  static final String TABLE = "/Rows/";

  private final NodeProcess node;
  private final Ledger ledger;

  /** Someone who was subscribed to all rows all the time. */
  interface Told {

    /** Every event up to and including the first that contains {@code mark}. */
    List<String> awaitThrough(String mark);
  }

  Aftermath(NodeProcess node, Ledger ledger) {
    this.node = node;
    this.ledger = ledger;
  }

  /** Writes a new row, behind all that was written before. */
  void put(Entry entry) {
    try (Rest rest = new Rest(node.addresses())) {
      assertEquals(201, rest.put(TABLE + Load.row(entry), entry.json()).statusCode());
      ledger.acknowledge(entry);
    }
  }

  /** Fails unless every row holds the last write to it that was acknowledged, or a later one. */
  void assertRowsAreTheLastAcknowledgedOrLater() throws IOException {
    Map<String, Entry> rows = rows();
    ledger
        .acknowledged()
        .forEach((writer, numbers) -> {
          if (Load.ROW_WRITERS.contains(writer)) {
            lastOfEachRow(writer, numbers)
                .forEach((row, last) -> assertNotOlder(last, rows.get(row), row));
          }
        });
    assertEquals(rows, retained());
  }

  private void assertNotOlder(Entry acknowledged, @Nullable Entry found, String row) {
    assertTrue(
        found != null && found.number() >= acknowledged.number() && ledger.wasSent(found),
        () -> row + " holds " + found + " though " + acknowledged + " was acknowledged");
  }

  private static Map<String, Entry> lastOfEachRow(String writer, NavigableSet<Integer> numbers) {
    Map<String, Entry> last = new HashMap<>();
    for (int number : numbers) {
      Entry entry = new Entry(writer, number);
      last.put(Load.row(entry), entry);
    }
    return last;
  }

  /** The rows as REST shows them. */
  private Map<String, Entry> rows() throws IOException {
    try (Rest rest = new Rest(node.addresses())) {
      Map<String, Entry> rows = new HashMap<>();
      for (JsonNode row : new ObjectMapper().readTree(rest.get(TABLE).body())) {
        rows.put(row.get("id").textValue(), Entry.in(row.toString()));
      }
      return rows;
    }
  }

  /** The rows as a new MQTT client gets them. */
  private Map<String, Entry> retained() {
    try (HiveMqttClient mqtt = HiveMqttClient.overTcp(node.addresses())) {
      mqtt.subscribe("Rows/#");
      String mark = "mark of " + ledger.acknowledgements();
      mqtt.publish("Rows/mark", mark.getBytes(StandardCharsets.UTF_8), false);
      Map<String, Entry> rows = new HashMap<>();
      for (Delivery delivery : mqtt.inbox().awaitThrough(last -> last.text().equals(mark))) {
        if (delivery.retained()) {
          rows.put(delivery.topic().substring(TABLE.length() - 1), Entry.in(delivery.text()));
        }
      }
      return rows;
    }
  }

  /** Fails unless all subscribers were told every write once, and in one order. */
  void assertEverythingWasToldOnce(List<Told> subscribers) {
    Entry last = ledger.next("last");
    put(last);
    String mark = last.json().replace("}", "");
    List<List<Entry>> told =
        subscribers.stream()
            .map(subscriber ->
                subscriber.awaitThrough(mark).stream()
                    .filter(event -> event.contains("\"w\":"))
                    .map(Entry::in)
                    .toList())
            .toList();
    told.forEach(this::assertOnceAndInOrder);
    assertEquals(told.getFirst(), told.getLast(), "both saw one order");
  }

  private void assertOnceAndInOrder(List<Entry> told) {
    Map<String, NavigableSet<Integer>> seen = new HashMap<>();
    for (Entry entry : told) {
      NavigableSet<Integer> before =
          seen.computeIfAbsent(entry.writer(), writer -> new TreeSet<>());
      assertTrue(
          before.isEmpty() || before.last() < entry.number(),
          () -> entry + " came after " + before.last());
      before.add(entry.number());
      assertTrue(ledger.wasSent(entry), () -> entry + " was never sent");
    }
    ledger
        .acknowledged()
        .forEach((writer, acknowledged) -> {
          NavigableSet<Integer> missed = new TreeSet<>(acknowledged);
          missed.removeAll(seen.getOrDefault(writer, new TreeSet<>()));
          assertTrue(missed.isEmpty(), () -> writer + ": never told " + missed);
        });
  }
}
