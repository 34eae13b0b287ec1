package dev.lyrebird.table;

import static dev.lyrebird.table.Samples.text;

import dev.lyrebird.journal.Change;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.EntryCodec;
import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Reception;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.journal.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;

/** Fills a journal with changes of several nodes, page by page, and remembers all of it. */
final class JournalWriter {
  private static final int NODES = 3;
  private static final int IDS = 5;

  private final Random random;

  /** The journal's entries; the one at position p stands at index p - 1. */
  final List<Entry> entries = new ArrayList<>();

  /** The places of the journal; the one behind position p stands at index p. */
  final List<Place> places = new ArrayList<>(List.of(Place.START));

  final List<Checkpoint> checkpoints = new ArrayList<>();

  /** The latest local time at which anything was journalled. */
  long latest;

  private final List<PageEnd> pages = new ArrayList<>();

  /**
   * A place where a journal can be cut.
   *
   * @param localTime the latest of what lies before it and of the pages behind it
   */
  record Checkpoint(Place place, long localTime) {}

  private record PageEnd(long position, long bytes) {}

  JournalWriter(Random random) {
    this.random = random;
  }

  Place head() {
    return places.getLast();
  }

  /** Appends up to three pages at once, each by one of the nodes. */
  void append(TableStore store, boolean checkpoint, long localTime) {
    append(store, checkpoint, localTime, List.of());
  }

  /** Likewise, with what is received. */
  void append(TableStore store, boolean checkpoint, long localTime, List<Reception> receptions) {
    Place before = head();
    List<byte[]> bytes = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      byte[] page = EntryCodec.encode(page(localTime));
      bytes.add(page);
      pages.add(new PageEnd(head().position(), TableStore.stored(page)));
    }
    latest = Math.max(latest, localTime);
    store.append(before, bytes, checkpoint, latest, receptions, List.of());
    if (checkpoint) {
      note(new Checkpoint(before, latest));
    }
  }

  private List<Entry> page(long localTime) {
    long node = random.nextLong(1, NODES + 1);
    long time = head().vector().timeOf(node);
    List<Entry> page = new ArrayList<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      time += random.nextLong(1, 10);
      Write write = Write.message("r" + random.nextInt(IDS), text("x".repeat(random.nextInt(50))));
      Change change = new Change(new Timestamp(time, node), write);
      Entry entry = new Entry(head().position() + 1, localTime, change, null);
      page.add(entry);
      entries.add(entry);
      places.add(head().after(entry));
    }
    return page;
  }

  /** Skips changes of a node that has none in the journal. */
  TableStore.Gap skip(TableStore store, VersionVector skipped, long localTime) {
    Place to = new Place(head().position(), head().vector().join(skipped));
    TableStore.Gap gap = new TableStore.Gap(to.position(), skipped);
    latest = Math.max(latest, localTime);
    store.skip(to, gap, latest);
    places.set(places.size() - 1, to);
    note(new Checkpoint(to, latest));
    return gap;
  }

  /** Notes where the journal ends. */
  void checkpoint(TableStore store, long localTime) {
    store.checkpoint(head(), localTime);
    note(new Checkpoint(head(), localTime));
  }

  private void note(Checkpoint checkpoint) {
    checkpoints.removeIf(noted -> noted.place().position() == checkpoint.place().position());
    checkpoints.add(checkpoint);
  }

  /**
   * Appends pages, about every fourth with a checkpoint, the first always. The local time steps on,
   * and now and then back.
   */
  void append(TableStore store, int pages) {
    for (int i = 0; i < pages; i++) {
      long localTime = Math.max(0, latest + random.nextInt(-2, 3));
      append(store, checkpoints.isEmpty() || (random.nextInt(4) == 0 && !isNoted()), localTime);
    }
  }

  private boolean isNoted() {
    return checkpoints.getLast().place().equals(head());
  }

  /** Returns how many bytes the pages behind a place take. */
  long bytesBehind(Place place) {
    return pages.stream()
        .filter(page -> page.position() > place.position())
        .mapToLong(PageEnd::bytes)
        .sum();
  }

  List<Entry> behind(Place place) {
    return entries.subList((int) place.position(), entries.size());
  }

  /** Returns a vector that covers something of what each node wrote. */
  VersionVector covered() {
    VersionVector covered = VersionVector.EMPTY;
    for (long node : LongStream.rangeClosed(1, NODES).toArray()) {
      long last = head().vector().timeOf(node);
      covered = covered.with(new Timestamp(random.nextLong(last + 1), node));
    }
    return covered;
  }
}
