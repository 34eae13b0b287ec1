package dev.lyrebird.table;

import static dev.lyrebird.table.Samples.json;
import static dev.lyrebird.table.Samples.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.Write;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a schema makes of writes: which it refuses, and when their rows end. */
final class RowRulesTest {
  private static final long NOW_MILLIS = 1_000_000;
  private static final RowRules PLAIN = rules("type T @table { id: ID @primaryKey }");
  private static final RowRules TYPED =
      rules("type T @table { id: ID @primaryKey temp: Float! place: String }");
  private static final RowRules ENDING =
      rules("type T @table(expiration: 60) { id: ID @primaryKey end: Any @expiresAt }");

  @Test
  void ofARowEveryFaultIsTold() {
    Refusal refusal = TYPED.judge(Write.put("r", json("{\"temp\":\"hot\",\"place\":3}")));
    assertNotNull(refusal);
    assertEquals(Refusal.Reason.SCHEMA, refusal.reason());
    assertEquals(Set.of("temp", "place"), refusal.faults().keySet());
    assertTrue(refusal.detail().contains("temp") && refusal.detail().contains("type T"));
  }

  @Test
  void onlyStructuredRowsAreChecked() {
    assertNull(TYPED.judge(Write.put("r", json("{\"temp\":1}"))));
    assertNull(TYPED.judge(Write.put("r", text("no object"))));
    assertNull(TYPED.judge(Write.message("r", json("{\"temp\":\"hot\"}"))));
    assertNull(TYPED.judge(Write.delete("r")));
    assertNull(PLAIN.judge(Write.put("r", json("{\"temp\":\"hot\"}"))));
  }

  @Test
  void aPatchMayLeaveOutWhatIsRequiredButNotSpoilIt() {
    assertNull(TYPED.judge(Write.patch("r", json("{\"place\":\"lab\"}"))));
    assertNull(TYPED.judge(Write.patch("r", json("{\"temp\":{\"__op__\":\"add\",\"value\":1}}"))));
    assertNotNull(TYPED.judge(Write.patch("r", json("{\"temp\":null}"))));
  }

  @Test
  void anIdMustFitTheKey() {
    Refusal refusal =
        rules("type T @table { id: Int @primaryKey }").judge(Write.put("seven", json("{}")));
    assertNotNull(refusal);
    assertEquals(Refusal.Reason.BAD_REQUEST, refusal.reason());
    assertNotNull(PLAIN.judge(Write.message("", text("hello"))));
  }

  @ParameterizedTest
  @CsvSource({
    "0, null, 1060000",
    "1000001, null, 1000001",
    "1000001, 1000002, 1000001",
    "1000002, 1000001, 1000001",
    "2000000, 3000000, 1060000",
    "0, 1000001.9, 1000001",
    "0, '\"1970-01-01T00:16:40.001Z\"', 1000001",
    "0, '\"1970-01-01T01:16:40.001+01:00\"', 1000001",
  })
  void theEarliestEndCounts(long clients, String rows, long end) {
    assertEquals(end, end(ENDING, clients, "{\"end\":%s}".formatted(rows)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "-1e3", "\"1960-01-01T00:00:00Z\""})
  void whatEndedBeforeTheEpochHasEnded(String rows) {
    assertEquals(1, end(ENDING, 0, "{\"end\":%s}".formatted(rows)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"end\":0}",
        "{\"end\":true}",
        "{\"end\":{\"__op__\":\"add\"}}",
        "{\"end\":\"tomorrow\"}",
        "{\"end\":\"2026-11-21\"}",
        "{\"end\":\"+999999999-12-31T23:59:59Z\"}",
        "{\"end\":18446744073709551617}",
        "{\"end\":1e999999999}",
        "no object"
      })
  void aRowThatNamesNoInstantLeavesItToTheTable(String row) {
    assertEquals(NOW_MILLIS + 60_000, end(ENDING, 0, row));
  }

  @Test
  void aRowEndsNeverWhereNobodySaysSo() {
    Write write = Write.put("r", json("{\"end\":5}"));
    assertSame(write, PLAIN.withExpiry(write, write.payload(), 0));
  }

  @Test
  void knowsWhatRowsMustRemember() {
    assertFalse(PLAIN.tracksCreation());
    assertTrue(rules("type T @table { id: ID made: Date @createdTime }").tracksCreation());
    assertFalse(PLAIN.hasNumericKey());
    assertTrue(rules("type T @table { id: Long @primaryKey }").hasNumericKey());
  }

  private static long end(RowRules rules, long clients, String row) {
    Payload payload = text(row);
    Write write = new Write(Write.Kind.PUT, "r", payload, 1, 7, clients, "somebody");
    Write ending = rules.withExpiry(write, payload, Timestamp.timeOfMillis(NOW_MILLIS));
    assertEquals(write, new Write(ending.kind(), "r", payload, 1, 7, clients, "somebody"));
    return ending.expiresAtMillis();
  }

  private static RowRules rules(String sdl) {
    return new RowRules(Samples.table(sdl));
  }
}
