package dev.lyrebird.mqtt;

import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.mqtt.SessionState.Shared;
import dev.lyrebird.pubsub.Event;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was sent at QoS 1 or 2 and is not done with yet, by packet identifier ([MQTT-2.2.1-3]) and
 * in the order in which it was sent, within the client's Receive Maximum ([MQTT-3.3.4-9]).
 *
 * <pre>
 *   QoS 1   open --PUBACK--> done
 *   QoS 2   open --PUBREC--> released --PUBCOMP--> done
 * </pre>
 *
 * <p>Pure.
 */
final class Inflight {

  private static final int MAX_ID = 65_535;
  private static final int NO_TABLE = -1;

  private final int window;

  /** Null until something is sent, which to most connections never happens. */
  private @Nullable SentById sent;

  /** Identifiers that no message may use yet, though they count for nothing else. */
  private @Nullable Map<Integer, Boolean> spent;

  /** What is to be sent when its identifier is free; it counts as sent already. */
  private @Nullable Sent heldBack;

  private int last;

  /**
   * What was sent.
   *
   * @param packetId under which
   * @param qos 1 or 2
   * @param change the name of the change
   * @param table the index of its table
   * @param place behind the change in that table's journal; null for a current row, and for what a
   *     group has handed out
   * @param subscription for which a current row was sent; null for a change
   * @param shared which message of which group it is; null for what no group has handed out
   * @param isReleased whether the client has it for good, so that only PUBREL and PUBCOMP are to
   *     come
   */
  record Sent(
      int packetId,
      int qos,
      Timestamp change,
      int table,
      @Nullable Place place,
      @Nullable MqttSubscription subscription,
      @Nullable Shared shared,
      boolean isReleased) {

    /** Returns a change that is sent for what the client subscribes to. */
    static Sent change(int packetId, int qos, Event event) {
      return new Sent(
          packetId,
          qos,
          event.entry().change().timestamp(),
          event.table(),
          event.place(),
          null,
          null,
          false);
    }

    /** Returns a current row that is sent for a subscription. */
    static Sent row(int packetId, int qos, Event event, MqttSubscription subscription) {
      Timestamp change = event.entry().change().timestamp();
      return new Sent(packetId, qos, change, event.table(), null, subscription, null, false);
    }

    /** Returns what a group has handed out: it says nothing of how far the client has come. */
    static Sent shared(int packetId, int qos, Shared shared) {
      return new Sent(packetId, qos, shared.name().change(), NO_TABLE, null, null, shared, false);
    }

    /** Returns what is left of a message whose PUBREL may have been sent before. */
    static Sent released(int packetId, @Nullable Shared shared) {
      return new Sent(packetId, 2, Timestamp.NONE, NO_TABLE, null, null, shared, true);
    }

    private Sent released() {
      return new Sent(packetId, qos, change, table, place, subscription, shared, true);
    }
  }

  /**
   * Creates an empty window.
   *
   * @param window how many may be in flight, 1 to 65,535
   */
  Inflight(int window) {
    this.window = window;
  }

  int size() {
    return sent == null ? 0 : sent.size();
  }

  boolean hasRoom() {
    return size() < window;
  }

  /** Tells whether at most half of the window is in use, so that sending again is worth while. */
  boolean hasAmpleRoom() {
    return size() <= window / 2;
  }

  /** Tells whether a message may be sent under an identifier. */
  boolean isFree(int packetId) {
    return get(packetId) == null && (spent == null || !spent.containsKey(packetId));
  }

  /** Returns the next identifier that is free; there must be room. */
  int nextFree() {
    if (!hasRoom()) {
      throw new IllegalStateException("all " + window + " places in flight are taken");
    }
    do {
      last = last == MAX_ID ? 1 : last + 1;
    } while (!isFree(last));
    return last;
  }

  /** Notes what is being sent, under an identifier that is free. */
  void open(Sent one) {
    if (sent == null) {
      sent = new SentById();
    }
    if (!sent.add(one)) {
      throw new IllegalStateException("packet identifier %d is in use".formatted(one.packetId()));
    }
  }

  /** Takes note that the client has a message of QoS 1; returns whether one was in flight. */
  boolean acknowledge(int packetId) {
    Sent one = get(packetId);
    return one != null && one.qos() == 1 && remove(packetId);
  }

  /** Takes note that the client has a message of QoS 2; returns whether one was in flight. */
  boolean release(int packetId) {
    Sent one = get(packetId);
    if (one == null || one.qos() != 2) {
      return false;
    }
    if (!one.isReleased() && sent != null) {
      sent.replace(one.released());
    }
    return true;
  }

  /** Tells whether the PUBCOMP of a message of QoS 2 is awaited. */
  boolean isReleased(int packetId) {
    Sent one = get(packetId);
    return one != null && one.isReleased();
  }

  /** Takes note that a message of QoS 2 is done with; returns whether it was released. */
  boolean complete(int packetId) {
    Sent one = get(packetId);
    return one != null && one.isReleased() && remove(packetId);
  }

  /** Takes note that the client does not want a message of QoS 2 ([MQTT-4.3.3-4]). */
  boolean discard(int packetId) {
    Sent one = get(packetId);
    return one != null && one.qos() == 2 && !one.isReleased() && remove(packetId);
  }

  /** Notes what has to wait until its identifier is free, or that nothing has to any more. */
  void holdBack(@Nullable Sent one) {
    heldBack = one;
  }

  /** Keeps an identifier from being used until {@link #reuse}. */
  void spend(int packetId) {
    if (spent == null) {
      spent = new LinkedHashMap<>();
    }
    spent.put(packetId, true);
  }

  /** Lets identifiers be used again. */
  void reuse(Collection<Integer> packetIds) {
    if (spent != null) {
      spent.keySet().removeAll(packetIds);
    }
  }

  /** Returns the identifiers that must not be used yet. */
  List<Integer> spent() {
    return spent == null ? List.of() : List.copyOf(spent.keySet());
  }

  /** Returns what is in flight, in the order in which it was sent, and last what is held back. */
  List<Sent> sent() {
    List<Sent> all = sent == null ? new ArrayList<>(1) : sent.inOrder();
    if (heldBack != null) {
      all.add(heldBack);
    }
    return all;
  }

  private @Nullable Sent get(int packetId) {
    return sent == null ? null : sent.get(packetId);
  }

  private boolean remove(int packetId) {
    return sent != null && sent.remove(packetId);
  }
}
