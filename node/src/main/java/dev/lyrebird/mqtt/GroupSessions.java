package dev.lyrebird.mqtt;

import dev.lyrebird.mqtt.GroupConsumer.Handed;
import dev.lyrebird.mqtt.GroupMessage.Name;
import dev.lyrebird.mqtt.GroupState.InFlight;
import dev.lyrebird.mqtt.GroupState.Kept;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The sessions that hold the subscription of a group and outlive their connections, and what of QoS
 * 2 waits for their clients ([MQTT-4.8.2-4]) until they are back or the session ends
 * ([MQTT-4.8.2-5]). Pure.
 */
final class GroupSessions {

  private final Map<String, Kept> kept = new HashMap<>();

  private final Map<String, SequencedMap<Name, Handed>> held = new HashMap<>();

  GroupSessions(List<Kept> earlier) {
    earlier.forEach(session -> kept.put(session.clientId(), session));
  }

  boolean isEmpty() {
    return kept.isEmpty();
  }

  List<Kept> kept() {
    return List.copyOf(kept.values());
  }

  /** A client is there. */
  void connected(String clientId, long expirySeconds) {
    if (expirySeconds > 0) {
      kept.put(clientId, new Kept(clientId, expirySeconds, 0));
    }
  }

  /** A client has gone, and its session lasts until then. */
  void away(String clientId, long expirySeconds, long untilMillis) {
    kept.put(clientId, new Kept(clientId, expirySeconds, untilMillis));
  }

  /** A session has ended, or does not hold the subscription any more. */
  void end(String clientId) {
    kept.remove(clientId);
    held.remove(clientId);
  }

  /** Ends sessions whose time is over. */
  void expire(long nowMillis) {
    kept.values().removeIf(session -> !session.isConnected() && session.untilMillis() <= nowMillis);
    held.keySet().retainAll(kept.keySet());
  }

  /** Of the clients that were there, those that are not any more have gone now. */
  void settle(Predicate<String> isHere, long nowMillis) {
    kept.replaceAll((clientId, session) ->
        session.isConnected() && !isHere.test(clientId)
            ? new Kept(clientId, session.expirySeconds(), session.endsAtMillis(nowMillis))
            : session);
  }

  /** Keeps a message for a client; for one without a session it is dropped. */
  void hold(String clientId, Handed one) {
    if (kept.containsKey(clientId)) {
      held.computeIfAbsent(clientId, fresh -> new LinkedHashMap<>()).put(one.name(), one);
    }
  }

  /** Returns what waits for a client, and keeps it no more. */
  Collection<Handed> release(String clientId) {
    SequencedMap<Name, Handed> waiting = held.remove(clientId);
    return waiting == null ? List.of() : waiting.values();
  }

  /** Likewise of one message; null where it does not wait for that client. */
  @Nullable Handed release(String clientId, Name name) {
    SequencedMap<Name, Handed> waiting = held.get(clientId);
    return waiting == null ? null : waiting.remove(name);
  }

  /** Returns all that waits. */
  Stream<Handed> held() {
    return held.values().stream().flatMap(all -> all.values().stream());
  }

  /** Likewise, as it is stored. */
  Stream<InFlight> inFlight() {
    return held.entrySet().stream()
        .flatMap(one ->
            one.getValue().keySet().stream().map(name -> new InFlight(name, one.getKey(), null)));
  }
}
