package dev.lyrebird.mqtt;

import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.mqtt.SessionState.Releasing;
import dev.lyrebird.pubsub.TopicFilter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What MQTT calls the session state of one client: its subscriptions, what is in flight in either
 * direction, and, for one that has come back, what it has had before. Pure.
 */
final class Session {

  /** How far the clock of another node may be ahead: what the cluster allows by default. */
  private static final long CLOCK_SKEW_MILLIS = 60_000;

  private final Inflight inflight;
  private final Received received = new Received();

  /**
   * Whether it outlives connections, so that nodes must agree under which identifier it is sent
   * what.
   */
  private final boolean isKept;

  /** Without a map of its own until there is one, which many connections never have. */
  private Map<TopicFilter, MqttSubscription> subscriptions = Map.of();

  /** How far the client had come in each table when it was last here, until it is past that. */
  private final Map<Integer, SessionState.Place> before;

  /** Of what was sent before, what is to be sent again. */
  private final Set<Long> unacknowledged;

  /** See {@link SessionState#doubtUntilMillis}. */
  private final long doubtUntilMillis;

  /** Whether a change may have been sent by a holder of the session that has failed since. */
  private enum Age {
    /** It was made before the client came back. */
    OLD,
    /** It was made then or later by this node's clock, from which that of its origin may differ. */
    RECENT,
    /** It was made when the failed holder was gone for sure. */
    NEW
  }

  /** What is to be done with a message. */
  enum Delivery {
    /** It is sent. */
    FIRST,
    /** It is sent again, and says so ([MQTT-3.3.1-1]). */
    AGAIN,
    /** The client has had it. */
    NONE
  }

  /**
   * Creates the state of a new session.
   *
   * @param window how many publishes may be in flight to the client
   * @param isKept whether it is to outlive the connection
   */
  Session(int window, boolean isKept) {
    this.inflight = new Inflight(window);
    this.isKept = isKept;
    this.before = Map.of();
    this.unacknowledged = Set.of();
    this.doubtUntilMillis = 0;
  }

  /**
   * Creates the state of a session that goes on.
   *
   * @param window how many publishes may be in flight to the client
   */
  Session(int window, SessionState state) {
    this.inflight = new Inflight(window);
    this.isKept = true;
    this.before = new HashMap<>();
    this.unacknowledged = new HashSet<>();
    this.doubtUntilMillis = state.doubtUntilMillis();
    for (SessionState.Place place : state.places()) {
      before.put(place.table(), place);
    }
    for (long identity : state.unacknowledged()) {
      unacknowledged.add(identity);
    }
    for (Releasing one : state.releasing()) {
      inflight.open(Inflight.Sent.released(one.packetId(), one.shared()));
    }
  }

  /** Tells whether the client may have had before what it is sent now. */
  boolean hasReturned() {
    return !before.isEmpty() || doubtUntilMillis != 0;
  }

  Inflight inflight() {
    return inflight;
  }

  Received received() {
    return received;
  }

  /** Tells whether it outlives connections, or has. */
  boolean isKept() {
    return isKept;
  }

  /** Returns what the client subscribes to. */
  Collection<MqttSubscription> subscriptions() {
    return subscriptions.values();
  }

  /** Tells whether there is a subscription with that filter. */
  boolean isSubscribed(TopicFilter filter) {
    return subscriptions.containsKey(filter);
  }

  int subscriptionCount() {
    return subscriptions.size();
  }

  /** Adds a subscription or replaces it ([MQTT-3.8.4-3]); returns whether there was one before. */
  boolean subscribe(MqttSubscription subscription) {
    if (subscriptions.isEmpty()) {
      subscriptions = new HashMap<>(4);
    }
    return subscriptions.put(subscription.filter(), subscription) != null;
  }

  /** Takes a subscription back; returns whether there was one ([MQTT-3.10.4-1]). */
  boolean unsubscribe(TopicFilter filter) {
    return isSubscribed(filter) && subscriptions.remove(filter) != null;
  }

  /**
   * Decides on a change that a subscription wants.
   *
   * @param table by which all nodes know its table
   * @param qos at which it would be sent
   */
  Delivery judge(int table, Entry entry, int qos) {
    Timestamp change = entry.change().timestamp();
    SessionState.Place place = before.get(table);
    if (place != null && place.sent().covers(change)) {
      return unacknowledged.remove(identity(change)) ? Delivery.AGAIN : Delivery.NONE;
    }
    Age age = age(Math.min(change.time(), entry.localTime()));
    if (age == Age.NEW) {
      return Delivery.FIRST;
    }
    if (qos > 0) {
      return Delivery.AGAIN;
    }
    // Perhaps it was sent, and must not be twice ([MQTT-4.3.1-1]).
    return age == Age.OLD ? Delivery.NONE : Delivery.FIRST;
  }

  /**
   * Tells whether the change that made a row may be on its way to the client still: its identifier
   * is that of the row, which is sent anew.
   */
  boolean mayBeUnderWay(int table, Timestamp change) {
    SessionState.Place place = before.get(table);
    boolean isTold = place != null && place.sent().covers(change);
    return isTold ? unacknowledged.contains(identity(change)) : age(change.time()) != Age.NEW;
  }

  private Age age(long madeAt) {
    long millis = Timestamp.millisOf(madeAt);
    if (millis < doubtUntilMillis) {
      return Age.OLD;
    }
    boolean isDoubtful = doubtUntilMillis != 0 && millis < doubtUntilMillis + CLOCK_SKEW_MILLIS;
    return isDoubtful ? Age.RECENT : Age.NEW;
  }

  /**
   * Returns how far the client has come in one table.
   *
   * @param table the index by which this node knows it
   * @param key by which all nodes know it
   * @param reached behind which it would have to be told changes if it went on elsewhere
   */
  SessionState.Place place(int table, int key, VersionVector reached) {
    SessionState.Place earlier = before.get(key);
    VersionVector acked = reached;
    for (Inflight.Sent one : inflight.sent()) {
      if (one.table() == table && one.place() != null && !one.isReleased()) {
        acked = one.place().vector().before(one.change());
        break;
      }
    }
    if (earlier == null) {
      return new SessionState.Place(key, acked, reached);
    }
    if (reached.covers(earlier.sent())) {
      before.remove(key);
      if (before.isEmpty()) {
        unacknowledged.clear(); // what is left was overtaken by later versions of its rows
      }
    }
    return new SessionState.Place(key, acked.join(earlier.acked()), reached.join(earlier.sent()));
  }

  /** Returns the identities of what was sent and is to be sent again if the client comes back. */
  long[] unacknowledged() {
    List<Long> all = new ArrayList<>(unacknowledged);
    for (Inflight.Sent one : inflight.sent()) {
      if (one.place() != null && !one.isReleased()) {
        all.add(identity(one.change()));
      }
    }
    return all.stream().mapToLong(identity -> identity).toArray();
  }

  /** Returns for what a PUBREL was sent, or is about to be. */
  List<Releasing> releasing() {
    return inflight.sent().stream()
        .filter(Inflight.Sent::isReleased)
        .map(one -> new Releasing(one.packetId(), one.shared()))
        .toList();
  }

  /** Tells whether current rows of a subscription were sent and not acknowledged. */
  boolean hasRowsInFlight(MqttSubscription subscription) {
    return inflight.sent().stream().anyMatch(one -> subscription.equals(one.subscription()));
  }

  /**
   * Returns under which packet identifier a change is sent: the same on every node and whenever it
   * is sent, so that none has to be told which ([MQTT-4.4.0-1]). Changes of one burst have
   * identifiers in a row.
   */
  static int packetId(Timestamp change) {
    return 1 + (int) Math.floorMod(change.time() + spread(change.node()), 65_535L);
  }

  private static long identity(Timestamp change) {
    return spread(change.time()) ^ spread(change.node() + 1);
  }

  /** The finalizer of SplitMix64: neighbours come out far apart. */
  private static long spread(long number) {
    long mixed = (number ^ (number >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    return mixed ^ (mixed >>> 31);
  }
}
