package dev.lyrebird.pubsub;

import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Row;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The current rows of one reader's subscriptions: read for one subscription after another, a page
 * at a time, and kept as long as the subscriber has no room for them.
 *
 * <p>Owned by the event loop of the hub.
 */
final class CurrentRows<S extends Subscription> {

  /**
   * What is to be told next.
   *
   * @param held for whom
   * @param event the row; null where only the end is to be told
   * @param end where all the rows of the subscription stood so, if these were all; otherwise null
   */
  record Next<S extends Subscription>(Held<S> held, @Nullable Event event, @Nullable Place end) {}

  private final Hub hub;
  private final Feeds feeds;
  private final int table;
  private final long reader;

  private final Deque<Held<S>> waiting = new ArrayDeque<>(1);

  /** The subscription whose rows are being read, unless it was taken back meanwhile. */
  private @Nullable Held<S> reading;

  /** Whether the table has more pages of the reading under way. */
  private boolean isOpen;

  /** What was read and not yet told: at most a page. */
  private final Deque<Next<S>> page = new ArrayDeque<>();

  CurrentRows(Hub hub, Feeds feeds, int table, long reader) {
    this.hub = hub;
    this.feeds = feeds;
    this.table = table;
    this.reader = reader;
  }

  /** Lets the rows of a subscription be read too. */
  void add(Held<S> held) {
    waiting.add(held);
  }

  /** Tells whether any subscription has rows to come. */
  boolean areAwaited() {
    return reading != null || !waiting.isEmpty();
  }

  /** Tells whether a subscription has rows to come. */
  boolean areAwaitedBy(Held<S> held) {
    return held.equals(reading) || waiting.contains(held);
  }

  /**
   * Lets a subscription have what is still to come of the rows of another with the same filter.
   * Where its reading ends the messages begin that neither may lose.
   *
   * @param fromTheFirst whether it is to have all rows after that
   */
  void replace(Held<S> before, Held<S> after, boolean fromTheFirst) {
    boolean isWaiting = waiting.remove(before);
    if (before.equals(reading)) {
      reading = after;
      List<Next<S>> rest = List.copyOf(page);
      page.clear();
      rest.forEach(next -> page.add(new Next<>(after, next.event(), next.end())));
    }
    if (isWaiting || fromTheFirst) {
      waiting.add(after);
    }
  }

  /** Reads no rows for that subscription. */
  void forget(Held<S> held) {
    waiting.remove(held);
    if (held.equals(reading)) {
      abandon();
    }
  }

  /** Reads no rows at all. */
  void forgetAll() {
    waiting.clear();
    abandon();
  }

  /** A page that is on its way is dropped when it comes. */
  private void abandon() {
    reading = null;
    page.clear();
    if (isOpen) {
      isOpen = false;
      feeds.closeScan(table, reader);
    }
  }

  /** Asks the table for the next page; returns false where there is nothing left to read. */
  boolean ask() {
    if (isOpen) {
      feeds.moreRows(table, reader);
      return true;
    }
    Held<S> next = waiting.poll();
    if (next == null) {
      return false;
    }
    reading = next;
    isOpen = true;
    feeds.openScan(table, reader, next.filter());
    return true;
  }

  /** Takes the page that was asked for; see {@link Hub#rows}. */
  void take(List<Row> rows, Place at, boolean last) {
    Held<S> held = reading;
    if (held == null) {
      return;
    }
    isOpen = !last;
    Place end = last ? at : null;
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      Place place = i == rows.size() - 1 ? end : null;
      Event event = Event.current(table, hub.topic(table, row.id()), row, place);
      page.add(new Next<>(held, event, place));
    }
    if (rows.isEmpty() && last) {
      page.add(new Next<>(held, null, end));
    }
  }

  /** Takes out what is to be told next, or null where that is not here. */
  @Nullable Next<S> poll() {
    Next<S> next = page.poll();
    if (next != null && next.end() != null) {
      reading = null;
    }
    return next;
  }
}
