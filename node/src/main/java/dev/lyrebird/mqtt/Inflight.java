package dev.lyrebird.mqtt;

/**
 * The packet identifiers of what was sent at QoS 1 and not acknowledged yet ([MQTT-2.2.1-3]),
 * within the client's Receive Maximum ([MQTT-3.3.4-9]).
 *
 * <p>Identifiers are given in ascending order and mostly come back so: each has its slot by its low
 * bits, and one whose slot is taken by a late one is passed over. Pure.
 */
final class Inflight {

  private static final int MAX_ID = 65_535;
  private static final int FIRST_SLOTS = 8;

  private final int window;

  /** Packet identifiers by their low bits; 0 where there is none. The length is a power of two. */
  private char[] slots = new char[0];

  private int size;
  private int last;

  /**
   * Creates an empty window.
   *
   * @param window how many may be in flight, 1 to 65,535
   */
  Inflight(int window) {
    this.window = window;
  }

  int size() {
    return size;
  }

  boolean hasRoom() {
    return size < window;
  }

  /** Tells whether at most half of the window is in use, so that sending again is worth while. */
  boolean hasAmpleRoom() {
    return size <= window / 2;
  }

  /** Takes an identifier, 1 to 65,535; there must be room. */
  int open() {
    if (!hasRoom()) {
      throw new IllegalStateException("all " + window + " places in flight are taken");
    }
    if (size == slots.length) {
      grow();
    }
    do {
      last = last == MAX_ID ? 1 : last + 1;
    } while (slots[slot(last)] != 0);
    slots[slot(last)] = (char) last;
    size++;
    return last;
  }

  /** Gives an identifier back; returns whether it was in flight. */
  boolean close(int id) {
    if (slots.length == 0 || id == 0 || slots[slot(id)] != id) {
      return false;
    }
    slots[slot(id)] = 0;
    size--;
    return true;
  }

  /** With twice the slots every identifier still has one of its own. */
  private void grow() {
    char[] old = slots;
    slots = new char[Math.max(FIRST_SLOTS, old.length * 2)];
    for (char id : old) {
      slots[slot(id)] = id;
    }
  }

  private int slot(int id) {
    return id & (slots.length - 1);
  }
}
