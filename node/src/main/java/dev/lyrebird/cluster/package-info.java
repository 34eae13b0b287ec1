/**
 * Tables as verticles, and how event loops reach them. A {@link dev.lyrebird.cluster.TableVerticle}
 * owns one table on a thread of its own; a {@link dev.lyrebird.cluster.TableClient} speaks to all
 * of them for one event loop. Between the two travel batches of immutable values, by reference,
 * over the event bus.
 */
@NullMarked
package dev.lyrebird.cluster;

import org.jspecify.annotations.NullMarked;
