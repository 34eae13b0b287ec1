package dev.lyrebird.mqtt;

import dev.lyrebird.journal.Refusal;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a client published at QoS 1 or 2 and has no PUBACK or PUBREC for yet. Tables answer in any
 * order; these go out in the order of the PUBLISHes ([MQTT-4.6.0-2], [MQTT-4.6.0-3]), so an answer
 * waits here for those before it. Pure.
 */
final class Acknowledgements {

  private static final int FIRST_SLOTS = 8;

  /** Stands for "carried out" among the answers. */
  private static final Object DONE = new Object();

  private final Sink sink;

  /** Packet identifiers by token; the length of both arrays is the same power of two. */
  private int[] ids = new int[0];

  /** By token: null while there is no answer, {@link #DONE}, or the {@link Refusal}. */
  private @Nullable Object[] answers = new Object[0];

  /** The token of the oldest that waits. */
  private int first;

  /** The token that the next one gets. */
  private int next;

  /** Sends a PUBACK. */
  @FunctionalInterface
  interface Sink {

    /**
     * Acknowledges one PUBLISH.
     *
     * @param refusal why it was not carried out, or null where it was
     */
    void acknowledge(int packetId, @Nullable Refusal refusal);
  }

  Acknowledgements(Sink sink) {
    this.sink = sink;
  }

  /** Returns how many await their PUBACK. */
  int size() {
    return next - first;
  }

  /** Notes a PUBLISH; returns the token under which it is to be answered, never negative. */
  int open(int packetId) {
    if (size() == ids.length) {
      grow();
    }
    ids[next & (ids.length - 1)] = packetId;
    return next++ & Integer.MAX_VALUE;
  }

  /**
   * Takes the answer to a PUBLISH, and sends whatever is no longer held up.
   *
   * @param refusal why it was not carried out, or null where it was
   */
  void answer(int token, @Nullable Refusal refusal) {
    answers[token & (ids.length - 1)] = refusal == null ? DONE : refusal;
    while (first != next) {
      int slot = first & (ids.length - 1);
      Object answer = answers[slot];
      if (answer == null) {
        return;
      }
      answers[slot] = null;
      first++;
      sink.acknowledge(ids[slot], answer instanceof Refusal why ? why : null);
    }
  }

  private void grow() {
    int length = Math.max(FIRST_SLOTS, ids.length * 2);
    int[] moreIds = new int[length];
    @Nullable Object[] moreAnswers = Arrays.copyOf(new Object[0], length);
    for (int i = first; i != next; i++) {
      moreIds[i & (length - 1)] = ids[i & (ids.length - 1)];
      moreAnswers[i & (length - 1)] = answers[i & (ids.length - 1)];
    }
    ids = moreIds;
    answers = moreAnswers;
  }
}
