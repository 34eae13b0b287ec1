package dev.lyrebird.pubsub;

import dev.lyrebird.journal.Place;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A subscription as its member's readers and the tree hold it. Owned by the hub's event loop. */
final class Held<S extends Subscription> {

  /** The start in a table of which it is not yet known where the subscription begins. */
  private static final long NOT_STARTED = Long.MAX_VALUE;

  private final Member<S> member;
  private final S subscription;
  private final int[] tables;

  /** Whether it goes on from a cursor, and so has had what the cursor covers. */
  private final boolean followsCursor;

  /** For each table the position behind which entries are news to this subscription. */
  private final long[] starts;

  /** For each table the place at which the current rows stood so as they were told, if any. */
  private final @Nullable Place[] rowsAt;

  private int tablesBehind;

  Held(Member<S> member, S subscription, int[] tables, boolean followsCursor) {
    this.member = member;
    this.subscription = subscription;
    this.tables = tables;
    this.followsCursor = followsCursor;
    this.starts = new long[tables.length];
    this.rowsAt = new Place[tables.length];
    this.tablesBehind = tables.length;
    Arrays.fill(starts, NOT_STARTED);
  }

  /** Returns what stands where this one stands, with other options. */
  Held<S> replacedBy(S replacing) {
    Held<S> held = new Held<>(member, replacing, tables, followsCursor);
    System.arraycopy(starts, 0, held.starts, 0, starts.length);
    System.arraycopy(rowsAt, 0, held.rowsAt, 0, rowsAt.length);
    return held;
  }

  Member<S> member() {
    return member;
  }

  S subscription() {
    return subscription;
  }

  TopicFilter filter() {
    return subscription.filter();
  }

  boolean followsCursor() {
    return followsCursor;
  }

  boolean touches(int table) {
    return indexOf(table) >= 0;
  }

  void startBehind(int table, long position) {
    starts[indexOf(table)] = position;
  }

  /** Makes it unknown again where it begins in a table. */
  void startAgain(int table) {
    starts[indexOf(table)] = NOT_STARTED;
    rowsAt[indexOf(table)] = null;
  }

  /** Notes that all current rows of a table were told as they stood at a place. */
  void toldRows(int table, Place place) {
    rowsAt[indexOf(table)] = place;
  }

  /** Returns at which place the rows of a table stood so that were told, or null for none. */
  @Nullable Place rowsAt(int table) {
    return rowsAt[indexOf(table)];
  }

  boolean hasStarted(int table) {
    return starts[indexOf(table)] != NOT_STARTED;
  }

  /** Tells whether it begins behind that position or before it. */
  boolean startsBy(int table, long position) {
    return starts[indexOf(table)] <= position;
  }

  /** Tells whether an entry is news to this subscription. */
  boolean wants(int table, String topic, long position) {
    return position > starts[indexOf(table)] && filter().matches(topic);
  }

  /** Notes that one more table feeds it live; returns whether that was the last one. */
  boolean tableCaughtUp() {
    return --tablesBehind == 0;
  }

  /**
   * Notes that a table begins anew; returns whether it is to catch up again, being still awaited.
   */
  boolean tableFellBehind() {
    if (tablesBehind == 0) {
      return false;
    }
    tablesBehind++;
    return true;
  }

  private int indexOf(int table) {
    for (int i = 0; i < tables.length; i++) {
      if (tables[i] == table) {
        return i;
      }
    }
    return -1;
  }

  @Override
  public String toString() {
    return filter().text() + " of tables " + Arrays.toString(tables);
  }
}
