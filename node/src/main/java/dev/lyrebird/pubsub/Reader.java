package dev.lyrebird.pubsub;

import dev.lyrebird.journal.Cursor;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.VersionVector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How one member reads one table. The same few steps serve a new subscription, a client that comes
 * back with a cursor, and one that was too slow:
 *
 * <pre>
 *              +-- to begin in the past -> FINDING
 *              |                                | the place where it begins
 *              +-- rows to read ---> SCANNING --+
 *              |                                | page of rows
 *   begin --> next step <---- DELIVERING <------+
 *              |   ^                            | page of entries
 *              |   +------ resume -- PAUSED     |
 *              |                     ^          |
 *              +-- behind the hub -> | READING -+
 *              |   (subscriber full) |
 *              |                     |
 *              +-- level with the hub ---> LIVE ---> (subscriber full) PAUSED
 * </pre>
 *
 * <p>Only a live reader takes entries from the hub; any other remembers its place in the journal
 * and nothing else, but for the rest of a page of rows that it was too full to take.
 *
 * <p>A subscriber that is called may subscribe, unsubscribe, resume or leave in the middle of it:
 * what has come is handed over as far as it is still wanted, and then the next step is taken.
 *
 * <p>Owned by the event loop of its hub.
 */
final class Reader<S extends Subscription> {

  private enum State {
    /** The table has not yet said where the hub's feed begins. */
    STARTING,
    /** The place where the subscription begins is being looked for. */
    FINDING,
    /** A page of rows is on its way. */
    SCANNING,
    /** A page of entries is on its way. */
    READING,
    /** Hands over what has come, and takes the next step when that is done. */
    DELIVERING,
    /** The subscriber has no room. */
    PAUSED,
    /** Level with the hub, which feeds it. */
    LIVE,
    CLOSED
  }

  private final Hub hub;
  private final Feeds feeds;
  private final PageRequests pages;
  private final Member<S> member;
  private final int table;
  private final long number;

  private State state = State.STARTING;

  private final CurrentRows<S> currentRows;

  /** Behind this position no change is in the rows that any subscription was told. */
  private long rowsUpTo;

  /** A subscription that begins in the past, as long as it is not known where that is. */
  private @Nullable Sought<S> sought;

  private record Sought<S extends Subscription>(Held<S> held, Start start) {}

  /** Up to here the subscriber has had everything; null before it has a place. */
  private @Nullable Place place;

  /** Nothing before this concerns a subscriber that has no place yet; null while unknown. */
  private @Nullable Place earliest;

  /** What the subscriber had seen on another node; null once it is all behind it here too. */
  private @Nullable SeenElsewhere elsewhere;

  /** What need not be read of the journal by one who has seen something but has no place yet. */
  private @Nullable VersionVector unneeded;

  /** Subscriptions that have not been told yet that they are live. */
  private final Deque<Held<S>> behind = new ArrayDeque<>(1);

  /** Whether the subscriptions have changed since a page of entries was asked for. */
  private boolean pageIsStale;

  /** Whether the hub has lost changes, of which only the journal can tell on which side it is. */
  private boolean hubHasLost;

  Reader(Hub hub, Feeds feeds, PageRequests pages, Member<S> member, int table, long number) {
    this.hub = hub;
    this.feeds = feeds;
    this.pages = pages;
    this.member = member;
    this.table = table;
    this.number = number;
    this.currentRows = new CurrentRows<>(hub, feeds, table, number);
  }

  int table() {
    return table;
  }

  long number() {
    return number;
  }

  /** Tells whether a page of entries is awaited. */
  boolean isReading() {
    return state == State.READING;
  }

  /** Returns where the subscriber stands while it is fed from the journal, otherwise null. */
  @Nullable Place placeBehind() {
    return state == State.LIVE ? null : place;
  }

  /** Tells whether the subscriber has seen nothing that this node's journal has not. */
  boolean isAtHome() {
    return elsewhere == null;
  }

  /**
   * Tells whether the subscriber may know rows as no node does, so that nobody could go on from its
   * cursor without telling them again.
   */
  boolean isAstray() {
    SeenElsewhere seen = elsewhere;
    if (seen == null && !currentRows.areAwaited() && !isBehind(rowsUpTo)) {
      return false; // as nearly always: asked with each event
    }
    return (seen != null && seen.mayDiffer())
        || member.touching(table).stream().anyMatch(this::knowsOtherRows);
  }

  /** Tells whether the rows that a subscription knows are not those that its cursor stands for. */
  private boolean knowsOtherRows(Held<S> held) {
    Place rowsAt = held.rowsAt(table);
    boolean areFromHere = rowsAt != null && (elsewhere != null || isBehind(rowsAt.position()));
    return isToHaveRows(held) || areFromHere;
  }

  /** Tells whether the rows that were told are ahead of the place that a cursor tells. */
  private boolean isBehind(long rowsAt) {
    Place here = here();
    return keepsRows() && (here == null || here.position() < rowsAt);
  }

  private boolean isToHaveRows() {
    return member.touching(table).stream().anyMatch(this::isToHaveRows);
  }

  /** Tells whether a subscription that goes on from some place is to be told the rows besides. */
  private boolean isToHaveRows(Held<S> held) {
    return held.hasStarted(table) && currentRows.areAwaitedBy(held);
  }

  /**
   * Tells whether one cursor is right for all subscriptions: each has come to its start, and none
   * lacks what only the others had seen on another node.
   */
  boolean isSettled() {
    return (state == State.LIVE || allStartBy(place == null ? 0 : place.position()))
        && (elsewhere == null || allFollowCursor());
  }

  /** Returns what the subscriber has seen of this table, or null while no cursor can say it. */
  @Nullable VersionVector vector() {
    if (!isSettled()) {
      return null;
    }
    return joined(here(), null);
  }

  /**
   * Returns behind what the subscriber would have to be told changes if it went on elsewhere, its
   * current rows aside; null while the table has not said where the hub's feed begins.
   */
  @Nullable VersionVector reached() {
    return joined(here(), earliest);
  }

  /** Returns what lies behind a place together with what was seen elsewhere. */
  private @Nullable VersionVector joined(@Nullable Place here, @Nullable Place otherwise) {
    SeenElsewhere seen = elsewhere;
    if (seen != null) {
      return here == null ? seen.vector() : here.vector().join(seen.vector());
    }
    Place place = here == null ? otherwise : here;
    return place == null ? null : place.vector();
  }

  /** Tells whether a subscription has current rows to come, now or where it goes on. */
  boolean awaitsRows(Held<S> held) {
    return currentRows.areAwaitedBy(held) || (held.followsCursor() && isAstray());
  }

  /** Takes in a new subscription. */
  void begin(Held<S> held, Start start) {
    place = here();
    pageIsStale = true;
    behind.add(held);
    Place seen = hub.seenOrNull(table);
    if (earliest == null) {
      earliest = seen;
    }
    switch (start) {
      case Start.Current() -> currentRows.add(held);
      case Start.Live() -> {
        if (seen != null) {
          beginBehind(seen, held);
        }
      }
      case Start.After(var cursor) -> beginBehind(cursor, held);
      case Start.CurrentAfter(var cursor) -> {
        beginBehind(cursor, held);
        currentRows.add(held);
      }
      case Start.Since since -> sought = sought(held, since);
      case Start.Previous previous -> sought = sought(held, previous);
    }
    if (state == State.LIVE || state == State.STARTING) {
      nextStep();
    }
  }

  private Sought<S> sought(Held<S> held, Start start) {
    if (place != null || elsewhere != null) {
      throw new IllegalStateException("no reader goes back from its place: " + held);
    }
    return new Sought<>(held, start);
  }

  /** Lets a subscription go on where another stands, which it replaces. */
  void replace(Held<S> before, Held<S> after, boolean withRows) {
    place = here();
    pageIsStale = true;
    behind.remove(before);
    behind.add(after);
    if (sought != null && isSought(before)) {
      sought = new Sought<>(after, sought.start());
    }
    currentRows.replace(before, after, withRows);
    if (state == State.LIVE || state == State.STARTING) {
      nextStep();
    }
  }

  private void beginBehind(Place start, Held<S> held) {
    held.startBehind(table, start.position());
    if (elsewhere == null) {
      place = place == null ? start : place;
    } else if (place == null && unneeded != null) {
      unneeded = unneeded.meet(start.vector());
    }
  }

  private void beginBehind(Cursor cursor, Held<S> held) {
    if (place != null || !allFollowCursor()) {
      throw new IllegalStateException("no cursor can move a reader from its place: " + held);
    }
    VersionVector vector = cursor.vector(hub.channel(table).cursorKey());
    VersionVector covered = vector == null ? VersionVector.EMPTY : vector;
    isElsewhere(new SeenElsewhere(covered));
    unneeded = unneeded == null ? covered : unneeded.meet(covered);
    held.startBehind(table, 0);
  }

  /** Leaves a subscription out from now on. */
  void forget(Held<S> held) {
    pageIsStale = true;
    currentRows.forget(held);
    behind.remove(held);
    if (isSought(held)) {
      sought = null;
    }
  }

  private boolean isSought(Held<S> held) {
    return sought != null && sought.held().equals(held);
  }

  /** The table has said where the hub's feed begins. */
  void attached(Place seen) {
    if (earliest == null) {
      earliest = seen;
    }
    for (Held<S> held : member.touching(table)) {
      if (!held.hasStarted(table) && !currentRows.areAwaitedBy(held) && !isSought(held)) {
        beginBehind(seen, held);
        pageIsStale = true;
      }
    }
    member.tellReached();
    if (state == State.STARTING) {
      nextStep();
    }
  }

  void resume() {
    if (state == State.PAUSED) {
      nextStep();
    }
  }

  void close() {
    isElsewhere(null);
    pageIsStale = true;
    currentRows.forgetAll();
    state = State.CLOSED;
  }

  /**
   * Takes a change from the hub, if this reader is live.
   *
   * @param before a place behind which nothing concerns this reader until the change itself
   */
  void change(Event event, Place before, List<S> subscriptions) {
    if (state != State.LIVE || hasHad(event.entry())) {
      return;
    }
    if (event.entry().isSuperseded()) {
      pass(event, List.of());
      return;
    }
    if (!member.subscriber().isWritable()) {
      place = later(place, before);
      state = State.PAUSED;
      return;
    }
    if (elsewhere == null && event.entry().position() > rowsUpTo) {
      member.deliver(event, subscriptions);
    } else {
      deliverNews(event, member.touching(table));
    }
  }

  /**
   * Takes the place that was looked for.
   *
   * @param found null where the journal no longer reaches back to it
   */
  void found(@Nullable Place found) {
    if (state != State.FINDING) {
      return;
    }
    state = State.DELIVERING;
    Sought<S> begun = sought;
    sought = null;
    if (begun != null && found != null) {
      beginBehind(found, begun.held());
    } else if (begun != null) {
      member.reset(
          "the journal begins later than was asked for; the rows follow as they are", this);
    }
    nextStep();
  }

  /** Takes a page of rows. */
  void rows(List<Row> rows, Place at, boolean last) {
    if (state != State.SCANNING) {
      return;
    }
    state = State.DELIVERING;
    currentRows.take(rows, at, last);
    nextStep();
  }

  /**
   * Takes a page of entries.
   *
   * @param events the entries that match any subscription of this reader
   * @param end the place behind all that the page has looked at
   */
  void page(List<Event> events, Place end) {
    if (state != State.READING) {
      return;
    }
    state = State.DELIVERING;
    replay(events, end);
    nextStep();
  }

  /** The journal no longer reaches back to this reader's place. */
  void trimmed(String reason) {
    if (state != State.READING) {
      return;
    }
    state = State.DELIVERING;
    if (!pageIsStale) {
      member.reset(reason, this);
    }
    nextStep();
  }

  /**
   * The hub has lost the changes that a live reader would have had next. Who is not live asks the
   * journal, also where it stands level with the hub: a gap takes up no position.
   */
  void lost(String reason) {
    if (state == State.LIVE) {
      member.reset(reason, this);
    } else {
      hubHasLost = true;
    }
  }

  /**
   * Begins anew, with the current rows of all subscriptions, and with what comes from now on: all
   * that is missing is missing before the subscriber hears of it.
   */
  void startAgain() {
    Place seen = hub.seenOrNull(table);
    place = seen == null ? null : later(here(), seen);
    earliest = seen;
    if (place == null) {
      isElsewhere(null);
    }
    sought = null;
    unneeded = null;
    for (Held<S> held : member.touching(table)) {
      held.startAgain(table);
      if (place != null) {
        held.startBehind(table, place.position());
      }
    }
    readRows();
  }

  /** Has the current rows told once more, and goes on where it stands. */
  void tellRowsAgain() {
    place = here();
    readRows();
  }

  /** Has all rows read, also those of which some were told: the subscriber forgets them. */
  private void readRows() {
    pageIsStale = true;
    currentRows.forgetAll();
    for (Held<S> held : member.touching(table)) {
      currentRows.add(held);
      if (!behind.contains(held) && held.tableFellBehind()) {
        behind.add(held);
      }
    }
    if (state == State.LIVE) {
      nextStep();
    }
  }

  /** Delivers entries as long as there is room and the subscriptions stay what they were. */
  private void replay(List<Event> events, Place end) {
    List<Held<S>> held = member.touching(table);
    for (int i = 0; i < events.size() && !pageIsStale; i++) {
      Event event = events.get(i);
      if (!member.subscriber().isWritable()) {
        return;
      }
      if (!hasHad(event.entry())) {
        place = event.place();
        deliverNews(event, held);
      }
    }
    if (!pageIsStale) {
      place = end;
      comeHome(end);
    }
  }

  private boolean hasHad(Entry entry) {
    return place != null && entry.position() <= place.position();
  }

  /** Delivers an event for those subscriptions to which it is news. */
  private void deliverNews(Event event, List<Held<S>> held) {
    Entry entry = event.entry();
    List<S> wanting = new ArrayList<>(1);
    for (Held<S> one : held) {
      if (one.wants(table, event.topic(), entry.position()) && isNews(entry, one)) {
        wanting.add(one.subscription());
      }
    }
    pass(event, wanting);
    // It may have been reset by now: then it may have left, or the rows that follow have this in
    // it.
    boolean isTold = state != State.CLOSED && !(entry.isOfRow() && keepsRows() && isToHaveRows());
    if (isTold && !wanting.isEmpty() && !entry.isSuperseded()) {
      member.deliver(event, wanting);
    }
  }

  /**
   * Takes note of a change that is behind the subscriber from now on.
   *
   * @param told the subscriptions for which it is told of it, if any
   */
  private void pass(Event event, List<S> told) {
    SeenElsewhere seen = elsewhere;
    Entry entry = event.entry();
    if (seen != null && entry.isOfRow()) {
      List<S> concerned =
          member.touching(table).stream()
              .filter(one -> one.filter().matches(event.topic()) && goesByCursor(entry, one))
              .map(Held::subscription)
              .toList();
      if (!concerned.isEmpty()) {
        seen.note(entry, told.containsAll(concerned));
      }
    }
    comeHome(event.place());
  }

  /** Tells whether a subscription has not had a change, neither here nor elsewhere. */
  private boolean isNews(Entry entry, Held<S> held) {
    boolean isInRows = entry.isOfRow() && hasRowsOf(entry.position(), held);
    return !(isInRows && keepsRows())
        && !(elsewhere != null && elsewhere.hasSeen(entry) && goesByCursor(entry, held));
  }

  /**
   * Tells whether a subscription knows of a change if its cursor covers it. Of the rows that it was
   * told here it knows what stood in this node's journal.
   */
  private boolean goesByCursor(Entry entry, Held<S> held) {
    boolean hasRows = entry.isOfRow() && held.rowsAt(table) != null;
    return held.followsCursor()
        && !(hasRows && (keepsRows() || !hasRowsOf(entry.position(), held)));
  }

  private boolean keepsRows() {
    return member.subscriber().keepsRows();
  }

  /** Tells whether the rows that a subscription was told have in them what stood at a position. */
  private boolean hasRowsOf(long position, Held<S> held) {
    Place rowsAt = held.rowsAt(table);
    return rowsAt != null && position <= rowsAt.position();
  }

  /** Forgets what was seen on another node once all of it is behind the subscriber here too. */
  private void comeHome(@Nullable Place reached) {
    SeenElsewhere seen = elsewhere;
    if (seen != null && reached != null && reached.vector().covers(seen.vector())) {
      isElsewhere(null);
      if (seen.isOutOfOrder()) {
        member.tellRowsAgain(Member.ROWS_DIFFER);
      }
    }
  }

  /** Looks whether the hub has come past all that was seen elsewhere, whomever it concerned. */
  void lookHome() {
    if (state == State.LIVE) {
      comeHome(here());
    }
  }

  private void isElsewhere(@Nullable SeenElsewhere seen) {
    if ((seen == null) != (elsewhere == null)) {
      hub.readsElsewhere(table, seen == null ? -1 : 1);
    }
    elsewhere = seen;
  }

  /** Takes the next step; the answer to what it asks comes later, never from inside the call. */
  private void nextStep() {
    if (state == State.CLOSED) {
      return;
    }
    state = State.DELIVERING;
    tellCurrentRows();
    if (state == State.CLOSED) {
      return;
    }
    if (!member.subscriber().isWritable()) {
      state = State.PAUSED;
    } else if (sought != null) {
      state = State.FINDING;
      find(sought);
    } else if (currentRows.ask()) {
      state = State.SCANNING;
    } else {
      readOn();
    }
  }

  private void find(Sought<S> one) {
    switch (one.start()) {
      case Start.Since(var localTime) -> feeds.findSince(table, number, localTime);
      case Start.Previous(var count) ->
          feeds.findPrevious(table, number, List.of(one.held().filter()), count);
      case Start.Current _, Start.Live _, Start.After _, Start.CurrentAfter _ ->
          throw new IllegalStateException("nothing is to be found: " + one);
    }
  }

  private void tellCurrentRows() {
    while (member.subscriber().isWritable()) {
      CurrentRows.Next<S> next = currentRows.poll();
      if (next == null) {
        return;
      }
      Event event = next.event();
      if (next.end() != null) {
        goOnBehind(next.end(), next.held());
        event = event == null ? null : event.before(place);
      }
      if (event != null) {
        member.deliver(event, List.of(next.held().subscription()));
      }
    }
  }

  /** With its last row a subscription goes on from where the rows stood so, or from its cursor. */
  private void goOnBehind(Place end, Held<S> held) {
    held.toldRows(table, end);
    rowsUpTo = Math.max(rowsUpTo, end.position());
    if (held.hasStarted(table)) {
      return;
    }
    beginBehind(end, held);
    boolean othersStartEarlier =
        member.touching(table).stream().anyMatch(one -> one.startsBy(table, end.position() - 1));
    if (!othersStartEarlier) {
      place = end;
    }
  }

  private void readOn() {
    VersionVector covering = unneeded;
    Place from = place;
    Place seen = hub.seenOrNull(table);
    if (from == null && covering != null) {
      read();
      pages.ask(this, filters(), new From.NotCovered(covering, earliestRows()));
    } else if (from == null || seen == null) {
      state = State.STARTING;
    } else if (hubHasLost || from.position() < seen.position() || !allStartBy(from.position())) {
      read();
      pages.ask(this, filters(), behind(from));
    } else {
      state = State.LIVE;
      tellCaughtUp();
    }
  }

  private From behind(Place from) {
    SeenElsewhere seen = elsewhere;
    if (seen != null) {
      return new From.Elsewhere(from, allFollowCursor() ? seen.vector() : VersionVector.EMPTY);
    }
    return member.subscriber().conflates() ? new From.Conflated(from) : new From.Behind(from);
  }

  /** Returns the earliest place at which rows stood so that were told, or null for none. */
  private @Nullable Place earliestRows() {
    return member.touching(table).stream()
        .map(held -> held.rowsAt(table))
        .filter(Objects::nonNull)
        .min(Comparator.comparingLong(Place::position))
        .orElse(null);
  }

  private void read() {
    state = State.READING;
    pageIsStale = false;
    hubHasLost = false;
  }

  private List<TopicFilter> filters() {
    return member.touching(table).stream().map(Held::filter).toList();
  }

  private boolean allStartBy(long position) {
    return member.touching(table).stream().allMatch(held -> held.startsBy(table, position));
  }

  private boolean allFollowCursor() {
    return member.touching(table).stream().allMatch(Held::followsCursor);
  }

  private void tellCaughtUp() {
    while (state == State.LIVE && !behind.isEmpty()) {
      Held<S> held = behind.remove();
      if (held.tableCaughtUp()) {
        member.subscriber().caughtUp(held.subscription());
      }
    }
  }

  /** Returns where the subscriber stands: a live one moves on with the hub. */
  private @Nullable Place here() {
    Place seen = hub.seenOrNull(table);
    return state == State.LIVE && seen != null ? later(place, seen) : place;
  }

  /** A page may have brought a reader further than the hub has come. */
  private static Place later(@Nullable Place own, Place hubs) {
    return own != null && own.position() > hubs.position() ? own : hubs;
  }
}
