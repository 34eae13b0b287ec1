package dev.lyrebird;

import dev.lyrebird.cluster.Membership;
import dev.lyrebird.cluster.Peer;
import dev.lyrebird.cluster.ReplicaReports;
import dev.lyrebird.http.ClusterState;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.replication.ReplicaReport;
import dev.lyrebird.replication.ReplicaReport.PeerReport;
import dev.lyrebird.schema.TableDefinition;
import dev.lyrebird.table.HybridClock;
import io.vertx.core.Future;
import java.math.BigDecimal;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Tells the operations port how the cluster stands: asks membership and tables, and says it in the
 * words of {@link ClusterState}. Any thread may ask.
 */
final class ClusterWatch {

  private final Membership membership;
  private final ReplicaReports reports;
  private final List<TableDefinition> definitions;
  private final HybridClock clock;
  private final InstantSource wall;
  private final long maxSkewMillis;

  /**
   * @param membership who is there
   * @param reports how the tables stand, in the order of {@code definitions}
   * @param maxSkewMillis how far this node's clock may be ahead of those of most others
   */
  ClusterWatch(
      Membership membership,
      ReplicaReports reports,
      List<TableDefinition> definitions,
      HybridClock clock,
      InstantSource wall,
      long maxSkewMillis) {
    this.membership = membership;
    this.reports = reports;
    this.definitions = List.copyOf(definitions);
    this.clock = clock;
    this.wall = wall;
    this.maxSkewMillis = maxSkewMillis;
  }

  /** Returns how the cluster stands, as soon as all tables have told or had their time. */
  Future<ClusterState> ask() {
    return reports.ask().map(this::state);
  }

  private ClusterState state(List<ReplicaReports.Answer> answers) {
    List<String> faults = new ArrayList<>(membership.faults());
    List<ClusterState.Table> tables = new ArrayList<>();
    Map<Long, PeerReport> latest = new TreeMap<>();
    for (int i = 0; i < answers.size(); i++) {
      String name = definitions.get(i).qualifiedName();
      switch (answers.get(i)) {
        case ReplicaReports.Answer.Replicated(ReplicaReport report) -> {
          tables.add(table(name, report));
          report.peers().forEach(peer -> latest.merge(peer.node(), peer, ClusterWatch::later));
        }
        case ReplicaReports.Answer.Alone() -> {}
        case ReplicaReports.Answer.Silent(String reason) ->
            faults.add("table %s does not say how its replica stands: %s".formatted(name, reason));
      }
    }
    List<ClusterState.Member> members = members(latest);
    faults.addAll(clockFaults(members));
    return new ClusterState(self(), members, tables, faults);
  }

  private static PeerReport later(PeerReport one, PeerReport other) {
    return one.heardMillis() >= other.heardMillis() ? one : other;
  }

  private ClusterState.Self self() {
    Peer self = membership.self();
    long time = clock.wallTime();
    return new ClusterState.Self(
        hex(self.node()),
        self.name(),
        self.address(),
        millis(time),
        millis(Math.max(0, clock.promise() - time)));
  }

  private List<ClusterState.Member> members(Map<Long, PeerReport> latest) {
    Map<Long, Peer> present = new TreeMap<>();
    membership.present().forEach(peer -> present.put(peer.node(), peer));
    Map<Long, @Nullable PeerReport> all = new TreeMap<>(latest);
    present.keySet().forEach(node -> all.putIfAbsent(node, null));
    List<ClusterState.Member> members = new ArrayList<>();
    all.forEach((node, report) -> {
      Peer peer = present.get(node);
      members.add(
          member(node, peer == null ? membership.acquainted(node) : peer, peer != null, report));
    });
    return members;
  }

  private ClusterState.Member member(
      long node, @Nullable Peer peer, boolean isPresent, @Nullable PeerReport report) {
    PeerReport heard = report != null && report.heardMillis() > 0 ? report : null;
    return new ClusterState.Member(
        hex(node),
        peer == null ? null : peer.name(),
        peer == null ? null : peer.address(),
        peer == null || peer.operations().isEmpty() ? null : peer.operations(),
        isPresent,
        heard == null ? null : wall.millis() - heard.heardMillis(),
        heard == null ? null : heard.skewMillis(),
        report == null ? null : report.lastError());
  }

  /** A clock that is ahead of most others is taken for the one that is wrong. */
  private List<String> clockFaults(List<ClusterState.Member> members) {
    List<Long> skews = new ArrayList<>();
    for (ClusterState.Member member : members) {
      Long skew = member.skewMillis();
      if (member.present() && skew != null) {
        skews.add(skew);
      }
    }
    long behind = skews.stream().filter(skew -> -skew > maxSkewMillis).count();
    if (2 * behind <= skews.size()) {
      return List.of();
    }
    return List.of(
        "this node's clock is more than %d ms ahead of those of %d of %d other nodes: set it right"
            .formatted(maxSkewMillis, behind, skews.size()));
  }

  private static ClusterState.Table table(String name, ReplicaReport report) {
    List<ClusterState.Replica> peers = new ArrayList<>();
    for (PeerReport peer : report.peers()) {
      peers.add(
          new ClusterState.Replica(
              hex(peer.node()),
              times(peer.vector()),
              new ClusterState.Lag(
                  peer.entriesBehind() < 0 ? null : peer.entriesBehind(),
                  lag(peer.vector(), report.vector())),
              new ClusterState.Lag(null, lag(report.vector(), peer.vector()))));
    }
    return new ClusterState.Table(name, hex(report.origin()), times(report.vector()), peers);
  }

  /** Returns how far one vector is behind the other in the changes of each origin of the other. */
  private static List<ClusterState.OriginLag> lag(VersionVector behind, VersionVector ahead) {
    List<ClusterState.OriginLag> lag = new ArrayList<>();
    for (int i = 0; i < ahead.size(); i++) {
      long origin = ahead.origin(i);
      long has = behind.timeOf(origin);
      lag.add(
          new ClusterState.OriginLag(
              hex(origin), has == 0 ? null : millis(Math.max(0, ahead.time(i) - has))));
    }
    return lag;
  }

  private static Map<String, BigDecimal> times(VersionVector vector) {
    Map<String, BigDecimal> times = new LinkedHashMap<>();
    for (int i = 0; i < vector.size(); i++) {
      times.put(hex(vector.origin(i)), millis(vector.time(i)));
    }
    return times;
  }

  private static BigDecimal millis(long time) {
    return new BigDecimal(Timestamp.decimalMillis(time));
  }

  private static String hex(long id) {
    return Long.toHexString(id);
  }
}
