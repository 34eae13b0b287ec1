/**
 * What a node promises, shown on the wire: real nodes, public clients, exact bytes.
 *
 * <p>A test may fail only because a user would see something other than the contract. Each leaves
 * its node's data and log in {@code target/nodes/}.
 */
@NullMarked
package dev.lyrebird.acceptance;

import org.jspecify.annotations.NullMarked;
