package dev.lyrebird.query;

import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;

/** Says where a query is wrong. */
final class QueryFault {

  private QueryFault() {}

  /**
   * Returns the refusal of a query.
   *
   * @param at the index of the character at fault, from 0; told to people, who count from 1
   * @param message what is wrong and what was expected
   */
  static RefusedException at(int at, String message) {
    return new RefusedException(
        Refusal.of(
            Refusal.Reason.BAD_REQUEST,
            "at character %d of the query: %s".formatted(at + 1, message)));
  }
}
