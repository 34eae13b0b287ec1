package dev.lyrebird.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

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
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What streams with equal queries share. */
final class StreamPicksTest {

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

  @Test
  void equalConditionsAreOne() {
    StreamCondition one = condition("temp=gt=30");
    assertSame(one, condition("ready=true&(temp=gt=30)"));
    assertSame(one, condition("temp=gt=30&select(temp)"));
    assertNotSame(one, condition("temp=gt=31"));
  }

  @Test
  void equalSelectionsHaveOneWire() {
    assertSame(telling("select(temp)"), telling("select(temp)&ready=true"));
    assertNotSame(telling("select(temp)"), telling("select(temp,)"));
    assertSame(telling(""), telling("ready=true"));
  }

  @Test
  void eventIsEncodedOnceForAllEqualStreams() {
    Telling<byte[]> one = telling("temp=gt=30&select(temp)");
    Telling<byte[]> other = telling("select(temp)&temp=gt=30");
    Telling<byte[]> whole = telling("temp=gt=30");
    Event event = put("{\"temp\":31}");

    assertNotSame(one, other);
    assertSame(one.event(event, member), other.event(event, member));
    assertSame(telling("").event(event, member), whole.event(event, member));
    Event leaving = put("{\"temp\":1}");
    byte[] left = Objects.requireNonNull(one.event(leaving, member));
    assertSame(left, other.event(leaving, member));
    assertSame(left, whole.event(leaving, member));
    assertEquals(null, whole.event(leaving, member));
  }

  private Telling<byte[]> telling(String query) {
    return picks.telling(StreamQuery.parse(query, null), target, wire -> wire);
  }

  private StreamCondition condition(String query) {
    return picks.condition(
        Objects.requireNonNull(StreamQuery.parse(query, null).query().condition()), target);
  }

  private static Event put(String json) {
    Write write = Write.put("a", Payload.json(json.getBytes(StandardCharsets.UTF_8)));
    Entry entry = new Entry(1, 1, new Change(new Timestamp(1, 1), write), null);
    return Event.change(0, "Sensors/a", entry, Place.START);
  }
}
