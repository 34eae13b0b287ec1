package dev.lyrebird.mqtt;

import dev.lyrebird.mqtt.GroupMessage.Name;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a group is beyond its holder: the row of its filter in the table {@code $sessions}.
 * Immutable. {@link GroupStateCodec} gives its bytes.
 *
 * @param holder the id of the node that hands out its messages, or did last
 * @param isOpen whether it does; a group that is open while its holder is gone lost its holder
 * @param sessions those that hold the subscription and outlive their connections
 * @param places how far the group has come, one a table
 * @param inFlight what {@code places} tell as sent and nobody is done with
 */
record GroupState(
    long holder,
    boolean isOpen,
    List<Kept> sessions,
    List<SessionState.Place> places,
    List<InFlight> inFlight) {

  /** The end of a session that never ends by itself, or whose client is there. */
  static final long FOR_EVER = Long.MAX_VALUE;

  GroupState {
    sessions = List.copyOf(sessions);
    places = List.copyOf(places);
    inFlight = List.copyOf(inFlight);
  }

  /**
   * A session that holds the subscription.
   *
   * @param untilMillis when it ends, ms since the epoch, or {@link #FOR_EVER}
   */
  record Kept(String clientId, long untilMillis) {}

  /**
   * A message that nobody is done with.
   *
   * @param clientId whose it is and nobody else's ([MQTT-4.8.2-4]), or null where any may have it
   */
  record InFlight(Name name, @Nullable String clientId) {}

  /** Returns under which id the row stands; no client id has that character ([MQTT-1.5.4-2]). */
  static String rowId(String group) {
    return '\0' + group;
  }

  /** Tells whether a row of {@code $sessions} is one of a group. */
  static boolean isGroup(String rowId) {
    return rowId.startsWith("\0");
  }

  /** Returns when the row is over, ms since the epoch; 0 while nothing ends it. */
  long endsAtMillis() {
    long latest = sessions.stream().mapToLong(Kept::untilMillis).max().orElse(1);
    return latest == FOR_EVER ? 0 : latest;
  }
}
