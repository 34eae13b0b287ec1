package dev.lyrebird.acceptance;

import java.util.List;
import java.util.concurrent.Callable;

/** The lines that one subscriber saw, or what went wrong with it. */
sealed interface Seen {

  /** In the order in which they came. */
  record Lines(List<String> lines) implements Seen {}

  /** An assertion, an exception, or the missing tool that aborts a test. */
  record Failure(Throwable cause) implements Seen {}

  static Seen of(Callable<List<String>> look) {
    try {
      return new Lines(look.call());
    } catch (Exception | AssertionError e) {
      return new Failure(e);
    }
  }

  /** The lines, or the failure thrown at the test that asks for them. */
  default List<String> orThrow() throws Throwable {
    return switch (this) {
      case Lines(List<String> lines) -> lines;
      case Failure(Throwable cause) -> throw cause;
    };
  }
}
