package dev.lyrebird.hosting;

/**
 * For how long a client has taken nothing since too much waits for it: from then until half of that
 * is gone, all times together in which its wire had no room. Time in which the wire has room, and
 * its event loop has only not come to it yet, is none. Pure; guarded by whoever has it.
 */
final class Stall {

  private boolean isOn;
  private boolean isStuck;
  private long since;
  private long before;

  /** Too much waits; does nothing if that was so already. */
  void begin(long now) {
    if (!isOn) {
      isOn = true;
      before = 0;
      since = now;
    }
  }

  /** Half of what may wait is gone. */
  void end() {
    isOn = false;
  }

  /** The wire was looked at, and has no room, or has some. */
  void look(boolean hasNoRoom, long now) {
    if (isStuck != hasNoRoom) {
      before = nanos(now);
      since = now;
      isStuck = hasNoRoom;
    }
  }

  /** Tells whether the wire had no room when it was last looked at. */
  boolean isStuck() {
    return isStuck;
  }

  /** Returns for how long, in nanoseconds; none while not too much waits. */
  long nanos(long now) {
    if (!isOn) {
      return 0;
    }
    return isStuck ? before + now - since : before;
  }
}
