package dev.lyrebird.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.journal.Change;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.journal.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Journals read by their index of entries give what they give when every entry is looked at,
 * whatever has happened to them.
 */
final class EntryIndexTest {
  private static final int JOURNALS = 60;
  private static final int STEPS = 120;
  private static final int READINGS = 8;
  private static final int NODES = 3;
  private static final int ALL = Integer.MAX_VALUE;

  /** The first two have the same hash. */
  private static final List<String> IDS = List.of("Aa", "BB", "c", "d", "e/f", "g", "h", "i");

  @Test
  void readingByTheIndexEqualsLookingAtEveryEntry() {
    long seed = Long.getLong("seed", System.nanoTime());
    for (int i = 0; i < JOURNALS; i++) {
      new Run(seed + i).run();
    }
  }

  /** One journal, with one seed. */
  private static final class Run {
    private final long seed;
    private final Random random;
    private final MemoryTableStore memory = new MemoryTableStore();
    private boolean isBroken;
    private final TableStore store = new UnreliableStore(memory, () -> isBroken);
    private final int bits;
    private Journal journal;
    private long now = 1;

    /** Places that readings by the index have come to. */
    private final List<Place> reached = new ArrayList<>();

    Run(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
      this.bits = random.nextInt(1, 7);
      this.journal = new Journal(store, store.progress(), bits);
    }

    private void run() {
      for (int i = 0; i < STEPS; i++) {
        step();
        now++;
      }
      for (int i = 0; i < READINGS; i++) {
        read();
      }
    }

    private void step() {
      switch (random.nextInt(40)) {
        case 0 -> journal.trim(random.nextLong(now + 1), ALL);
        case 1 -> journal.skip(VersionVector.of(new Timestamp(now, NODES + 1)), now);
        case 2 -> beginAnew();
        case 3, 4 -> journal = new Journal(store, store.progress(), bits);
        case 5, 6 -> {
          isBroken = true;
          assertThrows(StorageException.class, () -> append(journal.head()));
          isBroken = false;
        }
        case 7, 8 -> read();
        default -> append(journal.head());
      }
    }

    /** What is written anew is of an origin that nobody knows. */
    private void beginAnew() {
      long position = journal.head().position();
      VersionVector vector = journal.head().vector().with(new Timestamp(now, NODES + 2));
      if (random.nextBoolean()) {
        Place before = journal.head();
        journal.append(List.of(part(before, 100 + now)), List.of());
      }
      journal.begin(position, vector, now);
      reached.clear(); // all readers are told to begin anew
    }

    private void append(Place before) {
      List<Journal.Part> parts = new ArrayList<>();
      Place place = before;
      for (int i = random.nextInt(3); i >= 0; i--) {
        Journal.Part part = part(place, random.nextLong(1, NODES + 1));
        parts.add(part);
        place = place.after(part.entries().getLast());
      }
      journal.append(parts, List.of());
    }

    private Journal.Part part(Place before, long node) {
      List<Entry> entries = new ArrayList<>();
      long time = before.vector().timeOf(node);
      long position = before.position();
      for (int i = random.nextInt(random.nextInt(4) == 0 ? 80 : 5); i >= 0; i--) {
        time += random.nextLong(1, 5);
        String id = IDS.get(random.nextInt(IDS.size()));
        Write write =
            switch (random.nextInt(3)) {
              case 0 -> Write.put(id, Samples.text("p"));
              case 1 -> Write.delete(id);
              default -> Write.message(id, Samples.text("m".repeat(random.nextInt(40))));
            };
        Change change = new Change(new Timestamp(time, node), write);
        entries.add(new Entry(++position, now, change, null, random.nextInt(8) == 0));
      }
      return new Journal.Part(entries, null);
    }

    private void read() {
      Set<String> ids =
          IntStream.range(0, random.nextInt(1, 4))
              .mapToObj(i -> IDS.get(random.nextInt(IDS.size())))
              .collect(Collectors.toSet());
      Predicate<Entry> wanted = entry -> ids.contains(entry.id()) && !entry.isSuperseded();
      Place from = from();
      check(
          () -> journal.read(from, wanted::test, Table.Limit.ofBytes(ALL)),
          () -> journal.read(from, Selection.of(ids, wanted), limit()),
          Selection.of(ids, wanted));
      VersionVector covered = covered();
      // Of rows a reading from a vector leaves out what it has seen replaced, as far as a page
      // goes.
      Predicate<Entry> messages = entry -> wanted.test(entry) && !entry.isOfRow();
      check(
          () -> journal.read(covered, null, messages::test, Table.Limit.ofBytes(ALL)),
          () -> journal.read(covered, null, Selection.of(ids, messages), limit()),
          Selection.of(ids, messages.and(entry -> !covered.covers(entry.change().timestamp()))));
      int count = random.nextInt(30);
      assertEquals(
          find(new LastEntries(journal, count, wanted::test)).position(),
          exact(find(new LastEntries(journal, count, Selection.of(ids, wanted)))).position(),
          this::replay);
    }

    private static List<Long> positions(List<Entry> entries) {
      return entries.stream().map(Entry::position).toList();
    }

    private interface Reading {
      Table.@Nullable Page page();
    }

    /** Reads the rest of the journal by the index, and holds it to the one page that tells all. */
    private void check(Reading plain, Reading byIndex, Selection wanted) {
      Table.Page all = plain.page();
      Table.Page page = byIndex.page();
      if (all == null) {
        assertNull(page, this::replay);
        return;
      }
      assertEquals(journal.head(), all.end(), this::replay);
      List<Entry> entries = new ArrayList<>();
      List<Place> places = new ArrayList<>();
      while (true) {
        assertNotNull(page, this::replay);
        entries.addAll(page.entries());
        places.addAll(page.places());
        Place end = page.end();
        if (end.position() == journal.head().position()) {
          break;
        }
        page = journal.read(end, wanted, limit());
        if (page == null) { // a vector may cover a gap, and the place to which it leads not
          assertTrue(end.position() <= store.progress().gap().position(), this::replay);
          assertEquals(all.entries().subList(0, entries.size()), entries, this::replay);
          return;
        }
        assertTrue(page.end().position() > end.position(), this::replay);
      }
      assertEquals(journal.head(), page.end(), this::replay);
      assertEquals(positions(all.entries()), positions(entries), this::replay);
      assertEquals(all.entries(), entries, this::replay);
      reached.addAll(places);
      for (int i = 0; i < places.size(); i++) {
        Place exact = exact(entries.get(i).position());
        assertEquals(exact.position(), places.get(i).position(), this::replay);
        assertTrue(exact.vector().covers(places.get(i).vector()), this::replay);
        assertTrue(
            places.get(i).vector().covers(entries.get(i).change().timestamp()), this::replay);
      }
    }

    /** Returns a place of the journal as it stands, or as a reader of its rows may have it. */
    private Place from() {
      long beginning = store.progress().trimmed().position();
      long position = random.nextLong(beginning, journal.head().position() + 1);
      return !reached.isEmpty() && random.nextInt(3) == 0
          ? reached.get(random.nextInt(reached.size()))
          : position == beginning ? store.progress().trimmed() : exact(position);
    }

    private Place exact(Place place) {
      if (place.position() > store.progress().trimmed().position()
          && place.position() < journal.head().position()) {
        assertEquals(exact(place.position()), place, this::replay);
      }
      return place;
    }

    private Place exact(long position) {
      return position == journal.head().position()
          ? journal.head()
          : journal.placeBefore(position + 1);
    }

    private VersionVector covered() {
      VersionVector head = journal.head().vector();
      VersionVector covered = VersionVector.EMPTY;
      for (int i = 0; i < head.size(); i++) {
        long time = random.nextBoolean() ? head.time(i) : random.nextLong(head.time(i) + 1);
        covered = covered.with(new Timestamp(time, head.origin(i)));
      }
      return covered;
    }

    private Table.Limit limit() {
      int entries = random.nextBoolean() ? ALL : 1 + random.nextInt(10);
      return new Table.Limit(entries, 1 + random.nextInt(4000));
    }

    private static Place find(LastEntries search) {
      Place place = search.step();
      while (place == null) {
        place = search.step();
      }
      return place;
    }

    private String replay() {
      return "-Dseed=" + seed;
    }
  }
}
