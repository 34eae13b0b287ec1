package dev.lyrebird;

import dev.lyrebird.cluster.RetentionReport;
import dev.lyrebird.cluster.RetentionReports;
import dev.lyrebird.http.RetentionState;
import dev.lyrebird.journal.Cursor;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.mqtt.AbsentSessions;
import dev.lyrebird.pubsub.Hub;
import dev.lyrebird.replication.ReplicaReport;
import dev.lyrebird.schema.TableDefinition;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Tells the operations port what journals hold and for whom: asks sessions, event loops and tables,
 * and says it in the words of {@link RetentionState}. Owned by the event loop that asks.
 */
final class RetentionWatch {

  /** How long the rows of all sessions may take to be read. */
  private static final long SESSIONS_SECONDS = 5;

  private static final String SESSIONS_UNREAD =
      "the rows of sessions were not read in time, so that none is counted";

  private final RetentionReports reports;
  private final List<TableDefinition> definitions;
  private final ToLongFunction<TableDefinition> maxBytes;
  private final List<Loop> loops;
  private final AbsentSessions sessions;

  /** An event loop and its subscribers. */
  record Loop(Context context, Hub hub) {

    Future<List<Hub.Standing>> ask(int tables) {
      Promise<List<Hub.Standing>> standings = Promise.promise();
      context.runOnContext(
          turn -> standings.complete(IntStream.range(0, tables).mapToObj(hub::standing).toList()));
      return standings.future();
    }
  }

  /**
   * @param definitions the tables, by index
   * @param maxBytes how large the journal of each may grow
   * @param loops all event loops that read tables; it may grow
   * @param sessions of the loop that asks
   */
  RetentionWatch(
      RetentionReports reports,
      List<TableDefinition> definitions,
      ToLongFunction<TableDefinition> maxBytes,
      List<Loop> loops,
      AbsentSessions sessions) {
    this.reports = reports;
    this.definitions = List.copyOf(definitions);
    this.maxBytes = maxBytes;
    this.loops = loops;
    this.sessions = sessions;
  }

  /** Returns what there is, as soon as all have told or had their time; never fails. */
  Future<RetentionState> ask() {
    List<Future<List<Hub.Standing>>> asked =
        loops.stream().map(loop -> loop.ask(definitions.size())).toList();
    return Future.all(asked)
        .map(all -> all.<List<Hub.Standing>>list())
        .compose(standings ->
            sessions
                .ask()
                .timeout(SESSIONS_SECONDS, TimeUnit.SECONDS)
                .transform(away ->
                    away.succeeded()
                        ? ask(standings, away.result(), List.of())
                        : ask(standings, Map.of(), List.of(SESSIONS_UNREAD))));
  }

  private Future<RetentionState> ask(
      List<List<Hub.Standing>> standings,
      Map<Integer, AbsentSessions.Standing> away,
      List<String> faultsBefore) {
    List<Future<RetentionState.Table>> asked = new ArrayList<>();
    for (int i = 0; i < definitions.size(); i++) {
      int table = i;
      TableDefinition definition = definitions.get(i);
      Hub.Standing connected =
          standings.stream()
              .map(loop -> loop.get(table))
              .reduce(new Hub.Standing(0, 0, null), Hub.Standing::and);
      AbsentSessions.Standing absent =
          away.get(Cursor.tableKey(definition.database(), definition.table()));
      asked.add(
          reports
              .ask(i, furthest(connected, absent))
              .map(report -> table(definition, report, connected, absent)));
    }
    return Future.join(asked).transform(any -> Future.succeededFuture(state(asked, faultsBefore)));
  }

  private RetentionState state(
      List<Future<RetentionState.Table>> asked, List<String> faultsBefore) {
    List<RetentionState.Table> tables = new ArrayList<>();
    List<String> faults = new ArrayList<>(faultsBefore);
    for (int i = 0; i < asked.size(); i++) {
      Future<RetentionState.Table> table = asked.get(i);
      if (table.succeeded()) {
        tables.add(table.result());
      } else {
        faults.add(
            "table %s does not say what it keeps: %s"
                .formatted(definitions.get(i).qualifiedName(), table.cause().getMessage()));
      }
    }
    return new RetentionState(tables, faults);
  }

  /** What those have seen who are furthest behind: a subscriber, then a session, if there are. */
  private static List<VersionVector> furthest(
      Hub.Standing connected, AbsentSessions.@Nullable Standing absent) {
    List<VersionVector> furthest = new ArrayList<>(2);
    if (connected.furthest() != null) {
      furthest.add(connected.furthest().vector());
    }
    if (absent != null) {
      furthest.add(absent.acked());
    }
    return furthest;
  }

  private RetentionState.Table table(
      TableDefinition definition,
      RetentionReport report,
      Hub.Standing connected,
      AbsentSessions.@Nullable Standing absent) {
    return new RetentionState.Table(
        definition.qualifiedName(),
        report.extent().entries(),
        report.extent().bytes(),
        report.extent().dropped(),
        report.extent().oldestTime() == 0
            ? null
            : new BigDecimal(Timestamp.decimalMillis(report.extent().oldestTime())),
        definition.options().retentionSeconds(),
        maxBytes.applyAsLong(definition),
        peers(report.replica()),
        new RetentionState.Sessions(
            absent == null ? 0 : absent.sessions(),
            absent == null ? null : absent.furthest(),
            absent == null ? null : known(report.lacking().getLast())),
        new RetentionState.Subscribers(
            connected.readers(),
            connected.behind(),
            connected.behind() == 0 ? null : known(report.lacking().getFirst())));
  }

  private static List<RetentionState.Peer> peers(@Nullable ReplicaReport replica) {
    return replica == null
        ? List.of()
        : replica.peers().stream()
            .filter(ReplicaReport.PeerReport::isKnown)
            .map(peer ->
                new RetentionState.Peer(
                    Long.toHexString(peer.node()), peer.isPresent(), known(peer.entriesBehind())))
            .toList();
  }

  private static @Nullable Long known(long entries) {
    return entries < 0 ? null : entries;
  }
}
