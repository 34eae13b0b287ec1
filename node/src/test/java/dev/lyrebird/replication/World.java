package dev.lyrebird.replication;

import dev.lyrebird.journal.VersionVector;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * What all nodes of a simulation share, and what can be known of them only from outside.
 *
 * @param scenario what kind of run it is
 * @param flaw what is wrong with the nodes
 * @param ticks virtual time, ms
 * @param freshNumber gives numbers that nobody has used
 * @param chronicle all changes
 * @param disks those that have not been lost
 * @param everKnown by node id, the changes that it has had at some time
 * @param readings the changes that a reading of rows reflects
 */
record World(
    Scenario scenario,
    Flaw flaw,
    LongSupplier ticks,
    LongSupplier freshNumber,
    Chronicle chronicle,
    List<Disk> disks,
    Map<Long, BitSet> everKnown,
    Map<Reading, BitSet> readings) {

  /** A reading of rows, by its number and what it says that it covers. */
  record Reading(long number, VersionVector covers) {

    static Reading of(Message.Rows rows) {
      return new Reading(rows.reading(), rows.covers());
    }
  }

  World(Scenario scenario, Flaw flaw, LongSupplier ticks, LongSupplier freshNumber) {
    this(
        scenario,
        flaw,
        ticks,
        freshNumber,
        new Chronicle(),
        new ArrayList<>(),
        new HashMap<>(),
        new HashMap<>());
  }

  /** Notes that a disk has lost changes. */
  void forgotten(BitSet changes) {
    BitSet lost = (BitSet) changes.clone();
    disks.forEach(disk -> lost.andNot(disk.known()));
    chronicle.lose(lost);
  }

  /** Returns what a node has ever known. */
  BitSet everKnown(long node) {
    return everKnown.computeIfAbsent(node, id -> new BitSet());
  }
}
