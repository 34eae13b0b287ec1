package dev.lyrebird.replication;

import java.util.EnumSet;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * What kind of run it is, drawn before it begins.
 *
 * @param nodes how many there are
 * @param confirm how many other nodes must have a write for it to count as acknowledged
 * @param faults what may go wrong
 * @param faultyMillis for how long
 * @param lossPercent messages that are lost
 * @param repeatPercent messages that come twice
 * @param slowPercent messages that take up to a second
 * @param isCoarse whether wall clocks show whole milliseconds only
 * @param journalBytes the bound of a journal
 * @param journalMillis how long a journal is kept
 * @param settings of the replicas
 */
record Scenario(
    int nodes,
    int confirm,
    Set<Fault> faults,
    long faultyMillis,
    int lossPercent,
    int repeatPercent,
    int slowPercent,
    boolean isCoarse,
    long journalBytes,
    long journalMillis,
    ReplicaSettings settings) {

  static final long HEARTBEAT_MILLIS = 500;
  static final long GRACE_MILLIS = 1000;

  /** How long a node may be away; also in runs in which none is away for longer. */
  static final long RETENTION_MILLIS = 5000;

  /** Within this nobody is forgotten, and so nobody gives up what it has confirmed. */
  private static final int SOON_MILLIS = 3500;

  /** What may go wrong. */
  enum Fault {
    /** Some nodes do not reach some others, or only in one direction. */
    PARTITION,
    /** One is not reached for longer than it is remembered. */
    LONG_ABSENCE,
    /** One is killed, perhaps between two steps of what it does. */
    KILL,
    /** One is stopped properly. */
    STOP,
    /** One stands still for a while. */
    STALL,
    /** One is killed, and its disk has not kept what was written last. */
    LOST_TAIL,
    /** One is killed, and begins again from an old copy of its disk. */
    OLD_DISK,
    /**
     * One is killed, and an empty node takes its place; perhaps just when it has acknowledged what
     * not all others have.
     */
    LOST_DISK,
    /** A clock is set ahead or back, or begins to drift. */
    CLOCK,
    /** A clock is set an hour ahead. */
    HOUR_AHEAD,
    /** A node is told that another has left, which is not so. */
    FALSE_ALARM
  }

  /** Draws one. */
  static Scenario random(RandomGenerator random) {
    boolean isConfirmed = random.nextInt(5) == 0;
    int nodes = 2 + random.nextInt(4);
    Set<Fault> faults = EnumSet.noneOf(Fault.class);
    for (Fault fault : Fault.values()) {
      if (random.nextInt(3) == 0) {
        faults.add(fault);
      }
    }
    if (isConfirmed) {
      faults.removeAll(Set.of(Fault.LONG_ABSENCE, Fault.LOST_TAIL, Fault.OLD_DISK, Fault.CLOCK));
      faults.removeAll(Set.of(Fault.HOUR_AHEAD));
      faults.add(Fault.LOST_DISK);
    }
    boolean isTrimmed = random.nextInt(3) == 0 && !isConfirmed;
    return new Scenario(
        nodes,
        isConfirmed ? 1 + random.nextInt(nodes - 1) : 0,
        faults,
        500 + random.nextInt(1 + random.nextInt(isConfirmed ? SOON_MILLIS : 10_000)),
        random.nextInt(3) * 10,
        random.nextInt(3) * 10,
        random.nextInt(4) * 5,
        random.nextInt(3) == 0,
        isTrimmed ? 200 + random.nextInt(2000) : Long.MAX_VALUE,
        isTrimmed ? 1000 + random.nextInt(5000) : RETENTION_MILLIS * 100,
        new ReplicaSettings(
            HEARTBEAT_MILLIS,
            HEARTBEAT_MILLIS,
            random.nextBoolean() ? 500 : 64 << 10,
            random.nextBoolean() ? 200 : 4 << 10,
            RETENTION_MILLIS,
            GRACE_MILLIS));
  }

  /** Returns the same scenario with a shorter time of faults. */
  Scenario shorter(long millis) {
    return new Scenario(
        nodes,
        confirm,
        faults,
        millis,
        lossPercent,
        repeatPercent,
        slowPercent,
        isCoarse,
        journalBytes,
        journalMillis,
        settings);
  }
}
