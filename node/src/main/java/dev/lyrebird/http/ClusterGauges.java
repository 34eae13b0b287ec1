package dev.lyrebird.http;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of a cluster, as it was when it was shown last. Where a node is further behind than
 * can be told, its lag is infinite. Owned by the event loop of the operations port.
 */
final class ClusterGauges {

  private static final double MILLIS_PER_SECOND = 1000;

  private final MultiGauge members;
  private final MultiGauge skew;
  private final MultiGauge entries;
  private final MultiGauge seconds;

  ClusterGauges(MeterRegistry meters) {
    members =
        MultiGauge.builder("lyrebird.cluster.members")
            .description("Nodes that are in the cluster, this one included")
            .register(meters);
    skew =
        MultiGauge.builder("lyrebird.cluster.clock.skew.seconds")
            .description("How far the clock of a peer is ahead of this node's")
            .register(meters);
    entries =
        MultiGauge.builder("lyrebird.replication.lag.entries")
            .description("Entries of this node's journal that a peer lacks")
            .register(meters);
    seconds =
        MultiGauge.builder("lyrebird.replication.lag.seconds")
            .description("Time between the last change of an origin here and on a peer")
            .register(meters);
  }

  /** Shows how the cluster stands; what it shows no more is gone. */
  void show(ClusterState state) {
    members.register(List.of(MultiGauge.Row.of(Tags.empty(), state.present())), true);
    skew.register(
        state.members().stream()
            .filter(member -> member.skewMillis() != null)
            .map(member -> row(Tags.of("peer", member.id()), inSeconds(member.skewMillis())))
            .toList(),
        true);
    List<MultiGauge.Row<?>> entriesNow = new ArrayList<>();
    List<MultiGauge.Row<?>> secondsNow = new ArrayList<>();
    for (ClusterState.Table table : state.tables()) {
      for (ClusterState.Replica replica : table.peers()) {
        Tags tags = Tags.of("table", table.name(), "peer", replica.peer());
        Long lacking = replica.peerLacks().entries();
        entriesNow.add(row(tags, lacking == null ? Double.POSITIVE_INFINITY : lacking));
        for (ClusterState.OriginLag lag : replica.peerLacks().origins()) {
          secondsNow.add(row(tags.and("origin", lag.origin()), inSeconds(lag.millis())));
        }
      }
    }
    entries.register(entriesNow, true);
    seconds.register(secondsNow, true);
  }

  private static MultiGauge.Row<?> row(Tags tags, double value) {
    return MultiGauge.Row.of(tags, value);
  }

  private static double inSeconds(@Nullable Number millis) {
    return millis == null ? Double.POSITIVE_INFINITY : millis.doubleValue() / MILLIS_PER_SECOND;
  }
}
