/**
 * Runs users' code: a virtual thread for each call, in order for each connection, within the limits
 * of its route. Doors bring clients as {@link dev.lyrebird.hosting.Wire}s and are called back on
 * their event loops; what users' code does or fails to do reaches no other client. What it asks of
 * tables is carried out on an event loop, see {@link dev.lyrebird.hosting.HostedTables}.
 */
@NullMarked
package dev.lyrebird.hosting;

import org.jspecify.annotations.NullMarked;
