package dev.lyrebird.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The three spellings of RFC 9110 §5.6.7. */
final class HttpDateTest {

  private static final long SECONDS = 784_111_777;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994"
      })
  void eachSpellingIsRead(String text) {
    assertEquals(OptionalLong.of(SECONDS), HttpDate.parseSeconds(text));
  }

  @Test
  void dayOfTheMonthHasTwoDigits() {
    assertEquals("Sun, 06 Nov 1994 08:49:37 GMT", HttpDate.format(SECONDS * 1000 + 999));
  }

  @Test
  void whatIsSpeltIsReadAgain() {
    for (long seconds = 0; seconds < 4_000_000_000L; seconds += 86_399 * 13 + 1) {
      assertEquals(
          OptionalLong.of(seconds), HttpDate.parseSeconds(HttpDate.format(seconds * 1000)));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "now", "Mon, 06 Nov 1994 08:49:37 GMT", "Sun, 6 Nov 1994 08:49:37 GMT"})
  void otherTextsAreNoDates(String text) {
    assertTrue(HttpDate.parseSeconds(text).isEmpty());
  }
}
