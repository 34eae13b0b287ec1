package dev.lyrebird.replication;

import java.util.function.Supplier;

/** Says that a law is broken. */
final class Law {

  private Law() {}

  /**
   * Fails where a law does not hold.
   *
   * @param holds whether it does
   * @param broken says what is wrong
   */
  static void check(boolean holds, Supplier<String> broken) {
    if (!holds) {
      throw new AssertionError(broken.get());
    }
  }
}
