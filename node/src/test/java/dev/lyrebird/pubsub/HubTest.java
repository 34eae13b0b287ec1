package dev.lyrebird.pubsub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.lyrebird.journal.Change;
import dev.lyrebird.journal.Cursor;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.journal.Write;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Single scenes of a hub, each answer given by hand. */
final class HubTest {

  private static final Start CURRENT = new Start.Current();
  private static final Start LIVE = new Start.Live();
  private static final TopicFilter ALL = TopicFilter.of("#");
  private static final int[] BOTH = {0, 1};
  private static final int[] FIRST = {0};

  private final List<String> asked = new ArrayList<>();
  private final Queue<Runnable> nextTurn = new ArrayDeque<>();
  private final Hub hub = new Hub(new Asked(), List.of(new Channel("", 7), new Channel("s", 8)));

  /** Notes what the hub asks. */
  private final class Asked implements Feeds {

    @Override
    public void attach(int table) {
      asked.add("attach " + table);
    }

    @Override
    public void detach(int table) {
      asked.add("detach " + table);
    }

    @Override
    public void openScan(int table, long reader, TopicFilter filter) {
      asked.add("open " + table + " for " + reader);
    }

    @Override
    public void moreRows(int table, long reader) {
      asked.add("more " + table + " for " + reader);
    }

    @Override
    public void closeScan(int table, long reader) {
      asked.add("close " + table + " for " + reader);
    }

    @Override
    public void read(int table, long reader, List<TopicFilter> filters, From from) {
      String what =
          switch (from) {
            case From.Behind(var place) -> "from " + place.position();
            case From.Conflated(var place) -> "conflated from " + place.position();
            case From.Elsewhere(var place, var seen) ->
                "from " + place.position() + " having seen " + seen;
            case From.NotCovered(var covered, _) -> "what is not in " + covered;
          };
      asked.add("read " + table + " for " + reader + " " + what);
    }

    @Override
    public void findSince(int table, long reader, long localTime) {
      asked.add("find " + table + " for " + reader + " since " + localTime);
    }

    @Override
    public void findPrevious(int table, long reader, List<TopicFilter> filters, int count) {
      asked.add("find " + table + " for " + reader + " the last " + count);
    }

    @Override
    public void inNextTurn(Runnable task) {
      nextTurn.add(task);
    }
  }

  private record Want(TopicFilter filter) implements Subscription {}

  /** A subscriber with room for as many events as it is given. */
  private final class Client implements Subscriber<Want> {

    final Member<Want> member = hub.join(this);
    final List<String> told = new ArrayList<>();
    int room = Integer.MAX_VALUE;
    boolean conflates;
    @Nullable Event lastEvent;
    @Nullable Cursor lastCursor;

    void subscribe(TopicFilter filter, int[] tables, Start start) {
      member.subscribe(new Want(filter), tables, start);
    }

    void resume(int events) {
      room = events;
      member.resume();
    }

    List<String> toldSince() {
      List<String> since = List.copyOf(told);
      told.clear();
      return since;
    }

    @Override
    public boolean isWritable() {
      return room > 0;
    }

    @Override
    public boolean conflates() {
      return conflates;
    }

    @Override
    public boolean keepsRows() {
      return true;
    }

    @Override
    public void deliver(Event event, List<Want> subscriptions) {
      room--;
      lastEvent = event;
      lastCursor = member.cursorAfter(event);
      told.add(event.topic() + subscriptions.stream().map(want -> want.filter().text()).toList());
    }

    @Override
    public void flush() {
      told.add("flush");
    }

    @Override
    public void caughtUp(Want subscription) {
      told.add("caught up " + subscription.filter().text());
    }

    @Override
    public void reset(String reason) {
      told.add("reset");
    }
  }

  @Test
  void aSubscriberIsToldRowsThenThatItCaughtUpThenChanges() {
    Client client = new Client();
    client.subscribe(ALL, FIRST, CURRENT);
    assertEquals(List.of("attach 0", "open 0 for 1"), askedSince());
    hub.attached(0, place(3));
    hub.rows(1, List.of(row("a"), row("b")), place(4), true);
    hub.changes(0, place(3), entries(4, "c", "d"));
    assertEquals(
        List.of("a[#]", "b[#]", "caught up #", "flush", "d[#]", "flush"), client.toldSince());
    client.member.leave();
    assertEquals(List.of("detach 0"), askedSince());
  }

  @Test
  void theLastRowCarriesTheCursorOfThePlaceAtWhichAllRowsStoodSo() {
    Client client = new Client();
    client.subscribe(ALL, FIRST, CURRENT);
    hub.attached(0, place(0));
    client.room = 1;
    hub.rows(1, List.of(row("a"), row("b")), place(4), true);
    assertNull(client.lastCursor);
    assertNull(client.member.cursor());
    client.resume(1);
    assertEquals(Cursor.of(7, place(4).vector()), client.lastCursor);
  }

  @Test
  void anEntryIsOneEventForAllAndComesWithAllSubscriptionsThatMatch() {
    Client one = live(ALL);
    Client other = live(TopicFilter.of("a"));
    other.subscribe(TopicFilter.of("+"), FIRST, LIVE);
    other.told.clear();
    hub.changes(0, place(0), entries(1, "a"));
    assertEquals(List.of("a[#]", "flush"), one.toldSince());
    assertEquals(List.of("a[a, +]", "flush"), other.toldSince());
    assertSame(one.lastEvent, other.lastEvent);
  }

  @Test
  void whoHasNoRoomHoldsOnePageOfRowsAndAsksForNothing() {
    Client client = new Client();
    client.subscribe(ALL, FIRST, CURRENT);
    hub.attached(0, place(0));
    client.room = 1;
    askedSince();
    hub.rows(1, List.of(row("a"), row("b"), row("c")), place(1), false);
    hub.changes(0, place(0), entries(1, "a", "b", "c"));
    assertEquals(List.of(), askedSince());
    client.resume(1);
    assertEquals(List.of(), askedSince());
    client.resume(2);
    assertEquals(List.of("more 0 for 1"), askedSince());
    assertEquals(List.of("a[#]", "flush", "b[#]", "flush", "c[#]", "flush"), client.toldSince());
  }

  @Test
  void whoIsLiveAndHasNoRoomKeepsItsPlaceAlone() {
    Client client = live(ALL);
    askedSince();
    client.room = 1;
    hub.changes(0, place(0), entries(1, "a", "b", "c"));
    hub.changes(0, place(3), entries(4, "d"));
    assertEquals(List.of(), askedSince());
    client.resume(1);
    assertEquals(List.of("read 0 for 1 from 1"), askedSince());
  }

  @Test
  void whoConflatesIsReadHowRowsStandAndNotEachChange() {
    Client client = new Client();
    client.conflates = true;
    client.subscribe(ALL, FIRST, LIVE);
    hub.attached(0, place(0));
    askedSince();
    client.room = 1;
    hub.changes(0, place(0), entries(1, "a", "b", "c"));
    client.resume(1);
    assertEquals(List.of("read 0 for 1 conflated from 1"), askedSince());
  }

  @Test
  void whoBeginsInThePastIsToldWhatHasComeSinceAndThenChanges() {
    Client client = new Client();
    client.subscribe(ALL, FIRST, new Start.Since(77));
    assertEquals(List.of("attach 0", "find 0 for 1 since 77"), askedSince());
    hub.attached(0, place(4));
    assertNull(client.member.cursor());
    hub.changes(0, place(4), entries(5, "e"));
    assertEquals(List.of(), client.toldSince());
    hub.found(1, place(2));
    assertEquals(List.of("read 0 for 1 from 2"), askedSince());
    hub.page(1, entries(3, "c", "d", "e"), List.of(place(3), place(4), place(5)), place(5));
    assertEquals(List.of("c[#]", "d[#]", "e[#]", "caught up #", "flush"), client.toldSince());
    hub.changes(0, place(5), entries(6, "f"));
    assertEquals(List.of("f[#]", "flush"), client.toldSince());
  }

  @Test
  void whoBeginsWithTheLastEntriesIsToldThoseThatMatch() {
    Client client = new Client();
    client.subscribe(TopicFilter.of("a"), FIRST, new Start.Previous(2));
    hub.attached(0, place(4));
    hub.found(1, place(4));
    assertEquals(List.of("attach 0", "find 0 for 1 the last 2"), askedSince());
    assertEquals(List.of("caught up a"), client.toldSince());
  }

  @Test
  void whoBeginsBeforeTheJournalIsResetAndToldTheRows() {
    Client client = new Client();
    client.subscribe(ALL, FIRST, new Start.Since(77));
    hub.attached(0, place(4));
    askedSince();
    hub.found(1, null);
    assertEquals(List.of("reset"), client.toldSince());
    assertEquals(List.of("open 0 for 1"), askedSince());
  }

  @Test
  void whatComesAfterAResetIsToldThoughTheRowsAreReadLater() {
    Client client = new Client();
    client.subscribe(ALL, FIRST, LIVE);
    hub.attached(0, place(0));
    hub.lost(0, place(4), "trimmed");
    assertEquals(List.of("caught up #", "reset"), client.toldSince());
    hub.changes(0, place(4), entries(5, "m"));
    askedSince();
    hub.rows(1, List.of(row("a")), place(5), true);
    assertEquals(List.of("read 0 for 1 from 4"), askedSince());
    assertTrue(Objects.requireNonNull(client.lastCursor).isAstray());
    hub.page(1, entries(5, "m"), List.of(place(5)), place(5));
    assertEquals(List.of("a[#]", "flush", "m[#]", "flush"), client.toldSince());
    assertFalse(Objects.requireNonNull(client.lastCursor).isAstray());
  }

  @Test
  void aGapIsFoundAlsoByWhoStandsRightBeforeIt() {
    Client client = new Client();
    client.subscribe(ALL, FIRST, LIVE);
    hub.attached(0, place(3));
    client.room = 0;
    hub.changes(0, place(3), entries(4, "a"));
    client.resume(1);
    hub.page(1, entries(4, "a"), List.of(place(4)), place(4));
    hub.lost(0, new Place(4, place(9).vector()), "rows were taken over");
    askedSince();
    client.resume(1);
    assertEquals(List.of("read 0 for 1 from 4"), askedSince());
  }

  @Test
  void aGapThatComesWhileRowsAreReadIsFoundToo() {
    Client client = new Client();
    client.subscribe(ALL, FIRST, CURRENT);
    hub.attached(0, place(4));
    hub.lost(0, new Place(4, place(9).vector()), "rows were taken over");
    askedSince();
    hub.rows(1, List.of(), place(4), true);
    assertEquals(List.of("read 0 for 1 from 4"), askedSince());
  }

  @Test
  void whatWasSoughtForWhoHasTakenItBackIsNotTakenForAnother() {
    Client client = new Client();
    client.subscribe(ALL, FIRST, new Start.Since(77));
    client.member.unsubscribe(ALL);
    client.subscribe(ALL, FIRST, LIVE);
    hub.attached(0, place(4));
    hub.found(1, place(2));
    hub.attached(0, place(4));
    askedSince();
    hub.changes(0, place(4), entries(5, "e"));
    assertEquals(List.of("caught up #", "e[#]", "flush"), client.toldSince());
  }

  @Test
  void whoIsAheadOfTheHubIsNotPutBack() {
    Client client = new Client();
    client.subscribe(TopicFilter.of("a"), FIRST, CURRENT);
    hub.attached(0, place(0));
    hub.rows(1, List.of(), place(3), true);
    client.room = 0;
    askedSince();
    hub.changes(0, place(0), entries(1, "a", "b", "b", "a"));
    client.resume(1);
    assertEquals(List.of("read 0 for 1 from 3"), askedSince());
  }

  @Test
  void whoReadsSeveralTablesBeginsWithAnotherOneEachTime() {
    Client client = new Client();
    client.subscribe(ALL, BOTH, LIVE);
    hub.attached(0, place(0));
    hub.attached(1, place(0));
    client.room = 0;
    hub.changes(0, place(0), entries(1, "a"));
    hub.changes(1, place(0), entries(1, "a"));
    askedSince();
    client.resume(1);
    String first = askedSince().getFirst();
    client.room = 0;
    hub.page(1, entries(1, "a"), List.of(place(1)), place(1));
    hub.page(2, entries(1, "a"), List.of(place(1)), place(1));
    client.resume(1);
    assertFalse(askedSince().getFirst().equals(first));
  }

  @Test
  void severalTablesThatDoNotReachBackAreOneGap() {
    Client client = new Client();
    client.subscribe(ALL, BOTH, new Start.After(Cursor.of(7, place(1).vector())));
    hub.attached(0, place(9));
    hub.attached(1, place(9));
    askedSince();
    hub.trimmed(1, "trimmed");
    hub.trimmed(2, "trimmed");
    assertEquals(List.of("reset"), client.toldSince());
    assertEquals(List.of("open 0 for 1", "open 1 for 2"), askedSince());
  }

  @Test
  void cursorsAreSharedOnceThisNodeHasAllThatWasSeenElsewhere() {
    Client client = new Client();
    VersionVector seen = VersionVector.of(new Timestamp(2, 5)).with(new Timestamp(3, 9));
    client.subscribe(ALL, FIRST, new Start.After(Cursor.of(7, seen)));
    hub.attached(0, Place.START);
    hub.page(1, List.of(), List.of(), Place.START);
    hub.changes(0, Place.START, List.of(entry(1, "a", new Timestamp(2, 5))));
    assertEquals(List.of("caught up #"), client.toldSince());
    Place first = new Place(1, VersionVector.of(new Timestamp(2, 5)));
    hub.changes(0, first, List.of(entry(2, "b", new Timestamp(4, 5))));
    assertFalse(client.member.sharesCursors());
    assertEquals(Cursor.of(7, seen.with(new Timestamp(4, 5))), client.lastCursor);
    Place second = first.after(entry(2, "b", new Timestamp(4, 5)));
    hub.changes(0, second, List.of(entry(3, "c", new Timestamp(3, 9))));
    Place third = second.after(entry(3, "c", new Timestamp(3, 9)));
    hub.changes(0, third, List.of(entry(4, "d", new Timestamp(5, 5))));
    assertTrue(client.member.sharesCursors());
    assertEquals(List.of("b[#]", "flush", "d[#]", "flush"), client.toldSince());
  }

  @Test
  void whoIsResetWithAMessageDoesNotGoOnFromItWithoutTheRows() {
    Client client = new Client();
    VersionVector seen = VersionVector.of(new Timestamp(2, 5)).with(new Timestamp(3, 9));
    client.subscribe(ALL, FIRST, new Start.After(Cursor.of(7, seen)));
    hub.attached(0, Place.START);
    hub.page(1, List.of(), List.of(), Place.START);
    client.told.clear();
    Entry news = rowEntry(1, "a", new Timestamp(4, 7));
    Entry late = rowEntry(2, "a", new Timestamp(2, 5));
    Entry message = entry(3, "m", new Timestamp(5, 9));
    hub.changes(0, Place.START, List.of(news, late, message));
    assertEquals(List.of("a[#]", "reset", "m[#]", "flush"), client.toldSince());
    assertFalse(client.member.sharesCursors());
    assertTrue(Objects.requireNonNull(client.lastCursor).isAstray());
    Place end = Place.START.after(news).after(late).after(message);
    hub.rows(1, List.of(row("a")), end, true);
    assertFalse(Objects.requireNonNull(client.member.cursor()).isAstray());
    assertTrue(client.member.sharesCursors());
  }

  /** As when a node dies with writes that only its own clients have seen, and comes back. */
  @Test
  void whoWasToldWhatReplacedTheRowIsSparedTheResetWhenWhatItHadSeenComesLate() {
    Client client = new Client();
    VersionVector seen = VersionVector.of(new Timestamp(2, 5));
    client.subscribe(ALL, FIRST, new Start.After(Cursor.of(7, seen)));
    hub.attached(0, Place.START);
    hub.page(1, List.of(), List.of(), Place.START);
    client.told.clear();
    Entry news = rowEntry(1, "a", new Timestamp(4, 7));
    Change lost = rowEntry(2, "a", new Timestamp(2, 5)).change();
    hub.changes(0, Place.START, List.of(news, new Entry(2, 0, lost, null, true)));
    assertEquals(List.of("a[#]", "flush"), client.toldSince());
    assertTrue(client.member.sharesCursors());
    assertFalse(Objects.requireNonNull(client.member.cursor()).isAstray());
  }

  /** The hub was fed to place 1, and place 2 is seen elsewhere: but not by the new subscription. */
  @Test
  void aSubscriptionBesideACursorMissesNothingOfWhatTheCursorCovers() {
    live(TopicFilter.of("x"));
    hub.changes(0, place(0), entries(1, "a"));
    Client client = new Client();
    client.subscribe(TopicFilter.of("x"), FIRST, new Start.After(Cursor.of(7, place(3).vector())));
    client.subscribe(ALL, FIRST, LIVE);
    askedSince();
    hub.page(2, List.of(), List.of(), place(3));
    assertEquals(List.of("read 0 for 2 what is not in " + place(1).vector()), askedSince());
    hub.page(2, entries(2, "x", "b"), List.of(place(2), place(3)), place(3));
    assertEquals(
        List.of("x[#]", "b[#]", "caught up x", "caught up #", "flush"), client.toldSince());
  }

  @Test
  void whoBrokeOffAmongTheRowsGetsThemAnewAndMissesNoChangeMeanwhile() {
    Client client = new Client();
    client.subscribe(ALL, FIRST, CURRENT);
    hub.attached(0, place(1));
    client.room = 1;
    hub.rows(1, List.of(row("a"), row("b")), place(2), true);
    assertTrue(client.member.awaitsRows(ALL));
    Cursor reached = reached(client);
    assertEquals(Cursor.of(7, place(1).vector()), reached);
    client.member.leave();

    Client back = new Client();
    back.subscribe(ALL, FIRST, new Start.CurrentAfter(reached));
    hub.attached(0, place(3));
    askedSince();
    hub.rows(2, List.of(row("a"), row("b")), place(3), true);
    assertEquals(List.of("read 0 for 2 what is not in " + place(1).vector()), askedSince());
    hub.page(2, entries(2, "b", "c"), List.of(place(2), place(3)), place(3));
    assertEquals(
        List.of("a[#]", "b[#]", "flush", "b[#]", "c[#]", "caught up #", "flush"), back.toldSince());
    assertFalse(back.member.awaitsRows(ALL));
    assertEquals(Cursor.of(7, place(3).vector()), reached(back));
  }

  @Test
  void whoGoesOnFromACursorHasNotReachedWhatTheHubHasSeen() {
    Client client = new Client();
    Cursor cursor = Cursor.of(7, place(1).vector());
    client.subscribe(ALL, FIRST, new Start.After(cursor));
    hub.attached(0, place(3));
    assertEquals(cursor, reached(client));
    client.room = 1;
    hub.page(1, entries(2, "b", "c"), List.of(place(2), place(3)), place(3));
    assertEquals(Cursor.of(7, place(2).vector()), reached(client));
  }

  @Test
  void nothingIsLostWhenASubscriptionIsReplacedWhileItCatchesUp() {
    Client client = new Client();
    client.subscribe(ALL, FIRST, new Start.After(Cursor.of(7, place(1).vector())));
    hub.attached(0, place(3));
    askedSince();
    assertTrue(client.member.replace(new Want(ALL), true));
    hub.page(1, entries(2, "b", "c"), List.of(place(2), place(3)), place(3));
    assertEquals(List.of("open 0 for 1"), askedSince());
    hub.rows(1, List.of(row("a")), place(3), true);
    assertEquals(List.of("read 0 for 1 what is not in " + place(1).vector()), askedSince());
    hub.page(1, entries(2, "b", "c"), List.of(place(2), place(3)), place(3));
    assertEquals(
        List.of("a[#]", "flush", "b[#]", "c[#]", "caught up #", "flush"), client.toldSince());
    assertFalse(client.member.replace(new Want(TopicFilter.of("x")), true));
  }

  @Test
  void aSubscriptionThatIsReplacedBeforeItsRowsHaveComeBeginsWhereTheFirstDid() {
    Client client = new Client();
    client.subscribe(ALL, FIRST, CURRENT);
    assertTrue(client.member.replace(new Want(ALL), true));
    hub.attached(0, place(0));
    hub.rows(1, List.of(row("a")), place(1), true);
    hub.rows(1, List.of(row("a")), place(2), true);
    hub.changes(0, place(0), entries(1, "b", "c"));
    assertEquals(
        List.of("a[#]", "flush", "a[#]", "caught up #", "flush", "c[#]", "flush"),
        client.toldSince());
  }

  @Test
  void aLiveSubscriptionThatIsReplacedGetsItsRowsAgainAndEveryChange() {
    Client client = live(ALL);
    hub.changes(0, place(0), entries(1, "a"));
    assertTrue(client.member.replace(new Want(ALL), true));
    hub.changes(0, place(1), entries(2, "b"));
    hub.rows(1, List.of(row("a")), place(2), true);
    hub.page(1, entries(2, "b"), List.of(place(2)), place(2));
    assertEquals(
        List.of("a[#]", "flush", "a[#]", "flush", "b[#]", "caught up #", "flush"),
        client.toldSince());
  }

  @Test
  void aFeedThatWasGivenUpBeforeItBeganIsNotTakenForTheNext() {
    Client client = live(ALL);
    client.member.leave();
    Client next = new Client();
    next.subscribe(ALL, FIRST, LIVE);
    next.member.leave();
    Client last = new Client();
    last.subscribe(ALL, FIRST, LIVE);
    hub.attached(0, place(0));
    hub.changes(0, place(0), entries(1, "a"));
    hub.attached(0, place(3));
    hub.changes(0, place(3), entries(4, "d"));
    assertEquals(List.of("caught up #", "d[#]", "flush"), last.toldSince());
  }

  @Test
  void aGapInTheFeedIsNotPassedOver() {
    live(ALL);
    assertThrows(IllegalStateException.class, () -> hub.changes(0, place(1), entries(2, "b")));
  }

  @Test
  void noCursorMovesASubscriberFromItsPlace() {
    Client client = live(ALL);
    Start after = new Start.After(Cursor.of(7, place(1).vector()));
    assertThrows(IllegalStateException.class, () -> client.subscribe(ALL, FIRST, after));
  }

  /** What is made for an entry is made once; a delivery more makes nothing. */
  @Test
  void aDeliveryAllocatesNothing() {
    int clients = 1_000;
    int entries = 200;
    Form<Integer> form = event -> event.topic().length();
    for (int i = 0; i < clients; i++) {
      hub.join(
              new Subscriber<Want>() {
                @Override
                public boolean isWritable() {
                  return true;
                }

                @Override
                public boolean keepsRows() {
                  return true;
                }

                @Override
                public void deliver(Event event, List<Want> subscriptions) {
                  event.as(form);
                }

                @Override
                public void flush() {}

                @Override
                public void caughtUp(Want subscription) {}

                @Override
                public void reset(String reason) {}
              })
          .subscribe(new Want(ALL), FIRST, LIVE);
    }
    hub.attached(0, place(0));
    hub.changes(0, place(0), entries(1, "a"));
    List<Entry> batch =
        entries(2, IntStream.range(0, entries).mapToObj(i -> "a").toArray(String[]::new));
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    hub.changes(0, place(1), batch);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertTrue(allocated < 2L * clients * entries, () -> allocated + " bytes");
  }

  private Cursor reached(Client client) {
    TreeMap<Integer, VersionVector> vectors = new TreeMap<>();
    client.member.reached((table, vector) -> vectors.put(hub.channel(table).cursorKey(), vector));
    return new Cursor(vectors);
  }

  private Client live(TopicFilter filter) {
    Client client = new Client();
    boolean isFirst = hub.seenOrNull(0) == null;
    client.subscribe(filter, FIRST, LIVE);
    if (isFirst) {
      hub.attached(0, place(0));
    }
    client.told.clear();
    return client;
  }

  private List<String> askedSince() {
    List<String> since = List.copyOf(asked);
    asked.clear();
    return since;
  }

  @Test
  void readersAtTheSamePlaceShareAPage() {
    Client one = back(ALL);
    Client other = back(ALL);
    Client elsewhere = back(TopicFilter.of("b"));
    assertEquals(
        List.of(
            "attach 0",
            "read 0 for 1 what is not in " + place(1).vector(),
            "read 0 for 3 what is not in " + place(1).vector()),
        askedSince());
    hub.page(1, entries(2, "a", "b"), List.of(place(2), place(3)), place(3));
    assertEquals(List.of("a[#]", "b[#]", "flush"), one.toldSince());
    assertEquals(List.of("a[#]", "b[#]", "flush"), other.toldSince());
    assertSame(one.lastEvent, other.lastEvent);
    assertEquals(List.of(), elsewhere.toldSince());
  }

  @Test
  void aTurnHandsOutFewPagesToFewReadersUntilAllHaveHadTheirs() {
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      clients.add(back(ALL));
    }
    int told = 0;
    for (int turns = 0; told < clients.size(); turns++) {
      assertTrue(turns < 1000, "only " + told + " were told");
      for (long first = 1; first <= clients.size(); first++) {
        hub.page(first, entries(2, "a"), List.of(place(2)), place(2));
      }
      int now = (int) clients.stream().filter(client -> !client.told.isEmpty()).count();
      assertTrue(now - told <= 200, () -> now + " in a turn");
      told = now;
      assertFalse(nextTurn.isEmpty());
      nextTurn.remove().run();
    }
  }

  @Test
  void aReaderThatLeavesCostsThoseThatShareItsPageNothing() {
    Client one = back(ALL);
    Client other = back(ALL);
    one.member.leave();
    hub.page(1, entries(2, "a"), List.of(place(2)), place(2));
    assertEquals(List.of(), one.toldSince());
    assertEquals(List.of("a[#]", "flush"), other.toldSince());
  }

  /** Returns a client that goes on behind the first entry. */
  private Client back(TopicFilter filter) {
    Client client = new Client();
    client.subscribe(filter, FIRST, new Start.After(Cursor.of(7, place(1).vector())));
    return client;
  }

  private static Place place(long position) {
    return LongStream.rangeClosed(1, position)
        .mapToObj(at -> entry(at, "", new Timestamp(at, 1)))
        .reduce(Place.START, Place::after, (a, b) -> b);
  }

  private static List<Entry> entries(long first, String... ids) {
    return IntStream.range(0, ids.length)
        .mapToObj(i -> entry(first + i, ids[i], new Timestamp(first + i, 1)))
        .toList();
  }

  private static Entry entry(long position, String id, Timestamp timestamp) {
    return new Entry(position, 0, new Change(timestamp, Write.message(id, Payload.EMPTY)), null);
  }

  private static Entry rowEntry(long position, String id, Timestamp timestamp) {
    return new Entry(position, 0, new Change(timestamp, Write.put(id, Payload.EMPTY)), null);
  }

  private static Row row(String id) {
    return new Row(id, new Timestamp(1, 1), Payload.EMPTY, 0, 0, 0);
  }
}
