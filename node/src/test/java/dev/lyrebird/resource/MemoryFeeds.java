package dev.lyrebird.resource;

import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.pubsub.Channel;
import dev.lyrebird.pubsub.Feeds;
import dev.lyrebird.pubsub.From;
import dev.lyrebird.pubsub.Hub;
import dev.lyrebird.pubsub.TopicFilter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** What the tables of {@link MemoryTables} tell its hub. Answers come later, through the loop. */
final class MemoryFeeds implements Feeds {

  private final List<MemoryTable> tables;
  private final Executor loop;
  private final Supplier<Hub> hub;
  private final int pageSize;
  private final Set<Integer> attached = new HashSet<>();
  private final Map<Long, Scan> scans = new HashMap<>();

  /** The rest of a reading of rows. */
  private record Scan(List<Row> rest, Place at) {}

  /**
   * @param hub the hub to tell, which in its turn is made with these feeds
   */
  MemoryFeeds(List<MemoryTable> tables, Executor loop, Supplier<Hub> hub, int pageSize) {
    this.tables = tables;
    this.loop = loop;
    this.hub = hub;
    this.pageSize = pageSize;
  }

  /** A table has journalled one more entry. */
  void changed(int table, Place before, Entry entry) {
    if (attached.contains(table)) {
      hub.get().changes(table, before, List.of(entry));
    }
  }

  /** Returns how many readings of rows are under way. */
  int openScans() {
    return scans.size();
  }

  @Override
  public void attach(int table) {
    loop.execute(() -> {
      attached.add(table);
      hub.get().attached(table, tables.get(table).end());
    });
  }

  @Override
  public void detach(int table) {
    loop.execute(() -> attached.remove(table));
  }

  @Override
  public void openScan(int table, long reader, TopicFilter filter) {
    loop.execute(() -> {
      List<Row> matching = new ArrayList<>();
      for (Row row : tables.get(table).rowsFrom("")) {
        if (filter.matches(hub.get().channel(table).topic(row.id()))) {
          matching.add(row);
        }
      }
      scans.put(reader, new Scan(matching, tables.get(table).end()));
      nextPage(reader);
    });
  }

  @Override
  public void moreRows(int table, long reader) {
    loop.execute(() -> nextPage(reader));
  }

  @Override
  public void closeScan(int table, long reader) {
    loop.execute(() -> scans.remove(reader));
  }

  private void nextPage(long reader) {
    Scan scan = scans.remove(reader);
    if (scan == null) {
      return;
    }
    int size = Math.min(pageSize, scan.rest.size());
    boolean last = size == scan.rest.size();
    if (!last) {
      scans.put(reader, new Scan(scan.rest.subList(size, scan.rest.size()), scan.at));
    }
    hub.get().rows(reader, scan.rest.subList(0, size), scan.at, last);
  }

  @Override
  public void read(int table, long reader, List<TopicFilter> filters, From from) {
    switch (from) {
      case From.Behind(var place) -> readBehind(table, reader, filters, place);
      case From.Conflated(var place) -> readBehind(table, reader, filters, place);
      case From.Elsewhere(var place, _) -> readBehind(table, reader, filters, place);
      case From.NotCovered(var covered, _) -> readUncovered(table, reader, filters, covered);
    }
  }

  private void readBehind(int table, long reader, List<TopicFilter> filters, Place from) {
    loop.execute(() -> {
      if (tables.get(table).reachesBackTo(from)) {
        page(table, reader, filters, from, VersionVector.EMPTY);
      } else {
        hub.get().trimmed(reader, "the journal begins later");
      }
    });
  }

  private void readUncovered(
      int table, long reader, List<TopicFilter> filters, VersionVector covered) {
    loop.execute(() -> {
      if (tables.get(table).reachesBackTo(covered)) {
        page(table, reader, filters, Place.START, covered);
      } else {
        hub.get().trimmed(reader, "the journal begins later");
      }
    });
  }

  private void page(
      int table, long reader, List<TopicFilter> filters, Place from, VersionVector covered) {
    MemoryTable.Page page =
        tables.get(table).page(filters, from, covered, pageSize, hub.get().channel(table)::topic);
    hub.get().page(reader, page.entries(), page.places(), page.end());
  }

  @Override
  public void findSince(int table, long reader, long localTime) {
    loop.execute(() -> hub.get().found(reader, tables.get(table).since(localTime)));
  }

  @Override
  public void findPrevious(int table, long reader, List<TopicFilter> filters, int count) {
    loop.execute(() -> {
      Channel channel = hub.get().channel(table);
      Place place = tables.get(table).beforeLast(count, filters, channel::topic);
      hub.get().found(reader, place);
    });
  }

  @Override
  public void inNextTurn(Runnable task) {
    loop.execute(task);
  }
}
