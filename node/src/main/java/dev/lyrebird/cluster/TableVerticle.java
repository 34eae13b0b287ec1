package dev.lyrebird.cluster;

import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Outcome;
import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.pubsub.Channel;
import dev.lyrebird.pubsub.From;
import dev.lyrebird.pubsub.TopicFilter;
import dev.lyrebird.query.QueryBounds;
import dev.lyrebird.replication.PeerProgress;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.table.LastEntries;
import dev.lyrebird.table.Selection;
import dev.lyrebird.table.StorageException;
import dev.lyrebird.table.Table;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A table on a thread of its own. Writes that arrive while a commit is under way gather and share
 * the next one. What the table decides is performed here: outcomes go back to the loops that asked,
 * entries to all loops that read the table.
 *
 * <p>Deployed as a worker with a pool of one thread, which owns everything here.
 */
public final class TableVerticle extends VerticleBase {

  /**
   * What a table's upkeep is bound by.
   *
   * @param settleMillis how long a row may lie unstored behind the journal
   * @param retentionMillis how long the journal is kept
   * @param journalMaxBytes how large it may grow
   * @param confirmMillis how long an outcome may wait for other nodes; 0 where none keeps the table
   */
  public record Upkeep(
      long settleMillis, long retentionMillis, long journalMaxBytes, long confirmMillis) {}

  private static final Logger LOG = LoggerFactory.getLogger(TableVerticle.class);

  /** Writes that share one commit at the most, so that no answer waits for thousands of others. */
  private static final int MAX_COMMIT = 4096;

  /**
   * Likewise in bytes, since a commit becomes one page of the journal, which is read as a whole.
   */
  private static final long MAX_COMMIT_BYTES = 8 << 20;

  private static final long MAX_UNSETTLED_BYTES = 16 << 20;

  /**
   * What a reader is sent at once. What it has no room for, such as a session whose window is used
   * up, it asks for again; so there should not be much of it.
   */
  private static final Table.Limit PAGE = new Table.Limit(256, 256 << 10);

  /**
   * What one that wants to know how rows stand has looked at for it: the more, the fewer of their
   * changes it is told.
   */
  private static final Table.Limit CONFLATED = new Table.Limit(1 << 14, 4 << 20);

  private static final int EXPIRIES_AT_ONCE = 1000;

  /** How late a row may end; to look costs some microseconds where none does. */
  private static final long EXPIRY_MILLIS = 50;

  /** How often the journal is trimmed at the least; often enough to keep to a short retention. */
  private static final long TRIM_MILLIS = 10_000;

  private static final int TRIMS_IN_RETENTION = 10;

  /**
   * A journal that is full is trimmed to this part of its bound, so that it has room for a while.
   */
  private static final double TRIMMED_FULLNESS = 0.875;

  /** What is left to others between two slices of building indexes, each about as long. */
  private static final long BUILD_PAUSE_MILLIS = 1;

  /** How late an outcome may be told that has waited too long for other nodes. */
  private static final long CONFIRMATION_MILLIS = 100;

  /**
   * Outcomes that may wait for other nodes before no more are taken that have to; one commit may go
   * beyond. Each holds a receipt, and a client's request behind it.
   */
  private static final int MAX_UNCONFIRMED = 1 << 16;

  private static final Outcome TOO_MANY_UNCONFIRMED =
      new Outcome.Refused(
          Refusal.of(
              Refusal.Reason.OVERLOADED,
              "too many writes of this table wait to be confirmed by other nodes; try again"));

  private static final Outcome TAKING_OVER =
      new Outcome.Refused(
          Refusal.of(
              Refusal.Reason.OVERLOADED,
              "this node is taking over rows from another after a long absence; try again"));

  private final int index;
  private final Channel channel;
  private final Supplier<Table> opening;
  private final Upkeep upkeep;
  private final @Nullable Cluster cluster;
  private final Consumer<Throwable> onFault;

  private final LoopFeeds feeds;
  private final RowScans scans;
  private final Queries queries;
  private final Confirmations confirmations;
  private final Trials trials;
  private List<TableRequest.Writes> gathered = new ArrayList<>();
  private int writesGathered;
  private long bytesGathered;

  /** The attributes whose indexes are being built. */
  private List<String> building = List.of();

  /** Whether the journal could not be written when last that was tried. */
  private boolean isRefusing;

  private @Nullable Table opened;
  private @Nullable Replication replication;
  private @Nullable Context owner;

  /**
   * Creates the verticle of a table that is not open yet.
   *
   * @param index by which event loops know the table
   * @param channel its name
   * @param opening opens it, on the thread that will own it
   * @param upkeep bounds
   * @param queryBounds what its queries are bound by
   * @param cluster where its replicas are; null where there are none
   * @param onFault is told what the table cannot go on after
   */
  public TableVerticle(
      int index,
      Channel channel,
      Supplier<Table> opening,
      Upkeep upkeep,
      QueryBounds queryBounds,
      @Nullable Cluster cluster,
      Consumer<Throwable> onFault) {
    this.index = index;
    this.channel = channel;
    this.opening = opening;
    this.upkeep = upkeep;
    this.cluster = cluster;
    this.onFault = onFault;
    this.feeds = new LoopFeeds(index, this::send);
    this.scans = new RowScans(index, channel);
    this.queries = new Queries(index, queryBounds, this::send, this::inLaterTurn);
    this.trials = new Trials(this::inLaterTurn);
    this.confirmations = new Confirmations(upkeep.confirmMillis(), MAX_UNCONFIRMED);
  }

  /** Returns by which number event loops know the table. */
  public int index() {
    return index;
  }

  /** Returns the address at which a table listens. */
  static String address(int index) {
    return "table." + index;
  }

  @Override
  public Future<?> start() {
    owner = context;
    Table table = opening.get();
    opened = table;
    vertx.eventBus().<TableRequest>localConsumer(address(index), this::take);
    vertx.setPeriodic(upkeep.settleMillis(), timer -> guarded(table()::settle));
    vertx.setPeriodic(EXPIRY_MILLIS, timer -> guarded(this::expire));
    vertx.setPeriodic(
        Math.min(TRIM_MILLIS, upkeep.retentionMillis() / TRIMS_IN_RETENTION),
        timer -> guarded(() -> trim(upkeep.journalMaxBytes())));
    vertx.setPeriodic(CONFIRMATION_MILLIS, timer -> giveUpUnconfirmed());
    buildIndexes();
    if (cluster == null) {
      return Future.succeededFuture();
    }
    replication =
        new Replication(vertx, cluster, channel.cursorKey(), table, new FromPeers(), this::guarded);
    return replication.start();
  }

  @Override
  public Future<?> stop() {
    guarded(() -> {
      commitGathered();
      table().settle();
    });
    scans.closeAll();
    queries.closeAll();
    table().endTrial();
    return replication == null ? Future.succeededFuture() : replication.stop();
  }

  /** Builds indexes between other work, so that none has to wait for long. */
  private void buildIndexes() {
    List<String> attributes = table().unreadyIndexes();
    if (!attributes.isEmpty()) {
      log(attributes, "indexes are being built; until then conditions on them read all rows");
      boolean isUnderWay = !building.isEmpty();
      building = attributes;
      if (!isUnderWay) {
        buildOn();
      }
    }
  }

  private void buildOn() {
    vertx.setTimer(
        BUILD_PAUSE_MILLIS,
        timer ->
            guarded(() -> {
              if (table().buildIndexes()) {
                buildOn();
              } else {
                log(building, "indexes are built");
                building = List.of();
              }
            }));
  }

  private void log(List<String> attributes, String message) {
    LOG.atInfo()
        .addKeyValue("table", '/' + channel.path())
        .addKeyValue("attributes", attributes)
        .log(message);
  }

  private Table table() {
    Table table = opened;
    if (table == null) {
      throw new IllegalStateException("table %s is not open".formatted(channel));
    }
    return table;
  }

  private void take(Message<TableRequest> message) {
    guarded(() -> {
      if (message.body() instanceof TableRequest.Writes writes) {
        gather(writes);
      } else if (message.body() instanceof TableRequest.AskReplica) {
        message.reply(replication == null ? null : replication.report(), ByReference.OPTIONS);
      } else if (message.body() instanceof TableRequest.AskRetention ask) {
        message.reply(retention(ask.standing()), ByReference.OPTIONS);
      } else if (message.body() instanceof TableRequest.OfDefinition asked) {
        commitGathered();
        trials.take(asked, answer -> message.reply(answer, ByReference.OPTIONS), table());
        if (asked instanceof TableRequest.Redefine) {
          buildIndexes();
        }
      } else {
        commitGathered(); // what was asked first is done first
        perform(message.body());
      }
    });
  }

  /** Runs what may find the storage broken; the table cannot go on then. */
  private void guarded(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      onFault.accept(e);
    }
  }

  private void gather(TableRequest.Writes writes) {
    if (writes.confirmations() > 0 && confirmations.isFull()) {
      commitGathered(); // what was asked first is answered first
      refuse(writes, writes.requests().size(), TOO_MANY_UNCONFIRMED);
      return;
    }
    if (gathered.isEmpty() && owner != null) {
      owner.runOnContext(turn -> guarded(this::commitGathered));
    }
    gathered.add(writes);
    writesGathered += writes.requests().size();
    for (Table.Request request : writes.requests()) {
      bytesGathered += request.write().payload().bytes().length;
    }
    if (writesGathered >= MAX_COMMIT || bytesGathered >= MAX_COMMIT_BYTES) {
      commitGathered();
    }
  }

  private void commitGathered() {
    if (gathered.isEmpty() || !mayWrite()) {
      return;
    }
    List<TableRequest.Writes> asked = gathered;
    gathered = new ArrayList<>();
    List<Table.Request> requests = asked.getFirst().requests();
    if (asked.size() > 1) {
      requests = new ArrayList<>(writesGathered);
      for (TableRequest.Writes writes : asked) {
        requests.addAll(writes.requests());
      }
    }
    writesGathered = 0;
    bytesGathered = 0;
    List<Table.Request> all = requests;
    Table.Commit commit = commit(all.size(), () -> table().write(all));
    int from = 0;
    for (TableRequest.Writes writes : asked) {
      int to = from + writes.requests().size();
      if (writes.answered()) {
        List<Outcome> outcomes = commit.outcomes().subList(from, to);
        answer(writes, writes.confirmations(), outcomes, commit);
      }
      from = to;
    }
    publish(commit, asked.stream().anyMatch(writes -> writes.confirmations() > 0));
    giveUpUnconfirmed();
  }

  /**
   * Tells whether this node may write; if not, writes wait until it has taken over others' rows.
   */
  private boolean mayWrite() {
    return replication == null || replication.isReady();
  }

  /** Commits; where the journal cannot be written, every write is refused and nothing happens. */
  private Table.Commit commit(int writes, Supplier<Table.Commit> work) {
    try {
      Table.Commit commit = work.get();
      if (isRefusing && !commit.entries().isEmpty()) {
        isRefusing = false;
        LOG.atInfo().addKeyValue("table", '/' + channel.path()).log("writes are taken again");
      }
      return commit;
    } catch (StorageException e) {
      if (!isRefusing) {
        isRefusing = true;
        LOG.atError()
            .addKeyValue("table", '/' + channel.path())
            .setCause(e)
            .log("writes are refused");
      }
      Outcome refused =
          new Outcome.Refused(
              Refusal.of(Refusal.Reason.FAULT, "the node cannot write to its storage"));
      List<Outcome> outcomes = new ArrayList<>(writes);
      for (int i = 0; i < writes; i++) {
        outcomes.add(refused);
      }
      return Table.Commit.nothing(table().head(), outcomes);
    }
  }

  private void perform(TableRequest request) {
    switch (request) {
      case TableRequest.Writes writes -> gather(writes);
      case TableRequest.WriteAll all -> writeAll(all);
      case TableRequest.Release release -> {
        table().release(release.receptions());
        answer(release, new TableAnswer.Released(index));
      }
      case TableRequest.ReleaseUnless release -> table().releaseUnless(release.isKept());
      case TableRequest.AskReceptions ask ->
          answer(
              ask,
              new TableAnswer.Receptions(index, ask.number(), table().receptions(ask.client())));
      case TableRequest.Attach attach -> feeds.attach(attach.loop(), table().head());
      case TableRequest.Detach detach -> feeds.detach(detach.loop());
      case TableRequest.Seen seen -> feeds.seen(seen.loop(), seen.position(), table());
      case TableRequest.ReadRows read -> {
        List<@Nullable Row> rows = new ArrayList<>(read.ids().size());
        for (String id : read.ids()) {
          rows.add(lasting(id));
        }
        answer(read, new TableAnswer.RowsRead(index, rows));
      }
      case TableRequest.AskRow ask ->
          answer(ask, new TableAnswer.RowKnown(index, ask.number(), known(ask.id())));
      case TableRequest.OpenScan open -> answer(open, scans.open(open, table()));
      case TableRequest.MoreRows more -> {
        TableAnswer.Rows page = scans.more(more.loop(), more.number());
        if (page != null) {
          answer(more, page);
        }
      }
      case TableRequest.CloseScan close -> scans.close(close.loop(), close.number());
      case TableRequest.OpenQuery open -> queries.open(open, table());
      case TableRequest.MoreOfQuery more -> queries.more(more.loop(), more.number());
      case TableRequest.CloseQuery close -> queries.close(close.loop(), close.number());
      case TableRequest.ReadOn read ->
          answerPage(read, read.reader(), page(read.filters(), read.from()));
      case TableRequest.ReadHistory read -> answer(read, history(read));
      case TableRequest.FindSince find ->
          answer(
              find,
              new TableAnswer.Found(index, find.reader(), table().placeSince(find.localTime())));
      case TableRequest.FindPrevious find ->
          search(find, table().lastEntries(find.count(), told(find.filters())));
      case TableRequest.AskNumber ask ->
          answer(ask, new TableAnswer.NextNumber(index, ask.number(), nextNumber()));
      case TableRequest.PeerJoined joined -> {
        if (replication != null) {
          replication.joined(joined.node());
        }
      }
      case TableRequest.PeerLeft left -> {
        if (replication != null) {
          replication.left(left.node());
        }
      }
      case TableRequest.AskReplica ask -> {} // answered where it is taken
      case TableRequest.AskRetention ask -> {} // likewise
      case TableRequest.OfDefinition asked -> {} // likewise
    }
  }

  private Tables.Known known(String id) {
    return new Tables.Known(lasting(id), table().version(id));
  }

  private @Nullable Row lasting(String id) {
    Row row = table().read(id);
    return row == null || RowScans.isOver(row, table()) ? null : row;
  }

  private RetentionReport retention(List<VersionVector> standing) {
    return new RetentionReport(
        table().journalExtent(),
        table().head().vector(),
        standing.stream().map(table()::countUncovered).toList(),
        replication == null ? null : replication.report());
  }

  private long nextNumber() {
    return replication == null ? table().nextNumber(0, 1) : replication.nextNumber(table());
  }

  private void writeAll(TableRequest.WriteAll all) {
    if (all.confirmations() > 0 && confirmations.isFull()) {
      refuse(all, all.writes().size(), TOO_MANY_UNCONFIRMED);
      return;
    }
    if (!mayWrite()) {
      refuse(all, all.writes().size(), TAKING_OVER);
      return;
    }
    Table.Commit commit =
        commit(all.writes().size(), () -> table().writeAll(all.writes(), all.condition()));
    answer(all, all.confirmations(), commit.outcomes(), commit);
    publish(commit, all.confirmations() > 0);
    giveUpUnconfirmed();
  }

  /** Answers with outcomes, of which those that were applied may have to wait for other nodes. */
  private void answer(
      TableRequest request, int nodes, List<Outcome> outcomes, Table.Commit commit) {
    long ticket =
        confirmations.hold(request.loop(), nodes, outcomes, commit.entries(), steadyMillis());
    answer(request, new TableAnswer.Outcomes(index, outcomes, ticket));
  }

  private void refuse(TableRequest request, int writes, Outcome refused) {
    List<Outcome> outcomes = Collections.nCopies(writes, refused);
    answer(request, new TableAnswer.Outcomes(index, outcomes, Confirmations.NOT_HELD));
  }

  /** Takes note of who is there, and of what each of the other nodes has applied. */
  void confirm(List<PeerProgress> peers) {
    tell(confirmations.advance(peers));
  }

  private void giveUpUnconfirmed() {
    tell(confirmations.expire(steadyMillis()));
  }

  private void tell(List<Confirmations.Verdict> verdicts) {
    for (Confirmations.Verdict verdict : verdicts) {
      send(verdict.loop(), new TableAnswer.Confirmed(index, verdict.ticket(), verdict.refusal()));
    }
  }

  private static long steadyMillis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }

  private Table.@Nullable Page page(List<TopicFilter> filters, From from) {
    return switch (from) {
      case From.Behind(var place) -> table().read(place, told(filters), PAGE);
      case From.Conflated(var place) -> table().readConflated(place, told(filters), CONFLATED);
      case From.Elsewhere(var place, var seen) ->
          table().read(place, seen, matching(filters), PAGE);
      case From.NotCovered(var covered, var rowsAt) ->
          table().read(covered, rowsAt, matching(filters), PAGE);
    };
  }

  /** Returns the entries that match any of the filters and change what clients see. */
  private Selection told(List<TopicFilter> filters) {
    return matching(filters).and(entry -> !entry.isSuperseded());
  }

  private Selection matching(List<TopicFilter> filters) {
    Predicate<Entry> matches =
        entry -> {
          String topic = channel.topic(entry.id());
          for (TopicFilter filter : filters) {
            if (filter.matches(topic)) {
              return true;
            }
          }
          return false;
        };
    if (filters.stream().anyMatch(TopicFilter::isWildcard)) {
      return matches::test;
    }
    Set<String> ids =
        filters.stream().map(filter -> channel.id(filter.text())).collect(Collectors.toSet());
    return Selection.of(ids, matches);
  }

  private TableAnswer.History history(TableRequest.ReadHistory asked) {
    Place from = asked.from();
    long beginsAt = 0;
    if (from == null) {
      Table.Beginning beginning = table().beginning(asked.startTime());
      from = beginning.place();
      beginsAt = beginning.beginsAt();
    }
    Table.Limit limit = new Table.Limit(Math.min(asked.limit(), PAGE.entries()), PAGE.bytes());
    Table.Page page = table().read(from, matching(List.of(asked.filter())), limit);
    return new TableAnswer.History(
        index,
        asked.number(),
        page == null ? List.of() : page.entries(),
        page == null ? null : page.end(),
        table().head().position(),
        beginsAt);
  }

  /** What others have asked by now comes first. */
  private void inLaterTurn(Runnable work) {
    context.runOnContext(turn -> guarded(work));
  }

  /** Goes back step by step; what others ask meanwhile comes in between. */
  private void search(TableRequest.FindPrevious find, LastEntries search) {
    Place place = search.step();
    if (place == null) {
      inLaterTurn(() -> search(find, search));
    } else {
      answer(find, new TableAnswer.Found(index, find.reader(), place));
    }
  }

  private void answerPage(TableRequest request, long reader, Table.@Nullable Page page) {
    answer(
        request,
        page == null
            ? new TableAnswer.Trimmed(index, reader)
            : new TableAnswer.Page(index, reader, page.entries(), page.places(), page.end()));
  }

  /** Tells peers and subscribers what this node has written. */
  private void publish(Table.Commit commit, boolean isAwaited) {
    if (replication != null) {
      replication.committed(commit, isAwaited);
    }
    deliver(commit);
  }

  private void deliver(Table.Commit commit) {
    if (!commit.entries().isEmpty()) {
      feeds.publish(commit, table().head());
    }
    if (table().journalBytes() > upkeep.journalMaxBytes()) {
      trim((long) (TRIMMED_FULLNESS * upkeep.journalMaxBytes()));
    }
    if (table().unsettledBytes() > MAX_UNSETTLED_BYTES) {
      table().settle();
    }
  }

  /** What the replica tells this node. */
  private final class FromPeers implements Replication.Listener {

    @Override
    public void received(Table.Commit commit) {
      deliver(commit);
    }

    @Override
    public void reset(String reason) {
      feeds.skipTo(table().head(), reason);
    }

    @Override
    public void heard(List<PeerProgress> peers) {
      confirm(peers);
      commitGathered();
    }
  }

  private void expire() {
    Replication peers = replication;
    if (peers != null && !peers.isCurrent()) {
      return;
    }
    long now = table().wallMillis();
    Table.Commit commit =
        commit(
            0,
            () ->
                peers == null
                    ? table().expire(now, EXPIRIES_AT_ONCE)
                    : table().expire(now, peers::expiresUntil, EXPIRIES_AT_ONCE));
    publish(commit, false);
    if (commit.entries().size() == EXPIRIES_AT_ONCE && owner != null) {
      owner.runOnContext(turn -> guarded(this::expire)); // there are more
    }
  }

  private void trim(long maxBytes) {
    long cutoff = table().wallMillis() - upkeep.retentionMillis();
    table().trim(Timestamp.timeOfMillis(cutoff), maxBytes);
  }

  private void answer(TableRequest request, TableAnswer answer) {
    send(request.loop(), answer);
  }

  private void send(String loop, TableAnswer answer) {
    vertx.eventBus().send(loop, answer, ByReference.OPTIONS);
  }
}
