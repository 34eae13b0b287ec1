package dev.lyrebird.cluster;

/**
 * A node of the cluster, as the others know it.
 *
 * @param node its id
 * @param name what its operator calls it
 * @param address where Hazelcast reaches it, {@code host:port}
 * @param operations the URL of its operations port; empty where that is not known
 * @param incarnation distinguishes what a node was before it went, or before clusters merged, from
 *     what it is now
 * @param process as which it runs, under a name that none has had before: what a process that was
 *     killed had registered with the bus may stay there for ever, so nothing is sent to a node by a
 *     name that outlasts its processes
 */
public record Peer(
    long node,
    String name,
    String address,
    String operations,
    String incarnation,
    String process) {}
