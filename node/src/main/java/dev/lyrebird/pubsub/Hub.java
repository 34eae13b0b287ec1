package dev.lyrebird.pubsub;

import dev.lyrebird.journal.Cursor;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Row;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The subscribers of one event loop. Tables feed it every entry they journal while anyone here
 * reads them; it hands each entry to those whom it concerns, in order. What a subscriber has no
 * room for stays in the journal until it asks again.
 *
 * <p>Owned by one event loop: it alone calls, in both directions.
 */
public final class Hub {

  /** Topics whose matches are remembered; past it all are forgotten and found again. */
  private static final int REMEMBERED_TOPICS = 1 << 15;

  private final Feeds feeds;
  private final List<Channel> channels;
  private final Form<Cursor> cursorForm;
  private final SubscriptionTree<Held<?>> tree = new SubscriptionTree<>();
  private final Map<String, List<Match<?>>> matches = new HashMap<>();
  private final Map<Long, Reader<?>> readers = new HashMap<>();
  private final Feed[] fed;
  private final PageRequests pages;

  private List<Member<?>> touched = new ArrayList<>();

  /** Whether some have had an entry that others of the same turn have yet to get. */
  private boolean isHandingOut;

  private long readersEver;

  /** What this hub is fed of one table. */
  private static final class Feed {

    int readers;

    /** Of these, those that have seen something elsewhere and not yet here. */
    int readersElsewhere;

    /** How often the table was asked for its feed and has not answered yet. */
    int attachesUnderWay;

    /** Up to here the feed was handed out; null while there is no feed. */
    @Nullable Place seen;
  }

  /** A reader and those of its member's subscriptions that match a topic. */
  private record Match<S extends Subscription>(Reader<S> reader, List<S> subscriptions) {

    void change(Event event, Place before) {
      reader.change(event, before, subscriptions);
    }
  }

  /**
   * @param feeds the tables
   * @param channels the tables' names, by index
   */
  public Hub(Feeds feeds, List<Channel> channels) {
    this.feeds = feeds;
    this.channels = List.copyOf(channels);
    this.fed = new Feed[channels.size()];
    Arrays.setAll(fed, table -> new Feed());
    this.pages = new PageRequests(feeds, channels.size());
    this.cursorForm =
        event ->
            Cursor.of(
                channel(event.table()).cursorKey(), Objects.requireNonNull(event.place()).vector());
  }

  /** Makes a subscriber a member. It hears nothing before it subscribes. */
  public <S extends Subscription> Member<S> join(Subscriber<S> subscriber) {
    return new Member<>(this, subscriber);
  }

  /** Returns the name of a table. */
  public Channel channel(int table) {
    return channels.get(table);
  }

  /** Tells whether a cursor says something of each of the tables. */
  public boolean knows(Cursor cursor, int[] tables) {
    for (int table : tables) {
      if (cursor.vector(channel(table).cursorKey()) == null) {
        return false;
      }
    }
    return true;
  }

  /**
   * A table answers {@link Feeds#attach}.
   *
   * @param place the place behind which its feed begins
   */
  public void attached(int table, Place place) {
    Feed feed = fed[table];
    if (--feed.attachesUnderWay > 0 || feed.readers == 0) {
      return; // of a feed that was given up meanwhile
    }
    feed.seen = place;
    for (Reader<?> reader : readersOf(table)) {
      reader.attached(place);
    }
    flush();
  }

  /**
   * A table has journalled entries.
   *
   * @param before the place before the first
   * @param entries in order, without a gap behind what this hub was fed before
   */
  public void changes(int table, Place before, List<Entry> entries) {
    Feed feed = fed[table];
    Place last = feed.seen;
    if (last == null || entries.isEmpty()) {
      return;
    }
    if (last.position() != before.position()) {
      throw new IllegalStateException(
          "table %s: fed from %s after %s".formatted(channel(table), before, last));
    }
    isHandingOut = true;
    try {
      handOut(table, before, entries);
      if (feed.readersElsewhere > 0) {
        readersOf(table).forEach(Reader::lookHome);
      }
    } finally {
      isHandingOut = false;
    }
    flush();
  }

  private void handOut(int table, Place before, List<Entry> entries) {
    Place beforeRun = before;
    Entry previous = entries.getFirst();
    for (Entry entry : entries) {
      if (entry.change().timestamp().node() != previous.change().timestamp().node()) {
        beforeRun = beforeRun.after(previous);
      }
      previous = entry;
      handOut(table, beforeRun, entry);
    }
    if (fed[table].seen != null) {
      fed[table].seen = beforeRun.after(previous);
    }
  }

  /**
   * Hands out one entry.
   *
   * @param beforeRun a place before it with nothing but entries of its own origin in between: so
   *     the place behind it can be told from the two of them, and only where somebody listens
   */
  private void handOut(int table, Place beforeRun, Entry entry) {
    Place last = fed[table].seen;
    boolean concernsNobody = entry.isSuperseded() && fed[table].readersElsewhere == 0;
    List<Match<?>> concerned = concernsNobody ? List.of() : matching(table, entry.id());
    if (last != null && !concerned.isEmpty()) {
      Place after = beforeRun.after(entry);
      fed[table].seen = after;
      Event event = Event.change(table, topic(table, entry.id()), entry, after);
      for (Match<?> match : concerned) {
        match.change(event, last);
      }
    }
  }

  /**
   * The journal of a table does not tell what comes next.
   *
   * @param place the place behind which the feed goes on
   * @param reason for the client
   */
  public void lost(int table, Place place, String reason) {
    if (fed[table].seen == null) {
      return;
    }
    fed[table].seen = place;
    for (Reader<?> reader : readersOf(table)) {
      reader.lost(reason);
    }
    flush();
  }

  /** A table answers {@link Feeds#openScan} or {@link Feeds#moreRows}; see {@link Reader#rows}. */
  public void rows(long reader, List<Row> rows, Place at, boolean last) {
    Reader<?> asking = readers.get(reader);
    if (asking != null) {
      asking.rows(rows, at, last);
      flush();
    }
  }

  /**
   * A table answers {@link Feeds#read}; see {@link Reader#page}.
   *
   * @param entries those that match
   * @param places the place behind each of them
   * @param end the place behind all that the page has looked at
   */
  public void page(long request, List<Entry> entries, List<Place> places, Place end) {
    List<Reader<?>> sharing = pages.answered(request);
    if (sharing.isEmpty()) {
      return;
    }
    int table = sharing.getFirst().table();
    List<Event> events = new ArrayList<>(entries.size());
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      events.add(Event.change(table, topic(table, entry.id()), entry, places.get(i)));
    }
    for (Reader<?> reader : sharing) {
      reader.page(events, end);
    }
    flush();
  }

  /**
   * A table answers {@link Feeds#read}: the journal no longer reaches back to that place.
   *
   * @param reason for the client
   */
  public void trimmed(long request, String reason) {
    for (Reader<?> reader : pages.answered(request)) {
      reader.trimmed(reason);
    }
    flush();
  }

  /**
   * A table answers {@link Feeds#findSince} or {@link Feeds#findPrevious}.
   *
   * @param place null where the journal no longer reaches back to it
   */
  public void found(long reader, @Nullable Place place) {
    Reader<?> asking = readers.get(reader);
    if (asking != null) {
      asking.found(place);
      flush();
    }
  }

  <S extends Subscription> Reader<S> openReader(Member<S> member, int table) {
    Reader<S> reader = new Reader<>(this, feeds, pages, member, table, ++readersEver);
    readers.put(reader.number(), reader);
    Feed feed = fed[table];
    if (feed.readers++ == 0) {
      feed.attachesUnderWay++;
      feeds.attach(table);
    }
    return reader;
  }

  void closeReader(Reader<?> reader) {
    reader.close();
    readers.remove(reader.number());
    Feed feed = fed[reader.table()];
    if (--feed.readers == 0) {
      feed.seen = null;
      feeds.detach(reader.table());
    }
  }

  /** More readers of a table, or fewer, have seen something elsewhere and not yet here. */
  void readsElsewhere(int table, int more) {
    fed[table].readersElsewhere += more;
  }

  void add(Held<?> held) {
    tree.add(held.filter(), held);
    matches.clear();
  }

  void remove(Held<?> held) {
    tree.remove(held.filter(), held);
    matches.clear();
  }

  void touched(Member<?> member) {
    touched.add(member);
  }

  /** Lets all write to their sockets who were told something; after a batch, not within it. */
  void flush() {
    while (!isHandingOut && !touched.isEmpty()) {
      List<Member<?>> now = touched;
      touched = new ArrayList<>();
      now.forEach(Member::flush);
    }
  }

  /** Returns the cursor behind an event that has a place, for those who read its table alone. */
  public Form<Cursor> cursorForm() {
    return cursorForm;
  }

  String topic(int table, String id) {
    return channel(table).topic(id);
  }

  /**
   * How those stand who read a table.
   *
   * @param readers how many there are
   * @param behind how many of them are fed from the journal
   * @param furthest what the one has seen that is furthest behind; null where none is behind
   */
  public record Standing(int readers, int behind, @Nullable Place furthest) {

    /** Returns how the readers of two loops stand. */
    public Standing and(Standing other) {
      boolean isOther =
          furthest == null
              || (other.furthest != null && other.furthest.position() < furthest.position());
      return new Standing(
          readers + other.readers, behind + other.behind, isOther ? other.furthest : furthest);
    }
  }

  /** Returns how those stand here who read a table. */
  public Standing standing(int table) {
    Standing all = new Standing(0, 0, null);
    for (Reader<?> reader : readersOf(table)) {
      Place behind = reader.placeBehind();
      all = all.and(new Standing(1, behind == null ? 0 : 1, behind));
    }
    return all;
  }

  /** Returns the place up to which a table's feed was handed out; null while there is no feed. */
  @Nullable Place seenOrNull(int table) {
    return fed[table].seen;
  }

  private List<Reader<?>> readersOf(int table) {
    List<Reader<?>> all = new ArrayList<>(readers.values());
    all.removeIf(reader -> reader.table() != table);
    return all;
  }

  /** A topic belongs to one table alone, so that matches can be remembered by topic. */
  private List<Match<?>> matching(int table, String id) {
    String topic = topic(table, id);
    List<Match<?>> remembered = matches.get(topic);
    if (remembered == null) {
      remembered = match(table, topic);
      if (matches.size() >= REMEMBERED_TOPICS) {
        matches.clear();
      }
      matches.put(topic, remembered);
    }
    return remembered;
  }

  private List<Match<?>> match(int table, String topic) {
    Set<Held<?>> matching = new LinkedHashSet<>();
    tree.match(topic, matching::add);
    Map<Member<?>, Match<?>> byMember = new LinkedHashMap<>();
    for (Held<?> held : matching) {
      if (held.touches(table)) {
        byMember.computeIfAbsent(held.member(), member -> match(member, matching, table));
      }
    }
    return List.copyOf(byMember.values());
  }

  private static <S extends Subscription> Match<S> match(
      Member<S> member, Set<Held<?>> matching, int table) {
    List<S> subscriptions = new ArrayList<>(1);
    for (Held<S> held : member.touching(table)) {
      if (matching.contains(held)) {
        subscriptions.add(held.subscription());
      }
    }
    return new Match<>(Objects.requireNonNull(member.reader(table)), List.copyOf(subscriptions));
  }
}
