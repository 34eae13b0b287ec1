package dev.lyrebird.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.journal.Write;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** A journal of several nodes' changes, read from places and from vectors. */
final class TableJournalTest {
  private static final int JOURNALS = 30;
  private static final int READINGS = 30;
  private static final int PAGES = 60;
  private static final int ALL = Integer.MAX_VALUE;

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final TableInMemory memory = new TableInMemory("type T @table { id: ID @primaryKey }");
  private JournalWriter writer = new JournalWriter(random);

  @Test
  void readingsFromPlacesAndVectorsGiveWhatLiesBehindThem() {
    for (int i = 0; i < JOURNALS; i++) {
      writer = new JournalWriter(random);
      MemoryTableStore store = new MemoryTableStore();
      writer.append(store, PAGES);
      Table table = opened(store);
      assertEquals(writer.head(), table.head());
      Place trimmed = store.progress().trimmed();
      for (int j = 0; j < READINGS; j++) {
        if (j == READINGS / 2) {
          table.trim(random.nextLong(writer.latest + 1), ALL);
          trimmed = store.progress().trimmed();
        }
        readFromPlace(table, trimmed);
        readFromVector(table, trimmed);
      }
    }
  }

  private static Table opened(TableStore store) {
    return new Table(
        Samples.table("type T @table { id: ID @primaryKey }"),
        store,
        new HybridClock(() -> Instant.EPOCH, 0, 0),
        TableInMemory.NODE);
  }

  private void readFromPlace(Table table, Place trimmed) {
    Place from = writer.places.get(random.nextInt(writer.places.size()));
    Predicate<Entry> wanted = wanted();
    Table.Page page = table.read(from, wanted::test, limit());
    if (from.position() < trimmed.position()) {
      assertNull(page, this::replay);
      return;
    }
    assertNotNull(page, this::replay);
    check(page, from, wanted);
    assertEquals(behind(from, wanted), readOn(table, page, wanted), this::replay);
  }

  private void readFromVector(Table table, Place trimmed) {
    VersionVector covered = writer.covered();
    Predicate<Entry> wanted = wanted();
    long firstNews =
        behind(trimmed, entry -> !covered.covers(entry.change().timestamp())).stream()
            .mapToLong(Entry::position)
            .findFirst()
            .orElse(Long.MAX_VALUE);
    Predicate<Entry> news =
        entry ->
            wanted.test(entry)
                && (!covered.covers(entry.change().timestamp())
                    || (entry.isOfRow() && entry.position() > firstNews));
    Table.Page page = table.read(covered, null, wanted::test, limit());
    if (!covered.covers(trimmed.vector())) {
      assertNull(page, this::replay);
      return;
    }
    assertNotNull(page, this::replay);
    check(page, trimmed, news);
    assertEquals(behind(trimmed, news), readOn(table, page, news), this::replay);
  }

  private List<Entry> behind(Place from, Predicate<Entry> wanted) {
    return writer.behind(from).stream().filter(wanted).toList();
  }

  /** Holds a page to the journal: it leaves out nothing wanted, and its places are right. */
  private void check(Table.Page page, Place from, Predicate<Entry> wanted) {
    Place end = writer.places.get((int) page.end().position());
    assertEquals(end, page.end(), this::replay);
    assertEquals(
        behind(from, wanted).stream().filter(entry -> entry.position() <= end.position()).toList(),
        page.entries(),
        this::replay);
    assertEquals(
        page.entries().stream().map(entry -> writer.places.get((int) entry.position())).toList(),
        page.places(),
        this::replay);
  }

  /** Returns what the page and those behind it hold. */
  private List<Entry> readOn(Table table, Table.Page first, Predicate<Entry> wanted) {
    List<Entry> read = new ArrayList<>(first.entries());
    Place place = first.end();
    while (place.position() < writer.head().position()) {
      Table.Page page = table.read(place, wanted::test, limit());
      assertNotNull(page, this::replay);
      assertTrue(page.end().position() > place.position(), this::replay);
      read.addAll(page.entries());
      place = page.end();
    }
    return read;
  }

  private Table.Limit limit() {
    int entries = random.nextBoolean() ? Integer.MAX_VALUE : 1 + random.nextInt(10);
    return new Table.Limit(entries, 1 + random.nextInt(2000));
  }

  private Predicate<Entry> wanted() {
    int chosen = random.nextInt(1, 8);
    return entry -> (entry.id().hashCode() & chosen) != 0;
  }

  @Test
  void aReadingStopsSoonAfterItsLimit() {
    MemoryTableStore store = new MemoryTableStore();
    writer.append(store, PAGES);
    Table.Page page = opened(store).read(Place.START, entry -> true, Table.Limit.ofBytes(1));
    assertNotNull(page);
    assertTrue(page.end().position() <= 4, () -> "read on to " + page.end());
  }

  @Test
  void aReadingStopsAtSoManyEntries() {
    MemoryTableStore store = new MemoryTableStore();
    writer.append(store, PAGES);
    Table.Page page = opened(store).read(Place.START, entry -> true, new Table.Limit(7, ALL));
    assertNotNull(page);
    assertEquals(7, page.entries().size());
    assertEquals(writer.places.get(7), page.end());
  }

  @Test
  void aConflatedReadingTellsOfEachRowTheLastAndOfMessagesAll() {
    for (int i = 0; i < PAGES; i++) {
      String id = "r" + random.nextInt(3);
      switch (random.nextInt(4)) {
        case 0 -> memory.write(Write.delete(id), Condition.KNOWING);
        case 1 -> memory.apply(Write.message(id, Samples.text("m" + i)));
        default -> memory.apply(Write.put(id, Samples.text("p" + i)));
      }
    }
    Place place = Place.START;
    Map<String, Entry> rows = new HashMap<>();
    List<Entry> messages = new ArrayList<>();
    while (place.position() < memory.table.head().position()) {
      Table.Page page = memory.table.readConflated(place, entry -> true, limit());
      assertNotNull(page, this::replay);
      Map<String, Entry> ofPage = new HashMap<>();
      for (int i = 0; i < page.entries().size(); i++) {
        Entry entry = page.entries().get(i);
        assertEquals(entry.position(), page.places().get(i).position(), this::replay);
        if (entry.isOfRow()) {
          assertNull(ofPage.put(entry.id(), entry), this::replay);
        } else {
          messages.add(entry);
        }
      }
      rows.putAll(ofPage);
      place = page.end();
    }
    List<Entry> all = memory.journal(Place.START);
    Map<String, Entry> last = new HashMap<>();
    all.stream().filter(Entry::isOfRow).forEach(entry -> last.put(entry.id(), entry));
    assertEquals(last, rows, this::replay);
    assertEquals(all.stream().filter(entry -> !entry.isOfRow()).toList(), messages, this::replay);
  }

  @Test
  void aConflatedReadingTellsOfManyChangesOfARowOnce() {
    for (int i = 0; i < PAGES; i++) {
      memory.apply(Write.put("r", Samples.text("p" + i)));
    }
    Table.Page page =
        memory.table.readConflated(Place.START, entry -> true, Table.Limit.ofBytes(ALL));
    assertNotNull(page);
    assertEquals(List.of(memory.table.head()), page.places());
    assertEquals(memory.table.head(), page.end());
  }

  @Test
  void nothingLiesBehindTheHead() {
    memory.apply(Write.put("r", Samples.text("x")));
    Place head = memory.table.head();
    assertEquals(
        new Table.Page(List.of(), List.of(), head),
        memory.table.read(head, entry -> true, Table.Limit.ofBytes(ALL)));
    assertEquals(List.of(), memory.journal(head));
  }

  private String replay() {
    return "-Dseed=" + seed;
  }
}
