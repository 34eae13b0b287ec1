package dev.lyrebird.mqtt;

import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.VersionVector;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a session is beyond its connection: the row of its client id in the table {@code $sessions},
 * and what a holder hands to its successor. Immutable. {@link SessionStateCodec} gives its bytes.
 *
 * @param claim by which its holder holds the client id
 * @param holder the id of the node that answers for the session
 * @param isConnected whether its client is there, as far as the holder knows
 * @param doubtUntilMillis when the client was back after a holder had failed while it was there: of
 *     what was made until then more may have been sent than is told here, whenever it comes. {@link
 *     #UNTIL_BACK} as long as it is not back, 0 where no holder has failed
 * @param disconnectedAtMillis when the connection ended; 0 while it stands
 * @param expirySeconds how long the session outlives its connection; {@link #NEVER} for ever
 * @param subscriptions one a filter
 * @param places how far the client has come, one a table
 * @param unacknowledged identities of what was sent and not acknowledged: of all that the places
 *     cover as sent, only these are sent again; never changed after construction
 * @param releasing what of QoS 2 its client has, so that only PUBREL and PUBCOMP are to come
 * @param received publishes of QoS 2 that await their PUBREL
 * @param will what is published when the client is lost, or null for nothing
 * @param willAtMillis when the will falls due; 0 while the client is there, or without a will
 */
@SuppressWarnings("ArrayRecordComponent") // compared by content, see equals; copied never
record SessionState(
    Timestamp claim,
    long holder,
    boolean isConnected,
    long doubtUntilMillis,
    long disconnectedAtMillis,
    long expirySeconds,
    List<Subscription> subscriptions,
    List<Place> places,
    long[] unacknowledged,
    List<Releasing> releasing,
    List<Received> received,
    @Nullable Will will,
    long willAtMillis)
    implements Handover {

  /** The expiry of a session that never ends by itself (MQTT 5.0 §3.1.2.11.2). */
  static final long NEVER = 0xFFFF_FFFFL;

  /** The end of doubt while the client has not come back. */
  static final long UNTIL_BACK = Long.MAX_VALUE;

  private static final long MILLIS_PER_SECOND = 1000;

  SessionState {
    subscriptions = List.copyOf(subscriptions);
    places = List.copyOf(places);
    releasing = List.copyOf(releasing);
    received = List.copyOf(received);
  }

  /**
   * A subscription as SUBSCRIBE asked for it and the node granted it.
   *
   * @param filter the text of its topic filter
   * @param qos the maximum quality of service that was granted
   * @param noLocal leave out what this very client publishes
   * @param retainAsPublished keep the RETAIN flag of what arrives while the subscription stands
   * @param identifier what each delivery is to carry, or 0 for nothing
   * @param isFresh whether the current rows are still to be sent, so that no place counts for it
   */
  record Subscription(
      String filter,
      int qos,
      boolean noLocal,
      boolean retainAsPublished,
      int identifier,
      boolean isFresh) {}

  /**
   * How far the client has come in one table.
   *
   * @param table by which all nodes know it: {@link dev.lyrebird.journal.Cursor#tableKey}
   * @param acked all behind it is done with
   * @param sent all behind it has been sent at least once
   */
  record Place(int table, VersionVector acked, VersionVector sent) {}

  /**
   * A message of QoS 2 whose PUBCOMP is awaited.
   *
   * @param packetId under which it was sent
   * @param shared which message of which group it is, or null where no group has handed it out
   */
  record Releasing(int packetId, @Nullable Shared shared) {}

  /**
   * A message that a group has handed out.
   *
   * @param group the whole filter of the group
   */
  record Shared(String group, GroupMessage.Name name) {}

  /**
   * A publish of QoS 2 that awaits its PUBREL.
   *
   * @param packetId of the client
   * @param table which has it: {@link dev.lyrebird.journal.Cursor#tableKey}; {@link #NO_TABLE}
   *     where users' code was handed it
   */
  record Received(int packetId, int table) {

    /** The key of no table. */
    static final int NO_TABLE = 0;
  }

  /**
   * What is published in the name of a client that is lost.
   *
   * @param publication what and where
   * @param delaySeconds how long its client may be away before (MQTT 5.0 §3.1.3.2.2)
   */
  record Will(Publication publication, long delaySeconds) {}

  /** Returns the state of a new session whose client is there. */
  static SessionState fresh(Timestamp claim, Connect connect) {
    return new SessionState(
        claim,
        claim.node(),
        true,
        0,
        0,
        connect.expirySeconds(),
        List.of(),
        List.of(),
        new long[0],
        List.of(),
        List.of(),
        connect.will(),
        0);
  }

  /** Returns this session as a new connection takes it over. */
  SessionState takenOver(
      Timestamp newClaim, Connect connect, List<Received> allReceived, long nowMillis) {
    return new SessionState(
        newClaim,
        newClaim.node(),
        true,
        isConnected || doubtUntilMillis == UNTIL_BACK ? nowMillis : doubtUntilMillis,
        0,
        connect.expirySeconds(),
        subscriptions,
        places,
        unacknowledged,
        releasing,
        allReceived,
        connect.will(),
        0);
  }

  /**
   * Returns this session as a node takes it over whose holder is gone, and with it the client.
   *
   * @param newHolder who answers for it from now on
   */
  SessionState orphaned(long newHolder, long nowMillis) {
    if (!isConnected) {
      return new SessionState(
          claim,
          newHolder,
          false,
          doubtUntilMillis,
          disconnectedAtMillis,
          expirySeconds,
          subscriptions,
          places,
          unacknowledged,
          releasing,
          received,
          will,
          willAtMillis);
    }
    long delaySeconds = will == null ? 0 : Math.min(will.delaySeconds(), expirySeconds);
    return new SessionState(
        claim,
        newHolder,
        false,
        UNTIL_BACK,
        nowMillis,
        expirySeconds,
        subscriptions,
        places,
        unacknowledged,
        releasing,
        received,
        delaySeconds == 0 ? null : will,
        delaySeconds == 0 ? 0 : nowMillis + delaySeconds * MILLIS_PER_SECOND);
  }

  /** Returns this session with its will published. */
  SessionState withoutWill() {
    return new SessionState(
        claim,
        holder,
        isConnected,
        doubtUntilMillis,
        disconnectedAtMillis,
        expirySeconds,
        subscriptions,
        places,
        unacknowledged,
        releasing,
        received,
        null,
        0);
  }

  /** Tells whether the session has ended. */
  boolean isOver(long nowMillis) {
    long endsAt = endsAtMillis();
    return endsAt != 0 && endsAt <= nowMillis;
  }

  /** Returns when the session is over, ms since the epoch; 0 while nothing ends it. */
  long endsAtMillis() {
    return isConnected || expirySeconds == NEVER
        ? 0
        : disconnectedAtMillis + expirySeconds * MILLIS_PER_SECOND;
  }

  /** Tells whether both have the same bytes, which say all there is. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SessionState that
        && Arrays.equals(SessionStateCodec.encode(this), SessionStateCodec.encode(that));
  }

  @Override
  public int hashCode() {
    return claim.hashCode();
  }
}
