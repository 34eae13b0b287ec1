package dev.lyrebird.mqtt;

import dev.lyrebird.journal.Timestamp;

/**
 * What the holder of an id leaves to the next: how the session of a client stands, or a group.
 * Immutable.
 */
sealed interface Handover permits SessionState, GroupState {

  /** Returns the claim by which the id was held. */
  Timestamp claim();
}
