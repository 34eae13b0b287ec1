package dev.lyrebird.replication;

import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.VersionVector;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** What a replica knows of another one. Owned by the replica. */
final class Peer {

  final long node;

  /** Whether it is a member of the cluster at the moment. */
  boolean isPresent;

  /** Whether it is one of those that exchange changes; such a one is waited for. */
  boolean isKnown;

  /** What the rows cover that it is taking over to begin anew with them; it is waited for, too. */
  @Nullable VersionVector entering;

  /** How it stood when it said so last; null while it has not. */
  Message.@Nullable Status status;

  /** What it is known to have: what it said, and what its changes told. */
  VersionVector vector = VersionVector.EMPTY;

  /** What it had some time ago: long enough for all of that to be here, had nothing been lost. */
  VersionVector vectorBefore = VersionVector.EMPTY;

  /** Up to here all changes that it has made, or has heard of, are here. */
  long frontier;

  /** Up to here it has said that it has all changes. */
  long seen;

  /** Whether its journal did not reach back to what this replica lacks when that was last tried. */
  boolean saysBeyond;

  /** When it was heard last, ms since the epoch; 0 for never. */
  long heardMillis;

  /** The same in ticks, which no one sets back or forth. */
  long heardAt;

  long skewMillis;
  @Nullable String lastError;

  /** Bytes of changes that came from it since it was last told how this replica stands. */
  long unacknowledgedBytes;

  /** When it was last told how this replica stands, in ticks. */
  long toldAt;

  private final Deque<Push> underWay = new ArrayDeque<>();
  private long bytesUnderWay;
  private boolean isOverrun;

  private record Push(Timestamp upTo, long bytes) {}

  Peer(long node) {
    this.node = node;
  }

  /**
   * Tells whether it is there, exchanges changes, and did so with a replica when it said so last.
   * One that is about to give up its past is about to give up those as well.
   */
  boolean isCompanion(long replica) {
    Message.Status last = status;
    return isPresent
        && isKnown
        && last != null
        && !last.isAdopting()
        && last.known().contains(replica);
  }

  /** Tells whether it made its changes in that name when it said so last. */
  boolean isOrigin(long name) {
    Message.Status last = status;
    return last != null && last.origin() == name;
  }

  /** Tells whether what it has yet to tell must not be older than what is folded. */
  boolean isAwaited() {
    return isKnown || entering != null;
  }

  /** Tells whether it is about to give up what others do not know. */
  boolean isAdopting() {
    Message.Status last = status;
    return last != null && last.isAdopting();
  }

  /** Notes what it says it has: all of it. It may be less than before, on an older disk. */
  void stands(Message.Status said) {
    status = said;
    vector = said.vector();
    release();
  }

  /** Notes that it has something. */
  void has(VersionVector more) {
    vector = vector.join(more);
    release();
  }

  private void release() {
    while (!underWay.isEmpty() && vector.covers(underWay.getFirst().upTo())) {
      bytesUnderWay -= underWay.removeFirst().bytes();
    }
    isOverrun = isOverrun && !underWay.isEmpty();
  }

  /** Tells whether more may be pushed to it; if not, it has to pull. */
  boolean hasRoom(long limit) {
    isOverrun = isOverrun || bytesUnderWay > limit;
    return !isOverrun;
  }

  /** Notes that changes are on their way to it. */
  void pushed(Timestamp upTo, long bytes) {
    underWay.add(new Push(upTo, bytes));
    bytesUnderWay += bytes;
  }

  /** Notes that it has left: nothing is on its way to it any more. */
  void left() {
    isPresent = false;
    underWay.clear();
    bytesUnderWay = 0;
    isOverrun = false;
  }

  /**
   * Notes that this replica has come further: it may now have all that the peer had heard of when
   * it said last how it stands. Before that, what the peer says it has seen may include changes
   * that are not here.
   */
  void compare(VersionVector mine) {
    Message.Status last = status;
    if (last != null && !last.isAdopting() && mine.covers(last.vector())) {
      frontier = Math.max(frontier, last.promise());
      seen = Math.max(seen, last.seen());
    }
  }
}
