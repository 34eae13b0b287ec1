package dev.lyrebird.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that lie beside code. */
final class ResponseTest {

  private static final String OWN = "ResponseTest.class";

  private static int statusOf(String file) {
    return assertThrows(ProblemException.class, () -> Response.file(ResponseTest.class, file))
        .status();
  }

  @Test
  void fileBesideIsFound() {
    assertEquals(200, Response.file(ResponseTest.class, OWN).status());
    assertEquals(200, Response.file(Router.class, "Router.class").status());
    assertEquals(200, Response.file(Node.class, "./" + OWN).status());
  }

  /** Lies in the same folder. */
  private static final class Node {}

  @Test
  void whatIsNotThereIsNotFound() {
    assertEquals(404, statusOf("nothing.html"));
    assertEquals(404, statusOf(""));
    assertEquals(404, statusOf("a/"));
  }

  @ParameterizedTest
  @CsvSource({
    "content-length, 1, leave it out",
    "Transfer-Encoding, chunked, leave it out",
    "X A, a, no name",
    "'', a, no name",
    "X-A, 'a\r\nX-B: b', a character that none may have",
    "X-A, \u20ac, a character that none may have"
  })
  void headerThatWouldBreakTheAnswerIsRefusedWhereItIsMade(
      String name, String value, String detail) {
    String said =
        assertThrows(IllegalArgumentException.class, () -> Response.of(200).with(name, value))
            .getMessage();
    assertTrue(String.valueOf(said).contains(detail), said);
  }

  @Test
  void fieldsAreKnownByTheirNamesInAnyCase() {
    Response response =
        Response.of(200).with("X-A", "1").with("x-a", "2").adding("X-a", "3").with("text");

    assertEquals(List.of("2", "3"), response.headers().get("X-A"));
    assertEquals(1, response.headers().size());
  }

  @Test
  void noFileElsewhereIsFound() {
    assertEquals(404, statusOf("/dev/lyrebird/api/" + OWN));
    assertEquals(404, statusOf("../api/" + OWN));
    assertEquals(404, statusOf("./../api/" + OWN));
    assertEquals(404, statusOf("..\\api\\" + OWN));
  }
}
