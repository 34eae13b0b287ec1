package dev.lyrebird.mqtt;

import dev.lyrebird.mqtt.GroupLetter.Join;
import dev.lyrebird.mqtt.GroupMessage.Name;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** A consumer as {@link ShareGroup} knows it, and what it was handed. */
final class GroupConsumer {

  /** The number of what a consumer has from an earlier holder. */
  static final long TOLD_BEFORE = 0;

  /** The number of an offer that waits to be stored. */
  static final long UNTOLD = Long.MAX_VALUE;

  /** How much may be under way to one consumer, beyond the first message. */
  private static final long MAX_BYTES = 1 << 20;

  private final ConsumerId id;
  private final String clientId;
  private final SequencedMap<Name, Handed> handed = new LinkedHashMap<>();
  private long expirySeconds;
  private int qos;
  private int window;
  private boolean isRetiring;

  /** The number of its last offer. */
  private long told;

  /** How much of what it is to be told waits to be stored; what follows waits with it. */
  private int untold;

  private long bytes;

  /**
   * A message that is a consumer's.
   *
   * @param isBound whether its client may have been sent it at QoS 2, so that no other can have it
   * @param number of its offer
   */
  record Handed(GroupMessage message, int qos, boolean isAgain, boolean isBound, long number) {

    Name name() {
      return message.name();
    }

    /** Returns the same as it is offered to its client once more. */
    Handed again() {
      return new Handed(message, qos, true, true, UNTOLD);
    }
  }

  GroupConsumer(ConsumerId id, Join join) {
    this.id = id;
    this.clientId = join.clientId();
    this.told = join.heard();
  }

  /** Takes what may change from one joining to the next. */
  void update(Join join) {
    expirySeconds = join.expirySeconds();
    qos = join.qos();
    window = join.window();
  }

  ConsumerId id() {
    return id;
  }

  String clientId() {
    return clientId;
  }

  long expirySeconds() {
    return expirySeconds;
  }

  int qos() {
    return qos;
  }

  /** Returns how many messages it takes before it is done with the first. */
  int window() {
    return isRetiring ? 0 : window;
  }

  long told() {
    return told;
  }

  boolean isRetiring() {
    return isRetiring;
  }

  /** It takes no more, but may be done with what it has. */
  void retire() {
    isRetiring = true;
  }

  /** Returns how many messages it can take now. */
  int room() {
    return isRetiring || (bytes > MAX_BYTES && !handed.isEmpty()) ? 0 : window - handed.size();
  }

  SequencedMap<Name, Handed> handed() {
    return handed;
  }

  boolean has(Name name) {
    return handed.containsKey(name);
  }

  void put(Handed one) {
    remove(one.name());
    handed.put(one.name(), one);
    bytes += one.message().bytes();
    untold += one.number() == UNTOLD ? 1 : 0;
  }

  @Nullable Handed remove(Name name) {
    Handed one = handed.remove(name);
    if (one != null) {
      bytes -= one.message().bytes();
      untold -= one.number() == UNTOLD ? 1 : 0;
    }
    return one;
  }

  /** Has what follows wait until {@link #joined}. */
  void joining() {
    untold++;
  }

  void joined() {
    untold--;
  }

  /** Tells whether something waits to be stored that is to be told before anything else. */
  boolean isBehind() {
    return untold > 0;
  }

  /** Counts an offer and returns what is offered. */
  Handed tell(Handed one) {
    told++;
    Handed numbered = new Handed(one.message(), one.qos(), one.isAgain(), one.isBound(), told);
    if (has(one.name())) {
      untold -= handed.put(one.name(), numbered).number() == UNTOLD ? 1 : 0;
    } else {
      put(numbered);
    }
    return numbered;
  }
}
