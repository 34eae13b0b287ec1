/**
 * What a cluster promises (BEHAVIOUR §3), shown on real nodes: under load, under faults, and after
 * them.
 *
 * <p>Clients of all protocols on every node write and watch; what they saw is judged by the laws of
 * {@link dev.lyrebird.history}. {@code -Dlong=true} runs faults and loads in their full length,
 * {@code -Dseed=} replays the choices of a run.
 */
@NullMarked
package dev.lyrebird.convergence;

import org.jspecify.annotations.NullMarked;
