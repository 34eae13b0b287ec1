package dev.lyrebird.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.vertx.core.MultiMap;
import org.junit.jupiter.api.Test;

final class HeaderTextTest {

  private final HeaderText fields =
      HeaderText.of(
          MultiMap.caseInsensitiveMultiMap()
              .add("Host", "localhost:9926")
              .add("Cookie", "a=1; b=2")
              .add("X-Empty", "")
              .add("Accept", "text/html")
              .add("Accept", "text/plain"));

  @Test
  void fieldsAreFoundByTheirNameInAnyCase() {
    assertEquals("localhost:9926", fields.get("host"));
    assertEquals("a=1; b=2", fields.get("COOKIE"));
    assertEquals("", fields.get("x-empty"));
  }

  @Test
  void theFirstOfSeveralIsFound() {
    assertEquals("text/html", fields.get("Accept"));
  }

  @Test
  void whatIsNoFieldIsNotFound() {
    assertNull(fields.get("Origin"));
    assertNull(fields.get("ost"));
    assertNull(fields.get("Hos"));
    assertNull(fields.get(""));
    assertNull(fields.get("Host:localhost"));
    assertNull(HeaderText.of(MultiMap.caseInsensitiveMultiMap()).get("Host"));
  }
}
