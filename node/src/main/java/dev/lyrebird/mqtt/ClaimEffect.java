package dev.lyrebird.mqtt;

import dev.lyrebird.mqtt.ClientIds.Granted;

/** What {@link Claims} would have done, in the order in which they tell it. */
sealed interface ClaimEffect {

  /** Another node is sent a message. */
  record Send(long node, ClaimMessage message) implements ClaimEffect {}

  /** A holder is told to make way; {@link Claims#gone} is told when it has. */
  record MakeWay(Claim claim) implements ClaimEffect {}

  /** A claimant is told that it holds the id from now on. */
  record Grant(Claim claim, Granted granted) implements ClaimEffect {}
}
