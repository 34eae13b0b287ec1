package dev.lyrebird.mqtt;

import dev.lyrebird.mqtt.Inflight.Sent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is in flight, by packet identifier and in the order in which it was sent: a linked hash map
 * that takes some twenty bytes a message, for there may be a thousand to each of ten thousand
 * clients.
 *
 * <p>The messages stand in a ring; those that are gone leave holes. An index with open addressing
 * tells where each identifier stands; it is at most half full. Pure.
 */
final class SentById {

  private static final int LEAST_ROOM = 4;

  /** With more room than this an empty map gives it back. */
  private static final int MOST_SPARE_ROOM = 64;

  /** 2^32 over the golden ratio: the upper bits of its multiples are far apart. */
  private static final int SCATTER = 0x9e3779b1;

  private @Nullable Sent[] ring = new Sent[LEAST_ROOM];

  /** The index: identifiers, 0 for none, so that nothing else is looked at while searching. */
  private char[] ids = new char[2 * LEAST_ROOM];

  /** Where in the ring the identifier at the same place of the index stands. */
  private int[] places = new int[2 * LEAST_ROOM];

  /** How many have ever been added, and how many of the first of these are gone. */
  private int added;

  private int gone;
  private int size;

  int size() {
    return size;
  }

  @Nullable Sent get(int packetId) {
    int at = search(packetId);
    return ids[at] == 0 ? null : ring[places[at]];
  }

  /** Adds a message behind all others; returns whether its identifier was free. */
  boolean add(Sent one) {
    if (get(one.packetId()) != null) {
      return false;
    }
    if (added - gone == ring.length) {
      rebuild(size > ring.length / 2 ? 2 * ring.length : ring.length);
    }
    append(one);
    return true;
  }

  /** Puts a message in the place of the one with its identifier, which there must be. */
  void replace(Sent one) {
    ring[places[search(one.packetId())]] = one;
  }

  /** Removes a message; returns whether there was one. */
  boolean remove(int packetId) {
    int at = search(packetId);
    if (ids[at] == 0) {
      return false;
    }
    ring[places[at]] = null;
    closeIndex(at);
    size--;
    while (gone != added && ring[gone & (ring.length - 1)] == null) {
      gone++;
    }
    if (size == 0 && ring.length > MOST_SPARE_ROOM) {
      rebuild(LEAST_ROOM);
    }
    return true;
  }

  /** Returns all, in the order in which they were added. */
  List<Sent> inOrder() {
    List<Sent> all = new ArrayList<>(size);
    for (int i = gone; i != added; i++) {
      Sent one = ring[i & (ring.length - 1)];
      if (one != null) {
        all.add(one);
      }
    }
    return all;
  }

  /** Scatters identifiers: those of several bursts follow one another and would pile up. */
  private int home(int packetId) {
    return (packetId * SCATTER) >>> (Integer.numberOfLeadingZeros(ids.length) + 1);
  }

  private int next(int at) {
    return (at + 1) & (ids.length - 1);
  }

  /** Returns where in the index an identifier is, or the empty place where it would be. */
  private int search(int packetId) {
    int at = home(packetId);
    while (ids[at] != 0 && ids[at] != packetId) {
      at = next(at);
    }
    return at;
  }

  private void append(Sent one) {
    int place = added++ & (ring.length - 1);
    int at = search(one.packetId());
    ids[at] = (char) one.packetId();
    places[at] = place;
    ring[place] = one;
    size++;
  }

  /** Empties one place of the index, and moves up what would not be found behind it. */
  private void closeIndex(int emptied) {
    int hole = emptied;
    int mask = ids.length - 1;
    for (int at = next(hole); ids[at] != 0; at = next(at)) {
      int distance = (at - home(ids[at])) & mask;
      if (distance >= ((at - hole) & mask)) {
        ids[hole] = ids[at];
        places[hole] = places[at];
        hole = at;
      }
    }
    ids[hole] = 0;
  }

  private void rebuild(int room) {
    List<Sent> all = inOrder();
    ring = new Sent[room];
    ids = new char[2 * room];
    places = new int[2 * room];
    added = 0;
    gone = 0;
    size = 0;
    all.forEach(this::append);
  }
}
