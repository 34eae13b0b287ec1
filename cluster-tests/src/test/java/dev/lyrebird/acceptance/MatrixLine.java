package dev.lyrebird.acceptance;

import dev.lyrebird.acceptance.Writers.Act;
import java.util.List;
import java.util.stream.Stream;

/**
 * One line of the matrix: what a write does to a row, and what each family of subscribers sees of
 * it. {@code $id} stands for the row's id.
 *
 * @param before puts the row into its state before any subscriber comes
 * @param write the write of this line
 * @param mqtt what a live MQTT subscriber sees of the write
 * @param events what a live WebSocket or SSE subscriber sees of the write
 * @param after the row that the write leaves
 */
record MatrixLine(
    String name, String table, Act before, Act write, Mqtt mqtt, Event events, After after) {

  /** The payload that MQTT subscribers get, if any. */
  record Mqtt(List<String> lines) {
    static Mqtt payload(String payload) {
      return new Mqtt(List.of("live " + payload));
    }

    static Mqtt silent() {
      return new Mqtt(List.of());
    }
  }

  /** The event that WebSocket and SSE subscribers get, if any. */
  record Event(List<String> lines) {
    static Event put(String row) {
      return new Event(List.of(Events.put("$id", row)));
    }

    static Event delete() {
      return new Event(List.of(Events.delete("$id")));
    }

    static Event message(String value) {
      return new Event(List.of(Events.message("$id", value)));
    }

    static Event silent() {
      return new Event(List.of());
    }
  }

  /** What is left: a retained payload for MQTT, and the row in JSON for the others; or nothing. */
  record After(List<String> retained, List<String> rows) {
    static After row(String payload, String json) {
      return new After(List.of("retained " + payload), List.of(json));
    }

    static After gone() {
      return new After(List.of(), List.of());
    }
  }

  static MatrixLine line(String name, Act before, Act write, Mqtt mqtt, Event events, After after) {
    return new MatrixLine(name, "Rows", before, write, mqtt, events, after);
  }

  /** The same in another table. */
  MatrixLine in(String otherTable) {
    return new MatrixLine(name, otherTable, before, write, mqtt, events, after);
  }

  /** What a subscriber of this kind sees of the write while it is connected. */
  List<String> live(Subscriber.Kind kind, String id) {
    return filled(kind.isMqtt() ? mqtt.lines() : events.lines(), id);
  }

  /** What a subscriber of this kind sees first when it connects after the write. */
  List<String> later(Subscriber.Kind kind, String id) {
    if (kind.isMqtt()) {
      return filled(after.retained(), id);
    }
    Stream<String> rows = after.rows().stream().map(row -> Events.put("$id", row));
    return filled(Stream.concat(rows, Stream.of(Events.READY)).toList(), id);
  }

  /** What GET shows of the row after the write; empty if there is none. */
  List<String> shown(String id) {
    return filled(after.rows(), id);
  }

  private static List<String> filled(List<String> lines, String id) {
    return lines.stream().map(line -> line.replace("$id", id)).toList();
  }
}
