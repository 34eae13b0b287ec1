package dev.lyrebird.pubsub;

import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.VersionVector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How one member reads one table. The same few steps serve a new subscription, a client that comes
 * back with a cursor, and one that was too slow:
 *
 * <pre>
 *              +-- rows to read ---> SCANNING --+
 *              |                                | page of rows
 *   begin --> next step <-----------------------+
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
 * <p>Owned by the event loop of its hub.
 */
final class Reader<S extends Subscription> {

  private enum State {
    /** The table has not yet said where the hub's feed begins. */
    STARTING,
    /** A page of rows is on its way. */
    SCANNING,
    /** A page of entries is on its way. */
    READING,
    /** The subscriber has no room. */
    PAUSED,
    /** Level with the hub, which feeds it. */
    LIVE,
    CLOSED
  }

  private final Hub hub;
  private final Feeds feeds;
  private final Member<S> member;
  private final int table;
  private final long number;

  private State state = State.STARTING;

  /** Subscriptions whose current rows are still to be read. */
  private final Deque<Held<S>> scans = new ArrayDeque<>();

  /** The subscription whose rows are being read. */
  private @Nullable Held<S> scanning;

  /** Whether the reading of rows under way has more pages. */
  private boolean scanOpen;

  /** Rows that the subscriber had no room for: at most a page. */
  private final Deque<Event> leftOver = new ArrayDeque<>();

  /** Up to here the subscriber has had everything; null before it has a place. */
  private @Nullable Place place;

  /**
   * What the subscriber had seen on another node when it came, until this node's journal has
   * covered it all; null afterwards.
   */
  private @Nullable VersionVector covered;

  /** Subscriptions that have not been told yet that they are live. */
  private final List<Held<S>> behind = new ArrayList<>(1);

  /** Whether subscriptions were added while a page was on its way that does not heed them. */
  private boolean pageIsStale;

  Reader(Hub hub, Feeds feeds, Member<S> member, int table, long number) {
    this.hub = hub;
    this.feeds = feeds;
    this.member = member;
    this.table = table;
    this.number = number;
  }

  int table() {
    return table;
  }

  long number() {
    return number;
  }

  /** Tells whether the subscriber has seen nothing that this node's journal has not. */
  boolean isAtHome() {
    return covered == null;
  }

  /** Returns what the subscriber has seen of this table, or null while it has no place. */
  @Nullable VersionVector vector() {
    if (state == State.LIVE) {
      return havingSeen(hub.seen(table).vector());
    }
    if (place != null) {
      return havingSeen(place.vector());
    }
    return covered;
  }

  /** Returns what the subscriber has seen once it has had all that the vector covers. */
  VersionVector havingSeen(VersionVector vector) {
    return covered == null ? vector : vector.join(covered);
  }

  /** Takes in a new subscription. */
  void begin(Held<S> held, Start start) {
    behind.add(held);
    pageIsStale = state == State.READING;
    if (state == State.LIVE) {
      place = currentPlace();
    }
    switch (start) {
      case Start.Current() -> scans.add(held);
      case Start.Live() -> {
        Place seen = hub.seenOrNull(table);
        held.startsAfter(table, seen == null ? 0 : seen.position());
      }
      case Start.After(var cursor) -> {
        VersionVector vector = cursor.vector(hub.channel(table).cursorKey());
        covered = vector == null ? VersionVector.EMPTY : vector;
      }
    }
    if (state == State.LIVE || (state == State.STARTING && hub.seenOrNull(table) != null)) {
      nextStep();
    } else if (state == State.STARTING && !(start instanceof Start.Live)) {
      nextStep();
    }
  }

  /** Leaves a subscription out from now on. */
  void forget(Held<S> held) {
    scans.remove(held);
    behind.remove(held);
  }

  /** The table has said where the hub's feed begins. */
  void attached() {
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
    if (scanOpen) {
      feeds.closeScan(table, number);
    }
    state = State.CLOSED;
  }

  /** Takes a change from the hub, if this reader is live. */
  void change(Event event, Place before, List<S> subscriptions) {
    Entry entry = event.entry();
    if (state != State.LIVE || hasHad(entry)) {
      return;
    }
    if (!member.subscriber().isWritable()) {
      place = before;
      state = State.PAUSED;
      return;
    }
    member.deliver(event, subscriptions);
  }

  /** Takes a page of rows. */
  void rows(List<Row> rows, Place at, boolean last) {
    Held<S> held = scanning;
    if (state != State.SCANNING || held == null) {
      return;
    }
    scanOpen = !last;
    if (last) {
      held.startsAfter(table, at.position());
      if (place == null && covered == null) {
        place = at;
      }
    }
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      boolean end = last && i == rows.size() - 1;
      leftOver.add(Event.current(table, hub.topic(table, row.id()), row, end ? at : null));
    }
    nextStep();
  }

  /**
   * Takes a page of entries.
   *
   * @param entries those that match any subscription of this reader
   * @param places the place behind each of them
   * @param end the place behind all that the page has looked at
   */
  void page(List<Entry> entries, List<Place> places, Place end) {
    if (state != State.READING) {
      return;
    }
    if (!pageIsStale) {
      for (int i = 0; i < entries.size(); i++) {
        if (!member.subscriber().isWritable()) {
          state = State.PAUSED;
          return;
        }
        replay(entries.get(i), places.get(i));
        if (state == State.CLOSED) {
          return;
        }
        place = places.get(i);
      }
      place = end;
      if (covered != null && end.vector().covers(covered)) {
        covered = null;
      }
    }
    nextStep();
  }

  /** The journal no longer reaches back to this reader's place. */
  void trimmed(String reason) {
    if (state == State.READING) {
      startAgain(reason);
    }
  }

  /** The hub has lost the changes that a live reader would have had next. */
  void lost(String reason) {
    if (state == State.LIVE) {
      startAgain(reason);
    }
  }

  private void startAgain(String reason) {
    place = null;
    covered = null;
    scans.clear();
    scans.addAll(member.touching(table));
    member.subscriber().reset(reason);
    nextStep();
  }

  private void replay(Entry entry, Place after) {
    if (hasHad(entry)) {
      return;
    }
    String topic = hub.topic(table, entry.id());
    List<S> matching = new ArrayList<>(1);
    for (Held<S> held : member.touching(table)) {
      if (held.wants(table, topic, entry.position())) {
        matching.add(held.subscription());
      }
    }
    if (!matching.isEmpty()) {
      member.deliver(Event.change(table, topic, entry, after), matching);
    }
  }

  private boolean hasHad(Entry entry) {
    return (place != null && entry.position() <= place.position())
        || (covered != null && covered.covers(entry.change().timestamp()));
  }

  private void nextStep() {
    while (!leftOver.isEmpty() && state != State.CLOSED) {
      if (!member.subscriber().isWritable()) {
        state = State.PAUSED;
        return;
      }
      Held<S> held = scanning;
      if (held != null) {
        member.deliver(leftOver.remove(), List.of(held.subscription()));
      }
    }
    if (state == State.CLOSED) {
      return;
    }
    if (!member.subscriber().isWritable()) {
      state = State.PAUSED;
    } else if (scanOpen) {
      state = State.SCANNING;
      feeds.moreRows(table, number);
    } else if (!scans.isEmpty()) {
      Held<S> next = scans.remove();
      scanning = next;
      scanOpen = true;
      state = State.SCANNING;
      feeds.openScan(table, number, next.filter());
    } else {
      scanning = null;
      readOn();
    }
  }

  private void readOn() {
    VersionVector foreign = covered;
    Place from = place;
    Place seen = hub.seenOrNull(table);
    if (from == null && foreign != null) {
      read();
      feeds.read(table, number, filters(), foreign);
    } else if (seen == null) {
      state = State.STARTING;
    } else if (from == null || from.position() >= seen.position()) {
      place = from == null ? seen : from;
      state = State.LIVE;
      tellCaughtUp();
    } else {
      read();
      feeds.read(table, number, filters(), from);
    }
  }

  private void read() {
    state = State.READING;
    pageIsStale = false;
  }

  private List<TopicFilter> filters() {
    return member.touching(table).stream().map(Held::filter).toList();
  }

  private void tellCaughtUp() {
    List<Held<S>> now = List.copyOf(behind);
    behind.clear();
    for (Held<S> held : now) {
      if (held.tableCaughtUp()) {
        member.subscriber().caughtUp(held.subscription());
      }
    }
  }

  /** The place that a live reader has come to: its own, or the hub's where that is further on. */
  private Place currentPlace() {
    Place seen = hub.seen(table);
    Place own = place;
    return own != null && own.position() > seen.position() ? own : seen;
  }
}
