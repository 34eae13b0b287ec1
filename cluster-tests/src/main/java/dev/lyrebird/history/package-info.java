/**
 * What clients of a cluster did and saw, and whether that is what the cluster promises.
 *
 * <p>Writers tell what they sent and what was acknowledged, observers what they were told, the
 * nodes which rows they hold in the end; the {@link dev.lyrebird.history.Law laws} judge it. Pure
 * but for the {@link dev.lyrebird.history.Recorder}, which clients of all threads tell.
 */
@NullMarked
package dev.lyrebird.history;

import org.jspecify.annotations.NullMarked;
