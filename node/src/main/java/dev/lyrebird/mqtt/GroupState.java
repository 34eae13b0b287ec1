package dev.lyrebird.mqtt;

import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.mqtt.GroupMessage.Name;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a group is beyond its holder: the row of its filter in the table {@code $groups}, and what a
 * holder hands to the next. Immutable. {@link GroupStateCodec} gives its bytes.
 *
 * @param claim by which its holder holds it, or did last
 * @param isOpen whether that one hands out its messages; a group that is open while its holder is
 *     gone lost its holder
 * @param isUsed whether clients were there to take them
 * @param sessions those that hold the subscription and outlive their connections
 * @param places how far the group has come, one a table
 * @param inFlight what {@code places} tell as sent and nobody is done with
 */
record GroupState(
    Timestamp claim,
    boolean isOpen,
    boolean isUsed,
    List<Kept> sessions,
    List<SessionState.Place> places,
    List<InFlight> inFlight)
    implements Handover {

  /** The end of a session that never ends by itself. */
  static final long FOR_EVER = Long.MAX_VALUE;

  /** How long the row of a group outlasts the last word of a holder that has failed. */
  static final long HOLDER_MILLIS = 600_000;

  private static final long MILLIS_PER_SECOND = 1000;

  GroupState {
    sessions = List.copyOf(sessions);
    places = List.copyOf(places);
    inFlight = List.copyOf(inFlight);
  }

  /**
   * A session that holds the subscription.
   *
   * @param expirySeconds how long it outlives its connection; {@link SessionState#NEVER} for ever
   * @param untilMillis when it ends, ms since the epoch, or {@link #FOR_EVER}; 0 while its client
   *     is there
   */
  record Kept(String clientId, long expirySeconds, long untilMillis) {

    /** Tells whether its client is there. */
    boolean isConnected() {
      return untilMillis == 0;
    }

    /** Returns when it ends if its client, should it be there, goes now. */
    long endsAtMillis(long nowMillis) {
      if (!isConnected()) {
        return untilMillis;
      }
      return expirySeconds == SessionState.NEVER
          ? FOR_EVER
          : nowMillis + expirySeconds * MILLIS_PER_SECOND;
    }
  }

  /**
   * A message that nobody is done with.
   *
   * @param clientId whose it is and nobody else's ([MQTT-4.8.2-4]), or null where any may have it
   * @param consumer which was offered it, and knows whether its client was sent it; null where no
   *     client is named, or its client may have been sent it before
   */
  record InFlight(Name name, @Nullable String clientId, @Nullable ConsumerId consumer) {

    /** Returns a message that any client may have. */
    static InFlight ofAny(Name name) {
      return new InFlight(name, null, null);
    }
  }

  /**
   * Returns under which id a group is claimed; no client id has that character ([MQTT-1.5.4-2]).
   */
  static String claimId(String group) {
    return '\0' + group;
  }

  /** Returns when the row is over if nobody writes it again, ms since the epoch; 0 for never. */
  long endsAtMillis(long nowMillis) {
    long latest = isUsed ? nowMillis + HOLDER_MILLIS : 1;
    for (Kept session : sessions) {
      latest = Math.max(latest, session.endsAtMillis(nowMillis));
    }
    return latest == FOR_EVER ? 0 : latest;
  }
}
