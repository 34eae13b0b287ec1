package dev.lyrebird.table;

import static dev.lyrebird.table.Samples.text;
import static dev.lyrebird.table.TableStore.Deadline.EXPIRY;
import static dev.lyrebird.table.TableStore.Deadline.FOLDING;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.journal.Change;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.EntryCodec;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Reception;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.journal.Write;
import dev.lyrebird.query.KeyRange;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a table relies on, whatever its store is made of. */
interface TableStoreContract {
  int RUNS = 40;
  int PAGES = 30;
  Payload PATCH = text("{\"a\":1}");

  TableStore.Progress EMPTY =
      new TableStore.Progress(Place.START, Place.START, Place.START, TableStore.Gap.NONE, 0, 0);

  /** Returns the store of a table to which nothing was written. */
  TableStore fresh();

  /** Returns a store as it is found when the one given has been closed. */
  TableStore reopened(TableStore store);

  @Test
  default void anEmptyStoreStandsAtTheStart() {
    TableStore store = fresh();
    for (int i = 0; i < 2; i++) {
      assertEquals(EMPTY, store.progress());
      assertEquals(List.of(), entries(store, 0));
      assertEquals(List.of(), ids(store, ""));
      for (TableStore.Deadline deadline : TableStore.Deadline.values()) {
        assertEquals(List.of(), store.due(deadline, Long.MAX_VALUE, 10));
      }
      assertNull(store.memory());
      assertEquals(Place.START, store.checkpointWithin(VersionVector.EMPTY));
      assertEquals(Place.START, store.trim(Long.MAX_VALUE, 0));
      assertEquals(0, store.estimatedRows());
      assertNull(store.row("r"));
      store = reopened(store);
    }
  }

  @Test
  default void theJournalIsReadFromAnyPosition() {
    Random random = new Random(5);
    JournalWriter writer = new JournalWriter(random);
    TableStore store = fresh();
    writer.append(store, PAGES);
    for (int i = 0; i < 2; i++) {
      for (Place place : writer.places) {
        List<Entry> read = entries(store, place.position());
        assertTrue(read.getFirst().position() <= place.position() + 1);
        assertEquals(
            writer.behind(place),
            read.stream().filter(entry -> entry.position() > place.position()).toList());
      }
      store = reopened(store);
      assertEquals(writer.head(), store.progress().head());
    }
  }

  @Test
  default void theCheckpointFoundIsTheLastThatIsCovered() {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    TableStore store = fresh();
    JournalWriter writer = new JournalWriter(random);
    for (int i = 0; i < 3; i++) {
      writer.append(store, PAGES);
      Place trimmed = i == 1 ? store.trim(PAGES / 2, Long.MAX_VALUE) : store.progress().trimmed();
      for (int j = 0; j < RUNS; j++) {
        VersionVector covered = writer.covered().join(trimmed.vector());
        Place expected =
            writer.checkpoints.stream()
                .map(JournalWriter.Checkpoint::place)
                .filter(place -> place.position() >= trimmed.position())
                .filter(place -> covered.covers(place.vector()))
                .reduce(trimmed, (before, after) -> after);
        assertEquals(expected, store.checkpointWithin(covered), "-Dseed=" + seed);
      }
      store = reopened(store);
      store.progress();
    }
  }

  @Test
  default void checkpointsAreFoundByPositionAndByTime() {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    TableStore store = fresh();
    assertEquals(Place.START, store.checkpointUpTo(Long.MAX_VALUE));
    assertNull(store.checkpointBefore(Long.MAX_VALUE));
    JournalWriter writer = new JournalWriter(random);
    for (int i = 0; i < 3; i++) {
      writer.append(store, PAGES);
      Place trimmed = store.trim(writer.latest / 4, Long.MAX_VALUE);
      for (int j = 0; j < RUNS; j++) {
        long position = random.nextLong(writer.head().position() + 2);
        Place upTo = lastCheckpoint(writer, trimmed, one -> one.place().position() <= position);
        assertEquals(
            upTo == null ? trimmed : upTo, store.checkpointUpTo(position), "-Dseed=" + seed);
        long time = random.nextLong(writer.latest + 2);
        assertEquals(
            lastCheckpoint(writer, trimmed, one -> one.localTime() < time),
            store.checkpointBefore(time),
            "-Dseed=" + seed);
      }
      store = reopened(store);
      assertEquals(writer.latest, store.progress().latest(), "-Dseed=" + seed);
    }
  }

  private static @Nullable Place lastCheckpoint(
      JournalWriter writer, Place trimmed, Predicate<JournalWriter.Checkpoint> isRight) {
    return writer.checkpoints.stream()
        .filter(checkpoint -> checkpoint.place().position() >= trimmed.position())
        .filter(isRight)
        .map(JournalWriter.Checkpoint::place)
        .reduce((before, after) -> after)
        .orElse(null);
  }

  @Test
  default void aTrimDropsWhatIsOldOrTooMuchAndNothingElse() {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    TableStore store = fresh();
    JournalWriter writer = new JournalWriter(random);
    for (int i = 0; i < RUNS; i++) {
      writer.append(store, i == 0 || random.nextBoolean(), writer.latest + 1);
      writer.append(store, random.nextInt(PAGES));
      if (random.nextInt(4) == 0) {
        writer.skip(store, elsewhere(i + 1), writer.latest);
      }
      if (random.nextInt(4) == 0) {
        writer.checkpoint(store, i);
      }
      Place before = store.progress().trimmed();
      long cut = random.nextBoolean() ? random.nextLong(writer.latest + 1) : -1;
      long bound = random.nextBoolean() ? Long.MAX_VALUE : random.nextInt(3000);
      Place end = store.trim(cut, bound);
      if (random.nextBoolean()) {
        store = reopened(store);
      }
      assertEquals(
          trimmed(writer, before, cut, bound), end, "-Dseed=%d, trim %d".formatted(seed, i));
      assertEquals(end, store.progress().trimmed());
      assertEquals(writer.head(), store.progress().head());
      assertEquals(writer.bytesBehind(end), store.journalBytes());
      assertEquals(writer.behind(end), entries(store, end.position()));
    }
  }

  /** Works out where a trim ends: it goes on while what comes next is old, or the rest too much. */
  private static Place trimmed(JournalWriter writer, Place from, long cut, long bound) {
    Place end = from;
    for (JournalWriter.Checkpoint checkpoint : writer.checkpoints) {
      if (checkpoint.place().position() > end.position()) {
        if (checkpoint.localTime() > cut && writer.bytesBehind(end) <= bound) {
          break;
        }
        end = checkpoint.place();
      }
    }
    return end;
  }

  @Test
  default void theJournalGoesOnBehindAGap() {
    TableStore store = fresh();
    JournalWriter writer = new JournalWriter(new Random(5));
    writer.append(store, PAGES);
    Place before = writer.head();
    TableStore.Gap gap = writer.skip(store, elsewhere(7), PAGES);
    for (int i = 0; i < 2; i++) {
      assertEquals(gap, store.progress().gap());
      assertEquals(writer.head(), store.progress().head());
      assertEquals(writer.head(), store.checkpointWithin(writer.head().vector()));
      assertTrue(before.vector().covers(store.checkpointWithin(before.vector()).vector()));
      store = reopened(store);
    }
    store.progress();
    writer.append(store, PAGES);
    store = reopened(store);
    assertEquals(gap, store.progress().gap());
    assertEquals(writer.head(), store.progress().head());
    assertEquals(writer.behind(Place.START), entries(store, 0));
  }

  @Test
  default void aJournalThatBeginsAnewHoldsWhatIsBehindItsBeginning() {
    TableStore store = fresh();
    JournalWriter writer = new JournalWriter(new Random(5));
    writer.append(store, PAGES);
    writer.skip(store, elsewhere(7), PAGES);
    Place cut = writer.head();
    writer.append(store, PAGES);

    Place beginning = new Place(cut.position(), elsewhere(9));
    Place head = beginning;
    for (Entry entry : writer.behind(cut)) {
      head = head.after(entry);
    }
    assertEquals(head, store.begin(beginning, writer.latest));
    for (int i = 0; i < 2; i++) {
      assertEquals(
          new TableStore.Progress(
              head, Place.START, beginning, TableStore.Gap.NONE, 0, writer.latest),
          store.progress());
      assertEquals(writer.behind(cut), entries(store, cut.position()));
      assertEquals(beginning, store.checkpointWithin(VersionVector.EMPTY));
      assertEquals(beginning, store.checkpointWithin(head.vector()));
      store = reopened(store);
    }
  }

  @Test
  default void aJournalThatBeganAnewIsAsLargeAsWhatItHolds() {
    TableStore store = fresh();
    JournalWriter writer = new JournalWriter(new Random(5));
    writer.append(store, PAGES);
    Place cut = writer.head();
    writer.append(store, false, PAGES);
    store.begin(new Place(cut.position(), elsewhere(9)), writer.latest);
    store = reopened(store);
    store.progress();
    Place end = writer.head();
    writer.append(store, true, PAGES);
    assertEquals(cut.position(), store.trim(-1, writer.bytesBehind(cut)).position());
    assertEquals(end.position(), store.trim(-1, writer.bytesBehind(cut) - 1).position());
  }

  /** Returns what a node has done that has nothing in a journal. */
  private static VersionVector elsewhere(long time) {
    return VersionVector.of(new Timestamp(time, 99));
  }

  @Test
  default void rowsAreReadInTheOrderOfTheirBytes() {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    TableStore store = fresh();
    Map<byte[], RowState> oracle = new TreeMap<>(Arrays::compareUnsigned);
    for (int i = 0; i < RUNS; i++) {
      Map<String, RowState> changed = new LinkedHashMap<>();
      for (int j = random.nextInt(5); j >= 0; j--) {
        String id = id(random);
        RowState state = random.nextInt(3) == 0 ? RowState.NOTHING : row(i + 1, 0);
        changed.put(id, state);
        oracle.remove(id.getBytes(StandardCharsets.UTF_8));
        if (!state.equals(RowState.NOTHING)) {
          oracle.put(id.getBytes(StandardCharsets.UTF_8), state);
        }
      }
      store.settle(
          changed,
          TableStore.IndexChanges.NONE,
          new Place(i, VersionVector.of(new Timestamp(i, 1))),
          i);
      if (i % 10 == 0) {
        store = reopened(store);
        store.progress();
      }
      String prefix = random.nextBoolean() ? "" : id(random);
      List<String> expected =
          oracle.keySet().stream()
              .map(id -> new String(id, StandardCharsets.UTF_8))
              .filter(id -> id.startsWith(prefix))
              .toList();
      assertEquals(expected, ids(store, prefix), "-Dseed=" + seed);
      for (Map.Entry<byte[], RowState> row : oracle.entrySet()) {
        assertEquals(row.getValue(), store.row(new String(row.getKey(), StandardCharsets.UTF_8)));
      }
    }
  }

  /** Returns an id of one to three characters that take from one to four bytes. */
  private static String id(Random random) {
    return random
        .ints(1 + random.nextInt(3), 0, 6)
        .mapToObj(i -> List.of("a", "/", "\u00e9", "\uffee", "\ud83d\ude00", "\u0001").get(i))
        .reduce("", String::concat);
  }

  @Test
  default void anIndexIsReadInTheOrderOfItsKeysAndThenOfTheIds() {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    TableStore store = fresh();
    TreeMap<byte[], Map.Entry<String, String>> oracle = new TreeMap<>(Arrays::compareUnsigned);
    for (int i = 0; i < RUNS; i++) {
      List<TableStore.IndexEntry> gone = new ArrayList<>();
      List<TableStore.IndexEntry> come = new ArrayList<>();
      for (int j = random.nextInt(8); j >= 0; j--) {
        TableStore.IndexEntry entry =
            new TableStore.IndexEntry(1 + random.nextInt(2), key(random), id(random));
        (random.nextInt(3) == 0 ? gone : come).add(entry);
      }
      come.removeIf(entry -> gone.stream().anyMatch(other -> sorted(entry).equals(sorted(other))));
      gone.stream()
          .filter(entry -> entry.index() == 1)
          .forEach(entry -> oracle.remove(bytes(entry)));
      come.stream()
          .filter(entry -> entry.index() == 1)
          .forEach(entry -> oracle.put(bytes(entry), Map.entry(hex(entry.key()), entry.id())));
      store.settle(
          Map.of(), new TableStore.IndexChanges(gone, come), new Place(i, VersionVector.EMPTY), i);
      if (i % 10 == 0) {
        store = reopened(store);
        store.progress();
      }
      KeyRange range = random.nextBoolean() ? KeyRange.ALL : KeyRange.startingWith(key(random));
      List<Map.Entry<String, String>> expected =
          oracle.values().stream()
              .filter(entry -> range.contains(HexFormat.of().parseHex(entry.getKey())))
              .toList();
      try (TableStore.View view = store.view()) {
        assertEquals(expected, entries(view, range, false), "-Dseed=" + seed);
        assertEquals(expected.reversed(), entries(view, range, true), "-Dseed=" + seed);
      }
    }
  }

  /** Returns a key of which no other is the beginning: all but its end is greater than that. */
  private static byte[] key(Random random) {
    byte[] key = new byte[1 + random.nextInt(3)];
    for (int i = 0; i < key.length - 1; i++) {
      key[i] = (byte) (random.nextBoolean() ? 0xFF : 1 + random.nextInt(2));
    }
    return key;
  }

  private static byte[] bytes(TableStore.IndexEntry entry) {
    return (hex(entry.key()) + entry.id()).getBytes(StandardCharsets.UTF_8);
  }

  private static String sorted(TableStore.IndexEntry entry) {
    return entry.index() + hex(entry.key()) + entry.id();
  }

  private static String hex(byte[] key) {
    return HexFormat.of().formatHex(key);
  }

  /** Returns what an index holds, as the hexadecimal digits of keys, and ids. */
  private static List<Map.Entry<String, String>> entries(
      TableStore.View view, KeyRange range, boolean isDescending) {
    List<Map.Entry<String, String>> entries = new ArrayList<>();
    try (TableStore.IndexScan scan = view.index(1, range, isDescending)) {
      while (scan.next()) {
        entries.add(Map.entry(hex(scan.key()), scan.id()));
      }
    }
    return entries;
  }

  @Test
  default void aViewSeesRowsAndIndexesAsTheyStoodWhenItWasOpened() {
    TableStore store = fresh();
    store.settle(
        Map.of("a", row(1, 0), "b", row(2, 0), "c", row(3, 0)),
        new TableStore.IndexChanges(List.of(), List.of(entry("a"), entry("b"))),
        Place.START,
        3);
    try (TableStore.View before = store.view()) {
      store.settle(
          Map.of("a", RowState.NOTHING, "b", row(4, 0), "d", row(5, 0)),
          new TableStore.IndexChanges(List.of(entry("a")), List.of(entry("d"))),
          Place.START,
          5);
      assertEquals(row(1, 0), before.row("a"));
      assertEquals(row(2, 0), before.row("b"));
      assertNull(before.row("d"));
      List<RowState> standing = List.of(RowState.NOTHING, row(2, 0), row(1, 0));
      assertEquals(standing, before.rows(List.of("d", "b", "a")));
      assertEquals(List.of("a", "b", "c"), ids(before.rows(KeyRange.ALL)));
      assertEquals(List.of("01:a", "01:b"), found(before));
    }
    try (TableStore.View after = store.view()) {
      assertNull(after.row("a"));
      assertEquals(row(4, 0), after.row("b"));
      List<RowState> standing = List.of(row(5, 0), row(4, 0), RowState.NOTHING);
      assertEquals(standing, after.rows(List.of("d", "b", "a")));
      assertEquals(List.of(), after.rows(List.of()));
      assertEquals(List.of("b", "c", "d"), ids(after.rows(KeyRange.ALL)));
      KeyRange behindB = new KeyRange(new byte[] {'b', 0}, new byte[] {'d'});
      assertEquals(List.of("c"), ids(after.rows(behindB)));
      assertEquals(List.of("01:b", "01:d"), found(after));
    }
  }

  private static TableStore.IndexEntry entry(String id) {
    return new TableStore.IndexEntry(1, new byte[] {1}, id);
  }

  private static List<String> found(TableStore.View view) {
    return entries(view, KeyRange.ALL, false).stream()
        .map(entry -> entry.getKey() + ':' + entry.getValue())
        .toList();
  }

  @Test
  default void anIndexIsKnownWithAllThatItHoldsUntilItIsDropped() {
    TableStore store = fresh();
    assertEquals(List.of(), store.indexes());
    TableStore.StoredIndex first = new TableStore.StoredIndex(1, "what it means", "");
    TableStore.StoredIndex second = new TableStore.StoredIndex(2, "something else", null);
    store.build(List.of(first, second), List.of());
    store = reopened(store);
    assertEquals(List.of(first, second), store.indexes());
    first = new TableStore.StoredIndex(1, "what it means", "b");
    List<TableStore.IndexEntry> entries = List.of(entry("a"), entry("b"));
    store.build(List.of(first), entries);
    store.build(List.of(), List.of(new TableStore.IndexEntry(2, new byte[] {1}, "c")));
    store = reopened(store);
    assertEquals(List.of(first, second), store.indexes());
    try (TableStore.View view = store.view()) {
      assertEquals(List.of("01:a", "01:b"), found(view));
    }
    store.drop(1);
    store = reopened(store);
    assertEquals(List.of(second), store.indexes());
    try (TableStore.View view = store.view();
        TableStore.IndexScan others = view.index(2, KeyRange.ALL, false)) {
      assertEquals(List.of(), found(view));
      assertTrue(others.next());
      assertEquals("c", others.id());
    }
    store.build(List.of(first), List.of(entry("a")));
    store = reopened(store);
    try (TableStore.View view = store.view()) {
      assertEquals(List.of("01:a"), found(view));
    }
  }

  @Test
  default void theLongestKeyOfAnIndexIsKept() {
    TableStore store = fresh();
    byte[] key = new byte[TableStore.MAX_INDEX_KEY];
    Arrays.fill(key, (byte) 7);
    store.build(List.of(), List.of(new TableStore.IndexEntry(1, key, "a")));
    try (TableStore.View view = store.view()) {
      assertEquals(
          List.of(Map.entry(hex(key), "a")), entries(view, KeyRange.startingWith(key), true));
    }
  }

  @Test
  default void whatIsSettledIsFoundAgainWithItsPlace() {
    TableStore store = fresh();
    JournalWriter writer = new JournalWriter(new Random(5));
    writer.append(store, PAGES);
    RowState patched =
        RowState.NOTHING.merge(new Change(new Timestamp(5, 1), 5, 77, Write.patch("r", PATCH)));
    store.settle(Map.of("r", patched), TableStore.IndexChanges.NONE, writer.head(), 5);
    assertEquals(writer.head(), store.progress().settled());

    store = reopened(store);
    assertEquals(
        new TableStore.Progress(
            writer.head(), writer.head(), Place.START, TableStore.Gap.NONE, 5, writer.latest),
        store.progress());
    assertEquals(patched, store.row("r"));
    assertEquals(1, store.estimatedRows());
  }

  @Test
  default void aReadingSeesTheRowsAsTheyStoodWhenItBegan() {
    TableStore store = fresh();
    store.settle(
        Map.of("a", row(1, 0), "b", row(2, 0), "d", row(3, 0)),
        TableStore.IndexChanges.NONE,
        Place.START,
        3);
    try (TableStore.RowScan scan = store.scan("")) {
      assertTrue(scan.next());
      store.settle(
          Map.of("b", RowState.NOTHING, "c", row(5, 0), "d", row(6, 0)),
          TableStore.IndexChanges.NONE,
          Place.START,
          6);
      assertTrue(scan.next());
      assertEquals("b", scan.id());
      assertTrue(scan.next());
      assertEquals("d", scan.id());
      assertEquals(row(3, 0), scan.state());
      assertFalse(scan.next());
    }
    assertEquals(List.of("a", "c", "d"), ids(store, ""));
  }

  @Test
  default void whatIsToEndIsRememberedUntilItIsDealtWith() {
    TableStore store = fresh();
    store.settle(
        Map.of("a", row(1, 500), "b", row(2, 300), "c", row(3, 0)),
        TableStore.IndexChanges.NONE,
        Place.START,
        3);
    store.settle(Map.of("a", row(4, 1L << 40)), TableStore.IndexChanges.NONE, Place.START, 4);
    store = reopened(store);
    TableStore.Due b = new TableStore.Due(300, "b");
    TableStore.Due a = new TableStore.Due(500, "a");
    TableStore.Due later = new TableStore.Due(1L << 40, "a");
    assertEquals(List.of(), store.due(EXPIRY, 299, 10));
    assertEquals(List.of(b), store.due(EXPIRY, 300, 10));
    assertEquals(List.of(b, a), store.due(EXPIRY, 500, 10));
    assertEquals(List.of(b), store.due(EXPIRY, 500, 1));
    store.forget(EXPIRY, List.of(b, a));
    assertEquals(List.of(later), store.due(EXPIRY, Long.MAX_VALUE, 10));
    store = reopened(store);
    assertEquals(List.of(later), store.due(EXPIRY, Long.MAX_VALUE, 10));
  }

  @Test
  default void whatIsToBeFoldedIsRememberedUntilItIsDealtWith() {
    TableStore store = fresh();
    RowState patched = row(1, 500).merge(new Change(new Timestamp(7, 1), Write.patch("a", PATCH)));
    RowState gone = row(2, 0).merge(new Change(new Timestamp(5, 1), Write.delete("b")));
    store.settle(
        Map.of("a", patched, "b", gone, "c", row(6, 0)),
        TableStore.IndexChanges.NONE,
        Place.START,
        7);
    store = reopened(store);
    TableStore.Due b = new TableStore.Due(5, "b");
    TableStore.Due a = new TableStore.Due(7, "a");
    assertEquals(List.of(), store.due(FOLDING, 4, 10));
    assertEquals(List.of(b), store.due(FOLDING, 6, 10));
    assertEquals(List.of(b), store.due(FOLDING, 7, 1));
    assertEquals(List.of(b, a), store.due(FOLDING, 7, 10));
    store.forget(FOLDING, List.of(b));
    store = reopened(store);
    assertEquals(List.of(a), store.due(FOLDING, 7, 10));
    assertEquals(List.of(new TableStore.Due(500, "a")), store.due(EXPIRY, 500, 10));
  }

  @Test
  default void aFewBytesAreKeptUntilOthersReplaceThem() {
    TableStore store = fresh();
    assertNull(store.definition());
    store.remember(new byte[] {1, 2});
    store.keepDefinition(new byte[] {3});
    store = reopened(store);
    assertArrayEquals(new byte[] {1, 2}, store.memory());
    assertArrayEquals(new byte[] {3}, store.definition());
    store.remember(new byte[0]);
    store = reopened(store);
    assertArrayEquals(new byte[0], store.memory());
  }

  @Test
  default void whatWasReceivedStaysUntilItIsReleased() {
    Reception early = new Reception(-7, 1, 1);
    Reception same = new Reception(-7, 1, 65_535);
    Reception late = new Reception(-7, Long.MAX_VALUE, 1);
    Reception others = new Reception(-8, 1, 1);
    TableStore store = fresh();
    store.receive(List.of(early, late, others));
    store.receive(List.of(early, same));
    for (int i = 0; i < 2; i++) {
      assertEquals(Set.of(early, same, late), Set.copyOf(store.receptions(-7)));
      assertEquals(3, store.receptions(-7).size());
      assertEquals(List.of(others), store.receptions(-8));
      assertEquals(List.of(), store.receptions(7));
      store = reopened(store);
    }
    store.release(List.of(early, late, new Reception(5, 5, 5)));
    store = reopened(store);
    assertEquals(List.of(same), store.receptions(-7));
    assertEquals(List.of(others), store.receptions(-8));
  }

  @Test
  default void onlyReceptionsThatAreToBeKeptStay() {
    Reception early = new Reception(-7, 1, 1);
    Reception late = new Reception(-7, 2, 1);
    Reception others = new Reception(8, 2, 65_535);
    TableStore store = fresh();
    store.receive(List.of(early, late, others));
    store.releaseUnless(reception -> reception.claim() == 2);
    store = reopened(store);
    assertEquals(List.of(late), store.receptions(-7));
    assertEquals(List.of(others), store.receptions(8));
  }

  @Test
  default void whatIsReceivedWithPagesStandsBesideTheJournal() {
    TableStore store = fresh();
    JournalWriter writer = new JournalWriter(new Random(5));
    Reception reception = new Reception(1, 2, 3);
    writer.append(store, PAGES);
    writer.append(store, true, PAGES, List.of(reception));
    store = reopened(store);
    assertEquals(writer.head(), store.progress().head());
    assertEquals(List.of(reception), store.receptions(1));

    store.begin(writer.head(), writer.latest);
    store.trim(Long.MAX_VALUE, 0);
    store = reopened(store);
    assertEquals(List.of(reception), store.receptions(1));
  }

  private static RowState row(long time, long expiresAtMillis) {
    Write write = new Write(Write.Kind.PUT, "r", text("at " + time), 1, 0, expiresAtMillis, null);
    return RowState.NOTHING.merge(new Change(new Timestamp(time, 1), write));
  }

  /** Returns the entries of all pages from the one that holds the entry behind a position. */
  static List<Entry> entries(TableStore store, long position) {
    List<Entry> entries = new ArrayList<>();
    try (TableStore.PageScan pages = store.pages(position)) {
      for (byte[] page = pages.next(); page != null; page = pages.next()) {
        entries.addAll(EntryCodec.decode(page));
      }
    }
    return entries;
  }

  static List<String> ids(TableStore store, String prefix) {
    return ids(store.scan(prefix));
  }

  private static List<String> ids(TableStore.RowScan rows) {
    List<String> ids = new ArrayList<>();
    try (TableStore.RowScan scan = rows) {
      while (scan.next()) {
        ids.add(scan.id());
      }
    }
    return ids;
  }
}
