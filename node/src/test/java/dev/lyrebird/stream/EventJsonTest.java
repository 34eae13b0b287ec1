package dev.lyrebird.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lyrebird.journal.Change;
import dev.lyrebird.journal.Cursor;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.journal.Write;
import dev.lyrebird.pubsub.Event;
import dev.lyrebird.resource.MemoryTables;
import dev.lyrebird.resource.PerTable;
import dev.lyrebird.view.RowView;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The JSON of events, whatever is in them. */
final class EventJsonTest {

  private static final int ROUNDS = 20_000;
  private static final ObjectMapper READER = new ObjectMapper();

  private static final String[] PIECES = {
    "\"", "\\", "/", "\n", "\r\n", "\u2028", "\u0001", "{", "}", ",", "é", "€", "😀", "a", " ", "1"
  };

  private final MemoryTables tables =
      MemoryTables.of("type Sensors @table @export { id: ID @primaryKey }", task -> {});
  private final EventJson json = new EventJson(tables, new PerTable<>(tables, RowView::new));

  @Test
  void eventIsSpeltAsClientsKnowIt() {
    Entry entry =
        new Entry(
            1,
            units(1_795_219_619_332L, 1514),
            new Change(
                new Timestamp(units(1_795_219_619_331L, 2529), 1),
                Write.put("w1", json("{\"temp\": 1}"))),
            null);

    assertEquals(
        "{\"id\":\"w1\",\"localTime\":1795219619332.3696,\"value\":{\"temp\":1,\"id\":\"w1\"},"
            + "\"version\":1795219619331.6174,\"type\":\"put\"}",
        text(json.encode(Event.change(0, "Sensors/w1", entry, Place.START))));
  }

  @Test
  void currentRowIsAPutOfTheTimeOfItsVersion() {
    Row row = new Row("w1", new Timestamp(units(5, 2048), 1), json("[1]"), 0, 0, 0);

    assertEquals(
        "{\"id\":\"w1\",\"localTime\":5.5,\"value\":[1],\"version\":5.5,\"type\":\"put\"}",
        text(json.encode(Event.current(0, "Sensors/w1", row, null))));
  }

  @Test
  void cursorStandsBehindAllElse() {
    Cursor cursor = Cursor.of(7, VersionVector.EMPTY.with(new Timestamp(9, 1)));

    assertEquals(
        "{\"id\":1,\"cursor\":\"" + cursor.encode() + "\"}",
        text(EventJson.withCursor("{\"id\":1}".getBytes(StandardCharsets.UTF_8), cursor)));
  }

  @Test
  void anyContentMakesOneLineOfJsonThatTellsItBack() throws IOException {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    for (int round = 0; round < ROUNDS; round++) {
      String id = "i" + pieces(random);
      String text = pieces(random);
      Write write =
          switch (random.nextInt(3)) {
            case 0 -> Write.message(id, json(READER.writeValueAsString(text)));
            case 1 -> Write.put(id, json(READER.writeValueAsString(Map.of("a", text))));
            default -> Write.delete(id);
          };
      Timestamp version = new Timestamp(random.nextLong(1L << 53), 1);
      Entry entry = new Entry(1, version.time(), new Change(version, write), null);
      String line = text(json.encode(Event.change(0, "Sensors/" + id, entry, Place.START)));

      String replay = "replay with -Dseed=" + seed;
      assertFalse(line.contains("\n") || line.contains("\r"), replay);
      JsonNode event = READER.readTree(line);
      assertEquals(id, event.get("id").textValue(), replay);
      switch (write.kind()) {
        case MESSAGE -> assertEquals(text, event.get("value").textValue(), replay);
        case PUT -> assertEquals(text, event.get("value").get("a").textValue(), replay);
        case DELETE -> assertFalse(event.has("value"), replay);
        case PATCH -> throw new AssertionError();
      }
      assertEquals(
          version.time(),
          Math.round(event.get("version").doubleValue() * Timestamp.UNITS_PER_MILLI),
          replay);
      assertTrue(
          List.of("id", "localTime", "value", "version", "type").containsAll(names(event)), replay);
    }
  }

  private static List<String> names(JsonNode event) {
    List<String> names = new ArrayList<>();
    event.properties().forEach(property -> names.add(property.getKey()));
    return names;
  }

  private static String pieces(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(6); i > 0; i--) {
      text.append(PIECES[random.nextInt(PIECES.length)]);
    }
    return text.toString();
  }

  private static long units(long millis, int units) {
    return Timestamp.timeOfMillis(millis) + units;
  }

  private static Payload json(String text) {
    return Payload.json(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(byte[] utf8) {
    return new String(utf8, StandardCharsets.UTF_8);
  }
}
