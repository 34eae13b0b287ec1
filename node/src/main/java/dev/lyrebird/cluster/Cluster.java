package dev.lyrebird.cluster;

import dev.lyrebird.replication.ReplicaSettings;
import dev.lyrebird.table.HybridClock;
import io.vertx.core.Context;
import java.util.Collection;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a table needs to be replicated.
 *
 * @param node the id of this node
 * @param clock this node's
 * @param settings bounds
 * @param freshNumber gives numbers that nobody has used
 * @param sender an event loop that sends to other nodes: the bus keeps a connection to a node on
 *     the context that was first to send there, and one on a table's thread would wait for the
 *     table
 * @param process tells as which process another node runs now, null where it is not there; any
 *     thread may ask
 * @param members tells the ids of the other nodes that are there; any thread may ask
 */
public record Cluster(
    long node,
    HybridClock clock,
    ReplicaSettings settings,
    LongSupplier freshNumber,
    Context sender,
    LongFunction<@Nullable String> process,
    Supplier<? extends Collection<Long>> members) {}
