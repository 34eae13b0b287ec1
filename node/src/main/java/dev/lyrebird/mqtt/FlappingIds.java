package dev.lyrebird.mqtt;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Holds back claims to ids that flap, for a second each and one an id: a newer one takes the turn
 * of one that waits. Pure; part of {@link Claims}.
 */
final class FlappingIds {

  private static final long DAMPING_MILLIS = 1000;

  private final Takeovers takeovers = new Takeovers();
  private final Map<String, Claim> heldBack = new HashMap<>();

  /** When their turns come, in the order of time. */
  private final Queue<Turn> turns = new ArrayDeque<>();

  private record Turn(String clientId, long at) {}

  /** An id has passed from one connection to another. */
  void takenOver(String clientId, long now) {
    takeovers.note(clientId, now);
  }

  /** Gives a claim the turn of one that waits, and returns that one; null where none does. */
  @Nullable Claim replaced(Claim claim) {
    return heldBack.replace(claim.clientId(), claim);
  }

  /** Tells whether a claim has to wait, and holds it back if so. */
  boolean holdsBack(Claim claim, long now) {
    if (!takeovers.isFlapping(claim.clientId(), now)) {
      return false;
    }
    heldBack.put(claim.clientId(), claim);
    turns.add(new Turn(claim.clientId(), now + DAMPING_MILLIS));
    return true;
  }

  /** A claimant waits no longer. */
  void withdraw(String clientId, ClientIds.Holder holder) {
    Claim claim = heldBack.get(clientId);
    if (claim != null && claim.holder().equals(holder)) {
      heldBack.remove(clientId);
    }
  }

  boolean isHeldBack(String clientId) {
    return heldBack.containsKey(clientId);
  }

  /** Returns the claims whose turn has come, and holds them back no longer. */
  List<Claim> due(long now) {
    List<Claim> due = new ArrayList<>(0);
    while (!turns.isEmpty() && turns.element().at() <= now) {
      Claim claim = heldBack.remove(turns.remove().clientId());
      if (claim != null) {
        due.add(claim);
      }
    }
    return due;
  }
}
