package dev.lyrebird.mqtt;

import dev.lyrebird.journal.Timestamp;
import java.time.InstantSource;

/**
 * Gives the stamps of one node's claims: each greater than any that it has given or heard of. The
 * time of day is in them as well, so that a node that has forgotten everything does not begin below
 * what stands in rows. Pure; part of {@link Claims}.
 */
final class Stamps {

  private final long node;
  private final InstantSource wall;
  private long last;

  Stamps(long node, InstantSource wall) {
    this.node = node;
    this.wall = wall;
  }

  Timestamp next() {
    last = Math.max(last + 1, Timestamp.timeOfMillis(wall.millis()));
    return new Timestamp(last, node);
  }

  /** Hears of a stamp of another node. */
  void observe(long time) {
    last = Math.max(last, time);
  }

  /** Returns the greatest time that was given or heard of. */
  long last() {
    return last;
  }
}
