package dev.lyrebird.pubsub;

import java.util.Arrays;

/** A subscription as its member's readers and the tree hold it. Owned by the hub's event loop. */
final class Held<S extends Subscription> {

  private final Member<S> member;
  private final S subscription;
  private final int[] tables;

  /** For each table the position up to which the current rows have told it all. */
  private final long[] since;

  private int tablesBehind;

  Held(Member<S> member, S subscription, int[] tables) {
    this.member = member;
    this.subscription = subscription;
    this.tables = tables;
    this.since = new long[tables.length];
    this.tablesBehind = tables.length;
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

  boolean touches(int table) {
    return indexOf(table) >= 0;
  }

  void startsAfter(int table, long position) {
    since[indexOf(table)] = position;
  }

  /** Tells whether an entry is news to this subscription. */
  boolean wants(int table, String topic, long position) {
    int index = indexOf(table);
    return index >= 0 && position > since[index] && filter().matches(topic);
  }

  /** Notes that one more table feeds it live; returns whether that was the last one. */
  boolean tableCaughtUp() {
    return --tablesBehind == 0;
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
