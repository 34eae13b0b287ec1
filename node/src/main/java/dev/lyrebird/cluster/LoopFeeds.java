package dev.lyrebird.cluster;

import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Place;
import dev.lyrebird.table.Table;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * The event loops that read a table: each is fed what is journalled, live while it keeps up, from
 * the journal otherwise. Owned by the table's thread.
 */
final class LoopFeeds {

  private static final Table.Limit PAGE = Table.Limit.ofBytes(256 << 10);

  private final int index;
  private final BiConsumer<String, TableAnswer> out;
  private final Map<String, Feed> feeds = new HashMap<>();

  /**
   * @param index of the table
   * @param out sends an answer to a loop
   */
  LoopFeeds(int index, BiConsumer<String, TableAnswer> out) {
    this.index = index;
    this.out = out;
  }

  /** Feeds a loop from a place on. */
  void attach(String loop, Place place) {
    feeds.put(loop, new Feed(place));
    out.accept(loop, new TableAnswer.Attached(index, place));
  }

  /** Feeds a loop no more. */
  void detach(String loop) {
    feeds.remove(loop);
  }

  /** A loop has dealt with all entries up to a position; it may have room for more. */
  void seen(String loop, long position, Table table) {
    Feed feed = feeds.get(loop);
    if (feed != null) {
      feed.seen(position);
      feedFromJournal(loop, feed, table);
    }
  }

  /** Sends what was journalled to the loops that have had all before it and have room. */
  void publish(Table.Commit commit, Place head) {
    feeds.forEach((loop, feed) -> {
      if (feed.hasRoom() && feed.sent().position() == commit.before().position()) {
        send(loop, feed, commit.entries(), head);
      }
    });
  }

  /**
   * Lets all loops go on at a place, leaving out what lies before it.
   *
   * @param reason for their clients
   */
  void skipTo(Place place, String reason) {
    feeds.forEach((loop, feed) -> skip(loop, feed, place, reason));
  }

  private void feedFromJournal(String loop, Feed feed, Table table) {
    Place head = table.head();
    while (feed.hasRoom() && feed.sent().position() < head.position()) {
      Table.Page page = table.read(feed.sent(), entry -> true, PAGE);
      if (page == null) {
        skip(loop, feed, head, "this node was too busy to send what the journal has dropped since");
      } else {
        send(loop, feed, page.entries(), page.end());
      }
    }
  }

  private void skip(String loop, Feed feed, Place place, String reason) {
    feed.skipTo(place);
    out.accept(loop, new TableAnswer.Lost(index, place, reason));
  }

  private void send(String loop, Feed feed, List<Entry> entries, Place upTo) {
    out.accept(loop, new TableAnswer.Changes(index, feed.sent(), entries));
    feed.sent(entries, upTo);
  }
}
