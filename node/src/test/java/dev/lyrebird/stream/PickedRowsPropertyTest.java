package dev.lyrebird.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lyrebird.journal.Change;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.Write;
import dev.lyrebird.pubsub.Event;
import dev.lyrebird.pubsub.Member;
import dev.lyrebird.resource.MemoryTables;
import dev.lyrebird.resource.PerTable;
import dev.lyrebird.view.RowView;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A client that does what it is told has, after every event, just the rows that pass: from the
 * beginning, behind a cursor, and after a reset.
 */
final class PickedRowsPropertyTest {

  private static final int STREAMS = 2_000;
  private static final int EVENTS = 60;
  private static final ObjectMapper READER = new ObjectMapper();

  private final MemoryTables tables =
      MemoryTables.of("type Sensors @table @export { id: ID @primaryKey }", task -> {});
  private final StreamPicks<EventWire<byte[]>> picks =
      new StreamPicks<>(
          tables,
          new PerTable<>(tables, RowView::new),
          new Random(1),
          json -> new EventWire<>(tables.hub(), json, false, (packed, cursor) -> packed));
  private final StreamTarget target = StreamTarget.below(tables, tables.definition(0), "");
  private final Member<StreamTarget> member = tables.hub().join(new DeafStream());

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);
  private long time = 1;

  @Test
  void clientHasTheRowsThatPass() throws IOException {
    for (int i = 0; i < STREAMS; i++) {
      Map<String, Integer> rows = new HashMap<>();
      Map<String, Integer> has = new HashMap<>();
      String query = "n=ge=5";
      if (random.nextBoolean()) {
        for (int id = 0; id < 6; id++) {
          rows.put("r" + id, random.nextInt(10));
        }
        has.putAll(rows);
        has.values().removeIf(n -> n < 5);
        query += "&since=" + tables.hub().cursorForm().encode(event(Write.delete("x"))).encode();
      }
      run(rows, has, query);
    }
  }

  private void run(Map<String, Integer> rows, Map<String, Integer> has, String query)
      throws IOException {
    boolean isKnown = !query.contains("since");
    Telling<byte[]> telling = picks.telling(StreamQuery.parse(query, null), target, wire -> wire);
    for (int i = 0; i < EVENTS; i++) {
      if (random.nextInt(50) == 0) {
        telling.reset();
        isKnown = true;
        has.clear();
        for (Map.Entry<String, Integer> row : Map.copyOf(rows).entrySet()) {
          take(telling.event(put(row.getKey(), row.getValue()), member), has, isKnown);
        }
      }
      String id = "r" + random.nextInt(6);
      Event event;
      if (random.nextInt(4) == 0) {
        rows.remove(id);
        event = event(Write.delete(id));
      } else {
        int n = random.nextInt(10);
        rows.put(id, n);
        event = put(id, n);
      }
      take(telling.event(event, member), has, isKnown);
      Map<String, Integer> passing = new HashMap<>(rows);
      passing.values().removeIf(n -> n < 5);
      assertEquals(passing, has, "-Dseed=" + seed + ": event " + i + " of " + query);
    }
    telling.end();
  }

  /** Applies a frame as a client does. */
  private void take(byte @Nullable [] frame, Map<String, Integer> has, boolean isKnown)
      throws IOException {
    if (frame == null) {
      return;
    }
    JsonNode event = READER.readTree(frame);
    String id = event.get("id").textValue();
    if (event.get("type").textValue().equals("put")) {
      has.put(id, event.get("value").get("n").intValue());
    } else {
      boolean had = has.remove(id) != null;
      assertTrue(had || !isKnown, "-Dseed=" + seed + ": told of a row that it never had");
    }
  }

  private Event put(String id, int n) {
    return event(
        Write.put(id, Payload.json(("{\"n\":" + n + "}").getBytes(StandardCharsets.UTF_8))));
  }

  private Event event(Write write) {
    time++;
    Entry entry = new Entry(time, time, new Change(new Timestamp(time, 1), write), null);
    return Event.change(0, "Sensors/" + write.id(), entry, Place.START);
  }
}
