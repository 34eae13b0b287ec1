package dev.lyrebird.table;

import static dev.lyrebird.table.Samples.text;

import dev.lyrebird.journal.Change;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.EntryCodec;
import dev.lyrebird.journal.Place;
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

  private final List<PageEnd> pages = new ArrayList<>();

  /** A place where a journal can be cut. */
  record Checkpoint(Place place, long localTime) {}

  private record PageEnd(long position, long bytes) {}

  JournalWriter(Random random) {
    this.random = random;
  }

  Place head() {
    return places.getLast();
  }

  /** Appends a page by one of the nodes. */
  void append(TableStore store, boolean checkpoint, long localTime) {
    Place before = head();
    long node = random.nextLong(1, NODES + 1);
    long time = before.vector().timeOf(node);
    List<Entry> page = new ArrayList<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      time += random.nextLong(1, 10);
      Write write = Write.put("r" + random.nextInt(IDS), text("x".repeat(random.nextInt(50))));
      Change change = new Change(new Timestamp(time, node), write);
      Entry entry = new Entry(head().position() + 1, localTime, change, null, 0);
      page.add(entry);
      entries.add(entry);
      places.add(head().after(entry));
    }
    byte[] bytes = EntryCodec.encode(page);
    store.append(before, bytes, checkpoint, localTime);
    pages.add(new PageEnd(head().position(), bytes.length));
    if (checkpoint) {
      checkpoints.add(new Checkpoint(before, localTime));
    }
  }

  /** Appends pages, about every fourth with a checkpoint, the first always. */
  void append(TableStore store, int pages) {
    for (int i = 0; i < pages; i++) {
      append(store, checkpoints.isEmpty() || random.nextInt(4) == 0, i);
    }
  }

  /** Returns how many bytes of pages lie behind a place. */
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
