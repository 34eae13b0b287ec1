package dev.lyrebird.mqtt;

import dev.lyrebird.journal.Timestamp;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the {@link Claims} of nodes tell one another. */
sealed interface ClaimMessage {

  /** A question for a client id, and what answers it: answers name the claim that asked. */
  sealed interface OfClaim extends ClaimMessage {

    String clientId();

    /** Returns the stamp of the claim that asks or is answered. */
    Timestamp stamp();
  }

  /** A claim: whoever holds the id by an earlier one is to make way, and to answer then. */
  record Ask(String clientId, Timestamp stamp) implements OfClaim {}

  /** Nobody of the sender's holds the id. */
  record Free(String clientId, Timestamp stamp) implements OfClaim {}

  /**
   * The sender's holder is gone.
   *
   * @param state what it left, exactly; null where the session left nothing, or where another claim
   *     that stands between the two has been handed it
   */
  record Yielded(String clientId, Timestamp stamp, @Nullable Handover state) implements OfClaim {}

  /**
   * The sender has a later claim.
   *
   * @param later its stamp
   */
  record Later(String clientId, Timestamp stamp, Timestamp later) implements OfClaim {}

  /**
   * The sender is there and listens.
   *
   * @param time the greatest that it has given or heard of in a stamp
   * @param wantsAnswer whether the receiver is to say the same
   */
  record Hello(long time, boolean wantsAnswer) implements ClaimMessage {}

  /**
   * Some of what the sender holds, in the order of the ids: who holds one of them by an earlier
   * claim makes way.
   *
   * @param holdings at least one
   */
  record Held(List<Holding> holdings) implements ClaimMessage {
    public Held {
      holdings = List.copyOf(holdings);
    }
  }

  /** A client id and by which claim it is held. */
  record Holding(String clientId, Timestamp stamp) {}

  /**
   * Asks for what the receiver holds beyond what it has told.
   *
   * @param after the last id that came
   */
  record More(String after) implements ClaimMessage {}
}
