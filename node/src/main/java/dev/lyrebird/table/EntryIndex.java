package dev.lyrebird.table;

import dev.lyrebird.journal.ByteWriter;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.VersionVector;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Where in a journal the entries of a row lie. Positions are divided into segments of equal length.
 * Of each entry the hash of its id is noted; when a segment is full, it is stored together with the
 * page that filled it, in parts by the leading bits of the hash, so that little is read to look up
 * one id. What the open segment lacks after a restart is read from the journal.
 *
 * <p>A part is the vector of what lies before the segment, or before its oldest entry that had not
 * been dropped; then 6 bytes an entry, hash and offset in the segment, in the order of the journal.
 *
 * <p>What it finds may be the entry of another id with the same hash, so that whoever looks
 * something up has to look at the entries themselves.
 *
 * <p>Owned by the table's thread.
 */
final class EntryIndex {

  /** What an entry takes in the store: a hash, and an offset. */
  static final long BYTES_PER_ENTRY = Integer.BYTES + Short.BYTES;

  /** 16,384 entries: 96 KiB in all, and 6 KiB to look up an id. */
  static final int SEGMENT_BITS = 14;

  private static final int PART_BITS = 4;
  private static final int PARTS = 1 << PART_BITS;

  private final TableStore store;
  private final int bits;

  /** The hashes of the open segment, by offset. What is behind its last entry is of no account. */
  private int[] open;

  /** Where the open segment begins, or the journal where that is later. */
  private Place start;

  /**
   * A stretch of the journal, up to the end of a segment or the head.
   *
   * @param lastPosition where it ends
   * @param found positions of entries that may be of the ids, ascending; null where the segment is
   *     not known
   * @param covered what the entries before it cover
   */
  @SuppressWarnings("ArrayRecordComponent") // carried, never compared
  record Stretch(long lastPosition, long @Nullable [] found, VersionVector covered) {}

  /**
   * What the index becomes with further entries, to be kept when they are journalled.
   *
   * @param segments those that were filled
   */
  @SuppressWarnings("ArrayRecordComponent") // carried, never compared
  record Addition(int[] open, Place start, List<TableStore.Segment> segments) {}

  /**
   * @param bits the binary logarithm of the length of a segment, the same ever after
   * @param start the place from which on entries are to be {@link #add added}, in the open segment
   */
  EntryIndex(TableStore store, int bits, Place start) {
    this.store = store;
    this.bits = bits;
    this.start = start;
    this.open = new int[1 << bits];
  }

  /** Returns the position behind which the open segment of a journal with that head begins. */
  static long openStart(long head, int bits) {
    return head >> bits << bits;
  }

  /**
   * Works out what becomes of the index with further entries. Nothing has changed until that is
   * {@link #keep kept}.
   *
   * @param before the place before the first of them
   */
  Addition add(Place before, List<Journal.Part> parts) {
    int[] hashes = open;
    Place from = start;
    List<TableStore.Segment> filled = new ArrayList<>(0);
    Place place = before;
    for (Journal.Part part : parts) {
      for (Entry entry : part.entries()) {
        int offset = offset(entry.position());
        hashes[offset] = hash(entry.id());
        if (offset == hashes.length - 1) {
          filled.add(segment(entry.position(), from, hashes));
          hashes = new int[1 << bits];
          from = place.after(entry);
        }
      }
      place = place.after(part.entries().getLast()); // all are of the same origin
    }
    return new Addition(hashes, from, filled);
  }

  void keep(Addition addition) {
    open = addition.open();
    start = addition.start();
  }

  private int offset(long position) {
    return (int) (position - 1) & ((1 << bits) - 1);
  }

  /** Ids that are alike in most characters must not fall into the same part: Fibonacci hashing. */
  private static int hash(String id) {
    return id.hashCode() * 0x9E3779B9;
  }

  private static int part(int hash) {
    return hash >>> (Integer.SIZE - PART_BITS);
  }

  private TableStore.Segment segment(long lastPosition, Place from, int[] hashes) {
    ByteWriter front = new ByteWriter(64);
    from.vector().encode(front);
    int first = offset(from.position() + 1);
    int[] counts = new int[PARTS];
    for (int offset = first; offset < hashes.length; offset++) {
      counts[part(hashes[offset])]++;
    }
    List<ByteBuffer> parts =
        Arrays.stream(counts)
            .mapToObj(count -> ByteBuffer.allocate(front.size() + count * (int) BYTES_PER_ENTRY))
            .toList();
    parts.forEach(part -> part.put(front.toByteArray()));
    for (int offset = first; offset < hashes.length; offset++) {
      parts.get(part(hashes[offset])).putInt(hashes[offset]).putShort((short) offset);
    }
    return new TableStore.Segment(lastPosition, parts.stream().map(ByteBuffer::array).toList());
  }

  /**
   * Looks up the entries of a segment.
   *
   * @param position of an entry of it
   * @param head the position of the journal's last
   */
  Stretch lookUp(long position, long head, Set<String> ids) {
    long lastPosition = openStart(position - 1, bits) + (1L << bits);
    if (lastPosition > head) {
      return new Stretch(head, openHits(head, ids), start.vector());
    }
    LongStream.Builder hits = LongStream.builder();
    VersionVector covered = VersionVector.EMPTY;
    for (int hash : hashes(ids)) {
      byte[] part = store.indexed(lastPosition, part(hash));
      if (part == null) {
        return new Stretch(lastPosition, null, VersionVector.EMPTY);
      }
      ByteBuffer in = ByteBuffer.wrap(part);
      covered = VersionVector.decode(in);
      while (in.hasRemaining()) {
        boolean isHit = in.getInt() == hash;
        int offset = Short.toUnsignedInt(in.getShort());
        if (isHit) {
          hits.add(lastPosition - (1L << bits) + 1 + offset);
        }
      }
    }
    return new Stretch(lastPosition, hits.build().sorted().toArray(), covered);
  }

  private long[] openHits(long head, Set<String> ids) {
    int[] wanted = hashes(ids);
    return LongStream.rangeClosed(start.position() + 1, head)
        .filter(position -> Arrays.binarySearch(wanted, open[offset(position)]) >= 0)
        .toArray();
  }

  /** Returns the hashes of ids, ascending and each once. */
  private static int[] hashes(Set<String> ids) {
    return ids.stream().mapToInt(EntryIndex::hash).sorted().distinct().toArray();
  }
}
