package dev.lyrebird.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.journal.Cursor;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.pubsub.Start;
import dev.lyrebird.query.Query;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the query of a stream may say. */
final class StreamQueryTest {

  private static final Cursor EARLIER = cursor(1);
  private static final Cursor LATER = cursor(2);

  @Test
  void streamBeginsWithTheCurrentRows() {
    assertEquals(
        new StreamQuery(Query.ALL, new Start.Current(), false, false, false),
        StreamQuery.parse(null, null));
    assertEquals(
        new StreamQuery(Query.ALL, new Start.Current(), true, true, true),
        StreamQuery.parse("omitCurrent=false&ready=true&cursor=true&conflate=true", null));
  }

  @Test
  void currentRowsAreLeftOutOnRequest() {
    assertEquals(new Start.Live(), StreamQuery.parse("omitCurrent=true", "").start());
  }

  @Test
  void lastEventIdWinsOverTheCursorOfTheQuery() {
    String since = "since=" + EARLIER.encode();
    assertEquals(new Start.After(EARLIER), StreamQuery.parse(since, null).start());
    assertEquals(new Start.After(EARLIER), StreamQuery.parse(since, "").start());
    assertEquals(new Start.After(LATER), StreamQuery.parse(since, LATER.encode()).start());
    assertEquals(
        new Start.After(LATER), StreamQuery.parse("omitCurrent=true", LATER.encode()).start());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "startTime=yesterday",
        "startTime=-1",
        "startTime=1&previousCount=2",
        "startTime=1&since=AAAA",
        "previousCount=0",
        "previousCount=10001",
        "conflate=yes",
        "sort(a)",
        "limit(1)",
        "a",
        "a=1|ready=true",
        "ready",
        "ready=1",
        "ready=TRUE",
        "ready=true&ready=true",
        "since=",
        "since=%zz",
        "cursor=%",
      })
  void anythingElseIsRefused(String query) {
    RefusedException refused =
        assertThrows(RefusedException.class, () -> StreamQuery.parse(query, null));
    assertEquals(Refusal.Reason.BAD_REQUEST, refused.refusal().reason());
  }

  @Test
  void conditionsAndASelectionStandBesideTheParameters() {
    StreamQuery query =
        StreamQuery.parse("ready=true&temp=gt=30&select(temp)&omitCurrent=true", null);
    assertEquals("temp=gt=30&select(temp)", query.query().toString());
    assertEquals(new Start.Live(), query.start());
    assertTrue(query.tellsReady());
  }

  @Test
  void beginsInThePast() {
    assertEquals(
        new Start.Since(Timestamp.timeOfMillis(5) + 2048),
        StreamQuery.parse("startTime=5.5", null).start());
    assertEquals(new Start.Previous(7), StreamQuery.parse("previousCount=7", null).start());
    assertEquals(
        new Start.After(LATER), StreamQuery.parse("previousCount=7", LATER.encode()).start());
  }

  private static Cursor cursor(long time) {
    return Cursor.of(1, VersionVector.EMPTY.with(new Timestamp(time, 1)));
  }
}
