package dev.lyrebird.mqtt;

import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.mqtt.GroupMessage.Name;
import dev.lyrebird.mqtt.GroupState.InFlight;
import dev.lyrebird.mqtt.SessionState.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the holder of a group knows of what was handed out before it took the group up: what was
 * stored, and what consumers say. It shrinks as the journal brings one message after the other.
 * Pure.
 */
final class Inheritance {

  /** After so long nobody looks for what a consumer had of an earlier holder. */
  private static final long STATED_MILLIS = 60_000;

  /** How far the earlier holder had come in each table, until the group is past that. */
  private final Map<Integer, Place> before = new HashMap<>();

  /** Of what it had come past, what nobody was done with. */
  private final Map<Name, InFlight> left = new HashMap<>();

  /** What consumers have or are done with, and the journal has not brought yet. */
  private final Map<Name, Stated> stated = new HashMap<>();

  /** Whether the earlier holder failed, so that it may have handed out what it did not store. */
  private final boolean isDoubtful;

  /** What is known of a message by the word of a consumer. */
  private record Stated(ConsumerId consumer, Standing standing, long sinceMillis) {

    boolean isInFlightAt(ConsumerId id) {
      return standing instanceof Standing.InFlight && consumer.equals(id);
    }
  }

  private sealed interface Standing {

    /** The consumer has it. */
    record InFlight() implements Standing {}

    /** The consumer is done with it. */
    record Done() implements Standing {}

    /** The consumer is gone, and its client may have been sent it, at that QoS or less. */
    record Sent(String clientId, int qos) implements Standing {}
  }

  /** What is to become of a message. */
  sealed interface Verdict {

    /** Nobody was handed it. */
    record Fresh() implements Verdict {}

    /** Somebody may have been handed it, and any may be. */
    record Again() implements Verdict {}

    /** Nobody is to be handed it. */
    record Over() implements Verdict {}

    /** A consumer is done with it. */
    record Done(ConsumerId consumer) implements Verdict {}

    /**
     * A consumer has it.
     *
     * @param isBound whether its client was to be sent it at QoS 2
     */
    record Has(ConsumerId consumer, boolean isBound) implements Verdict {}

    /** It is that client's at QoS 2, and nobody else's ([MQTT-4.8.2-4]). */
    record OfClient(String clientId) implements Verdict {}
  }

  /**
   * @param earlier what was stored or handed over; null for nothing
   */
  Inheritance(@Nullable GroupState earlier) {
    this.isDoubtful = earlier != null && earlier.isOpen();
    if (earlier != null) {
      earlier.places().forEach(place -> before.put(place.table(), place));
      earlier.inFlight().forEach(one -> left.put(one.name(), one));
    }
  }

  /**
   * Tells what is to become of the next message of the journal.
   *
   * @param isOld whether it may have been there before this holder took the group up
   */
  Verdict judge(GroupMessage message, boolean isOld) {
    Name name = message.name();
    Place place = before.get(name.table());
    Stated word = stated.remove(name);
    InFlight mine = left.remove(name);
    String client = mine == null ? null : mine.clientId();
    if (word != null) {
      return switch (word.standing) {
        case Standing.InFlight _ -> new Verdict.Has(word.consumer, client != null);
        case Standing.Done _ -> new Verdict.Done(word.consumer);
        case Standing.Sent(var clientId, var qos) ->
            switch (client == null ? Math.min(qos, message.qos()) : 2) {
              case 0 -> new Verdict.Over(); // [MQTT-4.3.1-1]
              case 1 -> new Verdict.Again();
              default -> new Verdict.OfClient(clientId);
            };
      };
    }
    if (place != null && place.sent().covers(name.change())) {
      return mine == null ? new Verdict.Over() : again(message, client);
    }
    return isDoubtful && isOld ? again(message, null) : new Verdict.Fresh();
  }

  /** Of QoS 0 nothing is handed out that may have been sent: it is delivered at most once. */
  private Verdict again(GroupMessage message, @Nullable String client) {
    if (client != null) {
      return new Verdict.OfClient(client);
    }
    return isDoubtful && message.qos() == 0 ? new Verdict.Over() : new Verdict.Again();
  }

  /** A consumer has told what it has: what it was offered beyond that, its client was not sent. */
  void disown(ConsumerId consumer, Predicate<Name> has) {
    left.replaceAll((name, one) ->
        consumer.equals(one.consumer()) && !has.test(name) ? InFlight.ofAny(name) : one);
  }

  /** A session has ended: what its client was sent of QoS 2 goes to nobody ([MQTT-4.8.2-5]). */
  void endSession(String clientId) {
    left.values().removeIf(one -> clientId.equals(one.clientId()));
  }

  /** A consumer says that it has a message that may come yet. */
  void has(ConsumerId consumer, Name name, long nowMillis) {
    stated.put(name, new Stated(consumer, new Standing.InFlight(), nowMillis));
  }

  /** A consumer says that it is done with a message that may come yet. */
  void done(ConsumerId consumer, Name name, long nowMillis) {
    stated.put(name, new Stated(consumer, new Standing.Done(), nowMillis));
  }

  /** Tells whether a consumer has what has not come yet. */
  boolean isAwaitedFor(ConsumerId consumer) {
    return stated.values().stream().anyMatch(one -> one.isInFlightAt(consumer));
  }

  /** A consumer keeps of what it has only what its client was sent. */
  void retain(ConsumerId consumer, Predicate<Name> wasSent) {
    stated
        .entrySet()
        .removeIf(one -> one.getValue().isInFlightAt(consumer) && !wasSent.test(one.getKey()));
    disown(consumer, wasSent);
  }

  /** A consumer is gone. */
  void leave(GroupConsumer consumer, Predicate<Name> wasSent) {
    retain(consumer.id(), wasSent);
    stated.replaceAll((name, one) ->
        one.isInFlightAt(consumer.id())
            ? new Stated(
                consumer.id(),
                new Standing.Sent(consumer.clientId(), consumer.qos()),
                one.sinceMillis)
            : one);
  }

  /** A message is done with; returns whether that is known, or will not be asked any more. */
  boolean end(Name name) {
    Place place = before.get(name.table());
    boolean isKnown =
        left.remove(name) != null || (place != null && place.acked().covers(name.change()));
    if (isKnown) {
      stated.remove(name);
    }
    return isKnown;
  }

  /**
   * What was stated long ago will not come any more.
   *
   * @return of that, what consumers are done with
   */
  Map<Name, ConsumerId> expire(long nowMillis) {
    Map<Name, ConsumerId> done = new HashMap<>();
    stated
        .entrySet()
        .removeIf(one -> {
          boolean isStale = nowMillis - one.getValue().sinceMillis > STATED_MILLIS;
          if (isStale && one.getValue().standing instanceof Standing.Done) {
            done.put(one.getKey(), one.getValue().consumer);
          }
          return isStale;
        });
    return done;
  }

  /**
   * Returns how far the group has come in a table.
   *
   * @param acked up to where this holder is done with what it has read
   * @param reached up to where it has read
   */
  Place place(int table, VersionVector acked, VersionVector reached) {
    Place earlier = before.get(table);
    if (earlier == null) {
      return new Place(table, acked, reached);
    }
    if (reached.covers(earlier.sent())) {
      before.remove(table);
      left.keySet().removeIf(name -> name.table() == table); // overtaken by later versions of rows
    }
    return new Place(table, acked.join(earlier.acked()), reached.join(earlier.sent()));
  }

  /** Returns the places in the tables that have not been read yet. */
  List<Place> unread(Set<Integer> read) {
    List<Place> places = new ArrayList<>();
    before.forEach((table, place) -> {
      if (!read.contains(table)) {
        places.add(place);
      }
    });
    return places;
  }

  /** Returns what nobody was done with and has not come yet. */
  Stream<InFlight> inFlight() {
    return left.values().stream();
  }
}
