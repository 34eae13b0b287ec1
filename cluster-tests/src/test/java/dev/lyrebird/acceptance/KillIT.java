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
import java.util.Random;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/**
 * Twenty times {@code kill -9} under load: what was acknowledged is there, and who resumes by
 * cursor has missed nothing and sees nothing twice. {@code -Dseed=} replays the moments of the
 * kills.
 */
@TestInstance(Lifecycle.PER_CLASS)
final class KillIT {

  private static final int ROUNDS = 20;
  private static final int MOST_WRITES_OF_A_ROUND = 1500;
  private static final String TABLE = "/Rows/";

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final NodeProcess node =
      NodeProcess.start(
          Nodes.named("kill").schema("type Rows @table @export { id: ID @primaryKey }"));
  private final Ledger ledger = new Ledger();
  private final List<ResumingSubscriber> subscribers =
      List.of(
          new ResumingSubscriber.OfEvents(node.addresses(), TABLE),
          new ResumingSubscriber.OfFrames(node.addresses(), TABLE));

  @AfterAll
  void stop() {
    subscribers.forEach(ResumingSubscriber::close);
    node.close();
  }

  @Test
  void nothingAcknowledgedIsLostAndNothingIsToldTwice() throws Exception {
    System.out.println("kill test: -Dseed=" + seed);
    Random random = new Random(seed);
    writeFirst();
    for (int round = 0; round < ROUNDS; round++) {
      Load load = new Load(node.addresses(), ledger);
      ledger.awaitAcknowledgements(
          ledger.acknowledgements() + random.nextInt(MOST_WRITES_OF_A_ROUND));
      node.kill();
      load.awaitEnd();
      subscribers.forEach(ResumingSubscriber::disconnected);
      node.restart();
      subscribers.forEach(subscriber -> subscriber.connect(node.addresses(), TABLE));
      assertRowsAreTheLastAcknowledgedOrLater();
    }
    assertEverythingWasToldOnce();
  }

  /** Gives every subscriber an event to resume from before the first kill. */
  private void writeFirst() {
    Entry first = ledger.next("first");
    put(first);
    subscribers.forEach(subscriber -> subscriber.awaitThrough(first.json().replace("}", "")));
  }

  private void put(Entry entry) {
    try (Rest rest = new Rest(node.addresses())) {
      assertEquals(201, rest.put(TABLE + Load.row(entry), entry.json()).statusCode());
      ledger.acknowledge(entry);
    }
  }

  private void assertRowsAreTheLastAcknowledgedOrLater() throws IOException {
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

  private void assertEverythingWasToldOnce() {
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
