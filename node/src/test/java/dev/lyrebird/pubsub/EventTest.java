package dev.lyrebird.pubsub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.lyrebird.journal.Change;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.Write;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An event is encoded once a form, however many ask. */
final class EventTest {

  private static final Timestamp VERSION = new Timestamp(7, 1);
  private static final Payload PAYLOAD = Payload.of("x".getBytes(StandardCharsets.UTF_8));

  private final List<String> encoded = new ArrayList<>();
  private final Form<Object> first = event -> encode("first of " + event.topic());
  private final Form<Object> second = event -> encode("second of " + event.topic());
  private final Event event = event("a");

  @Test
  void isEncodedOncePerForm() {
    Object once = event.as(first);
    assertSame(once, event.as(first));
    Object other = event.as(second);
    assertSame(other, event.as(second));
    assertSame(once, event.as(first));
    event("b").as(first);
    assertEquals(List.of("first of a", "second of a", "first of b"), encoded);
  }

  @Test
  void aFormMayUseAnother() {
    Form<List<Object>> outer = event -> List.of(event.as(first), event.as(second));
    assertSame(event.as(outer), event.as(outer));
    assertSame(event.as(first), event.as(outer).getFirst());
    assertEquals(2, encoded.size());
  }

  @Test
  void aCurrentRowIsLikeThePutThatMadeIt() {
    Row row = new Row("a", VERSION, PAYLOAD, 1, 5, 3);
    Event current = Event.current(2, "s/a", row, null);
    assertEquals(Entry.Type.PUT, current.entry().type());
    assertEquals(VERSION, current.entry().version());
    assertEquals(PAYLOAD, current.entry().payload());
    assertEquals(1, current.entry().change().write().qos());
    assertEquals(5, current.entry().change().write().expiresAtMillis());
    assertEquals(3, current.entry().createdMillis());
    assertNull(current.place());
  }

  private Object encode(String what) {
    encoded.add(what);
    return new Object();
  }

  private static Event event(String topic) {
    Entry entry = new Entry(1, 7, new Change(VERSION, Write.put(topic, PAYLOAD)), null);
    return Event.change(0, topic, entry, Place.START.after(entry));
  }
}
