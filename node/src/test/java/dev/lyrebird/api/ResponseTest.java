package dev.lyrebird.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

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

  @Test
  void noFileElsewhereIsFound() {
    assertEquals(404, statusOf("/dev/lyrebird/api/" + OWN));
    assertEquals(404, statusOf("../api/" + OWN));
    assertEquals(404, statusOf("./../api/" + OWN));
    assertEquals(404, statusOf("..\\api\\" + OWN));
  }
}
