package dev.lyrebird.pubsub;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.journal.Change;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.journal.Write;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One node's replica of a table, as the node's hub sees it. Requests and answers lie in two queues,
 * and nothing happens before the simulation says so: it lets the table carry out its oldest
 * request, send some of its journal, or lets the hub take the oldest answer.
 */
final class SimulatedTable {

  /** What a table could do wrong. Planted to show that the simulation would notice. */
  enum Fault {
    NONE,
    /** A page leaves out an entry that matches. */
    PAGE_SKIPS_AN_ENTRY,
    /** A page claims to have looked at more of the journal than it has. */
    PAGE_ENDS_TOO_FAR,
    /** All entries of a page claim to lie at the page's end. */
    PAGE_HAS_ONE_PLACE,
    /** The journal is read from what is left of it, as if nothing had been dropped. */
    TRIM_IS_NOT_TOLD,
    /** Every page of rows shows the rows as they are when the page is made. */
    ROWS_ARE_OF_NO_PLACE,
    /** The rows claim to be of the place at which their last page was made. */
    ROWS_CLAIM_A_LATER_PLACE,
    /** The rows claim to be of the place before the one they are of. */
    ROWS_CLAIM_AN_EARLIER_PLACE,
    /** A foreign cursor is followed from the last entry that it covers, not from the first gap. */
    CURSOR_IS_TAKEN_FOR_A_POSITION,
    /** Pages overtake entries that were fed before them. */
    ANSWERS_OVERTAKE
  }

  private static final List<String> IDS = List.of("a", "b", "a/b", "a/c", "a/b/c", "$d");
  private static final List<Write.Kind> KINDS = List.of(Write.Kind.values());

  /** A reading of rows under way. */
  private record Scan(TopicFilter filter, Place at, Deque<Row> rest, Set<String> shown) {}

  private final int index;
  private final Channel channel;
  private final Chains chains;
  private final Hub hub;
  private final Random random;
  private final Fault fault;

  /** The entry at a position is at that index less one. */
  private final List<Entry> entries = new ArrayList<>();

  /** What the entries up to a position cover, and the rows as they stood there. */
  private final List<VersionVector> vectors = new ArrayList<>(List.of(VersionVector.EMPTY));

  private final List<Map<String, Row>> states = new ArrayList<>(List.of(Map.of()));
  private final int[] applied = new int[Chains.ORIGINS];
  private int trimmed;

  private final Deque<Runnable> requests = new ArrayDeque<>();
  private final Deque<Runnable> answers = new ArrayDeque<>();
  private final Set<Long> awaited = new HashSet<>();
  private final Map<Long, Scan> scans = new HashMap<>();

  /** All readings of rows that were ever opened. */
  private final List<Opening> openings = new ArrayList<>();

  private @Nullable Integer fed;
  private @Nullable Attachment attachment;
  private int losses;

  /** That a reading of rows was opened. */
  record Opening(TopicFilter filter, int position) {}

  /** A request for the feed. */
  static final class Attachment {
    private @Nullable Integer place;

    /**
     * Returns the position at which the feed began, or null where the table has not read it yet.
     */
    @Nullable Integer place() {
      return place;
    }
  }

  SimulatedTable(int index, Channel channel, Chains chains, Hub hub, Random random, Fault fault) {
    this.index = index;
    this.channel = channel;
    this.chains = chains;
    this.hub = hub;
    this.random = random;
    this.fault = fault;
  }

  // What the simulation does.

  /** Journals the next changes of an origin. */
  void apply(int origin, int count) {
    for (int i = 0; i < count; i++) {
      Change change = chains.change(origin, applied[origin]++, () -> write(origin));
      Entry entry = new Entry(head() + 1, head() + 1, change, null);
      Map<String, Row> rows = new TreeMap<>(states.getLast());
      switch (entry.type()) {
        case PUT -> rows.put(entry.id(), row(change));
        case DELETE -> rows.remove(entry.id());
        case MESSAGE -> {}
      }
      entries.add(entry);
      vectors.add(vectors.getLast().with(change.timestamp()));
      states.add(rows);
    }
  }

  /** Each row is written by one origin: what comes of rows that several write, tables know. */
  private Write write(int origin) {
    Write.Kind kind = KINDS.get(random.nextInt(KINDS.size()));
    boolean isOfRow = kind != Write.Kind.MESSAGE;
    int own = origin + Chains.ORIGINS * random.nextInt(IDS.size() / Chains.ORIGINS);
    return new Write(
        kind, IDS.get(isOfRow ? own : random.nextInt(IDS.size())), Payload.EMPTY, 0, 0, 0, null);
  }

  private static Row row(Change change) {
    return new Row(change.write().id(), change.timestamp(), change.write().payload(), 0, 0, 0);
  }

  /** Drops the journal up to some entry. */
  void trim() {
    trimmed += random.nextInt(head() - trimmed + 1);
  }

  /** Carries out the oldest request. */
  boolean work() {
    Runnable request = requests.poll();
    if (request != null) {
      request.run();
    }
    return request != null;
  }

  /** Sends the hub some of what it has not been sent yet. */
  boolean feed() {
    Integer from = fed;
    if (from == null || from == head()) {
      return false;
    }
    if (from < trimmed) {
      Place place = place(head());
      fed = head();
      answers.add(() -> {
        losses++;
        hub.lost(index, place, "trimmed");
      });
      return true;
    }
    int to = from + 1 + random.nextInt(head() - from);
    List<Entry> batch = List.copyOf(entries.subList(from, to));
    fed = to;
    answers.add(() -> hub.changes(index, place(from), batch));
    return true;
  }

  /** Lets the hub take the oldest answer. */
  boolean answer() {
    Runnable answer =
        fault == Fault.ANSWERS_OVERTAKE && random.nextInt(4) == 0
            ? answers.pollLast()
            : answers.poll();
    if (answer != null) {
      answer.run();
    }
    return answer != null;
  }

  // What the hub asks.

  void attach() {
    Attachment asked = new Attachment();
    attachment = asked;
    requests.add(() -> {
      assertNull(fed, "attached twice");
      Place place = place(head());
      asked.place = head();
      answers.add(() -> hub.attached(index, place));
      fed = head();
    });
  }

  void detach() {
    attachment = null;
    requests.add(() -> {
      assertNotNull(fed, "detached while not attached");
      fed = null;
    });
  }

  void openScan(long reader, TopicFilter filter) {
    ask(
        reader,
        () -> {
          int at = head();
          openings.add(new Opening(filter, at));
          int claimed = fault == Fault.ROWS_CLAIM_AN_EARLIER_PLACE ? Math.max(0, at - 1) : at;
          Scan scan =
              new Scan(filter, place(claimed), new ArrayDeque<>(rows(filter, at)), new HashSet<>());
          assertNull(scans.put(reader, scan), "two readings of rows for one reader");
          rows(reader, scan);
        });
  }

  void moreRows(long reader) {
    ask(
        reader,
        () -> {
          Scan scan = scans.get(reader);
          assertNotNull(scan, "no such reading of rows");
          rows(reader, scan);
        });
  }

  /** A reading that ended by itself meanwhile may be given up all the same. */
  void closeScan(long reader) {
    requests.add(() -> scans.remove(reader));
  }

  private void rows(long reader, Scan scan) {
    Deque<Row> rest = scan.rest();
    if (fault == Fault.ROWS_ARE_OF_NO_PLACE) {
      rest.clear();
      rest.addAll(rows(scan.filter(), head()));
      rest.removeIf(row -> scan.shown().contains(row.id()));
    }
    List<Row> page = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0 && !rest.isEmpty(); i--) {
      Row row = rest.remove();
      scan.shown().add(row.id());
      page.add(row);
    }
    boolean last = rest.isEmpty() && random.nextBoolean();
    if (last) {
      scans.remove(reader);
    }
    Place at = fault == Fault.ROWS_CLAIM_A_LATER_PLACE ? place(head()) : scan.at();
    answer(reader, () -> hub.rows(reader, page, at, last));
  }

  void read(long reader, List<TopicFilter> filters, Place from) {
    ask(reader, () -> page(reader, filters, (int) from.position(), VersionVector.EMPTY));
  }

  void read(long reader, List<TopicFilter> filters, VersionVector covered) {
    ask(reader, () -> page(reader, filters, beginning(covered), covered));
  }

  /** Returns a place at or before the first entry that is not covered, or -1 where it is gone. */
  private int beginning(VersionVector covered) {
    if (fault == Fault.CURSOR_IS_TAKEN_FOR_A_POSITION) {
      int last = head();
      while (last > 0 && !covered.covers(entry(last).change().timestamp())) {
        last--;
      }
      return last;
    }
    if (!covered.covers(vectors.get(trimmed))) {
      return -1;
    }
    int furthest = trimmed;
    while (furthest < head() && covered.covers(vectors.get(furthest + 1))) {
      furthest++;
    }
    return trimmed + random.nextInt(furthest - trimmed + 1);
  }

  /** Runs something of the hub's when other things have happened. */
  void later(Runnable task) {
    answers.add(task);
  }

  private void page(long reader, List<TopicFilter> filters, int from, VersionVector covered) {
    if (from < trimmed && fault != Fault.TRIM_IS_NOT_TOLD) {
      answer(
          reader,
          () -> {
            losses++;
            hub.trimmed(reader, "trimmed");
          });
      return;
    }
    List<Entry> page = new ArrayList<>();
    List<Place> places = new ArrayList<>();
    int end = Math.max(from, trimmed);
    int lookAt = 1 + random.nextInt(10);
    int wanted = 1 + random.nextInt(5);
    while (end < head() && lookAt-- > 0 && page.size() < wanted) {
      Entry entry = entry(++end);
      String topic = channel.topic(entry.id());
      boolean matches = filters.stream().anyMatch(filter -> filter.matches(topic));
      boolean skips = fault == Fault.PAGE_SKIPS_AN_ENTRY && random.nextInt(8) == 0;
      if (matches && !skips && !covered.covers(entry.change().timestamp())) {
        page.add(entry);
        places.add(place(end));
      }
    }
    if (fault == Fault.PAGE_ENDS_TOO_FAR && end < head()) {
      end++;
    }
    Place last = place(end);
    if (fault == Fault.PAGE_HAS_ONE_PLACE) {
      places.replaceAll(place -> new Place(place.position(), last.vector()));
    }
    answer(reader, () -> hub.page(reader, page, places, last));
  }

  private void ask(long reader, Runnable request) {
    assertTrue(awaited.add(reader), "two requests of one reader at once");
    requests.add(request);
  }

  private void answer(long reader, Runnable answer) {
    answers.add(() -> {
      awaited.remove(reader);
      answer.run();
    });
  }

  // What the oracle wants to know.

  int head() {
    return entries.size();
  }

  Channel channel() {
    return channel;
  }

  /** Returns all readings of rows that were ever opened, in order. */
  List<Opening> openings() {
    return openings;
  }

  /** Returns how often the hub was told that the journal does not reach back. */
  int losses() {
    return losses;
  }

  /** Returns the last request for the feed, if nothing has taken it back. */
  @Nullable Attachment attachment() {
    return attachment;
  }

  boolean isIdle() {
    return fed == null && scans.isEmpty() && requests.isEmpty() && answers.isEmpty();
  }

  /** Tells whether a filter may match topics of this table. */
  boolean mayMatch(TopicFilter filter) {
    return IDS.stream().anyMatch(id -> filter.matches(channel.topic(id)));
  }

  Timestamp timestamp(int position) {
    return entry(position).change().timestamp();
  }

  /** Returns the positions of the entries whose topics match. */
  IntStream matching(TopicFilter filter) {
    return IntStream.rangeClosed(1, head())
        .filter(position -> filter.matches(channel.topic(entry(position).id())));
  }

  /** Returns the rows that match, as they stood at a position. */
  List<Row> rows(TopicFilter filter, int position) {
    return states.get(position).values().stream()
        .filter(row -> filter.matches(channel.topic(row.id())))
        .toList();
  }

  Entry entry(int position) {
    return entries.get(position - 1);
  }

  private Place place(int position) {
    return new Place(position, vectors.get(position));
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("table ").append(index);
    for (Entry entry : entries) {
      text.append("\n  ").append(entry.position()).append(' ').append(entry.type()).append(' ');
      text.append(channel.topic(entry.id())).append(' ').append(entry.change().timestamp());
    }
    return text.toString();
  }
}
