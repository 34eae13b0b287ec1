/**
 * How replicas of one table converge: messages in, effects out. Push is a hint and pull is the
 * truth, so that nothing relies on any message to arrive. Pure: knows no thread, no wall clock and
 * no network, and is tried by simulation.
 */
@NullMarked
package dev.lyrebird.replication;

import org.jspecify.annotations.NullMarked;
