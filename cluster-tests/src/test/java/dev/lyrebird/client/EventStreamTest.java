package dev.lyrebird.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** The examples of WHATWG HTML §9.2.6, and what resume depends on. */
final class EventStreamTest {

  @Test
  void joinsDataLinesWithNewlines() {
    assertEquals(
        List.of(new ServerSentEvent("", "message", "YHOO\n+2\n10")),
        events(new EventStream(""), "data: YHOO", "data: +2", "data: 10", ""));
  }

  @Test
  void keepsTheIdForLaterEventsUntilItIsEmptied() {
    assertEquals(
        List.of(
            new ServerSentEvent("1", "message", "first event"),
            new ServerSentEvent("", "message", "second event"),
            new ServerSentEvent("", "message", " third event")),
        events(
            new EventStream(""),
            ": test stream",
            "",
            "data: first event",
            "id: 1",
            "",
            "data:second event",
            "id",
            "",
            "data:  third event",
            ""));
  }

  @Test
  void anEmptyDataFieldIsAnEvent() {
    assertEquals(
        List.of(new ServerSentEvent("", "message", ""), new ServerSentEvent("", "message", "\n")),
        events(new EventStream(""), "data", "", "data", "data", "", "data:"));
  }

  @Test
  void anEventThatWasCutOffLeavesTheIdOfTheOneBefore() {
    EventStream stream = new EventStream("");
    events(stream, "id: 7", "data: whole", "", "id: 8", "data: cut");
    assertEquals("7", stream.lastEventId());
  }

  @Test
  void takesRetryOnlyFromDigits() {
    EventStream stream = new EventStream("");
    events(stream, "retry: 2100", "", "retry: soon", "");
    assertEquals(OptionalLong.of(2100), stream.retryMillis());
  }

  private static List<ServerSentEvent> events(EventStream stream, String... lines) {
    List<ServerSentEvent> events = new ArrayList<>();
    for (String line : lines) {
      stream.take(line).ifPresent(events::add);
    }
    return events;
  }
}
