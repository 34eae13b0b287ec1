package dev.lyrebird.resuming;

import dev.lyrebird.harness.Addresses;
import java.time.Duration;

/** A subscriber that reads only when it is told to. Owned by the thread of its episode. */
sealed interface Follower permits StreamFollower, SessionFollower {

  /**
   * Connects, and goes on where it was.
   *
   * @param receiveBytes how much the system is to take in while it does not read
   */
  void connect(Addresses node, int receiveBytes);

  boolean isConnected();

  /** Takes at most so many bytes, if any come in time; returns how many. */
  int read(int most, Duration patience);

  /** Breaks its connection off; what has come of a unit that is not whole is lost. */
  void cutOff();

  /** Whether it has been told on this connection that nothing is missing. */
  boolean isReady();

  Account account();

  /** What it is, for a failure to show. */
  @Override
  String toString();
}
