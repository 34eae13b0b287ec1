/**
 * Runs users' code: a virtual thread for each call, in order for each connection, within the limits
 * of its route. Doors bring clients as {@link dev.lyrebird.hosting.Wire}s and are called back on
 * their event loops; what users' code does or fails to do reaches no other client.
 */
@NullMarked
package dev.lyrebird.hosting;

import org.jspecify.annotations.NullMarked;
