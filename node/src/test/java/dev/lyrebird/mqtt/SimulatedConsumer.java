package dev.lyrebird.mqtt;

import dev.lyrebird.mqtt.GroupLetter.Done;
import dev.lyrebird.mqtt.GroupLetter.Join;
import dev.lyrebird.mqtt.GroupLetter.Leave;
import dev.lyrebird.mqtt.GroupLetter.Offer;
import dev.lyrebird.mqtt.GroupLetter.Retire;
import dev.lyrebird.mqtt.GroupLetter.ToConsumer;
import dev.lyrebird.mqtt.GroupLetter.ToHolder;
import dev.lyrebird.mqtt.GroupMessage.Name;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What {@link Consumer} does, in the steps of a simulation, over a wire in either direction. */
final class SimulatedConsumer {

  private static final int WINDOW = 3;

  final ConsumerId id;
  final String clientId;
  final boolean isDurable;
  final Queue<ToConsumer> inbox = new ArrayDeque<>();
  final Queue<ToHolder> outbox = new ArrayDeque<>();

  /** What was offered and not sent to the client, and what was sent and not acknowledged. */
  final SequencedMap<Name, Offer> waiting = new LinkedHashMap<>();

  final SequencedMap<Name, Offer> sent = new LinkedHashMap<>();

  private final int qos;
  private final Set<Name> done = new LinkedHashSet<>();

  /** Of the same, what was sent at QoS 2. */
  private final Set<Name> completed = new LinkedHashSet<>();

  private long heard;
  private long joins;
  private boolean isRetiring;
  private boolean isFirst;

  /** Whether what comes counts only once the last joining is answered. */
  private boolean hasMoved;

  /**
   * @param completed what its session has completed at QoS 2 and was not told to forget; null where
   *     it does not hold the subscription yet
   */
  SimulatedConsumer(
      ConsumerId id, String clientId, boolean isDurable, int qos, @Nullable Set<Name> completed) {
    this.id = id;
    this.clientId = clientId;
    this.isDurable = isDurable;
    this.qos = qos;
    this.isFirst = completed == null;
    if (completed != null) {
      done.addAll(completed);
      this.completed.addAll(completed);
    }
  }

  void join() {
    List<Name> inFlight = new ArrayList<>(sent.keySet());
    inFlight.addAll(waiting.keySet());
    outbox.add(
        new Join(
            ++joins,
            isFirst,
            clientId,
            isDurable ? 60 : 0,
            qos,
            WINDOW,
            heard,
            inFlight,
            List.copyOf(done)));
  }

  /** Turns to another holder. */
  void move() {
    hasMoved = true;
    join();
    if (isRetiring) {
      outbox.add(new Retire(List.copyOf(sent.keySet())));
    }
  }

  void take(ToConsumer letter) {
    if (hasMoved && !(letter instanceof GroupLetter.Joined(var number) && number == joins)) {
      return;
    }
    switch (letter) {
      case GroupLetter.Joined _ -> {
        hasMoved = false;
        isFirst = false;
      }
      case Offer offer -> {
        boolean isGap = offer.number() != heard + 1;
        heard = offer.number();
        Name name = offer.message().name();
        if (!isRetiring && !done.contains(name) && !sent.containsKey(name)) {
          waiting.put(name, offer);
        }
        if (isGap && !isRetiring) {
          join();
        }
      }
      case GroupLetter.Forget(var names) -> {
        done.removeAll(names);
        completed.removeAll(names);
      }
      case GroupLetter.Check check -> {
        if (check.number() != heard && !isRetiring) {
          heard = check.number();
          join();
        } else if (!done.isEmpty()) {
          outbox.add(done());
        }
      }
    }
  }

  /** Takes a message to be sent to the client; one of QoS 0 is done with by that. */
  Offer send() {
    Offer offer = waiting.pollFirstEntry().getValue();
    if (offer.qos() == 0) {
      finish(offer.message().name());
    } else {
      sent.put(offer.message().name(), offer);
    }
    return offer;
  }

  /** Tells whether it would tell a new holder of a message. */
  boolean has(Name name) {
    return sent.containsKey(name) || waiting.containsKey(name) || done.contains(name);
  }

  void acknowledge(Name name) {
    Offer offer = sent.remove(name);
    if (offer != null && offer.qos() == 2) {
      completed.add(name);
    }
    finish(name);
  }

  private void finish(Name name) {
    done.add(name);
    outbox.add(new Done(List.of(name)));
  }

  void retire() {
    isRetiring = true;
    waiting.clear();
    outbox.add(done());
    outbox.add(new Retire(List.copyOf(sent.keySet())));
  }

  /** Returns what its session goes on with. */
  Set<Name> completed() {
    return completed;
  }

  boolean isRetired() {
    return isRetiring;
  }

  boolean isIdle() {
    return sent.isEmpty() && waiting.isEmpty() && done.isEmpty();
  }

  Done done() {
    return new Done(List.copyOf(done));
  }

  Leave leave() {
    return new Leave(
        List.copyOf(sent.keySet()), isDurable && !isRetiring ? GroupState.FOR_EVER : 0);
  }
}
