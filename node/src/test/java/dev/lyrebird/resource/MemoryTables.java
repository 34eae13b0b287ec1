package dev.lyrebird.resource;

import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Cursor;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Outcome;
import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Reception;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.journal.Write;
import dev.lyrebird.pubsub.Channel;
import dev.lyrebird.pubsub.Hub;
import dev.lyrebird.pubsub.TopicFilter;
import dev.lyrebird.query.Access;
import dev.lyrebird.query.KeyRange;
import dev.lyrebird.query.QueryReport;
import dev.lyrebird.query.RowQuery;
import dev.lyrebird.schema.Export;
import dev.lyrebird.schema.Exports;
import dev.lyrebird.schema.KeyType;
import dev.lyrebird.schema.Protocol;
import dev.lyrebird.schema.Schema;
import dev.lyrebird.schema.Source;
import dev.lyrebird.schema.SystemTables;
import dev.lyrebird.schema.TableDefinition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tables in memory, for tests of the doors: the contract of {@link Tables} with a real hub, as on a
 * node that stands alone, so that nobody confirms a write. As with real tables every answer comes
 * later, as a task of the loop, never from inside the call. Pages are small, so that a handful of
 * rows takes several.
 *
 * <p>Owned by the event loop behind the executor that it is given.
 */
public final class MemoryTables implements Tables {

  private static final int PAGE_SIZE = 3;
  private static final long BEGIN_MILLIS = 1_795_219_619_331L;

  private final Executor loop;
  private final Exports exports;
  private final List<MemoryTable> tables;
  private final MemoryFeeds feeds;
  private final Hub hub;
  private final Queue<Runnable> held = new ArrayDeque<>();
  private boolean holding;
  private int openQueries;
  private Function<Write, @Nullable Refusal> refusals = write -> null;
  private long time = Timestamp.timeOfMillis(BEGIN_MILLIS);
  private long numbers;

  public MemoryTables(Schema schema, Executor loop) {
    this.loop = loop;
    this.exports = schema.exports();
    this.tables =
        Stream.concat(schema.tables().stream(), SystemTables.ALL.stream())
            .map(table -> new MemoryTable(table, () -> ++time))
            .toList();
    this.feeds = new MemoryFeeds(tables, loop, this::hub, PAGE_SIZE);
    this.hub = new Hub(feeds, tables.stream().map(table -> channel(table.definition())).toList());
  }

  /** Returns tables of the types in an SDL text. */
  public static MemoryTables of(String sdl, Executor loop) {
    return new MemoryTables(Schema.parse(List.of(new Source("test.graphql", sdl))), loop);
  }

  /** Refuses the writes for which the function gives a reason; null for those it lets pass. */
  public void refuse(Function<Write, @Nullable Refusal> refusals) {
    this.refusals = refusals;
  }

  /** Carries out no more requests until {@link #release}. */
  public void hold() {
    holding = true;
  }

  /** Carries out what was asked since {@link #hold}, and goes on. */
  public void release() {
    holding = false;
    while (!held.isEmpty()) {
      held.remove().run();
    }
  }

  /** Forgets the journal of every table, so that no cursor of now can be resumed later. */
  public void trim() {
    tables.forEach(MemoryTable::trim);
  }

  /** Deletes all rows, also those that no client can reach. */
  public void clear() {
    for (MemoryTable table : tables) {
      table
          .rowsFrom("")
          .forEach(row -> carryOut(table.definition(), Write.delete(row.id()), Condition.NONE));
    }
  }

  /** Returns how many readings of rows are under way. */
  public int openScans() {
    return feeds.openScans();
  }

  /** Returns how many queries and scans have neither come to their end nor been closed. */
  public int openQueries() {
    return openQueries;
  }

  /** Returns how many publishes of QoS 2 were received and not released. */
  public int receptions() {
    return tables.stream().mapToInt(table -> table.receptions().size()).sum();
  }

  @Override
  public Exports exports() {
    return exports;
  }

  @Override
  public TableDefinition definition(int index) {
    return tables.get(index).definition();
  }

  @Override
  public List<TableDefinition> definitions() {
    return tables.stream().map(MemoryTable::definition).toList();
  }

  @Override
  public TableDefinition ofType(String typeName) {
    return tables.stream()
        .map(MemoryTable::definition)
        .filter(table -> table.typeName().equals(typeName))
        .findFirst()
        .orElseThrow();
  }

  @Override
  public TableDefinition sessions() {
    return SystemTables.SESSIONS;
  }

  @Override
  public TableDefinition groups() {
    return SystemTables.GROUPS;
  }

  @Override
  public Hub hub() {
    return hub;
  }

  @Override
  public int[] touchedBy(TopicFilter filter, Protocol protocol) {
    return IntStream.range(0, tables.size())
        .filter(index -> definition(index).isExportedOn(protocol))
        .filter(index -> mayMatchBelow(filter, hub.channel(index).path()))
        .toArray();
  }

  @Override
  public int indexOf(TableDefinition table) {
    return IntStream.range(0, tables.size())
        .filter(index -> definition(index).equals(table))
        .findFirst()
        .orElseThrow();
  }

  @Override
  public void write(
      TableDefinition table,
      Write write,
      Condition condition,
      Confirmation confirmation,
      @Nullable Reception reception,
      @Nullable Receipt receipt,
      int token) {
    later(() -> {
      Refusal refusal = judge(table, write, condition);
      Outcome outcome =
          refusal == null ? carryOut(table, write, condition) : new Outcome.Refused(refusal);
      if (reception != null && refusal == null) {
        table(table).receptions().add(reception);
      }
      if (receipt != null) {
        receipt.done(confirmed(outcome, table, confirmation), token);
      }
    });
  }

  @Override
  public void release(TableDefinition table, List<Reception> receptions, Runnable done) {
    later(() -> {
      receptions.forEach(table(table).receptions()::remove);
      done.run();
    });
  }

  @Override
  public void releaseUnless(TableDefinition table, Predicate<Reception> isKept) {
    later(() -> table(table).receptions().removeIf(isKept.negate()));
  }

  @Override
  public void receptions(TableDefinition table, long client, Consumer<List<Reception>> callback) {
    later(() ->
        callback.accept(
            table(table).receptions().stream()
                .filter(reception -> reception.client() == client)
                .toList()));
  }

  @Override
  public void writeAll(
      TableDefinition table,
      List<Write> writes,
      Condition condition,
      Confirmation confirmation,
      Consumer<List<Outcome>> outcomes) {
    later(() -> {
      List<Outcome> all = new ArrayList<>();
      for (Write write : writes) {
        Refusal refusal = judge(table, write, condition);
        all.add(refusal == null ? new Outcome.Unchanged(null) : new Outcome.Refused(refusal));
      }
      if (all.stream().noneMatch(Outcome.Refused.class::isInstance)) {
        all.clear();
        writes.forEach(write -> all.add(carryOut(table, write, condition)));
      }
      all.replaceAll(outcome -> confirmed(outcome, table, confirmation));
      outcomes.accept(all);
    });
  }

  private static Outcome confirmed(
      Outcome outcome, TableDefinition table, Confirmation confirmation) {
    int nodes = confirmation.nodes(table.options().confirm());
    return nodes > 0 && nodes != Confirmation.ALL && outcome instanceof Outcome.Applied
        ? new Outcome.Refused(
            Refusal.of(
                Refusal.Reason.UNCONFIRMED, "applied by 0 of %d other nodes".formatted(nodes)))
        : outcome;
  }

  private @Nullable Refusal judge(TableDefinition table, Write write, Condition condition) {
    Refusal refusal = refusals.apply(write);
    return refusal != null ? refusal : table(table).judge(write, condition);
  }

  private Outcome carryOut(TableDefinition definition, Write write, Condition condition) {
    MemoryTable table = table(definition);
    Place before = table.end();
    Outcome outcome = table.carryOut(write, condition);
    if (outcome instanceof Outcome.Applied) {
      feeds.changed(indexOf(definition), before, table.lastEntry());
    }
    return outcome;
  }

  @Override
  public void read(TableDefinition table, String id, Consumer<@Nullable Row> callback) {
    later(() -> callback.accept(table(table).row(id)));
  }

  @Override
  public void known(TableDefinition table, String id, Consumer<Known> callback) {
    later(() -> callback.accept(table(table).known(id)));
  }

  @Override
  public Scan scan(TableDefinition table, String idPrefix, RowSink sink) {
    RowScan scan = new RowScan(sink);
    later(() -> {
      scan.rest = table(table).rowsFrom(idPrefix);
      scan.page();
    });
    return scan;
  }

  @Override
  public Scan query(TableDefinition table, RowQuery query, QuerySink sink) {
    RowScan scan =
        new RowScan((rows, last) -> {
          if (last) {
            sink.report(new QueryReport(new Access.Scan(KeyRange.ALL), "", 0, 0, 0, false));
          }
          sink.rows(rows, last);
        });
    later(() -> {
      scan.rest = table(table).rows(query);
      scan.page();
    });
    return scan;
  }

  /** Pages of the rows as they stood when the scan was opened. */
  private final class RowScan implements Scan {
    private final RowSink sink;
    private List<Row> rest = List.of();
    private boolean closed;

    RowScan(RowSink sink) {
      this.sink = sink;
      openQueries++;
    }

    @Override
    public void more() {
      later(this::page);
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        openQueries--;
      }
    }

    private void page() {
      if (closed) {
        return;
      }
      int size = Math.min(PAGE_SIZE, rest.size());
      List<Row> page = rest.subList(0, size);
      rest = rest.subList(size, rest.size());
      boolean isLast = rest.isEmpty();
      if (isLast) {
        close();
      }
      sink.rows(page, isLast);
    }
  }

  @Override
  public Scan history(TableDefinition table, HistoryOf what, HistorySink sink) {
    History reading = new History(table, what, sink);
    reading.more();
    return reading;
  }

  /** Pages of a journal up to where it ended at the first. */
  private final class History implements Scan {
    private final MemoryTable table;
    private final Channel channel;
    private final HistoryOf what;
    private final HistorySink sink;
    private long left;
    private long end = -1;
    private long beginsAt;
    private Place from = Place.START;
    private boolean closed;

    History(TableDefinition definition, HistoryOf what, HistorySink sink) {
      this.table = table(definition);
      this.channel = hub.channel(indexOf(definition));
      this.what = what;
      this.left = what.limit();
      this.sink = sink;
    }

    @Override
    public void more() {
      later(this::page);
    }

    @Override
    public void close() {
      closed = true;
    }

    private void page() {
      if (closed) {
        return;
      }
      if (end < 0) {
        begin();
      }
      TopicFilter filter =
          what.isPrefix() ? channel.below(what.id()) : TopicFilter.topic(channel.topic(what.id()));
      boolean isCut = !table.reachesBackTo(from);
      MemoryTable.Page page =
          table.page(List.of(filter), from, VersionVector.EMPTY, PAGE_SIZE, channel::topic);
      List<Entry> entries =
          page.entries().stream().filter(entry -> entry.position() <= end).limit(left).toList();
      from = page.end();
      left -= entries.size();
      closed = isCut || left == 0 || from.position() >= end;
      sink.take(new HistoryPage(isCut ? List.of() : entries, beginsAt, closed, isCut));
    }

    private void begin() {
      end = table.end().position();
      Place since = table.since(what.startTime());
      from = since == null ? table.trimmed() : since;
      beginsAt = since == null ? time : 0;
    }
  }

  @Override
  public void nextId(TableDefinition table, Consumer<String> callback) {
    KeyType type = table.key().type();
    later(() ->
        callback.accept(
            switch (type) {
              case ID, STRING -> UUID.randomUUID().toString();
              case INT, LONG -> Long.toString(++numbers);
            }));
  }

  private void later(Runnable task) {
    loop.execute(() -> {
      if (holding) {
        held.add(task);
      } else {
        task.run();
      }
    });
  }

  private MemoryTable table(TableDefinition definition) {
    return tables.get(indexOf(definition));
  }

  /** A table that has no export gets a path that no filter can name. */
  private static Channel channel(TableDefinition table) {
    Export export = table.export();
    return new Channel(
        export == null ? '\0' + table.qualifiedName() : export.path(),
        Cursor.tableKey(table.database(), table.table()));
  }

  /** Tells whether a filter may match a topic below a path, level by level. */
  private static boolean mayMatchBelow(TopicFilter filter, String path) {
    if (path.isEmpty()) {
      return true;
    }
    String[] wanted = filter.text().split("/", -1);
    String[] levels = path.split("/", -1);
    for (int i = 0; i < levels.length; i++) {
      boolean openEnd = filter.isOpenEnded() && i == wanted.length - 1;
      if (openEnd || i >= wanted.length) {
        return openEnd;
      }
      boolean any = filter.kind() == TopicFilter.Kind.MQTT && wanted[i].equals("+");
      if (!any && !wanted[i].equals(levels[i])) {
        return false;
      }
    }
    return wanted.length > levels.length;
  }
}
