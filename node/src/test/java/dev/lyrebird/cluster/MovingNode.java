package dev.lyrebird.cluster;

import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.pubsub.Channel;
import dev.lyrebird.pubsub.Feeds;
import dev.lyrebird.pubsub.From;
import dev.lyrebird.pubsub.Hub;
import dev.lyrebird.pubsub.TopicFilter;
import dev.lyrebird.table.Selection;
import dev.lyrebird.table.Table;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A node with one table and one hub that run in one thread, and only as far as the simulation lets
 * them: requests and answers lie in two queues in between.
 */
final class MovingNode implements Feeds {

  /** What a node could do wrong. Planted to show that the simulation would notice. */
  enum Flaw {
    NONE,
    /** Whoever comes from elsewhere is told nothing of the changes that it has seen. */
    PAGES_LEAVE_OUT_WHAT_WAS_SEEN,
    /** Cursors do not say that who holds them may know other rows than any node. */
    CURSORS_HIDE_THAT_THEY_ARE_ASTRAY,
    /** A cursor is followed on another node as if it had come from there. */
    CURSOR_IS_TAKEN_FOR_A_POSITION
  }

  private static final int INDEX = 0;
  private static final String LOOP = "loop";

  private final Random random;
  private final Flaw flaw;
  private final Channel channel;
  private final Table table;
  private final Hub hub;
  private final RowScans scans;
  private final Deque<Runnable> requests = new ArrayDeque<>();
  private final Deque<Runnable> answers = new ArrayDeque<>();

  /** Up to here the hub was fed; null while it does not want to be. */
  private @Nullable Place fed;

  MovingNode(Channel channel, Table table, Random random, Flaw flaw) {
    this.flaw = flaw;
    this.channel = channel;
    this.table = table;
    this.random = random;
    this.hub = new Hub(this, List.of(channel));
    this.scans = new RowScans(INDEX, channel);
  }

  Table table() {
    return table;
  }

  Hub hub() {
    return hub;
  }

  /**
   * Lets the table carry out its oldest request, or feed the hub; tells whether it did anything.
   */
  boolean work() {
    Runnable request = requests.poll();
    if (request != null) {
      request.run();
      return true;
    }
    return feed();
  }

  /** Lets the hub take the oldest answer; tells whether there was one. */
  boolean answer() {
    Runnable answer = answers.poll();
    if (answer != null) {
      answer.run();
    }
    return answer != null;
  }

  private boolean feed() {
    Place from = fed;
    if (from == null || from.position() == table.head().position()) {
      return false;
    }
    Table.Page page = table.read(from, entry -> true, new Table.Limit(1 + random.nextInt(5), 1));
    if (page == null) {
      Place head = table.head();
      fed = head;
      answers.add(() -> hub.lost(INDEX, head, MovingClient.TRIMMED));
    } else {
      fed = page.end();
      answers.add(() -> hub.changes(INDEX, from, page.entries()));
    }
    return true;
  }

  @Override
  public void attach(int index) {
    requests.add(() -> {
      Place head = table.head();
      fed = head;
      answers.add(() -> hub.attached(INDEX, head));
    });
  }

  @Override
  public void detach(int index) {
    requests.add(() -> fed = null);
  }

  @Override
  public void openScan(int index, long reader, TopicFilter filter) {
    requests.add(() -> answer(scans.open(new TableRequest.OpenScan(LOOP, reader, filter), table)));
  }

  @Override
  public void moreRows(int index, long reader) {
    requests.add(() -> {
      TableAnswer.Rows page = scans.more(LOOP, reader);
      if (page != null) {
        answer(page);
      }
    });
  }

  @Override
  public void closeScan(int index, long reader) {
    requests.add(() -> scans.close(LOOP, reader));
  }

  private void answer(TableAnswer.Rows page) {
    answers.add(() -> hub.rows(page.number(), page.rows(), page.at(), page.last()));
  }

  @Override
  public void read(int index, long request, List<TopicFilter> filters, From from) {
    Selection matching = matching(filters);
    Selection told = matching.and(entry -> !entry.isSuperseded());
    requests.add(() ->
        page(
            request,
            switch (from) {
              case From.Behind(var place) -> table.read(place, told, limit());
              case From.Conflated(var place) -> table.readConflated(place, told, limit());
              case From.Elsewhere(var place, var seen) ->
                  table.read(place, seen, asSeenElsewhere(matching, seen), limit());
              case From.NotCovered(var covered, var rowsAt) ->
                  flaw == Flaw.CURSOR_IS_TAKEN_FOR_A_POSITION
                      ? table.read(table.head(), matching, limit())
                      : table.read(covered, rowsAt, asSeenElsewhere(matching, covered), limit());
            }));
  }

  private Selection asSeenElsewhere(Selection matching, VersionVector seen) {
    return flaw == Flaw.PAGES_LEAVE_OUT_WHAT_WAS_SEEN
        ? matching.and(entry -> !seen.covers(entry.change().timestamp()))
        : matching;
  }

  Flaw flaw() {
    return flaw;
  }

  @Override
  public void findSince(int index, long reader, long localTime) {
    throw new UnsupportedOperationException("nobody begins in the past");
  }

  @Override
  public void findPrevious(int index, long reader, List<TopicFilter> filters, int count) {
    throw new UnsupportedOperationException("nobody begins in the past");
  }

  private Table.Limit limit() {
    return new Table.Limit(1 + random.nextInt(20), 1 + random.nextInt(2000));
  }

  /** Of single topics the table looks the entries up in its index, as it does in a node. */
  private Selection matching(List<TopicFilter> filters) {
    Selection matches =
        entry -> filters.stream().anyMatch(filter -> filter.matches(channel.topic(entry.id())));
    if (filters.stream().anyMatch(TopicFilter::isWildcard)) {
      return matches;
    }
    return Selection.of(
        filters.stream().map(filter -> channel.id(filter.text())).collect(Collectors.toSet()),
        matches::wants);
  }

  private void page(long request, Table.@Nullable Page page) {
    answers.add(
        page == null
            ? () -> hub.trimmed(request, MovingClient.TRIMMED)
            : () -> hub.page(request, page.entries(), page.places(), page.end()));
  }

  @Override
  public void inNextTurn(Runnable task) {
    answers.add(task);
  }
}
