package dev.lyrebird.pubsub;

import dev.lyrebird.journal.Cursor;
import dev.lyrebird.journal.VersionVector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A subscriber's membership of its hub: its subscriptions, and for each table that they touch the
 * place it has come to.
 *
 * <p>Owned by the event loop of its hub.
 *
 * @param <S> the subscriptions of its protocol
 */
public final class Member<S extends Subscription> {

  /** Why rows are told again to one who has gone on from another node. */
  static final String ROWS_DIFFER =
      "this node learnt of changes in another order than the one you come from;"
          + " the rows follow as they are";

  private final Hub hub;
  private final Subscriber<S> subscriber;
  private final List<Held<S>> held = new ArrayList<>(1);
  private final List<Reader<S>> readers = new ArrayList<>(1);
  private final Queue<Runnable> whenReached = new ArrayDeque<>(0);
  private boolean touched;
  private boolean hasLeft;

  Member(Hub hub, Subscriber<S> subscriber) {
    this.hub = hub;
    this.subscriber = subscriber;
  }

  /**
   * Adds a subscription, in place of an earlier one of this member with an equal filter.
   *
   * @param subscription what the subscriber wants to hear of
   * @param tables the indexes of the tables that its filter may touch
   * @param start where to begin; {@link Start.After} and {@link Start.CurrentAfter} come before any
   *     other, at once for all that go on from that cursor
   */
  public void subscribe(S subscription, int[] tables, Start start) {
    if (start instanceof Start.After(var cursor) && cursor.isAstray()) {
      subscriber.reset(ROWS_DIFFER);
      begin(subscription, tables, new Start.CurrentAfter(cursor));
    } else {
      begin(subscription, tables, start);
    }
  }

  private void begin(S subscription, int[] tables, Start start) {
    drop(subscription.filter());
    boolean followsCursor = start instanceof Start.After || start instanceof Start.CurrentAfter;
    Held<S> added = new Held<>(this, subscription, tables.clone(), followsCursor);
    held.add(added);
    hub.add(added);
    for (int table : tables) {
      if (reader(table) == null) {
        readers.add(hub.openReader(this, table));
      }
    }
    closeIdleReaders();
    for (Reader<S> reader : List.copyOf(readers)) {
      // A subscriber that is told that it has caught up may take this subscription back at once.
      if (added.touches(reader.table()) && held.contains(added)) {
        reader.begin(added, start);
      }
    }
    if (tables.length == 0) {
      subscriber.caughtUp(subscription);
    }
  }

  /**
   * Puts a subscription in the place of one with an equal filter, if there is such; nothing that
   * was still to come is lost by it.
   *
   * @param withRows whether the current rows are to be told again
   * @return whether there was one
   */
  public boolean replace(S subscription, boolean withRows) {
    for (Held<S> before : held) {
      if (before.filter().equals(subscription.filter())) {
        Held<S> after = before.replacedBy(subscription);
        held.set(held.indexOf(before), after);
        hub.remove(before);
        hub.add(after);
        for (Reader<S> reader : List.copyOf(readers)) {
          if (after.touches(reader.table()) && held.contains(after)) {
            reader.replace(before, after, withRows);
          }
        }
        return true;
      }
    }
    return false;
  }

  /** Takes a subscription back; returns whether there was one with that filter. */
  public boolean unsubscribe(TopicFilter filter) {
    boolean found = drop(filter);
    closeIdleReaders();
    return found;
  }

  /** Says that the subscriber is writable again; what it missed meanwhile follows. */
  public void resume() {
    Collections.rotate(readers, 1); // so that no table waits for ever behind a busier one
    List.copyOf(readers).forEach(Reader::resume);
    hub.flush();
  }

  /** Ends the membership. The subscriber hears no more. */
  public void leave() {
    hasLeft = true;
    whenReached.clear();
    held.forEach(hub::remove);
    held.clear();
    closeIdleReaders();
  }

  /** Returns the subscriptions in the order in which they were made. */
  public List<S> subscriptions() {
    return held.stream().map(Held::subscription).toList();
  }

  /**
   * Tells whether the subscriber stands, after an event, where all do that read nothing but the
   * event's table: at the cursor that {@link Hub#cursorForm} gives the event.
   */
  public boolean sharesCursors() {
    if (readers.size() != 1) {
      return false;
    }
    Reader<S> reader = readers.getFirst();
    return reader.isAtHome() && reader.isSettled() && !reader.isAstray();
  }

  /**
   * Returns where the subscriber stands with the event that it is being told, or null where nobody
   * could go on from there: it has not had all that was there when it came.
   */
  public @Nullable Cursor cursorAfter(Event event) {
    if (event.place() == null) {
      return null;
    }
    return sharesCursors() ? event.as(hub.cursorForm()) : cursor();
  }

  /** Returns where the subscriber stands now, or null while it has not had all current rows. */
  public @Nullable Cursor cursor() {
    TreeMap<Integer, VersionVector> vectors = new TreeMap<>();
    for (Reader<S> reader : readers) {
      VersionVector vector = reader.vector();
      if (vector == null) {
        return null;
      }
      vectors.put(hub.channel(reader.table()).cursorKey(), vector);
    }
    return new Cursor(vectors, readers.stream().anyMatch(Reader::isAstray));
  }

  /**
   * Tells of each table behind which vector the subscriber would lack nothing but the current rows
   * that it {@link #awaitsRows awaits}. Leaves out a table that has not said where its feed begins.
   */
  public void reached(BiConsumer<Integer, VersionVector> each) {
    for (Reader<S> reader : readers) {
      VersionVector vector = reader.reached();
      if (vector != null) {
        each.accept(reader.table(), vector);
      }
    }
  }

  /** Runs something once {@link #reached} leaves out no table: now, where it leaves out none. */
  public void whenReached(Runnable task) {
    whenReached.add(task);
    tellReached();
  }

  /** Runs what waits for the last table to say where its feed begins. */
  void tellReached() {
    while (!whenReached.isEmpty() && readers.stream().allMatch(one -> one.reached() != null)) {
      whenReached.remove().run();
    }
  }

  /** Tells whether a subscription has current rows to come. */
  public boolean awaitsRows(TopicFilter filter) {
    return held.stream()
        .filter(one -> one.filter().equals(filter))
        .anyMatch(one -> readers.stream().anyMatch(reader -> reader.awaitsRows(one)));
  }

  Subscriber<S> subscriber() {
    return subscriber;
  }

  @Nullable Reader<S> reader(int table) {
    for (int i = 0; i < readers.size(); i++) {
      if (readers.get(i).table() == table) {
        return readers.get(i);
      }
    }
    return null;
  }

  /** Returns the subscriptions that touch a table. */
  List<Held<S>> touching(int table) {
    return held.stream().filter(one -> one.touches(table)).toList();
  }

  void deliver(Event event, List<S> subscriptions) {
    subscriber.deliver(event, subscriptions);
    if (!touched) {
      touched = true;
      hub.touched(this);
    }
  }

  void flush() {
    touched = false;
    if (!hasLeft) {
      subscriber.flush();
    }
  }

  /**
   * Tells the subscriber that there is a gap in a table, which begins anew. For one that keeps rows
   * all its tables do, since it forgets the rows of all.
   *
   * @param lacking the reader of that table
   */
  void reset(String reason, Reader<S> lacking) {
    if (subscriber.keepsRows()) {
      readers.forEach(Reader::startAgain);
    } else {
      lacking.startAgain();
    }
    subscriber.reset(reason);
  }

  /** Tells the subscriber that its rows are not right, and has all of them told again. */
  void tellRowsAgain(String reason) {
    readers.forEach(Reader::tellRowsAgain);
    subscriber.reset(reason);
  }

  private boolean drop(TopicFilter filter) {
    for (Held<S> one : held) {
      if (one.filter().equals(filter)) {
        held.remove(one);
        hub.remove(one);
        readers.forEach(reader -> reader.forget(one));
        return true;
      }
    }
    return false;
  }

  private void closeIdleReaders() {
    for (int i = readers.size() - 1; i >= 0; i--) {
      Reader<S> reader = readers.get(i);
      if (touching(reader.table()).isEmpty()) {
        readers.remove(i);
        hub.closeReader(reader);
      }
    }
  }
}
