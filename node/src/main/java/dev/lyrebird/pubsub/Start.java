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

  /**
   * With what a node has applied since a time, and then the next changes.
   *
   * @param localTime in the unit of {@link dev.lyrebird.journal.Timestamp#time}
   */
  record Since(long localTime) implements Start {}

  /**
   * With the last entries of each table that match, and then the next changes.
   *
   * @param count at most {@link Feeds#MOST_PREVIOUS}
   */
  record Previous(int count) implements Start {}
}
