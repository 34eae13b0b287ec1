package dev.lyrebird.replication;

import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.table.Table;
import java.util.List;
import java.util.Set;

/** What replicas of one table tell each other. Any of it may be lost, late, or come twice. */
public sealed interface Message {

  /**
   * Changes: all that {@code after} does not cover, in the order of the sender's journal, up to
   * some place.
   *
   * @param after what the receiver must have for these to leave no gap
   * @param pages of the sender's journal, of one origin each
   * @param head what the sender has in all
   * @param isAnswer whether the receiver asked for them
   * @param isEager whether the sender would like to know at once that they were applied
   */
  record Delta(
      VersionVector after,
      List<byte[]> pages,
      VersionVector head,
      boolean isAnswer,
      boolean isEager)
      implements Message {

    /** Returns how large the changes are. */
    public long bytes() {
      long bytes = 0;
      for (byte[] page : pages) {
        bytes += page.length;
      }
      return bytes;
    }
  }

  /**
   * How a replica stands. Sent at every heartbeat, and as acknowledgement of changes.
   *
   * @param origin in whose name the sender's changes are made
   * @param vector what it has
   * @param wallTime what its wall clock shows, in the unit of {@link
   *     dev.lyrebird.journal.Timestamp#time}
   * @param promise a time before all changes that it has yet to make
   * @param seen up to this rank it has all changes of all replicas that it knows
   * @param folded up to this rank rows may have forgotten how they came about, here or where its
   *     changes go
   * @param since when it began to be a replica; what it has beyond {@code adopted} is later
   * @param adopted what it took over from another replica when it began
   * @param isAdopting whether it is about to give up what others do not know
   * @param known the replicas that it exchanges changes with
   * @param company how many replicas it knows that know it
   * @param isAnswer whether the receiver asked for it
   * @param wantsAnswer whether it would like to be told the same of the receiver at once
   */
  record Status(
      long origin,
      VersionVector vector,
      long wallTime,
      long promise,
      long seen,
      long folded,
      long since,
      VersionVector adopted,
      boolean isAdopting,
      Set<Long> known,
      int company,
      boolean isAnswer,
      boolean wantsAnswer)
      implements Message {}

  /** Asks for the changes that a vector does not cover: {@link Delta} or {@link Beyond}. */
  record Pull(VersionVector covered) implements Message {}

  /** The sender's journal no longer reaches back to what was asked for; it still has the rows. */
  record Beyond() implements Message {}

  /**
   * Asks for the next rows of a reading: {@link Rows}.
   *
   * @param reading by which the receiver tells readings apart; a new number opens one
   * @param page the number of the page, from 0
   * @param isAnew see {@link Status#isAdopting}
   */
  record AskRows(long reading, int page, boolean isAnew) implements Message {}

  /**
   * Rows with all that they remember, in the order of the bytes of their ids.
   *
   * @param reading as asked
   * @param page as asked
   * @param covers what the whole reading covers
   * @param folded see {@link Status#folded}
   * @param rows this page of them
   * @param isLast whether there are no more
   */
  record Rows(
      long reading,
      int page,
      VersionVector covers,
      long folded,
      List<Table.StoredRow> rows,
      boolean isLast)
      implements Message {}
}
