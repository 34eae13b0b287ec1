package dev.lyrebird.pubsub;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/**
 * The pages of journals that the readers of one hub wait for. Readers that stand at the same place
 * and want the same share one, so that thousands of sessions that come back to the same topic cost
 * a table little. In one turn of the loop few pages come of each table, which few readers share, so
 * that sockets do not wait for long; the others stand in line.
 *
 * <p>Owned by the event loop of its hub.
 */
final class PageRequests {

  /** Pages that come of a table in one turn. */
  private static final int MOST_UNDER_WAY = 2;

  /** Readers that share a page: some thousands of events, and milliseconds, in all. */
  private static final int MOST_SHARING = 32;

  private final Feeds feeds;
  private final Line[] lines;

  /** Those that more readers may join, whether they are under way or not. */
  private final Map<Wanted, Request> open = new HashMap<>();

  /** Those under way, by the number under which the table answers. */
  private final Map<Long, Request> underWay = new HashMap<>();

  private record Wanted(int table, List<TopicFilter> filters, From from) {}

  /**
   * @param number that of the reader that was first to ask, which asks for no other page meanwhile
   */
  private record Request(Wanted wanted, long number, List<Reader<?>> readers) {}

  /** Whether those that wait will have their turn. */
  private boolean isNextDue;

  /** What waits for one table. */
  private static final class Line {
    final Queue<Request> waiting = new ArrayDeque<>();
    int underWay;

    /** How many of these have come in this turn. */
    int answered;
  }

  PageRequests(Feeds feeds, int tables) {
    this.feeds = feeds;
    this.lines = new Line[tables];
    Arrays.setAll(lines, table -> new Line());
  }

  /** Asks for entries that match any of the filters. */
  void ask(Reader<?> reader, List<TopicFilter> filters, From from) {
    ask(reader, new Wanted(reader.table(), filters, from));
  }

  /**
   * A page that is under way is as good as one asked for now: what this hub has been fed since it
   * was made would have come after it.
   */
  private void ask(Reader<?> reader, Wanted wanted) {
    Request request = open.get(wanted);
    if (request == null) {
      request = new Request(wanted, reader.number(), new ArrayList<>(1));
      open.put(wanted, request);
      lines[wanted.table()].waiting.add(request);
    }
    request.readers().add(reader);
    if (request.readers().size() == MOST_SHARING) {
      open.remove(wanted);
    }
    send(lines[wanted.table()]);
  }

  /** A table has answered: returns who shares the page, some of whom may not want it any more. */
  List<Reader<?>> answered(long number) {
    Request request = underWay.remove(number);
    if (request == null) {
      return List.of();
    }
    open.remove(request.wanted(), request);
    lines[request.wanted().table()].answered++;
    if (!isNextDue) {
      isNextDue = true;
      feeds.inNextTurn(this::goOn);
    }
    return request.readers();
  }

  private void goOn() {
    isNextDue = false;
    for (Line line : lines) {
      line.underWay -= line.answered;
      line.answered = 0;
      send(line);
    }
  }

  private void send(Line line) {
    while (line.underWay < MOST_UNDER_WAY && !line.waiting.isEmpty()) {
      Request next = line.waiting.remove();
      if (next.readers().stream().anyMatch(Reader::isReading)) {
        line.underWay++;
        underWay.put(next.number(), next);
        send(next);
      } else {
        open.remove(next.wanted(), next);
      }
    }
  }

  private void send(Request request) {
    Wanted wanted = request.wanted();
    feeds.read(wanted.table(), request.number(), wanted.filters(), wanted.from());
  }
}
