package dev.lyrebird.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.journal.Write;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Places of a journal, found by time and by how many entries lie behind them. */
final class JournalPlacesTest {
  private static final int JOURNALS = 60;
  private static final int SEARCHES = 30;
  private static final int PAGES = 60;

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final MemoryTableStore store = new MemoryTableStore();
  private final JournalWriter writer = new JournalWriter(random);

  @Test
  void placesAreFoundInJournalsThatWereTrimmedAndHaveGaps() {
    for (int i = 0; i < JOURNALS; i++) {
      new JournalPlacesTest().findPlaces();
    }
  }

  private void findPlaces() {
    writer.append(store, PAGES);
    Gap gap = random.nextBoolean() ? skip() : null;
    writer.append(store, random.nextInt(PAGES));
    Table table = opened();
    for (int i = 0; i < SEARCHES; i++) {
      if (i == SEARCHES / 2) {
        table.trim(random.nextLong(writer.latest + 2), Integer.MAX_VALUE);
      }
      Place beginning = store.progress().trimmed();
      if (gap != null && gap.place().position() > beginning.position()) {
        beginning = gap.place();
      }
      findByTime(table, gap);
      findByCount(table, beginning);
    }
  }

  /** Where something was skipped, and the latest time of what lies before. */
  private record Gap(Place place, long localTime) {}

  private Gap skip() {
    writer.skip(store, VersionVector.of(new Timestamp(1, 99)), writer.latest + 1);
    return new Gap(writer.head(), writer.latest);
  }

  private void findByTime(Table table, @Nullable Gap gap) {
    long time = random.nextLong(writer.latest + 2);
    Place found = table.placeSince(time);
    if (gap != null && time <= gap.localTime()) {
      assertNull(found, this::replay);
      return;
    }
    Place expected =
        writer.entries.stream()
            .filter(entry -> entry.localTime() >= time)
            .map(entry -> writer.places.get((int) entry.position() - 1))
            .findFirst()
            .orElse(writer.head());
    Place trimmed = store.progress().trimmed();
    boolean hasAllGone = trimmed.equals(writer.head()) && time <= writer.latest;
    boolean mayBeginEarlier =
        hasAllGone
            || (!trimmed.equals(Place.START)
                && writer.checkpoints.stream()
                    .anyMatch(one -> one.place().equals(trimmed) && one.localTime() >= time));
    assertEquals(mayBeginEarlier ? null : expected, found, this::replay);
  }

  private void findByCount(Table table, Place beginning) {
    int chosen = random.nextInt(1, 8);
    Predicate<Entry> wanted = entry -> (entry.id().hashCode() & chosen) != 0;
    int count = random.nextInt(writer.entries.size());
    List<Entry> matching = writer.behind(beginning).stream().filter(wanted).toList().reversed();
    Place expected =
        count == 0
            ? writer.head()
            : count > matching.size()
                ? beginning
                : writer.places.get((int) matching.get(count - 1).position() - 1);
    assertEquals(expected, find(table.lastEntries(count, wanted::test)), this::replay);
  }

  private static Place find(LastEntries search) {
    Place place = search.step();
    while (place == null) {
      place = search.step();
    }
    return place;
  }

  @Test
  void whatIsDroppedAndAppendedDuringASearchDoesNotDisturbIt() {
    writer.append(store, PAGES);
    Table table = opened();
    LastEntries search = table.lastEntries(Integer.MAX_VALUE, entry -> true);
    assertNull(search.step());
    table.trim(writer.latest + 1, Integer.MAX_VALUE);
    table.write(List.of(new Table.Request(Write.message("r", Samples.text("x")), Condition.NONE)));
    assertEquals(store.progress().trimmed(), find(search));
  }

  @Test
  void aJournalThatBeganAnewDoesNotTellWhatCameBefore() {
    writer.append(store, PAGES);
    long began = writer.latest + 1;
    Place beginning = new Place(writer.head().position(), VersionVector.of(new Timestamp(1, 99)));
    store.begin(beginning, began);
    store.settle(Map.of(), TableStore.IndexChanges.NONE, beginning, 0);
    Table table = opened();
    assertNull(table.placeSince(began));
    assertEquals(beginning, Objects.requireNonNull(table.placeSince(began + 1)));
    assertEquals(beginning, find(table.lastEntries(1, entry -> true)));
  }

  private Table opened() {
    return new Table(
        Samples.table("type T @table { id: ID @primaryKey }"),
        store,
        new HybridClock(() -> Instant.EPOCH, 0, 0),
        TableInMemory.NODE);
  }

  private String replay() {
    return "-Dseed=" + seed;
  }
}
