package dev.lyrebird.journal;

import org.jspecify.annotations.Nullable;

/** What became of a write, told once it is as durable as the node's configuration promises. */
public sealed interface Outcome {

  /**
   * The write is in the journal.
   *
   * @param version the version it was given
   * @param created whether the row was not there before; false for a message, and for a write that
   *     did not ask to know ({@link Condition#NONE})
   */
  record Applied(Timestamp version, boolean created) implements Outcome {}

  /**
   * The write was legal and changes nothing, so nobody is told: PATCH of nothing.
   *
   * @param version of the row as it stands, or null where there is none
   */
  record Unchanged(@Nullable Timestamp version) implements Outcome {}

  /**
   * The write was not carried out, or its client cannot be told that it was: {@link
   * Refusal.Reason#UNCONFIRMED}.
   */
  record Refused(Refusal refusal) implements Outcome {}
}
