package dev.lyrebird.cluster;

import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Cursor;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Outcome;
import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Reception;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.Write;
import dev.lyrebird.pubsub.Channel;
import dev.lyrebird.pubsub.Feeds;
import dev.lyrebird.pubsub.From;
import dev.lyrebird.pubsub.Hub;
import dev.lyrebird.pubsub.TopicFilter;
import dev.lyrebird.query.QueryReport;
import dev.lyrebird.query.RowQuery;
import dev.lyrebird.resource.Confirmation;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.schema.Export;
import dev.lyrebird.schema.Exports;
import dev.lyrebird.schema.Protocol;
import dev.lyrebird.schema.SystemTables;
import dev.lyrebird.schema.TableDefinition;
import dev.lyrebird.schema.TableOptions;
import dev.lyrebird.schema.Target;
import dev.lyrebird.table.Table;
import io.vertx.core.Context;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All tables, for one event loop. Writes of one turn of the loop go to their table as one message.
 * Answers of a table come in the order of the requests, so the oldest request waiting is the one
 * that is answered. Outcomes that wait for other nodes are known by their ticket from then on, and
 * hold up nobody.
 *
 * <p>Owned by that event loop.
 */
public final class TableClient implements Tables {

  /** Entries after which a table is told how far this loop has come. */
  private static final int ENTRIES_PER_SEEN = 1024;

  private static final long BYTES_PER_SEEN = 1 << 20;

  private final Context context;
  private final EventBus bus;
  private final String loop;
  private final List<Channel> channels;

  /** By qualified names: what is found of a definition that is no longer in force. */
  private final Map<String, Integer> indexesByName = new HashMap<>();

  private List<TableDefinition> definitions;
  private IdentityHashMap<TableDefinition, Integer> indexes;
  private Exports exports;
  private final Supplier<String> freshId;
  private final Hub hub;
  private final Line[] lines;
  private final Map<Long, RowSink> scans = new HashMap<>();
  private final Map<Long, QuerySink> queries = new HashMap<>();
  private final Map<Long, HistoryReading> histories = new HashMap<>();
  private final Map<Long, Consumer<String>> numbers = new HashMap<>();
  private final Map<Long, Consumer<List<Reception>>> receptions = new HashMap<>();
  private final Map<Long, Consumer<Known>> known = new HashMap<>();
  private long lastRequest;
  private boolean flushDue;

  /**
   * Creates the client of the event loop that calls.
   *
   * @param context the event loop
   * @param bus on which {@link ByReference} is known
   * @param loop an address that no other loop has
   * @param definitions the tables, in the order of their indexes
   * @param leastConfirmations how many other nodes confirm a write to any table that they share,
   *     but for the {@link SystemTables}
   * @param freshId gives ids to rows that come without one
   */
  public TableClient(
      Context context,
      EventBus bus,
      String loop,
      List<TableDefinition> definitions,
      int leastConfirmations,
      Supplier<String> freshId) {
    this.context = context;
    this.bus = bus;
    this.loop = loop;
    this.definitions = List.copyOf(definitions);
    this.channels = definitions.stream().map(TableClient::channel).toList();
    this.indexes = indexes(definitions);
    this.exports = new Exports(definitions);
    this.freshId = freshId;
    this.hub = new Hub(new HubFeeds(), channels);
    this.lines = new Line[definitions.size()];
    for (int i = 0; i < lines.length; i++) {
      lines[i] = new Line(i, demanded(definitions.get(i), leastConfirmations));
      indexesByName.put(definitions.get(i).qualifiedName(), i);
    }
    bus.<TableAnswer>localConsumer(loop, this::take);
  }

  /** Returns how many other nodes must have a write to a table, whatever its client asks. */
  private static int demanded(TableDefinition definition, int leastConfirmations) {
    TableOptions options = definition.options();
    boolean isAsDemanded = options.replicated() && !SystemTables.contain(definition);
    return isAsDemanded ? Math.max(options.confirm(), leastConfirmations) : options.confirm();
  }

  /**
   * Returns the name by which hubs know a table. A private one has no topics that a client could
   * name, since none holds U+0000 [MQTT-1.5.4-2]: what is told of it is told to nobody else.
   */
  public static Channel channel(TableDefinition definition) {
    Export export = definition.export();
    return new Channel(
        export == null ? '\0' + definition.qualifiedName() : export.path(),
        Cursor.tableKey(definition.database(), definition.table()));
  }

  /**
   * Takes up other definitions of the same tables; what is under way goes on with those before.
   *
   * @param changed in the order of their indexes
   */
  public void redefine(List<TableDefinition> changed) {
    definitions = List.copyOf(changed);
    indexes = indexes(changed);
    exports = new Exports(changed);
  }

  private static IdentityHashMap<TableDefinition, Integer> indexes(
      List<TableDefinition> definitions) {
    IdentityHashMap<TableDefinition, Integer> indexes = new IdentityHashMap<>();
    for (int i = 0; i < definitions.size(); i++) {
      indexes.put(definitions.get(i), i);
    }
    return indexes;
  }

  @Override
  public Exports exports() {
    return exports;
  }

  @Override
  public TableDefinition definition(int index) {
    return definitions.get(index);
  }

  @Override
  public List<TableDefinition> definitions() {
    return definitions;
  }

  @Override
  public TableDefinition ofType(String typeName) {
    return definitions.stream()
        .filter(definition -> definition.typeName().equals(typeName))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no table of this node: " + typeName));
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
    return definitions.stream()
        .filter(definition -> definition.isExportedOn(protocol))
        .mapToInt(this::indexOf)
        .filter(index -> mayTouch(filter, index))
        .toArray();
  }

  private boolean mayTouch(TopicFilter filter, int index) {
    Channel channel = channels.get(index);
    if (!channel.path().isEmpty()) {
      return channel.mayMatch(filter);
    }
    // The root table has what no other export takes. An export takes all topics below its path, so
    // that one topic speaks for all that begin alike, but for those that are that beginning.
    String beginning = filter.literalPrefix();
    if (filter.isWildcard() && isRoots(beginning + "x", index)) {
      return true;
    }
    String parent = beginning.substring(0, Math.max(0, beginning.length() - 1));
    return (filter.matches(beginning) && isRoots(beginning, index))
        || (filter.matches(parent) && isRoots(parent, index));
  }

  private boolean isRoots(String topic, int root) {
    return switch (exports.topic(topic)) {
      case Target.Row row -> indexOf(row.definition()) == root;
      case Target.NotOffered elsewhere -> indexOf(elsewhere.definition()) == root;
      case Target.NotFound nowhere -> false;
    };
  }

  @Override
  public int indexOf(TableDefinition table) {
    Integer index = indexes.get(table);
    if (index == null) {
      index = indexesByName.get(table.qualifiedName());
    }
    if (index == null) {
      throw new IllegalArgumentException("no table of this node: " + table.qualifiedName());
    }
    return index;
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
    lines[indexOf(table)].add(
        new Table.Request(write, condition, reception), confirmation, receipt, token);
    flushLater();
  }

  @Override
  public void release(TableDefinition table, List<Reception> receptions, Runnable done) {
    lines[indexOf(table)].release(receptions, done);
    flushLater();
  }

  @Override
  public void releaseUnless(TableDefinition table, Predicate<Reception> isKept) {
    Line line = lines[indexOf(table)];
    line.flush();
    line.ask(new TableRequest.ReleaseUnless(loop, isKept));
  }

  @Override
  public void receptions(TableDefinition table, long client, Consumer<List<Reception>> callback) {
    ask(
        table,
        receptions,
        callback,
        number -> new TableRequest.AskReceptions(loop, number, client));
  }

  private void flushLater() {
    if (!flushDue) {
      flushDue = true;
      context.runOnContext(endOfTurn -> flush());
    }
  }

  private void flush() {
    flushDue = false;
    for (Line line : lines) {
      line.flush();
    }
  }

  @Override
  public void writeAll(
      TableDefinition table,
      List<Write> writes,
      Condition condition,
      Confirmation confirmation,
      Consumer<List<Outcome>> outcomes) {
    Line line = lines[indexOf(table)];
    line.flush();
    line.waiting.add(new Waiting.AsOne(outcomes));
    line.ask(
        new TableRequest.WriteAll(
            loop, List.copyOf(writes), condition, confirmation.nodes(line.demanded)));
  }

  @Override
  public void read(TableDefinition table, String id, Consumer<@Nullable Row> callback) {
    lines[indexOf(table)].read(id, callback);
    flushLater();
  }

  @Override
  public void known(TableDefinition table, String id, Consumer<Known> callback) {
    ask(table, known, callback, number -> new TableRequest.AskRow(loop, number, id));
  }

  @Override
  public Scan scan(TableDefinition table, String idPrefix, RowSink sink) {
    return new RowReading(lines[indexOf(table)], idPrefix, sink);
  }

  @Override
  public Scan query(TableDefinition table, RowQuery query, QuerySink sink) {
    return new QueryOfRows(table, query, sink);
  }

  @Override
  public Scan history(TableDefinition table, HistoryOf what, HistorySink sink) {
    return new HistoryReading(lines[indexOf(table)], what, sink);
  }

  @Override
  public void nextId(TableDefinition table, Consumer<String> callback) {
    switch (table.key().type()) {
      case ID, STRING -> callback.accept(freshId.get());
      case INT, LONG ->
          ask(table, numbers, callback, number -> new TableRequest.AskNumber(loop, number));
    }
  }

  private <T> void ask(
      TableDefinition table, Map<Long, T> waiting, T callback, LongFunction<TableRequest> request) {
    Line line = lines[indexOf(table)];
    line.flush();
    long number = ++lastRequest;
    waiting.put(number, callback);
    line.ask(request.apply(number));
  }

  private void take(Message<TableAnswer> message) {
    switch (message.body()) {
      case TableAnswer.Outcomes answer ->
          lines[answer.table()].outcomes(answer.outcomes(), answer.ticket());
      case TableAnswer.Confirmed answer ->
          lines[answer.table()].confirmed(answer.ticket(), answer.refusal());
      case TableAnswer.Attached answer -> hub.attached(answer.table(), answer.place());
      case TableAnswer.Changes answer -> {
        hub.changes(answer.table(), answer.before(), answer.entries());
        lines[answer.table()].seen(answer.entries());
      }
      case TableAnswer.Lost answer -> hub.lost(answer.table(), answer.place(), answer.reason());
      case TableAnswer.RowsRead answer -> lines[answer.table()].rows(answer.rows());
      case TableAnswer.RowKnown answer -> answered(known, answer.number(), answer.known());
      case TableAnswer.Rows answer -> rows(answer);
      case TableAnswer.QueryRows answer -> queryRows(answer);
      case TableAnswer.QueryRefused answer -> {
        QuerySink sink = queries.remove(answer.number());
        if (sink != null) {
          sink.refused(answer.refusal());
        }
      }
      case TableAnswer.Page answer ->
          hub.page(answer.reader(), answer.entries(), answer.places(), answer.end());
      case TableAnswer.Trimmed answer ->
          hub.trimmed(answer.reader(), "the journal no longer reaches back that far");
      case TableAnswer.History answer -> {
        HistoryReading reading = histories.get(answer.number());
        if (reading != null) {
          reading.take(answer);
        }
      }
      case TableAnswer.Found answer -> hub.found(answer.reader(), answer.place());
      case TableAnswer.NextNumber answer ->
          answered(numbers, answer.number(), Long.toString(answer.id()));
      case TableAnswer.Released answer -> lines[answer.table()].released();
      case TableAnswer.Receptions answer ->
          answered(receptions, answer.number(), answer.receptions());
    }
  }

  private static <T> void answered(Map<Long, Consumer<T>> waiting, long number, T answer) {
    Consumer<T> callback = waiting.remove(number);
    if (callback != null) {
      callback.accept(answer);
    }
  }

  private void rows(TableAnswer.Rows answer) {
    if (answer.number() > 0) {
      hub.rows(answer.number(), answer.rows(), answer.at(), answer.last());
      return;
    }
    RowSink sink = answer.last() ? scans.remove(answer.number()) : scans.get(answer.number());
    if (sink != null) {
      sink.rows(answer.rows(), answer.last());
    }
  }

  private void queryRows(TableAnswer.QueryRows answer) {
    QueryReport report = answer.page().report();
    QuerySink sink =
        report == null ? queries.get(answer.number()) : queries.remove(answer.number());
    if (sink == null) {
      return;
    }
    if (report != null) {
      sink.report(report);
    }
    sink.rows(answer.page().rows(), report != null);
  }

  /** What goes to one table, and what waits for its answers. */
  private final class Line {

    final int table;

    /** How many other nodes must have a write, whatever its client asks. */
    final int demanded;

    final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

    /** Outcomes that are known but not confirmed, by their ticket. */
    private final Map<Long, Waiting> held = new HashMap<>();

    private List<Table.Request> requests = new ArrayList<>();
    private Waiting.Each receipts = new Waiting.Each();

    /** How many other nodes must have the writes that wait to be sent. */
    private int confirmations;

    private final ArrayDeque<List<Consumer<@Nullable Row>>> reading = new ArrayDeque<>();
    private List<String> ids = new ArrayList<>();
    private List<Consumer<@Nullable Row>> readers = new ArrayList<>();

    /** What is to be released at the end of the turn, and who is told. */
    private Set<Reception> releasing = new HashSet<>();

    private List<Runnable> releasers = new ArrayList<>();

    /** Who waits for what was sent. */
    private final ArrayDeque<List<Runnable>> released = new ArrayDeque<>();

    private int entriesSeen;
    private long bytesSeen;

    Line(int table, int demanded) {
      this.table = table;
      this.demanded = demanded;
    }

    void add(
        Table.Request request, Confirmation confirmation, @Nullable Receipt receipt, int token) {
      flushReads();
      Reception reception = request.reception();
      if (reception != null && releasing.contains(reception)) {
        flush(); // what is received anew must not be released
      }
      int nodes = receipt == null ? 0 : confirmation.nodes(demanded);
      if (nodes != confirmations) {
        flushWrites(); // all writes of a message wait for equally many
        confirmations = nodes;
      }
      requests.add(request);
      receipts.add(receipt, token);
    }

    void read(String id, Consumer<@Nullable Row> reader) {
      flushWrites();
      ids.add(id);
      readers.add(reader);
    }

    /** Writes that are asked later may come first, so that writes and releases do not alternate. */
    void release(List<Reception> receptions, Runnable done) {
      releasing.addAll(receptions);
      releasers.add(done);
    }

    /** Sends what waits: writes or reads, for neither waits behind the other; then releases. */
    void flush() {
      flushWrites();
      flushReads();
      if (!releasers.isEmpty()) {
        ask(new TableRequest.Release(loop, List.copyOf(releasing)));
        released.add(releasers);
        releasing = new HashSet<>();
        releasers = new ArrayList<>();
      }
    }

    void released() {
      released.remove().forEach(Runnable::run);
    }

    private void flushReads() {
      if (!ids.isEmpty()) {
        ask(new TableRequest.ReadRows(loop, ids));
        reading.add(readers);
        ids = new ArrayList<>();
        readers = new ArrayList<>();
      }
    }

    private void flushWrites() {
      if (!requests.isEmpty()) {
        boolean answered = receipts.isWanted();
        ask(new TableRequest.Writes(loop, requests, answered, confirmations));
        if (answered) {
          waiting.add(receipts);
        }
        requests = new ArrayList<>();
        receipts = new Waiting.Each();
      }
    }

    void ask(TableRequest request) {
      bus.send(TableVerticle.address(table), request, ByReference.OPTIONS);
    }

    void outcomes(List<Outcome> outcomes, long ticket) {
      Waiting oldest = waiting.remove();
      if (ticket == Confirmations.NOT_HELD) {
        oldest.take(outcomes);
      } else {
        held.put(ticket, oldest);
        oldest.hold(outcomes);
      }
    }

    void confirmed(long ticket, @Nullable Refusal refusal) {
      Waiting waited = held.remove(ticket);
      if (waited != null) {
        waited.release(refusal);
      }
    }

    void rows(List<@Nullable Row> rows) {
      List<Consumer<@Nullable Row>> waited = reading.remove();
      for (int i = 0; i < waited.size(); i++) {
        waited.get(i).accept(rows.get(i));
      }
    }

    void seen(List<Entry> entries) {
      entriesSeen += entries.size();
      for (Entry entry : entries) {
        bytesSeen += entry.payload().bytes().length;
      }
      if (entriesSeen >= ENTRIES_PER_SEEN || bytesSeen >= BYTES_PER_SEEN) {
        entriesSeen = 0;
        bytesSeen = 0;
        ask(new TableRequest.Seen(loop, entries.getLast().position()));
      }
    }
  }

  /** A reading of rows for a door. Its numbers are negative, those of the hub's readers are not. */
  private final class RowReading implements Scan {

    private final Line line;
    private final long number;

    RowReading(Line line, String idPrefix, RowSink sink) {
      this.line = line;
      this.number = - ++lastRequest;
      line.flush();
      scans.put(number, sink);
      line.ask(new TableRequest.OpenScan(loop, number, channels.get(line.table).below(idPrefix)));
    }

    @Override
    public void more() {
      if (scans.containsKey(number)) {
        line.ask(new TableRequest.MoreRows(loop, number));
      }
    }

    @Override
    public void close() {
      if (scans.remove(number) != null) {
        line.ask(new TableRequest.CloseScan(loop, number));
      }
    }
  }

  /** A query for a door. */
  private final class QueryOfRows implements Scan {

    private final Line line;
    private final long number = ++lastRequest;

    QueryOfRows(TableDefinition table, RowQuery query, QuerySink sink) {
      this.line = lines[indexOf(table)];
      line.flush();
      queries.put(number, sink);
      line.ask(new TableRequest.OpenQuery(loop, number, query, table));
    }

    @Override
    public void more() {
      if (queries.containsKey(number)) {
        line.ask(new TableRequest.MoreOfQuery(loop, number));
      }
    }

    @Override
    public void close() {
      if (queries.remove(number) != null) {
        line.ask(new TableRequest.CloseQuery(loop, number));
      }
    }
  }

  /**
   * A reading of a journal for a door, up to where the journal ended when it began. The table keeps
   * nothing of it between two pages.
   */
  private final class HistoryReading implements Scan {

    private final Line line;
    private final long number = ++lastRequest;
    private final TopicFilter filter;
    private final long startTime;
    private final HistorySink sink;
    private long left;
    private @Nullable Place from;

    /** The position of the last entry to tell; negative while unknown. */
    private long end = -1;

    private long beginsAt;

    HistoryReading(Line line, HistoryOf what, HistorySink sink) {
      Channel channel = channels.get(line.table);
      this.line = line;
      this.filter =
          what.isPrefix() ? channel.below(what.id()) : TopicFilter.topic(channel.topic(what.id()));
      this.startTime = what.startTime();
      this.left = what.limit();
      this.sink = sink;
      line.flush();
      histories.put(number, this);
      more();
    }

    @Override
    public void more() {
      if (histories.containsKey(number)) {
        int limit = (int) Math.min(left, Integer.MAX_VALUE);
        line.ask(new TableRequest.ReadHistory(loop, number, filter, startTime, from, limit));
      }
    }

    @Override
    public void close() {
      histories.remove(number);
    }

    void take(TableAnswer.History answer) {
      if (end < 0) {
        end = answer.head();
        beginsAt = answer.beginsAt();
      }
      from = answer.end();
      List<Entry> entries =
          answer.entries().stream().filter(entry -> entry.position() <= end).toList();
      left -= entries.size();
      boolean isCut = from == null;
      boolean isLast = from == null || from.position() >= end || left == 0;
      if (isLast) {
        close();
      }
      sink.take(new HistoryPage(entries, beginsAt, isLast, isCut));
    }
  }

  /** The hub's requests, as messages to the tables. */
  private final class HubFeeds implements Feeds {

    @Override
    public void attach(int table) {
      lines[table].ask(new TableRequest.Attach(loop));
    }

    @Override
    public void detach(int table) {
      lines[table].ask(new TableRequest.Detach(loop));
    }

    @Override
    public void openScan(int table, long reader, TopicFilter filter) {
      lines[table].flush();
      lines[table].ask(new TableRequest.OpenScan(loop, reader, filter));
    }

    @Override
    public void moreRows(int table, long reader) {
      lines[table].ask(new TableRequest.MoreRows(loop, reader));
    }

    @Override
    public void closeScan(int table, long reader) {
      lines[table].ask(new TableRequest.CloseScan(loop, reader));
    }

    @Override
    public void read(int table, long reader, List<TopicFilter> filters, From from) {
      lines[table].ask(new TableRequest.ReadOn(loop, reader, filters, from));
    }

    @Override
    public void findSince(int table, long reader, long localTime) {
      lines[table].ask(new TableRequest.FindSince(loop, reader, localTime));
    }

    @Override
    public void findPrevious(int table, long reader, List<TopicFilter> filters, int count) {
      lines[table].ask(new TableRequest.FindPrevious(loop, reader, filters, count));
    }

    /** A loop takes up what is scheduled when it has gone through its sockets, and not before. */
    @Override
    public void inNextTurn(Runnable task) {
      var _ =
          ((ContextInternal) context)
              .nettyEventLoop()
              .schedule(() -> context.runOnContext(turn -> task.run()), 0, TimeUnit.NANOSECONDS);
    }
  }
}
