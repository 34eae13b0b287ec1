/**
 * Topics, filters and the subscribers of one event loop. A {@link dev.lyrebird.pubsub.Hub} takes
 * the entries that tables have journalled, finds whom they concern and hands them over in order,
 * falling back to the journal for whoever is new, late or slow. The package is pure: it asks for
 * pages of rows and entries through {@link dev.lyrebird.pubsub.Feeds} and is told the answers by
 * method calls, all on the event loop that owns the hub.
 */
@NullMarked
package dev.lyrebird.pubsub;

import org.jspecify.annotations.NullMarked;
