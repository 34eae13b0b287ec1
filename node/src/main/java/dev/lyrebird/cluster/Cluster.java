package dev.lyrebird.cluster;

import dev.lyrebird.replication.ReplicaSettings;
import dev.lyrebird.table.HybridClock;
import java.util.Collection;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What a table needs to be replicated.
 *
 * @param node the id of this node
 * @param clock this node's
 * @param settings bounds
 * @param freshNumber gives numbers that nobody has used
 * @param members tells the ids of the other nodes that are there; any thread may ask
 */
public record Cluster(
    long node,
    HybridClock clock,
    ReplicaSettings settings,
    LongSupplier freshNumber,
    Supplier<? extends Collection<Long>> members) {}
