/**
 * The ordering report: a page that shows in which order changes reached the nodes of a cluster, and
 * what became of those that lost.
 *
 * <p>{@link dev.lyrebird.ordering.OrderingReport} is the command. It performs a play on three real
 * nodes, which leaves a {@link dev.lyrebird.ordering.Trace}; what makes a page of that is pure.
 */
@NullMarked
package dev.lyrebird.ordering;

import org.jspecify.annotations.NullMarked;
