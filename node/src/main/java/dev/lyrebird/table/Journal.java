package dev.lyrebird.table;

import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.EntryCodec;
import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Reception;
import dev.lyrebird.journal.VersionVector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * One table's journal: every change this node knows, in the order in which it learnt of them. Knows
 * where it ends, where it begins, and where it leaves a gap.
 *
 * <p>Owned by the table's thread.
 */
final class Journal {

  /** Entries between two places that can be found by their vector. */
  private static final int CHECKPOINT_ENTRIES = 1024;

  /** Likewise in bytes: a trim ends at such a place, and must not miss its bound by much. */
  private static final long CHECKPOINT_BYTES = 256 << 10;

  /** How much of the journal to look at for what a peer lacks, once something was found. */
  private static final int MAX_BYTES_LOOKED_AT = 4 << 20;

  /** Pages that are looked into to count; what comes behind them is taken to count in full. */
  private static final int MAX_PAGES_COUNTED = 1 << 14;

  /**
   * Decoded pages that are kept for other readers: some twenty thousand small entries. They are
   * forgotten with each trim, so that a journal that nobody reads keeps none.
   */
  private static final long DECODED_BYTES = 8 << 20;

  /** Ids beyond which looking each up costs as much as looking at all entries. */
  private static final int MOST_IDS = 256;

  private final TableStore store;
  private final int indexBits;
  private EntryIndex index;
  private final DecodedPages decoded = new DecodedPages(DECODED_BYTES);
  private Place head;
  private Place trimmed;
  private TableStore.Gap gap;

  /** The latest local time at which anything was journalled; a wall clock may go back. */
  private long latest;

  private int entriesSinceCheckpoint = CHECKPOINT_ENTRIES;
  private long bytesSinceCheckpoint;

  Journal(TableStore store, TableStore.Progress progress) {
    this(store, progress, EntryIndex.SEGMENT_BITS);
  }

  /**
   * @param indexBits the binary logarithm of the length of a segment of the index
   */
  Journal(TableStore store, TableStore.Progress progress, int indexBits) {
    this.store = store;
    this.indexBits = indexBits;
    this.head = progress.head();
    this.trimmed = progress.trimmed();
    this.gap = progress.gap();
    this.latest = progress.latest();
    this.index = openIndex();
  }

  /** Returns the index with what its open segment lacks, read from the pages. */
  private EntryIndex openIndex() {
    long start = EntryIndex.openStart(head.position(), indexBits);
    Place place = start <= trimmed.position() ? trimmed : placeBefore(start + 1);
    EntryIndex opened = new EntryIndex(store, indexBits, place);
    try (Reading pages = pages(place.position())) {
      for (DecodedPages.Page page = pages.next(); page != null; page = pages.next()) {
        List<Entry> entries = page.behind(place.position());
        opened.keep(opened.add(place, List.of(new Part(entries, null))));
        place = place.after(entries.getLast());
      }
    }
    decoded.clear();
    return opened;
  }

  /** Returns the place behind the last entry. */
  Place head() {
    return head;
  }

  /**
   * Entries of one origin, and of one local time.
   *
   * @param asCame another journal's page of the same entries, where they mean the same here; null
   *     where there is none
   */
  @SuppressWarnings("ArrayRecordComponent") // carried, never compared
  record Part(List<Entry> entries, byte @Nullable [] asCame) {

    /** Returns the entries as a page. What came as bytes need not be encoded again. */
    byte[] page() {
      Entry first = entries.getFirst();
      return asCame == null
          ? EntryCodec.encode(entries)
          : EntryCodec.moved(asCame, first.localTime(), first.position());
    }
  }

  /**
   * Appends entries.
   *
   * @param parts in order, with the positions that follow the head
   * @param received what is kept if and only if they are
   * @return them as pages
   */
  List<byte[]> append(List<Part> parts, List<Reception> received) {
    List<byte[]> pages = new ArrayList<>(parts.size());
    Place end = head;
    int entries = 0;
    long bytes = 0;
    for (Part part : parts) {
      byte[] page = part.page();
      pages.add(page);
      end = end.after(part.entries().getLast());
      entries += part.entries().size();
      bytes += page.length;
    }
    boolean checkpoint =
        entriesSinceCheckpoint >= CHECKPOINT_ENTRIES || bytesSinceCheckpoint >= CHECKPOINT_BYTES;
    long localTime = Math.max(latest, parts.getFirst().entries().getFirst().localTime());
    EntryIndex.Addition addition = index.add(head, parts);
    store.append(head, pages, checkpoint, localTime, received, addition.segments());
    index.keep(addition);
    latest = localTime;
    entriesSinceCheckpoint = (checkpoint ? 0 : entriesSinceCheckpoint) + entries;
    bytesSinceCheckpoint = (checkpoint ? 0 : bytesSinceCheckpoint) + bytes;
    head = end;
    return pages;
  }

  /**
   * Goes on behind a gap.
   *
   * @param vector what the rows have come to hold without entries that tell it
   */
  void skip(VersionVector vector, long localTime) {
    VersionVector skipped = vector.beyond(head.vector());
    if (skipped.size() > 0) {
      gap = new TableStore.Gap(head.position(), gap.skipped().join(skipped));
      head = new Place(head.position(), head.vector().join(vector));
      latest = Math.max(latest, localTime);
      store.skip(head, gap, latest);
      entriesSinceCheckpoint = 0; // the next would stand at the same position, with a later time
    }
  }

  /**
   * Drops all that lies before a position, as if the journal had begun there.
   *
   * @param vector what the rows held there
   * @param localTime when this happens
   */
  void begin(long position, VersionVector vector, long localTime) {
    trimmed = new Place(position, vector);
    latest = Math.max(latest, localTime);
    decoded.clear();
    head = store.begin(trimmed, latest);
    gap = TableStore.Gap.NONE;
    index = openIndex();
    entriesSinceCheckpoint = CHECKPOINT_ENTRIES;
  }

  /**
   * Drops the oldest part; see {@link TableStore#trim}. Where it ends now is noted, so that what
   * lies before can go when its time has come, also where nothing is written any more.
   */
  void trim(long localTime, long maxBytes) {
    decoded.clear();
    if (entriesSinceCheckpoint > 0 && head.position() > trimmed.position()) {
      store.checkpoint(head, latest);
      entriesSinceCheckpoint = 0;
      bytesSinceCheckpoint = 0;
    }
    trimmed = store.trim(localTime, maxBytes);
  }

  /** Returns how many bytes there are, the index included. */
  long bytes() {
    return store.journalBytes();
  }

  /** Returns what there is. */
  Table.Extent extent() {
    long oldest = 0;
    try (TableStore.PageScan pages = store.pages(trimmed.position())) {
      byte[] first = pages.next();
      if (first != null && head.position() > trimmed.position()) {
        oldest = EntryCodec.head(first).localTime();
      }
    }
    return new Table.Extent(
        trimmed.position(), head.position() - trimmed.position(), bytes(), oldest);
  }

  /**
   * Reads on from a place; see {@link Table#read(Place, Selection, Table.Limit)}. A place within
   * the journal may cover less than the journal does there; see {@link IndexedReading}.
   */
  Table.@Nullable Page read(Place from, Selection wanted, Table.Limit limit) {
    boolean isBeforeBeginning =
        from.position() < trimmed.position()
            || (from.position() == trimmed.position() && !from.vector().covers(trimmed.vector()));
    return isBeforeGap(from) || isBeforeBeginning
        ? null
        : readOn(from, wanted, limit, head.position());
  }

  /** Tells whether entries do not tell all that lies between a place and the head. */
  private boolean isBeforeGap(Place place) {
    return place.position() <= gap.position() && !place.vector().covers(gap.skipped());
  }

  /** Returns the place behind which entries tell all that has come since. */
  Place beginning() {
    return isBeforeGap(trimmed) ? store.checkpointUpTo(gap.position()) : trimmed;
  }

  /** Returns when the first entry behind the {@link #beginning} came, or the last of all. */
  long beginsAt() {
    long position = beginning().position();
    try (TableStore.PageScan pages = store.pages(position)) {
      for (byte[] page = pages.next(); page != null; page = pages.next()) {
        EntryCodec.Head front = EntryCodec.head(page);
        if (front.firstPosition() > position) {
          return front.localTime();
        }
      }
    }
    return latest;
  }

  /** Returns the place before the entry at a position. */
  Place placeBefore(long position) {
    Place place = store.checkpointUpTo(position - 1);
    try (TableStore.PageScan pages = store.pages(place.position())) {
      while (place.position() < position - 1) {
        byte[] page = Objects.requireNonNull(pages.next());
        EntryCodec.Head front = EntryCodec.head(page);
        if (front.lastPosition() <= place.position()) {
          continue; // it lies before the checkpoint
        }
        long last = Math.min(front.lastPosition(), position - 1);
        Entry entry = EntryCodec.decode(page, new long[] {last}, 0, 1).getFirst();
        place = across(place, front.firstPosition() - 1).after(entry);
      }
    }
    return across(place, position - 1);
  }

  /** Moves a place on to a position, past nothing that is to be known but a gap. */
  Place across(Place place, long position) {
    return new Place(position, acrossGap(place, position + 1).vector());
  }

  /** Looks entries up in the index, from a position on. */
  EntryIndex.Stretch lookUp(long position, Set<String> ids) {
    return index.lookUp(position, head.position(), ids);
  }

  /** Tells whether to look entries up in the index. */
  static boolean isByIndex(Selection wanted) {
    return !wanted.ids().isEmpty() && wanted.ids().size() <= MOST_IDS;
  }

  /**
   * A stretch of the journal that was looked at.
   *
   * @param start the position behind which it begins
   * @param positions of the entries in it that match, ascending
   */
  @SuppressWarnings("ArrayRecordComponent") // carried, never compared
  record Matches(long start, long[] positions) {}

  /** Looks at the last stretch of what entries tell up to a position. */
  Matches lastMatches(long end, Selection wanted) {
    long beginning = beginning().position();
    long natural =
        isByIndex(wanted)
            ? EntryIndex.openStart(end - 1, indexBits)
            : store.checkpointUpTo(end - 1).position();
    long start = Math.max(beginning, natural);
    LongStream.Builder positions = LongStream.builder();
    Place place = new Place(start, VersionVector.EMPTY); // nobody asks for vectors
    while (place.position() < end) {
      Table.Page page = readOn(place, wanted, Table.Limit.ofBytes(MAX_BYTES_LOOKED_AT), end);
      page.entries().forEach(entry -> positions.add(entry.position()));
      place = page.end();
    }
    return new Matches(start, positions.build().toArray());
  }

  /** Returns the place behind which a time begins; see {@link Table#placeSince}. */
  @Nullable Place since(long localTime) {
    Place checkpoint = store.checkpointBefore(localTime);
    // Of what lies before the first checkpoint it is only known when it came where that is nothing.
    Place place = checkpoint == null && trimmed.equals(Place.START) ? trimmed : checkpoint;
    if (place == null || isBeforeGap(place)) {
      return null;
    }
    try (TableStore.PageScan pages = store.pages(place.position())) {
      for (byte[] page = pages.next(); page != null; page = pages.next()) {
        EntryCodec.Head front = EntryCodec.head(page);
        if (front.firstPosition() > place.position()) { // the first may lie before the checkpoint
          if (front.localTime() >= localTime) {
            break;
          }
          place = new Place(front.lastPosition(), place.vector().with(front.last()));
        }
      }
    }
    return place;
  }

  /** Reads on from a position for the sake of the rows, which have what the journal skips. */
  Table.Page replay(Place from, Table.Limit limit) {
    return scan(from, entry -> true, limit, head.position());
  }

  /**
   * Reads what a vector lacks; see {@link Table#read(VersionVector, Place, Selection,
   * Table.Limit)}.
   */
  Table.@Nullable Page read(
      VersionVector covered, @Nullable Place rowsAt, Selection wanted, Table.Limit limit) {
    if (!reachesBackTo(covered)) {
      return null;
    }
    Place from = store.checkpointWithin(covered);
    if (rowsAt != null && rowsAt.position() < from.position()) {
      return read(rowsAt, covered, wanted, limit);
    }
    NewsAndRows news = new NewsAndRows(covered, rowsAt != null);
    return withoutReplaced(readOn(from, wanted.and(news), limit, head.position()), from, covered);
  }

  /** Reads on likewise from a place. */
  Table.@Nullable Page read(
      Place from, VersionVector covered, Selection wanted, Table.Limit limit) {
    Table.Page page = read(from, wanted.and(new NewsAndRows(covered, true)), limit);
    return page == null ? null : withoutReplaced(page, from, covered);
  }

  /** What a vector does not cover, and from the first of that on the changes of rows. */
  private static final class NewsAndRows implements Predicate<Entry> {

    private final VersionVector covered;
    private boolean wantsRows;

    /**
     * @param wantsRows whether all changes of rows are wanted, those before the first news too
     */
    NewsAndRows(VersionVector covered, boolean wantsRows) {
      this.covered = covered;
      this.wantsRows = wantsRows;
    }

    @Override
    public boolean test(Entry entry) {
      boolean isNews = !covered.covers(entry.change().timestamp());
      wantsRows |= isNews;
      return isNews || (wantsRows && entry.isOfRow());
    }
  }

  /**
   * Leaves out of a page what whoever has that vector has seen replaced: it came here before the
   * change that replaced it, and to where the vector is from after it, or not at all.
   */
  private Table.Page withoutReplaced(Table.Page page, Place from, VersionVector covered) {
    VersionVector shared = covered.meet(head.vector());
    if (page.entries().isEmpty() || page.places().getFirst().vector().covers(shared)) {
      return page; // all that both know came here before any news
    }
    Map<String, Long> replacedBefore = replacements(from, shared);
    List<Entry> entries = new ArrayList<>();
    List<Place> places = new ArrayList<>();
    for (int i = 0; i < page.entries().size(); i++) {
      Entry entry = page.entries().get(i);
      boolean isReplaced =
          entry.isOfRow()
              && !covered.covers(entry.change().timestamp())
              && replacedBefore.getOrDefault(entry.id(), 0L) > entry.position();
      if (!isReplaced) {
        entries.add(entry);
        places.add(page.places().get(i));
      }
    }
    return new Table.Page(entries, places, page.end());
  }

  /** Returns, by row, where a change that a vector covers last replaced all of it. */
  private Map<String, Long> replacements(Place from, VersionVector shared) {
    Map<String, Long> positions = new HashMap<>();
    VersionVector passed = from.vector();
    long bytes = 0;
    try (Reading pages = pages(from.position())) {
      for (DecodedPages.Page page = pages.next();
          page != null && !passed.covers(shared) && bytes < MAX_BYTES_LOOKED_AT;
          page = pages.next()) {
        for (Entry entry : page.entries()) {
          if (shared.covers(entry.change().timestamp()) && replacesRow(entry)) {
            positions.put(entry.id(), entry.position());
          }
        }
        passed = passed.with(page.entries().getLast().change().timestamp());
        bytes += page.storedBytes();
      }
    }
    return positions;
  }

  private static boolean replacesRow(Entry entry) {
    return entry.isOfRow() && entry.merged() == null && !entry.isSuperseded();
  }

  /** Tells whether all that a vector lacks is still here. */
  boolean reachesBackTo(VersionVector covered) {
    return covered.covers(trimmed.vector()) && covered.covers(gap.skipped());
  }

  /**
   * Reads on.
   *
   * @param lastPosition of the last entry to look at
   */
  private Table.Page readOn(Place from, Selection wanted, Table.Limit limit, long lastPosition) {
    Table.Page page =
        isByIndex(wanted)
            ? readByIndex(from, wanted, limit, lastPosition)
            : scan(from, wanted, limit, lastPosition);
    boolean isAtHead = page.end().position() == head.position();
    return isAtHead ? new Table.Page(page.entries(), page.places(), head) : page;
  }

  private Table.Page readByIndex(
      Place from, Selection wanted, Table.Limit limit, long lastPosition) {
    try (TableStore.PageScan pages = store.pages(from.position())) {
      return new IndexedReading(this, pages, from, wanted, limit, lastPosition).read();
    }
  }

  /** Likewise, entry by entry. */
  Table.Page scan(Place from, Selection wanted, Table.Limit limit, long lastPosition) {
    List<Entry> entries = new ArrayList<>();
    List<Place> places = new ArrayList<>();
    Place place = from;
    int bytes = 0;
    try (Reading pages = pages(from.position())) {
      for (DecodedPages.Page page = pages.next();
          page != null
              && place.position() < lastPosition
              && bytes < limit.bytes()
              && entries.size() < limit.entries();
          page = pages.next()) {
        Place before = acrossGap(place, place.position() + 1); // a gap lies between two pages
        for (Entry entry : page.behind(place.position())) {
          boolean isWanted = wanted.wants(entry);
          boolean isLast =
              entry.position() == page.lastPosition() || entry.position() == lastPosition;
          // All of a page are of the same origin, so that no place between them is needed.
          if (isWanted || isLast) {
            place = before.after(entry);
          }
          if (isWanted) {
            entries.add(entry);
            places.add(place);
          }
          if (entry.position() == lastPosition || entries.size() == limit.entries()) {
            break;
          }
        }
        bytes += page.storedBytes();
      }
    }
    return new Table.Page(entries, places, acrossGap(place, place.position() + 1));
  }

  /** Opens a reading of the pages that hold the entries behind a position. */
  Reading pages(long position) {
    return new Reading(position);
  }

  /** A reading of the pages behind a position, decoded where that is not done yet. */
  final class Reading implements AutoCloseable {

    private long position;
    private TableStore.@Nullable PageScan stored;

    Reading(long position) {
      this.position = position;
    }

    /** Returns the next page with an entry behind the position, or null behind the last one. */
    DecodedPages.@Nullable Page next() {
      if (position >= head.position()) {
        return null;
      }
      DecodedPages.Page page = decoded.at(position + 1);
      if (page == null) {
        page = decodeNext();
      } else {
        close(); // what it would return next is known already
      }
      if (page != null) {
        position = page.lastPosition();
      }
      return page;
    }

    private DecodedPages.@Nullable Page decodeNext() {
      TableStore.PageScan pages = stored == null ? store.pages(position) : stored;
      stored = pages;
      for (byte[] page = pages.next(); page != null; page = pages.next()) {
        if (EntryCodec.head(page).lastPosition() > position) {
          return decoded.decode(page);
        }
      }
      return null;
    }

    @Override
    public void close() {
      if (stored != null) {
        stored.close();
        stored = null;
      }
    }
  }

  private Place acrossGap(Place before, long nextPosition) {
    return before.position() <= gap.position() && nextPosition > gap.position()
        ? new Place(before.position(), before.vector().join(gap.skipped()))
        : before;
  }

  /**
   * Returns pages of what a vector does not cover, in the order of this journal: everything up to
   * some place, and at least one entry where there is any.
   *
   * @param maxBytes about how many bytes to return
   * @return null where the journal no longer reaches back that far
   */
  @Nullable List<byte[]> uncovered(VersionVector covered, int maxBytes) {
    if (!reachesBackTo(covered)) {
      return null;
    }
    List<byte[]> found = new ArrayList<>();
    if (covered.covers(head.vector())) {
      return found;
    }
    long bytes = 0;
    long bytesLookedAt = 0;
    try (TableStore.PageScan pages = store.pages(store.checkpointWithin(covered).position())) {
      for (byte[] page = pages.next();
          page != null
              && bytes < maxBytes
              && (found.isEmpty() || bytesLookedAt < MAX_BYTES_LOOKED_AT);
          page = pages.next()) {
        byte[] rest = rest(page, covered);
        if (rest != null) {
          found.add(rest);
          bytes += rest.length;
        }
        bytesLookedAt += page.length;
      }
    }
    return found;
  }

  /** Counts what a vector does not cover; see {@link Table#countUncovered}. */
  long countUncovered(VersionVector covered) {
    if (!reachesBackTo(covered)) {
      return -1;
    }
    long count = 0;
    if (covered.covers(head.vector())) {
      return count;
    }
    long pagesLookedAt = 0;
    try (TableStore.PageScan pages = store.pages(store.checkpointWithin(covered).position())) {
      for (byte[] page = pages.next(); page != null; page = pages.next()) {
        EntryCodec.Head front = EntryCodec.head(page);
        if (++pagesLookedAt > MAX_PAGES_COUNTED) {
          return count + head.position() - front.firstPosition() + 1;
        }
        if (!covered.covers(front.last())) {
          byte[] rest = Objects.requireNonNull(rest(page, covered));
          count += EntryCodec.head(rest).entries();
        }
      }
    }
    return count;
  }

  /** Returns a page without what a vector covers; null where that is all of it. */
  private static byte @Nullable [] rest(byte[] page, VersionVector covered) {
    EntryCodec.Head front = EntryCodec.head(page);
    if (covered.covers(front.last())) {
      return null;
    }
    long known = covered.timeOf(front.origin());
    List<Entry> entries = known == 0 ? List.of() : EntryCodec.decode(page);
    int first = 0;
    while (first < entries.size() && entries.get(first).change().timestamp().time() <= known) {
      first++;
    }
    return first == 0 ? page : EntryCodec.encode(entries.subList(first, entries.size()));
  }
}
