package dev.lyrebird.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.math.BigDecimal;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The times that texts name. */
final class IsoDateTest {

  @ParameterizedTest
  @CsvSource({
    "1970-01-01, 0",
    "1970-01-02, 86400000",
    "1970-01-01T00:00, 0",
    "1970-01-01T00:00:00.000000001, 0.000001",
    "1970-01-01T00:00:01.5Z, 1500",
    "1970-01-01T01:00:00+01:00, 0",
    "1969-12-31T23:59:59.999Z, -1",
    "-0001-01-01, -62198755200000",
    "+999999999-12-31T23:59:59.999Z, 31556889832780799999"
  })
  void textNamesAnInstant(String text, BigDecimal millis) {
    assertEquals(0, millis.compareTo(IsoDate.millis(text)), text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "soon", "1970", "1970-13-01", "1970-02-30", "1970-01-01 00:00", "1-1-1", "5-"})
  void anythingElseNamesNone(String text) {
    assertNull(IsoDate.millis(text));
  }
}
