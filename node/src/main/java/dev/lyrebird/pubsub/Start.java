package dev.lyrebird.pubsub;

import dev.lyrebird.journal.Cursor;

/** Where a subscription begins. */
public sealed interface Start {

  /** With the current rows, then every change after them. */
  record Current() implements Start {}

  /** With the next change. */
  record Live() implements Start {}

  /** With the change after that cursor. */
  record After(Cursor cursor) implements Start {}

  /**
   * With the current rows, then with the change after that cursor: for one who broke off among the
   * rows and must not lack what has happened since. What changed the rows in between may be told
   * once more.
   */
  record CurrentAfter(Cursor cursor) implements Start {}
}
