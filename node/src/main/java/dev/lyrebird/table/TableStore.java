package dev.lyrebird.table;

import dev.lyrebird.journal.EntryCodec;
import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Reception;
import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.query.KeyRange;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Where one table keeps its journal and its rows. The journal is the truth: rows may lie behind it,
 * and say how far they have come, so that what is missing can be merged in again.
 *
 * <p>Owned by the thread of the table.
 */
public interface TableStore {

  /**
   * How far a store has come.
   *
   * @param head the place behind the last entry of the journal
   * @param settled the place up to which the rows have taken in the journal
   * @param trimmed the place before which the journal has been dropped
   * @param gap the last jump over what the journal does not hold, or {@link Gap#NONE}
   * @param horizon the latest rank that any row has reached
   * @param latest the latest local time at which anything was journalled
   */
  record Progress(Place head, Place settled, Place trimmed, Gap gap, long horizon, long latest) {}

  /**
   * Where a journal goes on with more than its entries tell, because rows were taken over from
   * another replica as they stood.
   *
   * @param position of the last entry before it
   * @param skipped what was skipped: who has it all can read across
   */
  record Gap(long position, VersionVector skipped) {

    /** The gap of a journal that has none. */
    static final Gap NONE = new Gap(0, VersionVector.EMPTY);
  }

  /** Returns how far the store has come. Read once, when the table is opened. */
  Progress progress();

  /**
   * Appends pages of entries to the journal. When it returns, they are as durable as the
   * configuration promises of an acknowledged write.
   *
   * @param before the place before the first entry of the first page
   * @param pages as {@link EntryCodec} writes them
   * @param checkpoint whether to note the place before these pages, so that it can be found and
   *     serve as the end of a trim; always before the first page
   * @param localTime of the pages, or of what lies before them if that is later
   * @param received what is kept if and only if the pages are
   * @param segments of the index of entries that these pages fill
   */
  void append(
      Place before,
      List<byte[]> pages,
      boolean checkpoint,
      long localTime,
      List<Reception> received,
      List<Segment> segments);

  /**
   * A stretch of the index of entries; see {@link EntryIndex}.
   *
   * @param lastPosition of the entries that it tells of; it goes when they have all been dropped
   * @param parts each of which can be read alone
   */
  record Segment(long lastPosition, List<byte[]> parts) {}

  /** Returns a part of a segment of the index, or null where there is no such segment. */
  byte @Nullable [] indexed(long lastPosition, int part);

  /** Returns what a page takes in the journal: its bytes, and its entries in the index. */
  static long stored(byte[] page) {
    return page.length + EntryIndex.BYTES_PER_ENTRY * EntryCodec.head(page).entries();
  }

  /** Keeps receptions for which nothing is journalled, as durably as {@link #append} does. */
  void receive(List<Reception> receptions);

  /** Deletes receptions, as durably as {@link #append} stores. What is not there is no fault. */
  void release(List<Reception> receptions);

  /** Deletes the receptions that are not to be kept, as durably as {@link #append} stores. */
  void releaseUnless(Predicate<Reception> isKept);

  /** Returns the receptions of a client, in no particular order. */
  List<Reception> receptions(long client);

  /**
   * Notes that the journal goes on behind a gap.
   *
   * @param to the place behind it, at the position of the last entry
   * @param gap what was skipped
   * @param localTime when, or that of what lies before if that is later
   */
  void skip(Place to, Gap gap, long localTime);

  /**
   * Begins the journal anew: what lies before a place is dropped, and so is what was said of the
   * places behind it.
   *
   * @param at the place; the entries behind it stay, of an origin that its vector does not know
   * @param localTime when, or that of what lies before if that is later
   * @return the place behind the last entry
   */
  Place begin(Place at, long localTime);

  /**
   * Stores rows, and what changes with them in the indexes: all or nothing.
   *
   * @param rows id to state; {@link RowState#NOTHING} removes what is stored
   * @param indexed what changes in the indexes
   * @param settled the place up to which the rows have now taken in the journal
   * @param horizon the latest rank that any row has reached
   */
  void settle(Map<String, RowState> rows, IndexChanges indexed, Place settled, long horizon);

  /**
   * In one index, a row is found under a key.
   *
   * @param index the number of the index
   * @param key as {@link dev.lyrebird.query.IndexKeys} makes it: of at most {@link #MAX_INDEX_KEY}
   *     bytes, and no beginning of another in the same index
   * @param id of the row
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record IndexEntry(int index, byte[] key, String id) {}

  /** The most bytes of a key in an index. */
  int MAX_INDEX_KEY = 255;

  /** What changes in indexes: entries that go, and such that come. */
  record IndexChanges(List<IndexEntry> gone, List<IndexEntry> come) {

    /** Nothing changes. */
    static final IndexChanges NONE = new IndexChanges(List.of(), List.of());
  }

  /**
   * An index as the store knows it.
   *
   * @param number with which its entries are marked; that of one that was dropped may come again
   * @param meaning what its keys are made of; for the owner of the table to tell
   * @param builtTo the id up to which it holds the rows; empty at first, null once it holds all
   */
  record StoredIndex(int number, String meaning, @Nullable String builtTo) {

    /** Tells whether it is to hold the keys of a row. */
    boolean holds(String id) {
      return builtTo == null
          || Arrays.compareUnsigned(
                  id.getBytes(StandardCharsets.UTF_8), builtTo.getBytes(StandardCharsets.UTF_8))
              <= 0;
    }
  }

  /** Returns the indexes, by their numbers. */
  List<StoredIndex> indexes();

  /**
   * Creates indexes, or goes on in building them: all or nothing.
   *
   * @param indexes as they are from now on
   * @param entries that they hold from now on, beside those that they have
   */
  void build(List<StoredIndex> indexes, List<IndexEntry> entries);

  /** Drops an index with all that it holds. */
  void drop(int index);

  /** Opens a reading of rows and indexes as they stand now, whatever is written meanwhile. */
  View view();

  /** Rows and indexes as they stood at one moment. Owned by the table's thread, as the store is. */
  interface View extends AutoCloseable {

    /** Returns the state of a row, or null where there is none. */
    @Nullable RowState row(String id);

    /**
     * Returns the states of several rows, in the order of the ids; {@link RowState#NOTHING} where
     * there is none. That costs less than to ask for one after another.
     */
    List<RowState> rows(List<String> ids);

    /**
     * Opens a reading of rows.
     *
     * @param ids the range of their ids in UTF-8
     */
    RowScan rows(KeyRange ids);

    /**
     * Opens a reading of what an index holds, in the order of the keys, and of the bytes of the ids
     * where keys are equal.
     *
     * @param index its number
     * @param keys the range of the keys
     * @param isDescending whether to go from the last to the first
     */
    IndexScan index(int index, KeyRange keys, boolean isDescending);

    /** Tells whether an index holds an entry. */
    boolean holds(IndexEntry entry);

    /** Returns the numbers of the indexes that hold anything, known or not. */
    List<Integer> indexNumbers();

    /** Ends it; the readings that were opened from it must have been closed. */
    @Override
    void close();
  }

  /** Returns the stored state of a row, or null where there is none. */
  @Nullable RowState row(String id);

  /** Opens a reading of the stored rows whose id begins with a prefix, as they stand now. */
  RowScan scan(String idPrefix);

  /** Opens a reading of the journal from the page that holds the entry behind a position. */
  PageScan pages(long position);

  /**
   * Returns the last checkpoint whose vector is covered; the journal's beginning if there is none.
   */
  Place checkpointWithin(VersionVector covered);

  /**
   * Returns the last checkpoint at or before a position; the journal's beginning if there is none.
   */
  Place checkpointUpTo(long position);

  /**
   * Returns the last checkpoint that was noted with an earlier local time: nothing that came then
   * or later lies before it, nor in the pages that were appended with it. Null if there is none.
   */
  @Nullable Place checkpointBefore(long localTime);

  /**
   * Notes a place, so that it can serve as the end of a trim.
   *
   * @param head the place behind the last entry
   * @param localTime when everything before it had been written
   */
  void checkpoint(Place head, long localTime);

  /** Returns how many bytes the journal holds, in pages and their part of the index. */
  long journalBytes();

  /**
   * Drops the oldest part of the journal, up to a checkpoint: what was written before a local time,
   * and more where the rest is over its bound.
   *
   * @param localTime what was written before it goes
   * @param maxBytes the bound of what remains, in bytes of pages and their part of the index
   * @return the place before which nothing is left
   */
  Place trim(long localTime, long maxBytes);

  /** What a stored row can be due for. */
  enum Deadline {
    /** The row ends, at a time in ms since the epoch. */
    EXPIRY,
    /** It remembers deeds that can be folded once all replicas have come past a rank. */
    FOLDING
  }

  /** An id whose row, as it was stored once, was to be dealt with at a time. */
  record Due(long at, String id) {}

  /**
   * Returns what was to be dealt with by a time, earliest first. The row may have been written
   * again since.
   *
   * @param deadline in which respect
   * @param until the time, in the unit of that deadline
   * @param limit the most to return
   */
  List<Due> due(Deadline deadline, long until, int limit);

  /** Tells whether something is still to be dealt with. */
  boolean awaits(Deadline deadline, Due due);

  /** Forgets what was dealt with. */
  void forget(Deadline deadline, List<Due> dealtWith);

  /** Returns what {@link #remember} kept last, or null where there was nothing. */
  byte @Nullable [] memory();

  /** Returns what was kept of the table's definition; null where nothing was. */
  byte @Nullable [] definition();

  /** Keeps what the rows are held to, in place of what was kept before. */
  void keepDefinition(byte[] definition);

  /** Keeps a few bytes beside the table for who replicates it. */
  void remember(byte[] memory);

  /** Returns an estimate of the number of stored rows that costs next to nothing. */
  long estimatedRows();

  /** A reading of rows under way, in the order of the bytes of their ids. */
  interface RowScan extends IdScan {

    /** Returns the row that it stands at. */
    RowState state();
  }

  /** A reading of an index under way, in the order of its keys, and of the ids that share one. */
  interface IndexScan extends IdScan {

    /** Returns the key of the entry that it stands at. */
    byte[] key();
  }

  /** A reading of rows, or of what tells of them. */
  interface IdScan extends AutoCloseable {

    /** Moves on to the next; returns false behind the last one. */
    boolean next();

    /** Returns the id of the row that it stands at, or that what it stands at is of. */
    String id();

    @Override
    void close();
  }

  /** A reading of journal pages under way, in order. */
  interface PageScan extends AutoCloseable {

    /** Goes on with the page that holds the entry at a position. */
    void seek(long position);

    /** Returns the next page, or null behind the last one. */
    byte @Nullable [] next();

    @Override
    void close();
  }
}
