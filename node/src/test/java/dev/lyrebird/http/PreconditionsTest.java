package dev.lyrebird.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.journal.Timestamp;
import io.vertx.core.MultiMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Conditional requests, clause by clause of RFC 9110 §13. */
final class PreconditionsTest {

  /** Sun, 06 Nov 1994 08:49:37 GMT and half a second. */
  private static final Timestamp VERSION =
      new Timestamp(Timestamp.timeOfMillis(784_111_777_500L), -1);

  private static final String TAG = EntityTag.ofVersion(VERSION);
  private static final String SAME = "Sun, 06 Nov 1994 08:49:37 GMT";
  private static final String EARLIER = "Sun, 06 Nov 1994 08:49:36 GMT";
  private static final String LATER = "Sunday, 06-Nov-94 08:49:38 GMT";

  @Test
  void tagNamesTimeAndNodeInBase16() {
    assertEquals("b690b436dc000-ffffffffffffffff", TAG);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "%s | SHOWN",
        "%s.cbor | SHOWN",
        "* | SHOWN",
        "\"x\", %s | SHOWN",
        "W/%s | FAILED",
        "\"x\" | FAILED"
      })
  void ifMatchComparesStrongly(String field, Preconditions.Reading expected) {
    assertEquals(expected, read("If-Match", fill(field)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "%s | NOT_MODIFIED",
        "W/%s | NOT_MODIFIED",
        "* | NOT_MODIFIED",
        ", \"x\" ,W/%s, | NOT_MODIFIED",
        "%s.gzip | NOT_MODIFIED",
        "%s.cbor | SHOWN",
        "\"x\" | SHOWN"
      })
  void ifNoneMatchComparesTheFormThatWouldBeShown(String field, Preconditions.Reading expected) {
    assertEquals(expected, read("If-None-Match", fill(field)));
  }

  @Test
  void dateIsComparedToTheSecond() {
    assertEquals(Preconditions.Reading.NOT_MODIFIED, read("If-Modified-Since", SAME));
    assertEquals(Preconditions.Reading.NOT_MODIFIED, read("If-Modified-Since", LATER));
    assertEquals(Preconditions.Reading.SHOWN, read("If-Modified-Since", EARLIER));
    assertEquals(Preconditions.Reading.SHOWN, read("If-Unmodified-Since", SAME));
    assertEquals(Preconditions.Reading.FAILED, read("If-Unmodified-Since", EARLIER));
  }

  @Test
  void tagsGoBeforeDates() {
    assertEquals(
        Preconditions.Reading.SHOWN,
        read("If-None-Match", "\"x\"", "If-Modified-Since", LATER)); // RFC 9110 §13.1.3
    assertEquals(
        Preconditions.Reading.SHOWN,
        read("If-Match", "*", "If-Unmodified-Since", EARLIER)); // RFC 9110 §13.1.4
    assertEquals(Preconditions.Reading.FAILED, read("If-Match", "\"x\"", "If-None-Match", "*"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"yesterday", "", "Sun, 06 Nov 1994", "784111777"})
  void whatIsNoDateIsNoCondition(String field) {
    assertEquals(Preconditions.Reading.SHOWN, read("If-Modified-Since", field));
    assertEquals(Preconditions.Reading.SHOWN, read("If-Unmodified-Since", field));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"abc", "\"abc", "\"a\"\"b\"", "w/\"a\"", "", " , ", "*, \"a\"", "\"a\" b"})
  void whatIsNoTagIsRefused(String field) {
    RefusedException refused =
        assertThrows(RefusedException.class, () -> of("If-None-Match", field));

    assertEquals(Refusal.Reason.BAD_REQUEST, refused.refusal().reason());
  }

  @Test
  void fieldMayComeInSeveralLines() {
    assertEquals(
        Preconditions.Reading.NOT_MODIFIED,
        read("If-None-Match", "\"x\"", "If-None-Match", fill("%s")));
  }

  @Test
  void writeIsJudgedByTheTable() {
    assertWrite(true, VERSION, "If-Match", fill("%s"));
    assertWrite(true, VERSION, "If-Match", fill("%s.cbor"));
    assertWrite(false, VERSION, "If-Match", "\"x\"");
    assertWrite(false, null, "If-Match", "*");
    assertWrite(true, null, "If-None-Match", "*");
    assertWrite(false, VERSION, "If-None-Match", "*");
    assertWrite(false, VERSION, "If-None-Match", fill("W/%s.cbor"));
    assertWrite(true, VERSION, "If-None-Match", "\"x\"");
    assertWrite(true, VERSION, "If-Unmodified-Since", SAME);
    assertWrite(false, VERSION, "If-Unmodified-Since", EARLIER);
    assertWrite(true, null, "If-Unmodified-Since", EARLIER);
    assertWrite(false, VERSION, "If-Modified-Since", SAME);
    assertWrite(true, VERSION, "If-Modified-Since", EARLIER);
  }

  @Test
  void writeWithoutConditionsOnlyWantsToKnow() {
    assertSame(Condition.KNOWING, of().forWrite());
  }

  @Test
  void datesCanBeSwitchedOff() {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap().add("If-Unmodified-Since", EARLIER);

    assertTrue(Preconditions.of(headers, false).isEmpty());
  }

  private static void assertWrite(boolean passes, @Nullable Timestamp version, String... fields) {
    Refusal refusal = of(fields).forWrite().judge(version);

    if (passes) {
      assertNull(refusal);
    } else {
      assertTrue(
          refusal != null && refusal.reason() == Refusal.Reason.PRECONDITION_FAILED,
          () -> String.join(" ", fields));
    }
  }

  private static Preconditions.Reading read(String... fields) {
    return of(fields).judge(VERSION, TAG);
  }

  private static Preconditions of(String... fields) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    for (int i = 0; i < fields.length; i += 2) {
      headers.add(fields[i], fields[i + 1]);
    }
    return Preconditions.of(headers, true);
  }

  /** Puts the row's own tag, in its quotes, where the pattern has its mark. */
  private static String fill(String pattern) {
    return pattern
        .replace("%s.cbor", '"' + TAG + ".cbor\"")
        .replace("%s.gzip", '"' + TAG + ".gzip\"")
        .replace("%s", '"' + TAG + '"');
  }
}
